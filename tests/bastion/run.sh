#!/bin/bash
# SPDX-License-Identifier: ISC
#
# usage: run.sh [--stage DIR] [--logs DIR] [TEST...]
# Runs the root tests (all, or these names) each in a bastion of its own, and
# prints PASS, FAIL or SKIP for each; exit 1 if one failed.  The line
# `# level: L` of a test says what it needs: none (no bastion, on the host),
# bare, installed or ready.
set -eu

here=$(dirname "$(readlink -f "$0")")
stage='' logs='' failed=0
while [ $# -gt 0 ]; do
	case $1 in
	--stage) stage=$2; shift 2 ;;
	--logs) logs=$2; shift 2 ;;
	*) break ;;
	esac
done
[ -n "$logs" ] || logs=$(mktemp -d)
mkdir -p "$logs"
[ $# -gt 0 ] || set -- "$here"/*-*.sh

for test in "$@"; do
	name=$(basename "$test" .sh)
	test=$here/$name.sh
	level=$(sed -n 's/^# level: //p' "$test")
	log=$logs/$name.log
	code=0
	case $level in
	none) timeout -k 5 300 bash -eu "$test" </dev/null >"$log" 2>&1 || code=$? ;;
	*)
		# shellcheck disable=SC2016
		timeout -k 5 300 "$here/bastion.sh" ${stage:+--stage "$stage"} \
			--level "${level:-ready}" -- \
			bash -eu -o pipefail -c '. "$BASTION_TOP/tests/bastion/lib/inside.sh"; . "$1"' \
			"$name" "$test" </dev/null >"$log" 2>&1 || code=$?
		;;
	esac
	case $code in
	0) echo "PASS: $name" ;;
	77) echo "SKIP: $name ($(grep -m 1 '^skip:' "$log" || echo 'no reason given'))" ;;
	*)
		echo "FAIL: $name (exit $code)"
		tail -n 25 "$log" | sed 's/^/  | /'
		failed=1
		;;
	esac
done
exit $failed
