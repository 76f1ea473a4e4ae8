#!/bin/bash
# SPDX-License-Identifier: ISC
# level: installed
#
# A lock on a file is for everybody who may read the file. No member holds
# up a change of the master key with what he may read, and one rekey still
# waits for another.

start_sandbox
make_warder
lock=/etc/warder/rekey.lock
before=$(sha256sum </etc/warder/master.key)

# Everything of warder that chen can open, he locks.
cat >/tmp/lock-all.py <<'END'
import fcntl
import os
import sys
import time

held = []
for top in ("/etc/warder", "/var/lib/warder", "/var/log/warder", "/run/warder"):
    for folder, _, names in os.walk(top):
        for name in [""] + names:
            try:
                fd = os.open(os.path.join(folder, name), os.O_RDONLY | os.O_NONBLOCK)
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                held.append(os.path.join(folder, name))
            except OSError:
                pass
print(*held, sep="\n", flush=True)
time.sleep(600)
END
hold_all() {
	setpriv --reuid chen --regid chen --clear-groups --pdeathsig KILL \
		python3 -I /tmp/lock-all.py >/tmp/held &
	holder=$!
	until_true 10 grep -qx /etc/warder/ /tmp/held || fail "he holds: $(cat /tmp/held)"
}
hold_all
exits 0 warderctl key rekey
[ "$(sha256sum </etc/warder/master.key)" != "$before" ] || fail 'the master key is the old one'
[ "$(stat -c %a-%U $lock)" = 600-root ] || fail "rights of the lock: $(stat -c %a-%U $lock)"

# The lock is there now, and he starts anew.
kill "$holder"
wait "$holder" || true
hold_all
if grep -q lock /tmp/held; then fail "he holds: $(cat /tmp/held)"; fi
exits 0 warderctl key rekey --finish
kill "$holder"
wait "$holder" || true

exec 9<$lock
flock 9
exits 21 warderctl key rekey 2>/tmp/told
grep -q 'at work' /tmp/told || fail "it says: $(cat /tmp/told)"
exec 9<&-
exits 0 warderctl key rekey

# A link in its place leads nowhere.
rm $lock
ln -s /etc/warder/warder.conf $lock
exits 21 warderctl key rekey
rm $lock
exits 0 warderctl key rekey
