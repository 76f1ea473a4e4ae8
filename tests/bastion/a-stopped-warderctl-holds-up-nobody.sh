#!/bin/bash
# SPDX-License-Identifier: ISC
# level: installed
#
# Ctrl-Z at any instant of a command of root's: neither the ledger nor the
# store stays locked while it is stopped, so people go on deciding.

start_sandbox
make_warder

cat >/tmp/stop.py <<'END'
import fcntl
import os
import random
import signal
import subprocess
import sys
import time

rounds, ctl, key_id, secret = int(sys.argv[1]), *sys.argv[2:5]
seed = int(os.environ.get("SEED", time.time_ns() % 10**9))
rng = random.Random(seed)
places = ["/var/log/warder/ledger.lock", "/var/lib/warder/keys"]
print(f"SEED={seed}", flush=True)


def start(words, entry):
    """In a group of its own, as a shell has it: only those can be stopped."""
    child = subprocess.Popen(
        [ctl, *words], stdin=subprocess.PIPE, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, process_group=0)
    child.stdin.write(entry)
    child.stdin.close()
    return child


def is_free(place, seconds):
    fd = os.open(place, os.O_RDONLY)
    until = time.monotonic() + seconds
    try:
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if time.monotonic() > until:
                    return False
            time.sleep(.01)
    finally:
        os.close(fd)


changes = [(["ledger", "verify"], ""),
           (["key", "seal", "shop", "--stdin", "--no-check", "--endpoint",
             "127.0.0.1:8443"], f"{key_id}\n{secret}\n")]
longest = []
for words, entry in changes:
    begun = time.monotonic()
    if start(words, entry).wait() != 0:
        sys.exit(f"{words} fails undisturbed")
    longest.append(time.monotonic() - begun)
stopped = 0
for i in range(rounds):
    which = i % 2
    child = start(*changes[which])
    time.sleep(rng.random() * longest[which])
    os.killpg(child.pid, signal.SIGTSTP)
    _, status = os.waitpid(child.pid, os.WUNTRACED)
    if not os.WIFSTOPPED(status):
        continue
    stopped += 1
    for place in places:
        if not is_free(place, 5):
            os.killpg(child.pid, signal.SIGKILL)
            sys.exit(f"round {i}: {changes[which][0]} keeps {place} locked")
    os.killpg(child.pid, signal.SIGCONT)
    _, status = os.waitpid(child.pid, 0)
    if status != 0:
        sys.exit(f"round {i}: it ends with {status} after it was stopped")
print(f"{stopped} of {rounds} were stopped")
if stopped < rounds // 4:
    sys.exit("too few were stopped to tell")
END
python3 -I /tmp/stop.py 120 "$(command -v warderctl)" "$KEY_ID" "$KEY_SECRET" ||
	fail 'see above'
exits 0 warderctl ledger verify >/dev/null
exits 0 warderctl key list >/dev/null
