#!/bin/bash
# SPDX-License-Identifier: ISC
#
# usage: kills.sh --stage DIR --logs DIR [--rounds N] [--jobs N] [--seed N]
# The rounds of a-kill-at-any-step-loses-nothing.sh in N bastions at a time
# (one for each processor), each with its share, and their totals.
set -eu

here=$(dirname "$(readlink -f "$0")")
stage='' logs='' rounds=10000 jobs=$(nproc) seed=$(($(date +%s%N) % 1000000000))
while [ $# -gt 0 ]; do
	case $1 in
	--stage) stage=$2 ;;
	--logs) logs=$2 ;;
	--rounds) rounds=$2 ;;
	--jobs) jobs=$2 ;;
	--seed) seed=$2 ;;
	*) echo "unknown argument $1 (see the head of $0)" >&2; exit 2 ;;
	esac
	shift 2
done
[ -n "$stage" ] && [ -n "$logs" ] || { echo "--stage and --logs are needed" >&2; exit 2; }
mkdir -p "$logs"
rm -f "$logs"/kills-[0-9]*.log
echo "$rounds rounds in $jobs bastions, seed $seed"

test=$here/a-kill-at-any-step-loses-nothing.sh
pids=()
for ((i = 0; i < jobs; i++)); do
	# shellcheck disable=SC2016
	BASTION_ROUNDS=$(((rounds + jobs - 1) / jobs)) BASTION_SEED=$seed BASTION_SHARE=$i/$jobs \
		"$here/bastion.sh" --stage "$stage" --level installed -- \
		bash -eu -o pipefail -c '. "$BASTION_TOP/tests/bastion/lib/inside.sh"; . "$1"' \
		kills "$test" </dev/null >"$logs/kills-$i.log" 2>&1 &
	pids+=($!)
done
bad=0
for i in "${!pids[@]}"; do
	wait "${pids[i]}" || {
		echo "share $i of $jobs, seed $seed, failed:"
		tail -n 25 "$logs/kills-$i.log" | cut -c 1-2000
		bad=1
	}
done
[ $bad = 0 ] || exit 1
python3 -I "$here/lib/kills.py" --add-up "$logs"/kills-[0-9]*.log
