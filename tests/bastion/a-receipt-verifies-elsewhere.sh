#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# warder log: each person reads their own records, nobody another's; a receipt
# is checked with the commands of the manual, openssl and the public key alone,
# and no longer holds when a byte of it is changed.

saw() { grep -qE -- "$1" /tmp/screen || { cat /tmp/screen; fail "not told: $1"; }; }
logs() { as "$1" warder log "${@:2}" </dev/null >/tmp/screen 2>&1; }
# passes WHO GATE CODE: with a password
passes() {
	exits "$3" at "$1" warder pass -y -m 'checked on staging' "$2" >/tmp/screen <<-END
		expect Password
		secret $(password "$1")
	END
}
# by_hand: the commands of the manual, in this folder
by_hand() {
	sed -n '/^\.Sh RECEIPTS/,/^\.Ed/p' "$BASTION_TOP/man/warder.1" |
		sed -n '/^receipt=/,/^\.Ed/p' | sed '/^\.Ed/d; s/\\e/\\/g' >/tmp/by-hand.sh
	[ "$(wc -l </tmp/by-hand.sh)" -le 20 ] || fail 'more than 20 lines'
	bash -eu /tmp/by-hand.sh
}

say '== nothing yet'
exits 0 logs chen
saw 'Nothing is on record'

say '== a pass, a refusal by the policy'
passes chen "$PAY" 0
record=$(grep -oE "[0-9]{8}-[0-9]{4}" /tmp/screen | tail -n 1)
exits 5 as li warder pass -y -m "checked on staging" "$WEB" </dev/null >/tmp/screen 2>&1
exits 0 logs chen
saw "$record +intent"
saw "$record +outcome +passed"
exits 0 logs chen --verb refuse
! grep -q ' intent ' /tmp/screen || fail 'a pass among refusals'
exits 0 logs chen --since 2026-01-01
saw "$record"
exits 0 logs chen --since '2099-01-01 00:00'
saw 'Nothing is on record'
exits 0 logs chen "$record" --json
python3 - "$record" <<-'END'
	import json, sys
	doc = json.load(open("/tmp/screen"))
	assert doc["schema"] == "warder.log/1" and doc["complete"]
	assert [l["ev"] for l in doc["lines"]] == ["intent", "outcome"]
	assert all(l["rec"] == sys.argv[1] for l in doc["lines"])
END

say '== nobody reads what is not theirs'
exits 0 logs lin
saw 'Nothing is on record'
exits 11 logs li "$record"
saw 'no such record|No such'
exits 11 logs li "$record" --receipt /tmp/li.txt
[ ! -e /tmp/li.txt ] || fail 'a receipt for somebody else'
exits 11 logs chen 20200101-0001
exits 2 logs chen "../../etc"
exits 2 logs chen --receipt /tmp/x

say '== a receipt, and what only the public key tells of it'
install -d -o chen /tmp/chen
exits 0 logs chen "$record" --receipt /tmp/chen/receipt.txt
saw "Receipt of record $record, signed by"
exits 2 logs chen "$record" --receipt /tmp/chen/receipt.txt
saw 'there already'
exits 0 warderctl ledger show /tmp/chen/receipt.txt >/tmp/screen
saw 'passed'
mkdir /tmp/elsewhere
cp /tmp/chen/receipt.txt /etc/warder/ledger.pub /tmp/elsewhere/
(cd /tmp/elsewhere && by_hand) >/tmp/screen 2>&1 || { cat /tmp/screen; fail 'the receipt does not verify'; }
saw 'Signature Verified Successfully'
hash=$(awk 'END { print $1 }' /tmp/screen)
grep -q "\"prev\":\"$hash\"" /var/log/warder/ledger.jsonl || fail 'the hash is in no line'
[ "$(sed -n '/^Signature/,$p' /tmp/screen | sed -n '2,3p' | sort -u | wc -l)" = 1 ] ||
	fail 'two names of the host'

say '== a changed byte, another key'
sed -i 's/"res":"passed"/"res":"halted"/' /tmp/elsewhere/receipt.txt
! (cd /tmp/elsewhere && by_hand) >/tmp/screen 2>&1 || fail 'a forged receipt verifies'
exits 40 warderctl ledger show /tmp/elsewhere/receipt.txt >/tmp/screen 2>&1
saw 'note_sig'

say '== the service is down'
stop services
exits 18 logs chen
