#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# A keeper that starts reads the runs of intents that a kill left open. While
# it reads, people pass other gates; and an intent whose sender is still at
# work is not settled under its hands.

keeper() { pgrep -o -x warder-keeper; }
record_of() {
	python3 -I "$BASTION_LIB/ledger.py" -p "$LEDGER" ev=intent "run=$1" |
		sed 's/.*"rec":"\([0-9-]*\)".*/\1/'
}
is_settled() { [ "$(ledger ev=settle "rec=$(record_of "$left_run")" res=moved)" = 1 ]; }
slow() { control POST /fault "{\"fault\":\"delay\",\"match\":$1,\"args\":{\"ms\":$2}}" >/dev/null; }
fast() { control POST /fault '{"clear":true}' >/dev/null; }

say "--- chen's keeper is killed while the request is out"
left=$(new_run 11222) left_run=${left%/*} left_run=${left_run##*/}
slow '{"method":"POST"}' 1500
passes chen "$left" >/tmp/out 2>&1 & chen=$!
until_true 15 grep -q 'sent once' /tmp/out || fail "nothing was sent"
kill -KILL "$(pgrep -P "$(keeper)" -x warder-keeper)"
code=0
wait $chen || code=$?
cat /tmp/out
[ $code = 24 ] || fail "exit $code, not 24"
exits 41 warderctl ledger verify
fast

say "--- the next keeper reads that run, slowly; somebody else passes meanwhile"
slow "{\"method\":\"GET\",\"run\":\"$left_run\"}" 6000
kill -TERM "$(keeper)"
exits 0 passes chen "$(new_run 11222)"
records 0 ev=settle
until_true 15 is_settled || fail "the open intent was not settled"
fast

say "--- a keeper is killed and replaced while the request is out: the worker ends it"
gate=$(new_run 11222) run=${gate%/*} run=${run##*/}
slow '{"method":"POST"}' 3000
passes chen "$gate" >/tmp/out 2>&1 & chen=$!
until_true 15 grep -q 'sent once' /tmp/out || fail "nothing was sent"
kill -KILL "$(keeper)"
as chen warder list >/dev/null
until_true 5 grep -q '1 intents stay open' "$BASTION_LOGS/services.log" ||
	{ show_logs; fail "the new keeper did not look, or saw no open intent"; }
wait $chen || fail "chen was not told that it passed"
cat /tmp/out
grep -qx 'Passed\.' /tmp/out || fail "chen was not told"
records 1 ev=outcome "rec=$(record_of "$run")" res=passed
records 1 ev=settle
posts 3
exits 0 warderctl ledger verify
