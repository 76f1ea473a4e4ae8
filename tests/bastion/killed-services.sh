#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# A service killed at the prompt: nothing is sent, nothing hangs, and the
# next try works.

killed_at_the_prompt() {
	local code=0
	passes_slowly >/tmp/out 2>&1 & chen=$!
	until_true 10 grep -q Password /tmp/out
	pkill -9 -f "$(service_dir)/$1" || fail "no $1 to kill"
	wait "$chen" || code=$?
	cat /tmp/out
	case $code in
	4 | 18 | 24) ;;
	*) fail "exit $code after $1 was killed" ;;
	esac
	posts "$sent"
}
passes_slowly() {
	at chen warder pass -y -m 'checked on staging' "$gate" <<-END
		expect Password
		wait 1
	END
}
sent=0
for name in warderd warder-keeper warder-pam; do
	gate=$(new_run 11222)
	killed_at_the_prompt "$name"
	until_true 10 services_listen
	exits 0 passes chen "$gate"
	sent=$((sent + 1))
	posts "$sent"
done
exits 0 warderctl ledger verify
