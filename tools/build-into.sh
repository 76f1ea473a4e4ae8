#!/bin/bash
# SPDX-License-Identifier: ISC
#
# usage: build-into.sh FOLDER [CONFIGURE-ARGUMENT...]
# Copies this tree to FOLDER/src, builds it in FOLDER/build and installs it
# below FOLDER/stage, with the paths that it has on a real host.  The tree
# itself stays as it is.  A second run compiles only what changed.
set -eu -o pipefail

top=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
mkdir -p "$1"
work=$(cd "$1" && pwd)
shift

mkdir -p "$work/src" "$work/build"
# Other builds are not of the tree, be they in it or below it; FOLDER may lie
# in one of them.
others=()
while read -r status; do
	[ "$status" = ./config.status ] || others+=("--exclude=${status%/*}")
done < <(cd "$top" && find . -maxdepth 3 -name config.status)
tar -C "$top" --exclude='./_*' --exclude=./.git --exclude=./configure \
	--exclude=./autom4te.cache --exclude=./Makefile --exclude='*.o' \
	--exclude='./lib*.a' --exclude=./config.status --exclude=./config.h \
	--exclude=./stamp-h1 "${others[@]}" -c . |
	tar -C "$work/src" -xp --no-same-owner
[ -x "$work/src/configure" ] || "$work/src/autogen.sh"
cd "$work/build"
[ -f Makefile ] || ../src/configure --prefix=/usr/local --sysconfdir=/etc \
	--localstatedir=/var --runstatedir=/run "$@"
make -j"$(nproc)"
rm -rf "$work/stage"
make install DESTDIR="$work/stage"
