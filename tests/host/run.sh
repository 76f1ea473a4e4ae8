#!/bin/bash
# SPDX-License-Identifier: ISC
#
# usage: run.sh --root TREE --debs FOLDER [--logs DIR] [--jobs N] [TEST...]
# Runs the tests of this folder (all, or these names), each on a booted bastion
# of its own, and prints PASS, FAIL or SKIP for each; exit 1 if one failed.
# `# minutes: N` in a test says how long it may take (5).
set -eu

here=$(dirname "$(readlink -f "$0")")
root='' debs='' logs='' jobs=$(nproc)
while [ $# -gt 0 ]; do
	case $1 in
	--root) root=$2; shift 2 ;;
	--debs) debs=$2; shift 2 ;;
	--logs) logs=$2; shift 2 ;;
	--jobs) jobs=$2; shift 2 ;;
	*) break ;;
	esac
done
[ -n "$root" ] && [ -n "$debs" ] || { echo "--root and --debs are needed" >&2; exit 2; }
[ -n "$logs" ] || logs=$(mktemp -d)
mkdir -p "$logs"
[ $# -gt 0 ] || set -- "$here"/*-*.sh

# shellcheck source=tests/tell.sh
. "$here/../tell.sh"

run() {
	local minutes
	minutes=$(word_of "$1" minutes)
	: >"$logs/$1.log"
	timeout -k 5 "${minutes:-5}m" "$here/host.sh" --root "$root" --debs "$debs" \
		--log "$logs/$1.log" -- "$1" >>"$logs/$1.log" 2>&1
}

rm -f "$logs/failed"
names=()
for test in "$@"; do
	name=$(basename "$test" .sh)
	is_test "$name" && names+=("$name")
done
tell_all "${names[@]}"
[ ! -e "$logs/failed" ]
