#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# What an administrator gets wrong without noticing, each alone: doctor says
# so, and what to do about it.

mkdir -m 0700 /run/kept
cp -a /etc/warder/warder.conf /etc/pam.d/warder /run/kept/
mended() { cp -a /run/kept/warder.conf /etc/warder/ && cp -a /run/kept/warder /etc/pam.d/; }

# finds EXIT LEVEL TOPIC WORDS [unseen]: and where not, it says that it saw all
finds() {
	local code=0
	warderctl doctor >/run/report 2>&1 || code=$?
	if ! grep -qE "^$2 +$3 +.*$4" /run/report || [ "$code" != "$1" ]; then
		cat /run/report
		fail "exit $code, or no line: $2 $3 $4"
	fi
	say "found: $4"
	code=0
	warderctl doctor --json >/run/report.json 2>/dev/null || code=$?
	[ "$code" = "$1" ] || fail "exit $code with --json"
	python3 -Ic '
import json, sys
with open("/run/report.json") as file:
    document = json.load(file)
found = document["findings"]
assert document["complete"] == (document["errors"] == [])
assert document["complete"] == (sys.argv[3] == "seen"), document["errors"]
assert all(set(f) == {"level", "topic", "text", "file", "line"} for f in found)
sys.exit(not any(f["level"] == sys.argv[1] and f["topic"] == sys.argv[2] for f in found))
' "$2" "$3" "${5-seen}" || fail "not in the document: $2 $3"
	mended
}

exits 0 warderctl doctor
finds 0 ok keys 'shop-2026 opens, for 127.0.0.1'
finds 0 ok pam '/etc/pam.d/warder asks for a proof'
finds 0 ok services 'ledger: [0-9]+ lines'

# Root has two connections to the keeper. A third one is told so, by whatever.
python3 -I - <<'END' &
import socket, time
held = [socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(2)]
for one in held:
    one.connect("/run/warder/keeper.sock")
open("/run/held", "w").close()
time.sleep(60)
END
holder=$!
# Stopped, so that they do not end for want of a question.
until_true 10 eval '[ -e /run/held ] && [ "$(pgrep -c -P "$(pgrep -o -x warder-keeper)")" = 2 ]'
mapfile -t workers < <(pgrep -P "$(pgrep -o -x warder-keeper)")
kill -STOP "${workers[@]}"
finds 42 bad services 'two other warderctl are talking to warder-keeper' unseen
for command in 'ledger settle' 'ledger reconcile' 'policy drift' 'key check'; do
	# shellcheck disable=SC2086
	exits 16 warderctl $command >/run/said 2>&1
	grep -q 'two other warderctl' /run/said || fail "$command: $(cat /run/said)"
done
printf '%s\n%s\n' "$KEY_ID" "$KEY_SECRET" |
	exits 16 warderctl key seal shop --stdin --endpoint "$(cat /run/sandbox/https)"
kill "$holder"
kill -CONT "${workers[@]}"
wait "$holder" || true
until_true 10 eval 'warderctl ledger settle >/dev/null 2>&1'

mkdir -p /etc/logrotate.d
printf '%s\n' '/var/log/warder/*.jsonl {' ' weekly' ' copytruncate' '}' >/etc/logrotate.d/all-logs
finds 42 bad ledger 'all-logs has logrotate cut or move the ledger'
rm /etc/logrotate.d/all-logs
mkdir /var/log/warder/ledger.9.jsonl
finds 42 bad ledger 'ledger.9.jsonl is no plain file'
exits 22 warderctl ledger export --rotate
rmdir /var/log/warder/ledger.9.jsonl
finds 0 ok ledger '0 closed files'

sed -i '/^account/d' /etc/pam.d/warder
finds 42 bad pam 'has no account line.*add account required'
sed -i '1i auth sufficient pam_rootok.so' /etc/pam.d/warder
finds 42 bad pam 'lets everybody in by .sufficient pam_rootok.so.*remove that line'
sed -i '1i auth sufficient pam_permit.so' /etc/pam.d/warder
finds 42 bad pam 'lets everybody in by .sufficient pam_permit.so'
rm /etc/pam.d/warder
finds 42 bad pam 'is not there.*Put a service there'
sed -i 's/^endpoint.*/endpoint devops.cn-hangzhou.aliyuncs.com/' /etc/warder/warder.conf
finds 42 bad keys 'shop-2026 is for 127.0.0.1.*as .endpoint. in warder.conf'
echo 'key_age 1s' >>/etc/warder/warder.conf
sleep 1
finds 0 warn keys 'shop-2026 was sealed.*warderctl key seal'
for key in /var/lib/warder/keys/*.key; do
	printf '\377' | dd of="$key" bs=1 seek=200 conv=notrunc status=none
done
finds 42 bad keys 'cannot be used: key_changed'
