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
tar -C "$top" --exclude='./_*' --exclude=./.git --exclude=./configure \
	--exclude=./autom4te.cache --exclude=./Makefile --exclude='*.o' -c . |
	tar -C "$work/src" -xp --no-same-owner
[ -x "$work/src/configure" ] || "$work/src/autogen.sh"
cd "$work/build"
[ -f Makefile ] || ../src/configure --prefix=/usr/local --sysconfdir=/etc \
	--localstatedir=/var --runstatedir=/run "$@"
make -j"$(nproc)"
rm -rf "$work/stage"
make install DESTDIR="$work/stage"
