#!/bin/bash
# SPDX-License-Identifier: ISC
#
# `make install` lays down no setuid bit, no setgid bit and no file
# capability, and service programs that nobody but root can read.
set -eu -o pipefail

fail() { echo "FAIL: $*"; exit 1; }
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
chmod u-s,g-s "$stage"		# a folder inherits setgid from where it is made

# set_id FOLDER: what in it changes the rights of who runs it
set_id() {
	find "$1" -perm /6000
	find "$1" -type f -print0 | "${PYTHON3:-python3}" -I -c '
import os, sys
for file in sys.stdin.buffer.read().split(b"\0"):
    if file and "security.capability" in os.listxattr(file):
        print(file.decode())'
}

# The make that runs this test is not to count jobs for the one in here.
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u TESTS "${MAKE:-make}" -s -C "${builddir:?}" \
	install DESTDIR="$stage/root" >"$stage/log" 2>&1 || { tail "$stage/log"; fail "make install"; }
programs=0
for name in warder warderctl warderd warder-keeper warder-pam warder-courier warder-sandbox; do
	file=$(find "$stage/root" -type f -name "$name" -perm -0111)
	[ -f "$file" ] || fail "$name is there not just once: ${file:-not at all}"
	programs=$((programs + 1))
	case $name in
	warderd | warder-keeper | warder-pam | warder-courier)
		[ "$(stat -c %a "$file")" = 711 ] || fail "$name has mode $(stat -c %a "$file")"
		;;
	esac
done
found=$(set_id "$stage/root")
[ -z "$found" ] || fail "set-id: $found"

# The same look finds each of them once somebody has put it there.
for bits in u+s g+s; do
	mkdir "$stage/$bits"
	cp -p "$file" "$stage/$bits/"
	chmod $bits "$stage/$bits/${file##*/}"
	[ "$(set_id "$stage/$bits")" = "$stage/$bits/${file##*/}" ] || fail "$bits is not seen"
done
if [ "$(id -u)" = 0 ]; then
	mkdir "$stage/cap"
	cp -p "$file" "$stage/cap/"
	# cap_setuid=ep, as the kernel stores it (version 2)
	"${PYTHON3:-python3}" -I -c '
import os, struct, sys
os.setxattr(sys.argv[1], "security.capability", struct.pack("<5I", 0x02000001, 1 << 7, 0, 0, 0))' \
		"$stage/cap/${file##*/}"
	[ -n "$(set_id "$stage/cap")" ] || fail "a file capability is not seen"
fi
echo "$programs programs, none of them set-id"
