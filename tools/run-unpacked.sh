#!/bin/bash
# SPDX-License-Identifier: ISC
#
# usage: run-unpacked.sh FOLDER PROGRAM [ARGUMENT...]
# Runs what install-packages.sh has unpacked below FOLDER (PROGRAM is a path
# in there), with the libraries that lie beside it.
set -eu

folder=$1 program=$1/$2
shift 2
[ -x "$program" ] || { echo "there is no $program: run test.sh with a network" >&2; exit 127; }
libs=$(find "$folder" -name 'lib*.so*' -printf '%h\n' | sort -u | paste -sd :)
LD_LIBRARY_PATH=$libs exec "$program" "$@"
