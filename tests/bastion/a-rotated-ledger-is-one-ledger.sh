#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# The ledger is closed and begun anew while the services run: they go on in
# the new file, and everything that reads goes through all of them.

# A line of the ledger more, by a worker of the keeper.
line_more() { exits "$1" at li warder pass -m 'the banner is urgent' "$WEB" </dev/null; }
closed() { find /var/log/warder -name 'ledger.[0-9]*.jsonl' | wc -l; }

exits 0 passes chen
record=$(sed -n 's/.*"ev":"intent","rec":"\([0-9-]*\)".*/\1/p' "$LEDGER" | tail -n 1)
[ -n "$record" ] || fail "no intent line has a record"
lines=$(wc -l <"$LEDGER")

exits 0 warderctl ledger export --rotate >/tmp/all.json 2>/tmp/said
grep -q 'closed /var/log/warder/ledger.1.jsonl' /tmp/said || fail "$(cat /tmp/said)"
[ "$(closed)" = 1 ] || fail "not one closed file"
python3 -Ic '
import json, sys
with open("/tmp/all.json") as file:
    all = json.load(file)
assert all["verdict"] == "ok", all["verdict"]
lines = all["lines"]
assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
assert sum(line["ev"] == "ledger.rotate" for line in lines) == 1
assert len(lines) == int(sys.argv[1]) + 2, len(lines)
' "$lines" || fail "the export is not all lines"
[ "$(stat -c '%U:%G %a' "$LEDGER")" = 'warder-keeper:adm 640' ] || fail "$(ls -l "$LEDGER")"
tail -n 1 /var/log/warder/ledger.1.jsonl | grep -q '"ev":"ledger.rotate"' || fail "no last line"

# The keeper's next worker goes on in the new file, and so does a second one
# after another rotation.
line_more 5
exits 0 warderctl ledger export --rotate >/tmp/all.json
line_more 5
[ "$(closed)" = 2 ] || fail "not two closed files"

# A record of a closed file is found by its owner, with its receipt, by root,
# and by a report.
at chen warder log "$record" </dev/null >/tmp/log || fail "warder log $record"
grep -q 'pass' /tmp/log || fail "$(cat /tmp/log)"
exits 0 as chen warder log "$record" --receipt /home/chen/r
exits 0 warderctl ledger show "$record" >/tmp/shown
grep -q passed /tmp/shown || fail "$(cat /tmp/shown)"
exits 0 warderctl ledger show /home/chen/r
exits 0 warderctl ledger report --html /root/page.html >/tmp/said
grep -q '3 decisions' /tmp/said || fail "$(cat /tmp/said)"
exits 0 warderctl ledger verify >/tmp/said
grep -q 'whole: ' /tmp/said || fail "$(cat /tmp/said)"

# A rotation that was cut off between its two names goes on.
python3 -I - <<'END' || fail "no rotation half way"
import hashlib, json, os
os.chdir("/var/log/warder")
with open("ledger.jsonl", "rb") as file:
    lines = file.read().splitlines(True)
first, last = json.loads(lines[0]), json.loads(lines[-1])
name = f"ledger.{first['seq']}.jsonl"
end = {m: last[m] for m in ("v", "seq", "ts", "mono", "boot", "host")}
end["seq"] += 1
end |= {"ev": "ledger.rotate", "n": len(lines) + 1, "file": name,
        "prev": hashlib.sha256(lines[-1]).hexdigest()}
with open("ledger.jsonl", "ab") as file:
    file.write(json.dumps(end, separators=(",", ":")).encode() + b"\n")
os.rename("ledger.jsonl", name)
END
line_more 5
[ "$(closed)" = 3 ] || fail "not three closed files"
exits 0 warderctl ledger verify

# One in the middle is missing: it has a name, and the owner's log says no.
middle=$(find /var/log/warder -name 'ledger.[0-9]*.jsonl' | sort -t. -k2n | sed -n 2p)
mv "$middle" /root/
exits 40 warderctl ledger verify >/tmp/said
grep -q "^missing: ${middle##*/}, " /tmp/said || fail "$(cat /tmp/said)"
exits 22 at chen warder log </dev/null
# What root is shown is not all, and says so.
exits 25 warderctl ledger show --user chen >/dev/null 2>/tmp/said
grep -q 'was to come here' /tmp/said || fail "$(cat /tmp/said)"
exits 25 warderctl ledger show --json >/tmp/said.json
grep -q '"complete":false' /tmp/said.json || fail 'called complete'
mkfifo "$middle"
exits 25 timeout 20 warderctl ledger show >/dev/null 2>/tmp/said
grep -q 'not a plain file' /tmp/said || fail "$(cat /tmp/said)"
rm "$middle"
mv "/root/${middle##*/}" /var/log/warder/
exits 0 warderctl ledger show >/dev/null

# The one in use is missing, though it had lines: nothing goes on.
mv "$LEDGER" /root/
line_more 22
exits 25 warderctl ledger verify >/tmp/said
[ ! -e "$LEDGER" ] || fail "begun anew"
mv /root/ledger.jsonl "$LEDGER"
line_more 5
exits 0 warderctl ledger verify
