#!/bin/bash
# SPDX-License-Identifier: ISC
# level: installed
#
# At its start the keeper puts in order what a kill of warderctl left in the
# store: a change without its line gets one, files that no list names go, and
# which store it is becomes known once. Another store in its place is refused
# by name, by every program that opens it.

keys=/var/lib/warder/keys
seal() {
	printf '%s\n%s\n' "$KEY_ID" "$KEY_SECRET" |
		warderctl key seal shop --stdin --no-check --endpoint "$(cat /run/sandbox/https)"
}
# mark: number and id that the state remembers of the store
mark() {
	python3 -Ic '
import sqlite3
n, h = sqlite3.connect("/var/lib/warder/state.db").execute(
    "SELECT n, h FROM mark WHERE name = \"kgen\"").fetchone()
print(n, h.hex() if h is not None else "-")'
}
change_mark() { # SQL of the column h
	setpriv --reuid warder-keeper --regid adm --clear-groups python3 -Ic '
import sqlite3, sys
with sqlite3.connect("/var/lib/warder/state.db") as db:
    db.execute(f"UPDATE mark SET h = {sys.argv[1]} WHERE name = \"kgen\"")' "$1"
}
store_id() { od -An -tx1 -j16 -N16 $keys/MANIFEST | tr -d ' \n'; }
generation() { od -An -tu1 -j55 -N1 $keys/MANIFEST | tr -d ' \n'; }
remember() { # all that warderctl writes after its commit
	rm -rf /root/before
	mkdir /root/before
	cp -p /var/lib/warder/state.db* /var/log/warder/* \
		/etc/warder/ledger.pub /root/before/
}
forget() {
	rm -rf /var/lib/warder/state.db* /var/log/warder/*
	cp -p /root/before/state.db* /var/lib/warder/
	cp -p /root/before/ledger.* /var/log/warder/
	mv /var/log/warder/ledger.pub /etc/warder/
}
starts=0
# keeper_starts: and has done what it does at its start
keeper_starts() {
	starts=$(ledger ev=keeper.start)
	by_hand warder-keeper "$(service_dir)/warder-keeper" --listen "$RUN/keeper.sock" \
		--pam "$RUN/pam.sock" --courier "$RUN/courier.sock"
	until_true 10 test -S "$RUN/keeper.sock" || fail 'the keeper does not listen'
	until_true 10 started || fail 'the keeper did not start'
	# Its worker ends when all of that is done.
	until_true 10 alone || fail 'the worker of the start does not end'
}
started() { [ "$(ledger ev=keeper.start)" -gt "$starts" ]; }
alone() { [ "$(pgrep -c -P "$(cat /run/bastion/warder-keeper.pid)")" = 0 ]; }
keeper_stops() {
	stop warder-keeper
	rm -f "$RUN/keeper.sock"
}

start_sandbox
make_warder
install -d -m 0755 "$RUN"

# Set up and sealed: the state knows which store, and how far it is.
[ "$(mark)" = "2 $(store_id)" ] || fail "after init and seal: $(mark)"
keeper_starts
records 0 ev=key.store res=found
records 0 ev=key.fail
keeper_stops

# Killed after the commit: the change counts, and has no line.
old=$(echo $keys/*.g1.key | tr ' ' '\n' | head -n 1)
remember
cp -p $keys/*.g1.key /root/before/
exits 0 seal
cp -p /root/before/*.g1.key $keys/
forget
cp -p "$old" $keys/MANIFEST.tmp
cp -p "$old" $keys/"$(basename "$old")".tmp
echo 'of the admin' >$keys/README
listed=$(generation)
keeper_starts
records 1 ev=key.store res=found "kgen=$listed"
[ "$(mark)" = "$listed $(store_id)" ] || fail "the mark is $(mark)"
[ "$(find $keys -name '*.key' | wc -l)" = 2 ] || fail "not swept: $(ls $keys)"
[ "$(find $keys -name '*.tmp' | wc -l)" = 0 ] || fail "not swept: $(ls $keys)"
[ -e $keys/README ] || fail 'swept what no commit makes'
exits 0 warderctl key list >/dev/null
keeper_stops

# The second start finds nothing to do.
before=$(sha256sum $keys/*)
keeper_starts
records 1 ev=key.store res=found
[ "$(sha256sum $keys/*)" = "$before" ] || fail 'the second start changed something'
keeper_stops
exits 0 warderctl ledger verify >/dev/null

# A host of before ids were kept is not locked out: it is believed once, on
# record, and from then on only this one.
change_mark NULL
exits 0 warderctl key list >/dev/null
keeper_starts
records 2 ev=key.store res=found
[ "$(mark)" = "$listed $(store_id)" ] || fail "the id was not remembered: $(mark)"
keeper_stops
keeper_starts
records 2 ev=key.store res=found
keeper_stops

# An id that nobody wrote is no id.
change_mark "x'0102'"
exits 1 warderctl key list 2>/dev/null
change_mark "x'$(store_id)'"
exits 0 warderctl key list >/dev/null

# Another store under the very same master key, in the place of ours.
remember
mv $keys /root/ours
exits 0 warderctl init --master file >/dev/null
[ "$(store_id)" != "$(od -An -tx1 -j16 -N16 /root/ours/MANIFEST | tr -d ' \n')" ] ||
	fail 'two stores with one id'
forget
before=$(sha256sum $keys/*)
exits 20 warderctl key list 2>/tmp/told
grep -q manifest_store /tmp/told || fail "it says: $(cat /tmp/told)"
exits 20 seal 2>/tmp/told
grep -q manifest_store /tmp/told || fail "it says: $(cat /tmp/told)"
exits 20 warderctl key rekey 2>/tmp/told
grep -q manifest_store /tmp/told || fail "it says: $(cat /tmp/told)"
keeper_starts
records 1 ev=key.fail err=manifest_store
records 2 ev=key.store res=found
[ "$(sha256sum $keys/*)" = "$before" ] || fail 'a foreign store was changed'
warderctl doctor >/tmp/told || :
grep -q 'bad .*keys.*manifest_store' /tmp/told || fail "doctor: $(cat /tmp/told)"
keeper_stops

# Ours again, and nothing was lost.
rm -r $keys
mv /root/ours $keys
keeper_starts
records 1 ev=key.fail
keeper_stops
exits 0 warderctl key list >/dev/null

# An older one of ours is refused as what it is.
cp -pr $keys /root/older
exits 0 seal
rm -r $keys
mv /root/older $keys
keeper_starts
records 1 ev=key.fail err=manifest_rollback
keeper_stops
exits 0 warderctl ledger verify >/dev/null
