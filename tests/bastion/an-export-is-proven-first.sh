#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# What leaves the ledger for other programs and for paper: proven lines, words
# that stay words, and a note on record that they left.

exits 0 passes chen
exits 5 at li warder pass -m '=HYPERLINK("x") <script>alert(1)</script>' "$WEB" </dev/null >/tmp/out

say "each line of the ledger, byte for byte"
n=$(wc -l <"$LEDGER")
exits 0 warderctl ledger export >/tmp/all.json
python3 -I - "$LEDGER" "$n" <<'END' || fail "the export is not the ledger"
import json, sys
text = open("/tmp/all.json", encoding="utf-8").read()
whole = json.loads(text)
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()[:int(sys.argv[2])]
assert whole["verified"] and whole["complete"] and whole["exported"] == sys.argv[2], whole["exported"]
assert whole["lines"] == [json.loads(line) for line in lines]
assert not [line for line in lines if line not in text]
assert whole["checkpoint"].startswith("warder/ledger/"), "no checkpoint"
END
records 1 ev=ledger.read res=exported "n=$n"

say "a table, and documents, of what one person did"
exits 0 warderctl ledger export --format csv --user chen --result passed >/tmp/chen.csv
[ "$(wc -l </tmp/chen.csv)" = 2 ] || fail "chen's passes: $(cat /tmp/chen.csv)"
exits 0 warderctl ledger export --format csv --event denied | grep -qF '"'\''=HYPERLINK(""x"") <script>' ||
	fail "a reason is a formula, or not there"
exits 0 warderctl ledger export --format ecs --event outcome >/tmp/ecs
python3 -I -c 'import json,sys
for line in open("/tmp/ecs"):
    one = json.loads(line)
    assert one["event"]["outcome"] == "success" and one["@timestamp"] and one["host"]["name"], line' ||
	fail "not documents of the schema"

say "a page that is private, whole, and loads nothing"
exits 0 warderctl ledger report --html /tmp/page.html
[ "$(stat -c '%a %U %F' /tmp/page.html)" = "600 root regular file" ] || fail "$(stat /tmp/page.html)"
grep -q 'The chain is unbroken' /tmp/page.html || fail "the proof is not told"
grep -qF '&lt;script&gt;alert(1)' /tmp/page.html || fail "the reason of li is not told"
grep -q '<code>warder/bastion+[0-9a-f]*</code> hold' /tmp/page.html || fail "the key is not told"
grep -q '<td class="who">chen</td>' /tmp/page.html || fail "chen is missing"
# The gate waits for 19 minutes when the world begins, says the server; the
# intent keeps it.
waited=$(sed -n '/"ev":"intent"/s/.*"n":\([0-9]*\).*/\1/p' "$LEDGER")
[ "${waited:-0}" -ge 1140 ] && [ "$waited" -lt 1740 ] || fail "the intent says that the gate waited '$waited' s"
grep -q '1 gate: half of them within [12][0-9] min' /tmp/page.html || fail "how long the gate waited is not told"
tail -c 8 /tmp/page.html | grep -q '</html>' || fail "the page has no end"
if grep -qi '<script\|https\?:\|src=\|url(' /tmp/page.html; then fail "the page loads or runs something"; fi
records 1 ev=ledger.read res=reported
ln -s /etc/passwd /tmp/link.html
exits 21 warderctl ledger report --html /tmp/link.html
grep -q '^root:' /etc/passwd || fail "it wrote through a link"

say "of a damaged ledger nothing behind the damage"
cp "$LEDGER" /tmp/good
sed -i '3s/"ev":"/"ev":"x/' "$LEDGER"
exits 40 warderctl ledger export --format ecs "$LEDGER" >/tmp/ecs
[ "$(wc -l </tmp/ecs)" = 2 ] || fail "$(wc -l </tmp/ecs) lines left a ledger that is broken at the third"
exits 40 warderctl ledger report --html /tmp/page.html "$LEDGER"
grep -q 'The ledger is broken' /tmp/page.html || fail "the damage is not told"
cat /tmp/good >"$LEDGER"
exits 0 warderctl ledger verify
