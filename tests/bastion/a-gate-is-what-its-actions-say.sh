#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# Gates are found by their actions, never by a name: several of them, none,
# both spellings of refuse, SWITCH_MANUAL, stages that are started by hand,
# words that nobody documented; and ids are whole to the last digit.

warder-sandbox --print-scenario | python3 -Ic '
import json, sys
doc = json.load(sys.stdin)
def job(id, name, **more):
    return {"id": str(id), "name": name, **more}
def gate(id, status="WAITING", **more):
    gate = {"method": "or", "validators": ["120300000001"], **more}
    return job(id, "人工卡点", status=status, startedAgo=60, gate=gate)
def run(id, *jobs):
    return {"id": str(id), "trigger": 1, "creator": "187700112299",
            "startedAgo": 90,
            "stages": [{"name": "生产发布", "jobs": list(jobs)}]}
def pipeline(id, name, *runs):
    return {"id": str(id), "name": name, "runs": list(runs)}
doc["organizations"][0]["pipelines"] += [
    pipeline(501, "kinds",
        run(1, gate(5011), gate(5012)),
        run(2, job(5021, "人工卡点", status="RUNNING", startedAgo=60)),
        run(3, gate(5031, waits="SWITCH_MANUAL", status="SWITCH_MANUAL")),
        run(4, job(5041, "人工卡点", manual=True)),
        run(5, gate(5051, status="PONDERING")),
        run(6, gate(5061, refuse="RefusePipelineValidator")),
        run(7, gate(5071, refuse="RefusePipelineValidate")),
        run(8, gate(5081, status="INIT"), job(5082, "x", status="RUNNING")),
        run(9, gate(5091, validators=["187700112244"]))),
    pipeline(9007199254740992, "even", run(11, gate(9223372036854775806))),
    pipeline(9007199254740993, "odd", run(11, gate(9223372036854775807)))]
json.dump(doc, sys.stdout)' >/run/kinds.json
another_sandbox --scenario /run/kinds.json --step-ms 3600000

# says EXIT WORDS COMMAND...: as chen, and these words on the screen
says() {
	local want=$1 words=$2
	shift 2
	exits "$want" at chen warder "$@" -y -m 'checked on staging' >/tmp/out <<-END
		until Password
		secret $(password chen)
	END
	grep -qF "$words" /tmp/out || fail "not said: $words: $(cat /tmp/out)"
}
sent=0
# sends N: so many POSTs came since the last time
sends() { posts $((sent + $1)) && sent=$((sent + $1)); }

# Two gates of one name wait: which one has to be said.
says 2 'names several gates' pass shop/501/1
sends 0
says 0 'Passed.' pass shop/501/1/5012
sends 1
says 0 'Passed.' pass shop/501/1
sends 1

# The name makes no gate, nor does waiting to be started by hand.
says 11 'No such gate' pass shop/501/2/5021
says 11 'No such gate' pass shop/501/4/5041
says 11 'No such gate' pass shop/501/4
says 11 'PONDERING' pass shop/501/5/5051
says 11 'not reached' pass shop/501/8/5081
sends 0

says 0 'Passed.' pass shop/501/3/5031
says 0 'Refused, as you asked.' refuse shop/501/6/5061
says 0 'Refused, as you asked.' refuse shop/501/7/5071
sends 3

# The key is no validator of this one.
says 6 'key_not_validator' pass shop/501/9/5091
sends 0

# A run number that another pipeline has too, a job of another run.
says 11 'No such gate' pass shop/9007199254740992/11/9223372036854775807
says 11 'No such gate' pass shop/501/3/5012
sends 0

# Ids that are equal as floating point numbers.
exits 0 as chen warder show --json shop/9007199254740993/11/9223372036854775807 >/tmp/out
for member in '"pipeline_id":[ ]*"9007199254740993"' '"job_id":[ ]*"9223372036854775807"'; do
	grep -q "$member" /tmp/out || fail "$member: $(cat /tmp/out)"
done
says 0 'Passed.' pass shop/9007199254740993/11/9223372036854775807
sends 1
control GET /count | grep -q '9007199254740993/11/9223372036854775807":{[^}]*"passed":1' ||
	fail "$(control GET /count)"
exits 0 as chen warder show shop/9007199254740992/11/9223372036854775806 >/tmp/out
grep -q 9223372036854775806 /tmp/out || fail "$(cat /tmp/out)"
exits 0 warderctl ledger verify
