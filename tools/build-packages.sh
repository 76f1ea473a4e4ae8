#!/bin/bash
# SPDX-License-Identifier: ISC
#
# usage: build-packages.sh [--rpm] OUT
# Builds the Debian packages of this tree into the folder OUT, in a copy of the
# tree, and holds them against lintian: an error or a warning fails.  With
# --rpm also the RPMs of rpm/warder.spec.  Needs no network; what it needs is
# in tools/packages.  Tests run where DEB_BUILD_OPTIONS is set without nocheck.
set -eu -o pipefail
export LC_ALL=C.UTF-8

top=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
say() { echo "packages: $*"; }
fail() { echo "packages: $*" >&2; exit 1; }

rpm=0
[ "${1-}" != --rpm ] || { rpm=1; shift; }
case ${1-} in
'' | -*) sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2 ;;
esac
[ $# = 1 ] || fail "one folder, please"
for tool in dpkg-buildpackage dh fakeroot lintian; do
	command -v $tool >/dev/null || fail "$tool is not there: see tools/packages"
done
[ $rpm = 0 ] || command -v rpmbuild >/dev/null || fail "rpmbuild is not there: see tools/packages"
mkdir -p "$1"
out=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

version=$(sed -n '1s/^warder (\([^)]*\)).*/\1/p' "$top/debian/changelog")
[ -n "$version" ] || fail "debian/changelog names no version"
grep -qF "AC_INIT([warder], [$version]," "$top/configure.ac" &&
	grep -qx "Version:  *$version" "$top/rpm/warder.spec" ||
	fail "configure.ac, debian/changelog and rpm/warder.spec differ in the version"

# What git knows, as it lies here; of an unpacked tarball, all but builds.
source=$work/warder-$version
mkdir "$source"
if [ "$(git -C "$top" rev-parse --show-toplevel 2>/dev/null)" = "$top" ]; then
	(cd "$top" && git ls-files -z) | tar -C "$top" --null -T - -c
else
	tar -C "$top" --exclude='./_*' --exclude=./.git --exclude=./autom4te.cache \
		--exclude='*.o' --exclude='*.a' --exclude=./config.status -c .
fi | tar -C "$source" -xp --no-same-owner

log=$out/build.log
say "building warder $version for Debian (log: $log)"
(
	cd "$source"
	export DEB_BUILD_OPTIONS=${DEB_BUILD_OPTIONS-nocheck}
	# As many jobs as there are cores, unless the caller says otherwise.
	case $DEB_BUILD_OPTIONS in
	*parallel=*) ;;
	*) DEB_BUILD_OPTIONS="$DEB_BUILD_OPTIONS parallel=$(nproc)" ;;
	esac
	dpkg-buildpackage -us -uc
) >"$log" 2>&1 || { tail -n 30 "$log"; fail "dpkg-buildpackage failed"; }
find "$work" -maxdepth 1 -type f -exec mv -t "$out" {} +

say "lintian"
changes=("$out/warder_${version}"_*.changes)
[ -f "${changes[0]}" ] || fail "there are no .changes"
as_root=()
[ "$(id -u)" != 0 ] || as_root=(--allow-root)
lintian "${as_root[@]}" --fail-on error,warning "${changes[0]}" ||
	fail "lintian does not like them"

if [ $rpm = 1 ]; then
	log=$out/rpm.log
	say "building the RPMs (log: $log)"
	rm -rf "$source/debian/warder" "$source/debian/warder-sandbox"
	mkdir -p "$work/rpm/SOURCES"
	# As the Debian build left it, but for what it made.
	(cd "$source" && fakeroot debian/rules clean) >"$log" 2>&1 || fail "clean failed"
	tar -C "$work" -cJf "$work/rpm/SOURCES/warder-$version.tar.xz" "warder-$version"
	# Names of what it needs are another distribution's.
	rpmbuild --nodeps --define "_topdir $work/rpm" -bb "$top/rpm/warder.spec" \
		>>"$log" 2>&1 || { tail -n 30 "$log"; fail "rpmbuild failed"; }
	find "$work/rpm/RPMS" -name '*.rpm' -exec mv -t "$out" {} +
fi
say "done:"
cd "$out"
sha256sum -- *.deb
[ $rpm = 0 ] || sha256sum -- *.rpm
