#!/bin/bash
# SPDX-License-Identifier: ISC
#
# `make install` puts every file below DESTDIR, and below the prefix where another
# one is given; it writes nowhere else (told by strace), and `make uninstall`
# takes it all away again.
set -eu -o pipefail

fail() { echo "FAIL: $*"; exit 1; }
skip() { echo "skip: $*"; exit 77; }
build=$(cd "${builddir:?}" && pwd -P)
stage=$(cd "$(mktemp -d)" && pwd -P)
trap 'rm -rf "$stage"' EXIT
strace -f -qq -o /dev/null true 2>/dev/null || skip "strace cannot trace here"

# The make that runs this test is not to count jobs for the one in here.
quiet_make() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u TESTS TMPDIR="$stage/tmp" \
		strace -f -y -qq --seccomp-bpf -o "$stage/trace" \
		-e trace=openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,chmod,fchmodat,chown,fchownat,truncate \
		"${MAKE:-make}" -s -C "$build" "$@" >"$stage/log" 2>&1 || {
		tail "$stage/log"
		fail "make $*"
	}
}
# Every path that was written and is neither below $1 nor this test's or
# the build's own.
elsewhere() {
	"${PYTHON3:-python3}" -I - "$stage/trace" "$1" "$build" "$stage/tmp" <<'END'
import os, re, sys
trace, *places = sys.argv[1:]
seen = 0
for line in open(trace, encoding="utf-8", errors="replace"):
    m = re.match(r"\d+\s+(\w+)\((.*)\) += [^-]", line)
    if m is None:
        continue
    call, rest = m.groups()
    if call in ("open", "openat") and not re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", rest):
        continue
    # `AT_FDCWD</folder>, "name"`: a path that is absolute needs no folder.
    for folder, name in re.findall(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"', rest):
        path = os.path.normpath(os.path.join(folder or places[1], name))
        seen += 1
        if path.startswith(("/dev/", "/proc/self/")):
            continue
        if not any(path == place or path.startswith(place + "/") for place in places):
            print(call, path)
if seen < 20:
    print("the trace tells of", seen, "paths only")
END
}
programs='warder warderctl warderd warder-keeper warder-pam warder-courier warder-sandbox'
has_all() {
	local name
	for name in $programs warder.1 warderctl.8 warderd.socket warder-keeper.service \
		small-team.policy freezes.ics; do
		[ "$(find "$1" -type f -name "$name" ! -path '*/completions/*' | wc -l)" = 1 ] ||
			fail "$name is not there just once"
	done
	[ "$(find "$1" -path '*/bash-completion/completions/warder*' | wc -l)" = 2 ] ||
		fail "no completions"
}

prefix=$(sed -n 's/^prefix = //p' "$build/Makefile")
mkdir "$stage/tmp" "$stage/root" "$stage/opt"
quiet_make install DESTDIR="$stage/root"
has_all "$stage/root"
found=$(elsewhere "$stage/root")
[ -z "$found" ] || fail "with DESTDIR it wrote elsewhere: $found"
# The look finds what lies outside.
found=$(elsewhere "$stage/opt")
[ -n "$found" ] || fail "a path outside is not seen"
quiet_make uninstall DESTDIR="$stage/root"
found=$(find "$stage/root" ! -type d)
[ -z "$found" ] || fail "uninstall left $found"

# Another prefix. DESTDIR goes with it: a folder that does not follow the prefix
# is to be found, not to be written.  A build that was given such folders by
# its configure has none to follow.
given=$(sed -n 's/^\(exec_prefix\|bindir\|sbindir\|libexecdir\|datarootdir\|datadir\|docdir\|mandir\|localedir\) = //p' \
	"$build/Makefile" | grep -v '^\${' || :)
if [ -n "$given" ]; then
	echo "every file below DESTDIR; another prefix was not tried, for configure got" $given
	exit 0
fi
quiet_make install prefix=/opt/w DESTDIR="$stage/opt"
has_all "$stage/opt"
found=$(find "$stage/opt" ! -type d ! -path "$stage/opt/opt/w/*")
[ -z "$found" ] || fail "not below /opt/w: $found"
found=$(elsewhere "$stage/opt")
[ -z "$found" ] || fail "with a prefix it wrote elsewhere: $found"
quiet_make uninstall prefix=/opt/w DESTDIR="$stage/opt"
found=$(find "$stage/opt" ! -type d)
[ -z "$found" ] || fail "uninstall left $found"
echo "every file below DESTDIR$prefix, and below another prefix"
