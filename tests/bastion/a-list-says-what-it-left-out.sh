#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# Runs that wait behind newer ones are found on older pages and marked; and
# what is more than one answer may hold is left out and said, not lost.

# scenario CODE: the built-in one, changed by CODE, in /tmp/scenario
scenario() {
	"$BIN/warder-sandbox" --print-scenario | python3 -Ic '
import copy, json, sys
doc = json.load(sys.stdin)
pipelines = doc["organizations"][0]["pipelines"]
'"$1"'
json.dump(doc, open("/tmp/scenario", "w"))'
	chmod 0644 /tmp/scenario
}
journal() { control GET /journal | grep -c "\"action\":\"$1\"" || true; }
is() { [ "$1" = "$2" ] || fail "$1, not $2"; }

say 'left waiting behind newer runs'
scenario '
done, waiting = pipelines[0]["runs"]
runs = []
for n in range(1, 41):
    runs.append(copy.deepcopy(waiting if n in (1, 39, 40) else done))
    runs[-1]["id"] = str(n)
    runs[-1]["startedAgo"] = 4000 - n * 90
pipelines[0]["runs"] = runs
del pipelines[1:]'
another_sandbox --scenario /tmp/scenario
exits 0 as chen warder list --json >/tmp/list
python3 -I - <<'END'
import json
doc = json.load(open("/tmp/list"))
seen = [(g["run_id"], g["newest"], g["superseded_by"]) for g in doc["gates"]]
assert seen[0] == ("40", True, ""), seen
assert sorted(seen[1:]) == [("1", False, "40"), ("39", False, "40")], seen
for g in doc["gates"]:
    assert g["commits"][0]["repo"] and g["started_by"], g
    assert {"stage": "发布生产", "job": "主机部署"} in g["after"], g
END
is "$(journal ListPipelineRuns) $(journal GetPipelineRun)" '2 3'
exits 0 as chen warder list >/tmp/list
is "$(grep -c 'superseded by run 40' /tmp/list)" 2

say 'the second page cannot be read: what the first brought is there'
control POST /fault '{"fault":"5xx","match":{"action":"ListPipelineRuns","nth":2},"times":9}' >/dev/null
exits 25 as chen warder list --json >/tmp/list
python3 -I - <<'END'
import json
doc = json.load(open("/tmp/list"))
assert [e["what"] for e in doc["errors"]] == ["web-home"], doc["errors"]
assert doc["complete"] is False
END
control POST /fault '{"clear":true}' >/dev/null

say 'more than one answer may hold'
scenario '
pipelines[0]["runs"][-1]["parameters"] = [
    {"key": f"PARAMETER_{n}", "value": str(n)} for n in range(240)]'
another_sandbox --scenario /tmp/scenario --pipelines 120 --waiting 120
exits 25 as chen warder list --json >/tmp/list
python3 -I - <<'END'
import json
doc = json.load(open("/tmp/list"))
left_out = [e["what"] for e in doc["errors"] if e["code"] == "too_many_gates"]
assert len(left_out) == len(doc["errors"]), doc["errors"]
assert doc["complete"] is False
shown = [g["pipeline"] for g in doc["gates"]]
assert 60 < len(shown) < 90 and not set(shown) & set(left_out), shown
assert len(shown) + len(left_out) == 122, (len(shown), left_out)
# What is told last of a gate is there: none is told by half.
assert all(g["after"] and g["needs"] for g in doc["gates"]), doc["gates"]
END
exits 25 as chen warder list >/tmp/list
grep -q 'Could not be read: service-[0-9]* (too_many_gates)' /tmp/list ||
	fail "$(tail -n 5 /tmp/list)"
exits 0 as chen warder explain-code too_many_gates >/tmp/list
grep -q -e --mine /tmp/list || fail "$(cat /tmp/list)"
