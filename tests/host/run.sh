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

tell() {
	local name=$1 minutes code=0
	minutes=$(sed -n 's/^# minutes: //p' "$here/$name.sh")
	: >"$logs/$name.log"
	timeout -k 5 "${minutes:-5}m" "$here/host.sh" --root "$root" --debs "$debs" \
		--log "$logs/$name.log" -- "$name" </dev/null >"$logs/$name.host" 2>&1 || code=$?
	case $code in
	0) echo "PASS: $name" ;;
	77) echo "SKIP: $name ($(grep -m 1 '^skip:' "$logs/$name.log" || echo 'no reason given'))" ;;
	*)
		echo "FAIL: $name (exit $code)"
		tail -n 25 "$logs/$name.log" "$logs/$name.host" | sed 's/^/  | /'
		: >"$logs/failed"
		;;
	esac
	# What a test measured is of interest where it passed, too.
	sed -n 's/^TABLE /  /p' "$logs/$name.log"
}

rm -f "$logs/failed"
for test in "$@"; do
	name=$(basename "$test" .sh)
	[ -f "$here/$name.sh" ] || { echo "FAIL: $name (no such test)"; : >"$logs/failed"; continue; }
	while [ "$(jobs -pr | wc -l)" -ge "$jobs" ]; do wait -n || :; done
	(
		said=$(tell "$name") && [ -n "$said" ] || {
			said="FAIL: $name (it was not run)"
			: >"$logs/failed"
		}
		flock "$logs/failed.lock" cat <<<"$said"
	) &
done
wait
rm -f "$logs/failed.lock"
[ ! -e "$logs/failed" ]
