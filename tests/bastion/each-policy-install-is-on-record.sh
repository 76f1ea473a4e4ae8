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

write_policy
exits 0 warderctl policy install -y /etc/warder/policy >/dev/null
read -r seq res file before second < <(install_line 2)
[ "$res $file $before" = "installed policy $first" ] || fail "the second: $res, $file, $before"
[ "$second" != "$first" ] || fail "another policy has another hash"
[ "$(mark)" = "$seq $second" ] || fail "the mark says $(mark), the line $seq $second"
[ "$(in_force)" = "$second" ] || fail "in force is $(in_force)"

# At a terminal a warning is a sentence, without what a journal wants.
stop_syslog
exits 0 at root warderctl policy install -y /etc/warder/policy </dev/null >/run/screen
cat /run/screen
grep -q '^warderctl: syslog did not take line' /run/screen || fail "not told as a person is told"
if grep -q '<4>' /run/screen; then fail "a person sees what the journal reads"; fi
exits 0 warderctl ledger verify
