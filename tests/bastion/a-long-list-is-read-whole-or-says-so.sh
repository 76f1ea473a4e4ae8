#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# A list over many pipelines: several readings at a time, page after page;
# what cannot be read is named, and the rest is there.

# 8 wait (2 of them are the built-in ones), 70 run: three pages.
another_sandbox --pipelines 120 --waiting 6 --running 70

journal() { control GET /journal | grep -c "\"action\":\"$1\"" || true; }
list_as_json() {
	exits "$1" as chen warder list --json >/tmp/list
	python3 -Ic '
import json, sys
doc = json.load(sys.stdin)
print(len(doc["gates"]), str(doc["complete"]).lower(),
      *sorted(e.get("what", e.get("text", "?")) for e in doc["errors"]))' </tmp/list
}
is() { [ "$1" = "$2" ] || fail "$1, not $2"; }

# Slow answers, so that all that may be under way at a time is so.
control POST /fault '{"fault":"delay","match":{"action":"ListPipelineRuns"},"args":{"ms":200},"times":24}' >/dev/null
is "$(list_as_json 0)" "8 true"
is "$(journal ListPipelines) $(journal ListPipelineRuns) $(journal GetPipelineRun)" "3 78 78"
connections=$(control GET /journal | sed -n 's/.*"connection":\([0-9]*\).*/\1/p' | sort -u | wc -l)
[ "$connections" -ge 4 ] && [ "$connections" -le 8 ] || fail "$connections connections"

# Two pipelines that cannot be read are named; nothing else is missing.
for id in 1000000 1000031; do
	control POST /fault "{\"fault\":\"5xx\",\"match\":{\"action\":\"ListPipelineRuns\",\"pipeline\":\"$id\"},\"times\":0}" >/dev/null
done
is "$(list_as_json 25)" "7 false service-0000 service-0031"
exits 25 as chen warder list >/tmp/list
grep -qF 'Could not be read: service-0000 (InternalError)' /tmp/list || fail "$(cat /tmp/list)"

# A page that cannot be read: so the list is not whole either.
control POST /fault '{"clear":true}' >/dev/null
control POST /fault '{"fault":"html-502","match":{"action":"ListPipelines","nth":2},"times":0}' >/dev/null
[[ $(list_as_json 25) == *" false shop" ]] || fail "$(cat /tmp/list)"

# A server that is busy is waited for.
control POST /fault '{"clear":true}' >/dev/null
control POST /fault '{"fault":"throttle","match":{"action":"GetPipelineRun"},"args":{"ms":300},"times":9}' >/dev/null
is "$(list_as_json 0)" "8 true"

# At a terminal it is seen to go on; interrupted, it gives what it has.
control POST /fault '{"fault":"delay","match":{"action":"GetPipelineRun"},"args":{"ms":150},"times":0}' >/dev/null
exits 130 at chen warder list >/tmp/screen <<'END'
expect reading shop:
expect pipelines, 1 waiting
key ^C
END
grep -q 'Interrupted: this is not the whole list' /tmp/screen || fail "$(cat /tmp/screen)"
grep -q 'shop/' /tmp/screen || fail "$(cat /tmp/screen)"

# Without rewriting, a line every ten seconds; not at a terminal, none at all.
control POST /fault '{"clear":true}' >/dev/null
control POST /fault '{"fault":"delay","match":{"action":"GetPipelineRun"},"args":{"ms":700},"times":0}' >/dev/null
exits 0 at chen warder list --plain >/tmp/screen <<'END'
expect reading shop:
expect handle:
END
lines=$(grep -c 'reading shop: .* waiting' /tmp/screen)
[ "$lines" -ge 1 ] && [ "$lines" -le 3 ] || fail "$lines lines of progress"
control POST /fault '{"clear":true}' >/dev/null
exits 0 as chen warder list >/tmp/list 2>/tmp/progress
[ ! -s /tmp/progress ] || fail "$(cat /tmp/progress)"
