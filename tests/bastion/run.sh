#!/bin/bash
# SPDX-License-Identifier: ISC
#
# usage: run.sh [--stage DIR] [--logs DIR] [--jobs N] [TEST...]
# Runs the root tests (all, or these names) each in a bastion of its own, N at
# a time (one for each processor), and prints PASS, FAIL or SKIP for each; exit
# 1 if one failed.  The line `# level: L` of a test says what it needs: none (no
# bastion, on the host, alone), bare, installed or ready; `# minutes: N` how
# long it may take (5).
set -eu

here=$(dirname "$(readlink -f "$0")")
stage='' logs='' jobs=$(nproc)
while [ $# -gt 0 ]; do
	case $1 in
	--stage) stage=$2; shift 2 ;;
	--logs) logs=$2; shift 2 ;;
	--jobs) jobs=$2; shift 2 ;;
	*) break ;;
	esac
done
[ -n "$logs" ] || logs=$(mktemp -d)
mkdir -p "$logs"
[ $# -gt 0 ] || set -- "$here"/*-*.sh

# word_of FILE NAME: what a test says of itself
word_of() { sed -n "s/^# $2: //p" "$1"; }

# run TEST: its exit code; what it prints goes to its log
run() {
	local name level minutes seconds
	name=$(basename "$1" .sh)
	level=$(word_of "$1" level)
	minutes=$(word_of "$1" minutes)
	seconds=$((${minutes:-5} * 60))
	if [ "$level" = none ]; then
		timeout -k 5 $seconds bash -eu "$1"
		return
	fi
	# shellcheck disable=SC2016
	timeout -k 5 $seconds "$here/bastion.sh" ${stage:+--stage "$stage"} \
		--level "${level:-ready}" -- \
		bash -eu -o pipefail -c '. "$BASTION_TOP/tests/bastion/lib/inside.sh"; . "$1"' \
		"$name" "$1"
}

# tell TEST: runs it and says how it ended; one that failed leaves a mark
tell() {
	local name log code=0
	name=$(basename "$1" .sh)
	log=$logs/$name.log
	run "$here/$name.sh" </dev/null >"$log" 2>&1 || code=$?
	case $code in
	0) echo "PASS: $name" ;;
	77) echo "SKIP: $name ($(grep -m 1 '^skip:' "$log" || echo 'no reason given'))" ;;
	*)
		echo "FAIL: $name (exit $code)"
		tail -n 25 "$log" | sed 's/^/  | /'
		: >"$logs/failed"
		;;
	esac
}

rm -f "$logs/failed"
alone=()
for test in "$@"; do
	name=$(basename "$test" .sh)
	[ -f "$here/$name.sh" ] || { echo "FAIL: $name (no such test)"; : >"$logs/failed"; continue; }
	if [ "$(word_of "$here/$name.sh" level)" = none ]; then
		alone+=("$name")
		continue
	fi
	while [ "$(jobs -pr | wc -l)" -ge "$jobs" ]; do wait -n || :; done
	# Whole blocks, one at a time.
	(
		said=$(tell "$name") && [ -n "$said" ] || {
			said="FAIL: $name (it was not run)"
			: >"$logs/failed"
		}
		flock "$logs/failed.lock" cat <<<"$said"
	) &
done
wait
for name in "${alone[@]}"; do tell "$name"; done
rm -f "$logs/failed.lock"
[ ! -e "$logs/failed" ]
