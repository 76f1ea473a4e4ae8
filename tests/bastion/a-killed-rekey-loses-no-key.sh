#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
# minutes: 15
#
# key rekey and key seal, killed at instants that nobody chose: afterwards
# every key opens, under the old master key or the new one, and --finish says
# which; the keeper, started anew, signs with what is there.

keys=/var/lib/warder/keys fresh=/etc/warder/master.key.new
key_id() { od -An -tx1 -j32 -N16 $keys/MANIFEST | tr -d ' \n'; }
listed() {
	warderctl key list --json | python3 -Ic '
import json, sys
print(*sorted(k["name"] + "/" + k["state"] for k in json.load(sys.stdin)["keys"]))'
}

start_sandbox
make_warder
all='host/active shop-2026/active'
[ "$(listed)" = "$all" ] || fail "at the beginning: $(listed)"

# Undisturbed: another master key, another key id, the same keys, on record.
before=$(key_id) master=$(sha256sum /etc/warder/master.key)
exits 0 warderctl key rekey
[ "$(key_id)" != "$before" ] || fail 'the list bears the old master key'
[ "$(sha256sum /etc/warder/master.key)" != "$master" ] || fail 'the old master key lies there'
[ "$(listed)" = "$all" ] || fail "after a rekey: $(listed)"
[ "$(find $keys -name '*.key' | wc -l)" = 2 ] || fail "what nothing lists remains: $(ls $keys)"
records 1 ev=key.store res=rekeyed
[ "$(stat -c %a-%U /etc/warder/master.key)" = 400-root ] || fail 'rights of the master key'

# Arguments, and who may.
exits 2 warderctl key rekey shop
exits 2 warderctl key rekey --finish --after-restore
exits 2 setpriv --reuid warder --clear-groups "$(command -v warderctl)" key rekey
exits 17 warderctl key rekey --after-restore </dev/null
exits 0 warderctl key rekey --finish

# One that waits is not run over, and is told which way it ended.
head -c 32 /dev/urandom >$fresh
chmod 0400 $fresh
before=$(key_id)
exits 21 warderctl key rekey
exits 0 warderctl key rekey --finish
[ ! -e $fresh ] || fail 'a master key that opens nothing is kept'
[ "$(key_id)" = "$before" ] || fail 'finishing nothing changed something'

# The list switched, the master key not yet: as a kill in between leaves it.
cp -p /etc/warder/master.key /root/old.key
exits 0 warderctl key rekey
mv /etc/warder/master.key $fresh
cp -p /root/old.key /etc/warder/master.key
exits 20 warderctl key list 2>/tmp/told
grep -q manifest_master /tmp/told || fail "it says: $(cat /tmp/told)"
exits 0 warderctl key rekey --finish
[ "$(listed)" = "$all" ] || fail "after finishing: $(listed)"

# Neither opens the list: nothing is thrown away.
mv /etc/warder/master.key /root/right.key
head -c 32 /dev/urandom >$fresh
head -c 32 /dev/urandom >/etc/warder/master.key
chmod 0400 $fresh /etc/warder/master.key
exits 20 warderctl key rekey --finish
[ -e $fresh ] || fail 'one was thrown away'
rm $fresh
mv /root/right.key /etc/warder/master.key

# Only one at a time.
exec 9</etc/warder/rekey.lock
flock 9
exits 21 warderctl key rekey
exec 9<&-

# Killed: the whole group, or the parent alone so that its child goes on.
rounds=1000
cat >/tmp/kill.py <<'END'
import json
import os
import random
import signal
import subprocess
import sys
import time

rounds, ctl, key_id, secret = int(sys.argv[1]), *sys.argv[2:5]
keys = "/var/lib/warder/keys/MANIFEST"
seed = int(os.environ.get("SEED", time.time_ns() % 10**9))
rng = random.Random(seed)
counts = {"old": 0, "new": 0, "ended": 0}
print(f"SEED={seed}", flush=True)


def listing():
    with open(keys, "rb") as file:
        return file.read()


