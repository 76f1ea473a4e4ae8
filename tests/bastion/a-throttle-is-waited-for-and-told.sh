#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# Flow control: a read waits as long as the server asks and says so on a
# terminal, a wait that is too long is told, and a pass is told and never
# sent again.

# throttle METHOD MS TIMES
throttle() {
	control POST /fault "{\"fault\":\"throttle\",\"args\":{\"ms\":$2},\"times\":$3,\"match\":{\"method\":\"$1\"}}" >/dev/null
}
reads() { control GET /journal | grep -o '"action":"GetPipelineRun"' | wc -l; }
clear_faults() { control POST /fault '{"clear":true}' >/dev/null; }
saw() { grep -qE -- "$1" /tmp/out || { cat /tmp/out; fail "not told: $1"; }; }

# Waited for, with the seconds on the screen; then it goes on by itself.
throttle GET 3500 1
before=$SECONDS
at chen warder show "$PAY" >/tmp/out <<<'expect reading on in 4 s'
[ $((SECONDS - before)) -ge 3 ] || fail 'the wait was not kept'
saw 'reading on in 2 s'
saw 'Fingerprint '
# Not on a terminal nothing of it is said.
throttle GET 1200 1
as chen warder show "$PAY" >/tmp/out 2>&1
saw 'Fingerprint '
! grep -q 'reading on' /tmp/out || fail 'progress without a terminal'

# A list of many readings waits in the same way, and misses nothing.
throttle GET 3500 1
at chen warder list >/tmp/out <<<'expect reading on in'
saw 'pay-core/1187'
saw 'web-home/2291'

# Whoever leaves meanwhile is not read for any more.
throttle GET 4000 0
had=$(reads)
exits 130 at chen warder show "$PAY" >/tmp/out <<-END
	expect reading on in
	key ^C
END
sleep 6
[ $(($(reads) - had)) = 1 ] || fail "read $(($(reads) - had)) times for nobody"
clear_faults

# Between proof and sending there is no time for a long wait: told.
rm -f /tmp/go
at chen warder pass -y -m 'checked on staging' "$PAY" >/tmp/out <<-END &
	expect Password
	await /tmp/go
	secret $(password chen)
END
until_true 10 grep -qs Password /tmp/out
throttle GET 45000 0
: >/tmp/go
code=0
wait $! || code=$?
[ "$code" = 14 ] || { cat /tmp/out; fail "exit $code, not 14"; }
saw 'Nothing was done. Try again in 45 s'
posts 0
clear_faults

# A pass: one POST, the wait in words and in the document, and no second one.
throttle POST 1500 0
exits 6 passes chen >/tmp/out
saw 'Nothing was done. Try again in 2 s'
sleep 3
posts 1
records 1 ev=outcome res=throttled
clear_faults
# More than a minute is not believed.
throttle POST 3600000 0
exits 6 at chen sh -c "warder pass --json -y -m 'checked on staging' $PAY >/tmp/doc" >/tmp/out <<-END
	expect Password
	secret $(password chen)
END
grep -q '"retry":true' /tmp/doc || { cat /tmp/doc; fail 'not to be tried again?'; }
grep -q '"wait_s":60[,}]' /tmp/doc || { cat /tmp/doc; fail 'no wait in the document'; }
posts 2
clear_faults
passes chen >/tmp/out
posts 3
