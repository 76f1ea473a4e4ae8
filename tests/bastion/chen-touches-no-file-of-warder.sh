#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# As chen: no key, vote or ledger is read, nothing of warder's is written,
# and only the public socket answers.

passes chen >/dev/null
find /var/lib/warder /var/log/warder /etc/warder /run/warder /run/credentials \
	-print0 2>/dev/null >/tmp/files
[ "$(tr -dc '\0' </tmp/files | wc -c)" -gt 12 ] || fail "too few files to be true"
chmod 644 /tmp/files
cat >/tmp/look.py <<'END'
import os, socket, stat, sys
public = {"/etc/warder/" + n for n in ("warder.conf", "policy", "policy.installed",
          "pam.pub", "ledger.pub", "sandbox-ca.pem")}
bad = []
for f in open("/tmp/files").read().split("\0"):
    try:
        mode = os.lstat(f).st_mode if f else 0
    except PermissionError:
        continue
    if os.access(f, os.W_OK) and f != "/run/warder/warder.sock":
        bad.append("writes " + f)
    if stat.S_ISREG(mode) and os.access(f, os.R_OK) and f not in public:
        bad.append("reads " + f)
    if stat.S_ISSOCK(mode):
        s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            s.connect(f)
            if f != "/run/warder/warder.sock":
                bad.append("connects to " + f)
        except PermissionError:
            pass
sys.exit("\n".join(bad) or 0)
END
as chen python3 -I /tmp/look.py || fail "chen can do that"
for dir in /var/lib/warder /var/log/warder; do
	as chen ls "$dir" 2>/dev/null && fail "chen lists $dir"
done
for file in /etc/warder/pam.key /etc/warder/master.key "$LEDGER"; do
	[ -e "$file" ] || fail "$file is not where this test looks"
	as chen cat "$file" 2>/dev/null && fail "chen reads $file"
done
# The other services get no further than their part either.
for who in warder warder-courier; do
	setpriv --reuid "$who" --regid "$who" --init-groups cat "$LEDGER" \
		2>/dev/null && fail "$who reads the ledger"
	setpriv --reuid "$who" --regid "$who" --init-groups ls /var/lib/warder/keys \
		2>/dev/null && fail "$who lists the keys"
done
true
