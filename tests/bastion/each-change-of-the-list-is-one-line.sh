#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# list --follow: what waits at the start, what comes and what goes, a line
# each; trouble is told once; what could not be read has not gone.

out=/tmp/lines
has_lines() { [ "$(wc -l <$out)" -ge "$1" ]; }
# line N: words of the N-th line
line() {
	has_lines "$1" || fail "no line $1: $(cat $out)"
	python3 -Ic '
import json, sys
doc = json.loads(open("/tmp/lines").read().splitlines()[int(sys.argv[1]) - 1])
gate = doc.get("gate", {})
print(doc["schema"], str(doc["complete"]).lower(), doc.get("event", doc.get("exit")),
      gate.get("pipeline_id", "-"), gate.get("run_id", "-"), len(gate.get("after", [])))' "$1"
}
is() { [ "$1" = "$2" ] || fail "$1, not $2"; }
as chen warder list --follow >$out 2>/tmp/wrong &
follower=$!
until_true 15 has_lines 2 || fail "$(cat $out /tmp/wrong)"
is "$(line 1 | sed 's/ [0-9]* [0-9]* [0-9]*$//')" 'warder.notice/1 true gate.new'
is "$({ line 1; line 2; } | cut -d' ' -f4,5 | sort | tr '\n' ' ')" '10877 2291 11222 1187 '

say 'a run that comes'
run=$(new_run 11222)
run=${run%/*} run=${run##*/}
until_true 15 has_lines 3 || fail "$(cat $out)"
is "$(line 3 | cut -d' ' -f1-5)" "warder.notice/1 true gate.new 11222 $run"

# What was not superseded is now, and is the same gate: no line for that.
say 'a gate that goes, decided by whomever'
control POST /decide "{\"pipeline\":\"10877\",\"run\":\"2291\",\"job\":\"8744\",\"verb\":\"refuse\",\"account\":\"187700112233\"}" >/dev/null
until_true 15 has_lines 4 || fail "$(cat $out)"
is "$(line 4 | cut -d' ' -f1-5)" 'warder.notice/1 true gate.gone 10877 2291'

say 'what cannot be read is told once, and is not gone'
control POST /fault '{"fault":"5xx","match":{"action":"ListPipelineRuns"},"times":0}' >/dev/null
until_true 30 has_lines 5 || fail "$(cat $out)"
is "$(line 5 | cut -d' ' -f1-3)" 'warder.error/1 true 25'
sleep 5
has_lines 6 && fail "more was said: $(tail -n +6 $out)"
control POST /fault '{"clear":true}' >/dev/null

say 'a service that is away is waited for, and told once'
stop services
rm -f "$RUN"/*.sock
until_true 15 has_lines 6 || fail "$(cat $out)"
is "$(line 6 | cut -d' ' -f1-3)" 'warder.error/1 true 18'
sleep 3
has_lines 7 && fail "more was said: $(tail -n +7 $out)"
start_services
run=$(new_run 10877)
run=${run%/*} run=${run##*/}
until_true 20 has_lines 7 || fail "$(cat $out)"
is "$(line 7 | cut -d' ' -f1-5)" "warder.notice/1 true gate.new 10877 $run"

say 'a signal ends it'
kill -TERM "$(pgrep -u chen -x warder)"
code=0
wait $follower || code=$?
is $code 143

say 'so does a reader who goes away'
code=0
(
	set +e
	as chen warder list --follow
	echo $? >/tmp/code
) | head -n 1 >/dev/null
until_true 15 [ -s /tmp/code ] || fail 'it goes on for nobody'
is "$(cat /tmp/code)" 141

say 'trouble at the start ends it'
exits 5 as outsider warder list --follow >/tmp/wrong
exits 2 as chen warder list --follow --plain >/dev/null
exits 2 as chen warder show --follow "$PAY" >/dev/null
