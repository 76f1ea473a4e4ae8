#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# -n never prompts, and neither does a client without a terminal: it says 17
# and nothing was sent. Reading needs no prompt.

say "no reason"
exits 17 as chen warder -n pass "$WEB"
say "no read-back"
exits 17 as chen warder -n pass "$WEB" -m "checked on staging"
say "PAM would ask"
exits 17 as chen warder -n pass "$WEB" -y -m "checked on staging"
say "no terminal, without -n"
exits 17 as chen warder pass "$WEB" -y -m "checked on staging"
say "with a terminal, and -n: nothing is waited for"
code=0
at chen warder -n pass "$WEB" -y -m "checked on staging" </dev/null || code=$?
[ "$code" = 17 ] || fail "exit code $code, not 17"
posts 0
[ "$(ledger ev=intent)" = 0 ] || fail "there is an intent"
exits 0 as chen warder -n list
exits 0 as chen warder -n show "$WEB"
exits 0 as chen warder -n whoami

say "a program is told the same, in one document"
for words in "" "-y" "-e 00000-00000-00000-00000-00000-0"; do
	code=0
	# shellcheck disable=SC2086
	as chen warder --json -n pass "$WEB" -m "checked on staging" $words >/tmp/doc || code=$?
	CODE=$code python3 -I -c '
import json, os
doc = json.load(open("/tmp/doc"))
assert doc["exit"] == int(os.environ["CODE"]), doc
assert doc["schema"] in ("warder.error/1", "warder.decision/1"), doc
print(doc["schema"], doc["word"], doc.get("message"))'
done
posts 0
