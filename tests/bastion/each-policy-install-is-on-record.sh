#!/bin/bash
# SPDX-License-Identifier: ISC
# level: installed
#
# The first policy and each later one: a line that says what it is and what
# was before, and a mark with its hash and the number of that line.

# install_line N: of the Nth install its result, file and both hashes
install_line() {
	grep '"ev":"policy.install"' "$LEDGER" | sed -n "$1p" | python3 -Ic '
import json, sys
line = json.load(sys.stdin)
print(line["seq"], line["res"], line["file"], line["h"], line["pol"])'
}
mark() {
	python3 -Ic '
import sqlite3
row = sqlite3.connect("/var/lib/warder/state.db").execute(
    "SELECT n, h FROM mark WHERE name = ?", ("policy",)).fetchone()
print(row[0], row[1].hex())'
}
in_force() { grep -a -m 1 -E '^[0-9a-f]{64} [0-9]+ policy$' /etc/warder/policy.installed | sha256sum | cut -c1-64; }

exits 0 warderctl init --master file >/dev/null
read -r seq res file before first < <(install_line 1)
[ "$res $file" = "installed policy" ] || fail "the first: $res, $file"
[ "$before" = "$(printf '%064d' 0)" ] || fail "before the first there was $before"
[ "$(mark)" = "$seq $first" ] || fail "the mark says $(mark), the line $seq $first"
[ "$(in_force)" = "$first" ] || fail "in force is $(in_force)"

# What an install would change is told before, to anybody, and changes nothing.
exits 0 warderctl policy diff >/run/screen
grep -q '^no line changes$' /run/screen || fail "the same twice: $(cat /run/screen)"
write_policy
exits 42 as chen "$SBIN/warderctl" policy diff >/run/screen
grep -q "^installed $first\$" /run/screen || fail "not what is in force: $(cat /run/screen)"
grep -q '^- timezone UTC$' /run/screen || fail "a line that goes is not shown"
grep -q '^+ timezone Asia/Shanghai$' /run/screen || fail "a line that comes is not shown"
edited=$(sed -n 's/^edited *//p' /run/screen)
[ "$(in_force)" = "$first" ] || fail "asking put something into force"

exits 0 warderctl policy install -y /etc/warder/policy >/dev/null
read -r seq res file before second < <(install_line 2)
[ "$res $file $before" = "installed policy $first" ] || fail "the second: $res, $file, $before"
[ "$second" = "$edited" ] || fail "told was $edited, installed is $second"
[ "$second" != "$first" ] || fail "another policy has another hash"
[ "$(mark)" = "$seq $second" ] || fail "the mark says $(mark), the line $seq $second"
[ "$(in_force)" = "$second" ] || fail "in force is $(in_force)"

# An edit with an error, in JSON; then a set that was touched.
cp /etc/warder/policy /run/edited
echo 'permit pass on prod to owner' >>/run/edited
exits 21 warderctl policy diff --json /run/edited >/run/screen
python3 -Ic '
import json, sys
got = json.load(open("/run/screen"))
assert got["schema"] == "warderctl.policy/1" and got["complete"] and got["changed"], got
assert got["installed"] == sys.argv[1] and got["exit"] == 21, got
assert [f["topic"] for f in got["findings"] if f["level"] == "error"] == ["undefined"], got
assert [l["text"] for l in got["files"][0]["added"]] == ["permit pass on prod to owner"], got
' "$second" || fail "the document: $(cat /run/screen)"
exits 0 warderctl policy diff --json >/run/screen
cp -p /etc/warder/policy.installed /run/installed
sed -i s/Shanghai/Hongkong/ /etc/warder/policy.installed
exits 25 warderctl policy diff >/run/screen 2>&1
grep -q 'not as it was installed' /run/screen || fail "a damaged set: $(cat /run/screen)"
cp -p /run/installed /etc/warder/policy.installed

# At a terminal a warning is a sentence, without what a journal wants.
stop_syslog
exits 0 at root warderctl policy install -y /etc/warder/policy </dev/null >/run/screen
cat /run/screen
grep -q '^warderctl: syslog did not take line' /run/screen || fail "not told as a person is told"
if grep -q '<4>' /run/screen; then fail "a person sees what the journal reads"; fi
exits 0 warderctl ledger verify
