#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# A keeper that is told to end while the request is out waits for the
# outcome, writes it down, and tells the person; only then it ends.

control POST /fault '{"fault":"delay","match":{"method":"POST"},"args":{"ms":1500}}' >/dev/null
passes chen >/tmp/out 2>&1 & chen=$!
until_true 15 grep -q 'sent once' /tmp/out || fail "nothing was sent"
listener=$(pgrep -o -x warder-keeper)
worker=$(pgrep -P "$listener" -x warder-keeper) || fail "no worker is at it"
kill -TERM "$worker"
code=0
wait $chen || code=$?
cat /tmp/out
[ $code = 0 ] || fail "exit $code"
grep -qx 'Passed\.' /tmp/out || fail "chen was not told"
until_true 5 gone "$worker" || fail "the worker did not end"
posts 1
records 1 ev=outcome res=passed
exits 0 warderctl ledger verify
