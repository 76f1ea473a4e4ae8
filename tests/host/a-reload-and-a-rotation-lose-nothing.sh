#!/bin/bash
# SPDX-License-Identifier: ISC
#
# What an administrator does while people are at work: the configuration is
# changed and read anew, a wrong one is refused, the log's file and the ledger
# are rotated. Whoever is in session notices nothing, and no line is lost.

SERVICES='warderd warder-keeper warder-pam warder-courier'
pids() { for name in $SERVICES; do systemctl show -P MainPID "$name.service"; done; }
# shellcheck disable=SC2086
reload() { systemctl reload $SERVICES; }
# said SINCE TEXT: so often do the services say it in the journal
said() { journalctl --no-pager -q -o cat --since "$1" -t warderd -t warder-keeper -t warder-pam -t warder-courier | grep -cF -- "$2" || :; }
# waits WHO GATE: at the password until the file /run/go is there
waits() {
	ssh_at "$1" warder pass -y -m "'checked on staging'" "$2" >"/tmp/$1" 2>&1 <<-END
		expect Password
		await /run/go
		secret $(password "$1")
	END
}
gate() { new_run 11222 '"creator":"187700112299"'; }
ends_well() {
	local code=0
	wait "$1" || code=$?
	cat "/tmp/$2"
	[ $code = 0 ] || fail "$2 ended with $code"
}

ready
exits 0 passes chen "$(gate)"
before=$(pids)
[ "$(grep -cx '[1-9][0-9]*' <<<"$before")" = 4 ] || fail "not all run: $before"

say "one at his password, one whose request is out, and a reload"
fang_gate=$(gate)
waits fang "$fang_gate" & fang=$!
until_true 20 grep -q Password /tmp/fang || fail "fang was not asked"
control POST /fault '{"fault":"delay","match":{"method":"POST"},"args":{"ms":4000}}' >/dev/null
passes chen "$(gate)" >/tmp/chen 2>&1 & chen=$!
until_true 20 grep -q 'sent once' /tmp/chen || fail "chen's request is not out"
since=$(date '+%F %T')
echo 'slots_per_user 1' >>/etc/warder/warder.conf
reload
until_true 10 test "$(said "$since" 'the configuration was read anew')" = 4 || fail "not by all four"
ends_well $chen chen
[ "$(pids)" = "$before" ] || fail "not the processes of before"
# What was read holds for whoever comes: fang has his one slot.
exits 16 ssh_at fang warder list </dev/null

say "a wrong configuration is refused, and whoever is in session stays"
cp -p /etc/warder/warder.conf /tmp/right
echo 'slots_per_user many' >>/etc/warder/warder.conf
since=$(date '+%F %T')
reload
until_true 10 test "$(said "$since" 'it stays as it was')" = 4 || fail "not refused by all four"
[ "$(said "$since" '/etc/warder/warder.conf, line ')" -ge 4 ] || fail "the line is not named"
exits 42 warderctl doctor >/tmp/doctor
grep -q '^bad *config' /tmp/doctor || { cat /tmp/doctor; fail "doctor does not say so"; }
sed '/^slots_per_user/d' /tmp/right >/etc/warder/warder.conf
reload
until_true 10 test "$(said "$since" 'the configuration was read anew')" = 4 || fail "not read anew"
exits 0 passes chen "$(gate)"

say "rsyslog's file and the ledger are rotated meanwhile"
# In nspawn the signal to all of rsyslog's processes now and then fails (EIO)
# after the main one had it; once more does no harm.
logrotate -f /etc/logrotate.d/rsyslog ||
	exits 0 systemctl kill --kill-whom=main -s HUP rsyslog.service
[ -s /var/log/auth.log.1 ] || fail "the file is not rotated"
exits 0 warderctl ledger export --rotate >/dev/null 2>/tmp/rotated
grep -q 'closed /var/log/warder/ledger.1.jsonl' /tmp/rotated || fail "$(cat /tmp/rotated)"
touch /run/go
ends_well $fang fang
[ "$(pids)" = "$before" ] || fail "not the processes of before"
posts 4
tail -n +1 /var/log/warder/ledger.jsonl | grep -q '"ev":"outcome"' || fail "not in the new file"

say "no line is missing: of the ledger, in syslog"
exits 0 warderctl ledger verify
until_true 10 grep -q '"ev":"outcome"' /var/log/auth.log || fail "syslog's new file has no outcome"
python3 -I - <<'END' || fail "syslog lost a line"
import glob, json
sent = set()
for name in ("/var/log/auth.log.1", "/var/log/auth.log"):
    for line in open(name, encoding="utf-8"):
        if "@cee: {\"ev\"" in line:
            sent.add(json.loads(line.split("@cee: ", 1)[1])["seq"])
kept = [json.loads(line) for name in sorted(glob.glob("/var/log/warder/ledger*.jsonl"))
        for line in open(name, encoding="utf-8")]
wanted = {line["seq"] for line in kept if line["ev"] in ("intent", "outcome", "auth", "denied")}
assert wanted and wanted <= sent, sorted(wanted - sent)
END
exits 0 warderctl doctor
