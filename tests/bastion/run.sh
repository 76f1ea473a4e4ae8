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

# shellcheck source=tests/tell.sh
. "$here/../tell.sh"

run() {
	local level minutes seconds
	level=$(word_of "$1" level)
	minutes=$(word_of "$1" minutes)
	seconds=$((${minutes:-5} * 60))
	if [ "$level" = none ]; then
		timeout -k 5 $seconds bash -eu "$here/$1.sh" >"$logs/$1.log" 2>&1
		return
	fi
	# shellcheck disable=SC2016
	timeout -k 5 $seconds "$here/bastion.sh" ${stage:+--stage "$stage"} \
		--level "${level:-ready}" -- \
		bash -eu -o pipefail -c '. "$BASTION_TOP/tests/bastion/lib/inside.sh"; . "$1"' \
		"$1" "$here/$1.sh" >"$logs/$1.log" 2>&1
}

rm -f "$logs/failed"
alone=() names=()
for test in "$@"; do
	name=$(basename "$test" .sh)
	is_test "$name" || continue
	if [ "$(word_of "$name" level)" = none ]; then
		alone+=("$name")
	else
		names+=("$name")
	fi
done
tell_all "${names[@]}"
for name in "${alone[@]}"; do tell "$name"; done
[ ! -e "$logs/failed" ]
