# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# What the run.sh of bastion and host share. Each sets `here`, `logs` and `jobs`,
# and has a function `run NAME` that runs one test into $logs/NAME.log; its exit
# code is the test's.

# shellcheck disable=SC2154
: "$here" "$logs" "$jobs"

# word_of NAME WORD: what a test says of itself in its head
word_of() { sed -n "s/^# $2: //p" "$here/$1.sh"; }

# is_test NAME: or a failure
is_test() {
	[ -f "$here/$1.sh" ] && return
	echo "FAIL: $1 (no such test)"
	: >"$logs/failed"
	return 1
}

# tell NAME: runs it and says how it ended; one that failed leaves a mark
tell() {
	local name=$1 log=$logs/$1.log code=0
	run "$name" </dev/null || code=$?
	case $code in
	0) echo "PASS: $name" ;;
	77) echo "SKIP: $name ($(grep -m 1 '^skip:' "$log" || echo 'no reason given'))" ;;
	*)
		echo "FAIL: $name (exit $code)"
		tail -n 25 "$log" | sed 's/^/  | /'
		: >"$logs/failed"
		;;
	esac
	# What a test measured is of interest where it passed, too.
	sed -n 's/^TABLE /  /p' "$log"
}

# tell_all NAME...: $jobs at a time; what each says in one piece
tell_all() {
	local name said
	for name in "$@"; do
		while [ "$(jobs -pr | wc -l)" -ge "$jobs" ]; do wait -n || :; done
		(
			said=$(tell "$name") || said=''
			if [ -z "$said" ]; then
				said="FAIL: $name (it was not run)"
				: >"$logs/failed"
			fi
			flock "$logs/failed.lock" cat <<<"$said"
		) &
	done
	wait
	rm -f "$logs/failed.lock"
}
