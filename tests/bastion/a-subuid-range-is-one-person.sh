#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# A person with a subordinate range owns 65,536 uids that no passwd entry
# knows. Together they get the slots of one; a colleague is served meanwhile.

cat >/run/knock.py <<'END'
import os, socket, sys, time
# Connects once under each uid given; says how many were not turned away.
path, uids = sys.argv[1], [int(u) for u in sys.argv[2:]]
held = []
for uid in uids:
    os.setresuid(uid, uid, 0)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    sock.connect(path)
    held.append(sock)
    os.setresuid(0, 0, 0)
time.sleep(1)
served = 0
for sock in held:
    sock.setblocking(False)
    try:
        sock.recv(4096)
    except BlockingIOError:
        served += 1
print(served, flush=True)
time.sleep(float(os.environ.get("HOLD", "0")))
END

# How many of these uids are served at the same time.
knock() { python3 -I /run/knock.py "$RUN/warder.sock" "$@"; }

range=$(seq 100000 100011)
# shellcheck disable=SC2086 # one uid a word
[ "$(knock $range)" = 4 ] || fail "a range of uids is served as if it were many"

# shellcheck disable=SC2086
HOLD=3 knock $range >/run/held &
until_true 5 test -s /run/held || fail "nobody holds slots"
[ "$(knock 2101 2101)" = 2 ] || fail "chen waits behind a range of uids"
[ "$(knock 2101 2101 2101 2101 2101 2101)" = 4 ] || fail "chen gets more than 4 slots"
wait
say "12 unknown uids got 4 slots, and chen hers"