def recorded():
    """The store generation that the ledger knows."""
    with open("/var/log/warder/ledger.jsonl", encoding="utf-8") as file:
        return max(json.loads(line).get("kgen", 0) for line in file)


def run(*words, entry=None):
    return subprocess.run([ctl, "key", *words], input=entry,
                          capture_output=True, text=True, timeout=60)


def start(words, entry):
    child = subprocess.Popen(
        [ctl, "key", *words], stdin=subprocess.PIPE, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True)
    child.stdin.write(entry)
    child.stdin.close()
    return child


def finish():
    for _ in range(200):
        done = run("rekey", "--finish")
        if "at work" not in done.stderr:
            break
        time.sleep(.05)
    if done.returncode != 0:
        sys.exit(f"--finish: {done.returncode}: {done.stderr}")


changes = [(["rekey"], ""),
           (["seal", "shop", "--stdin", "--no-check", "--endpoint",
             "127.0.0.1:8443"], f"{key_id}\n{secret}\n")]
longest = []
for words, entry in changes:
    begun = time.monotonic()
    if start(words, entry).wait() != 0:
        sys.exit(f"{words} fails undisturbed")
    longest.append(time.monotonic() - begun)
for i in range(rounds):
    which = rng.choice([0, 0, 1])
    words, entry = changes[which]
    before = listing()
    child = start(words, entry)
    time.sleep(rng.random() * 1.1 * longest[which])
    if rng.random() < .7:
        os.killpg(child.pid, signal.SIGKILL)
    else:
        os.kill(child.pid, signal.SIGKILL)
    counts["ended"] += child.wait() == 0
    finish()
    if recorded() != int.from_bytes(listing()[48:56], "big"):
        sys.exit(f"round {i}: the ledger's kgen is {recorded()}")
    counts["new" if listing() != before else "old"] += 1
    seen = run("list", "--json")
    if seen.returncode != 0 or seen.stdout.count('"state":"active"') != 2:
        sys.exit(f"round {i}: {seen.returncode} {seen.stderr} {seen.stdout}")
    if os.path.exists("/etc/warder/master.key.new"):
        sys.exit(f"round {i}: a second master key remains")
print(f"{rounds} kills: {counts}")
END
python3 -I /tmp/kill.py "$rounds" "$(command -v warderctl)" "$KEY_ID" "$KEY_SECRET"
[ "$(listed)" = "$all" ] || fail "after the kills: $(listed)"
exits 0 warderctl ledger verify >/dev/null

# The keeper has the master key of before, and says so; a new one has this.
printf '%s\n%s\n' "$KEY_ID" "$KEY_SECRET" |
	exits 0 warderctl key seal shop --stdin --no-check --endpoint "$(cat /run/sandbox/https)"
if grep -rqs "$KEY_SECRET" /var/lib/warder /var/log/warder /etc/warder "$BASTION_LOGS"; then
	fail 'the secret is somewhere in plain text'
fi
sent=$(post_count)
exits 20 at chen warder pass -y -m 'checked on staging' "$(new_run 11222)" </dev/null
posts "$sent"
stop services
rm -f "$RUN"/*.sock
start_services
exits 0 passes chen "$(new_run 11222)"
posts $((sent + 1))
exits 0 warderctl ledger verify >/dev/null

# An older store put back is refused, until somebody at a terminal wants it.
cp -pr $keys /root/older
cp -p /etc/warder/master.key /root/older.key
exits 0 warderctl key rekey
rm -r $keys
cp -pr /root/older $keys
cp -p /root/older.key /etc/warder/master.key
exits 21 warderctl key list
exits 21 warderctl key rekey
[ ! -e $fresh ] || fail 'a refused rekey left a master key'
exits 3 at root warderctl key rekey --after-restore <<-'END'
	expect Type yes
	type no
END
exits 21 warderctl key list
exits 0 at root warderctl key rekey --after-restore <<-'END'
	expect Type yes
	type yes
END
[ "$(listed)" = "$all" ] || fail "after a restore: $(listed)"
