#!/bin/bash
# SPDX-License-Identifier: ISC
#
# The package, systemd's sockets, sshd, rsyslog, journald: one passes, one
# refuses, one may not; each place says so in its own way.

ready
say "one passes, one refuses, one may not"
exits 0 passes chen
run=$(new_run 11222 '"creator":"187700112299"')
exits 0 ssh_at fang warder refuse -y -m "'not on friday'" "$run" <<-END
	expect Password
	secret $(password fang)
END
run=$(new_run 11222 '"creator":"187700112299"')
exits 5 ssh_at li warder pass -y -m "'checked on staging'" "$run" </dev/null
posts 2
records 1 ev=outcome res=passed
records 1 ev=outcome res=stopped
records 1 ev=denied user=li err=role_member
exits 0 warderctl ledger verify

say "rsyslog's file"
for ev in intent outcome denied auth; do
	until_true 5 grep -q "warder-keeper\[[0-9]*\]: @cee: {\"ev\":\"$ev\"" /var/log/auth.log ||
		fail "no line about $ev in auth.log"
done

say "journald's fields"
journalctl --no-pager -q -o json -t warder-keeper _SYSTEMD_UNIT=warder-keeper.service >/tmp/journal
python3 -I - "$(id -u warder-keeper)" <<'END' || fail "the journal does not tell it"
import json, sys
lines = [json.loads(line) for line in open("/tmp/journal", encoding="utf-8")]
lines = [line for line in lines if "@cee:" in line["MESSAGE"]]
assert lines, "nothing"
for line in lines:
    assert line["_UID"] == sys.argv[1], line["_UID"]
    assert line["SYSLOG_FACILITY"] == "10", line["SYSLOG_FACILITY"]
    assert json.loads(line["MESSAGE"].split("@cee: ", 1)[1]), line["MESSAGE"]
END

say "who came through sshd is known by his session"
grep -q '"ev":"intent".*"user":"chen".*"tty":"pts/[0-9]*"' /var/log/warder/ledger.jsonl ||
	fail "the terminal is not told"
exits 0 warderctl doctor

