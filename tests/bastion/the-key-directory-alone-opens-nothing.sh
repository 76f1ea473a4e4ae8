#!/bin/bash
# SPDX-License-Identifier: ISC
# level: installed
#
# A thief has all of /var/lib/warder, and sets it up at another host with its
# own master key: nothing opens, whichever source the master had. The master
# then moves from source to source, and a change that was killed between two
# of its steps is finished.

words='correct horse battery staple'
other='a thief has another passphrase'
keys=/var/lib/warder/keys
# lists CODE [FIRST LINE...]: key list ends so
lists() {
	local want=$1
	shift
	if [ $# -gt 0 ]; then
		printf '%s\n' "$@" | exits "$want" warderctl key list --json --stdin >/tmp/listed 2>/tmp/told
	else
		exits "$want" warderctl key list --json >/tmp/listed 2>/tmp/told </dev/null
	fi
}
told() { grep -q "$1" /tmp/told || fail "it says: $(cat /tmp/told)"; }
has_both() { [ "$(grep -o '"state":"active"' /tmp/listed | wc -l)" = 2 ] || fail "$(cat /tmp/listed)"; }
source_is() {
	[ "$(grep -c '^master' /etc/warder/warder.conf)" = 1 ] || fail 'not one line `master`'
	grep -qx "master $1" /etc/warder/warder.conf || fail "warder.conf: $(grep master /etc/warder/warder.conf)"
	[ "$(od -An -tu1 -j12 -N1 $keys/MANIFEST | tr -d ' ')" = "$2" ] || fail 'MANIFEST names another source'
}

start_sandbox
make_warder
lists 0
has_both
source_is file 2

# --- what was stolen, at another host ------------------------------------------------

# What stands here is kept, and is back after the thief has had his turn.
stolen() {
	cp -a /var/lib/warder /root/loot
	cp -a /var/log/warder /root/log
	cp -a /etc/warder /root/mine
}
given_back() {
	rm -rf /var/lib/warder /var/log/warder /etc/warder
	cp -a /root/loot /var/lib/warder
	cp -a /root/log /var/log/warder
	cp -a /root/mine /etc/warder
	rm -rf /root/loot /root/log /root/mine
}
thief_has_a_file() {
	sed -i 's/^master .*/master file/' /etc/warder/warder.conf
	rm -f /etc/warder/master.key
	head -c 32 /dev/urandom >/etc/warder/master.key
	chmod 0400 /etc/warder/master.key
}
thief_has_a_passphrase() {
	mv $keys /root/aside
	rm -f /etc/warder/master.key
	sed -i '/^master /d' /etc/warder/warder.conf
	printf '%s\n' "$other" | warderctl init --master passphrase --stdin >/dev/null
	cp -a $keys/master.wrap /root/other.wrap
	rm -r $keys
	mv /root/aside $keys
	cp -a /root/other.wrap $keys/master.wrap
}

stolen
thief_has_a_file
lists 20
told manifest_master
thief_has_a_passphrase
lists 4 "$words"
lists 20 "$other"
told wrap_store
given_back

# --- from a file to a passphrase, to another one, and back ---------------------------

exits 2 warderctl key rekey --master paper
exits 17 warderctl key rekey --master passphrase </dev/null
[ ! -e $keys/master.wrap.new ] || fail 'a refused rekey left something'
printf 'short\n' | exits 2 warderctl key rekey --master passphrase --stdin
lists 0
printf '%s\n' "$words" | exits 0 warderctl key rekey --master passphrase --stdin >/tmp/told
told 'warderctl unlock'
source_is passphrase 3
[ ! -e /etc/warder/master.key ] || fail 'the old master key lies there'
lists 17
lists 4 "$other"
lists 0 "$words"
has_both
records 1 ev=key.store res=rekeyed

stolen
thief_has_a_file
lists 20
told manifest_master
given_back
cp -a $keys/master.wrap /root/old.wrap
exits 0 at root warderctl key rekey --master passphrase <<-END
	expect Passphrase
	secret $words
	expect New passphrase
	secret $words, changed
	expect same again
	secret $words, changed
END
lists 4 "$words"
lists 0 "$words, changed"
# The wrap of before knows its passphrase, and opens nothing any more.
cp -a $keys/master.wrap /root/new.wrap
cp -a /root/old.wrap $keys/master.wrap
lists 20 "$words"
told manifest_master
cp -a /root/new.wrap $keys/master.wrap

# --- killed between two steps: each of them as the kill leaves it ---------------------

finish() { printf '%s\n' "$1" | exits 0 warderctl key rekey --finish --stdin >/tmp/told 2>&1; }
cp -a /var/lib/warder /root/before.lib
cp -a /etc/warder /root/before.etc
printf '%s\n' "$words, changed" | exits 0 warderctl key rekey --master file --stdin
source_is file 2
lists 0
has_both
[ ! -e $keys/master.wrap ] || fail 'the wrap lies there'

# The list switched, the successor still a .new.
cp -a /root/before.etc/warder.conf /etc/warder/
cp -a /root/before.lib/keys/master.wrap $keys/
mv /etc/warder/master.key /etc/warder/master.key.new
exits 20 warderctl key list --stdin <<<"$words, changed" 2>/tmp/told
told 'rekey --finish'
exits 21 warderctl key rekey --stdin <<<"$words, changed" 2>/tmp/told
finish ''
source_is file 2
[ ! -e $keys/master.wrap ] || fail 'the wrap lies there'
lists 0
has_both

# In its place, the old one still there; then without the old one.
for there in yes no; do
	cp -a /root/before.etc/warder.conf /etc/warder/
	[ $there = no ] || cp -a /root/before.lib/keys/master.wrap $keys/
	finish ''
	source_is file 2
	[ ! -e $keys/master.wrap ] || fail 'the wrap lies there'
	lists 0
done

# A successor that nothing bears goes, and asks for what is to stay.
printf '%s\n' "$words" | exits 0 warderctl key rekey --master passphrase --stdin >/dev/null
head -c 32 /dev/urandom >/etc/warder/master.key.new
chmod 0400 /etc/warder/master.key.new
exits 20 warderctl key rekey --finish --stdin <<<"$other" 2>/tmp/told
told 'wrong passphrase'
[ -e /etc/warder/master.key.new ] || fail 'removed without a proof'
finish "$words"
[ ! -e /etc/warder/master.key.new ] || fail 'it is kept'
source_is passphrase 3
lists 0 "$words"
exits 0 warderctl ledger verify >/dev/null

# --- a credential of systemd, where it can be made ------------------------------------

if [ ! -x /usr/bin/systemd-creds ]; then
	say 'no systemd-creds: the first source is not tried'
	exit 0
fi
code=0
printf '%s\n' "$words" | warderctl key rekey --master credential --stdin >/tmp/told 2>&1 || code=$?
if [ $code != 0 ]; then
	# No TPM: it says so, and nothing has changed.
	[ $code = 21 ] || fail "exit $code: $(cat /tmp/told)"
	told systemd-creds
	source_is passphrase 3
	lists 0 "$words"
	[ ! -e /etc/warder/master.cred.new ] || fail 'half a credential lies there'
	# Without a TPM the host key alone: the rest is as it would be with one.
	mv /usr/bin/systemd-creds /usr/bin/systemd-creds.real
	cat >/usr/bin/systemd-creds <<-'END'
		#!/bin/bash
		exec /usr/bin/systemd-creds.real "${@/host+tpm2/host}"
	END
	chmod 0755 /usr/bin/systemd-creds
	printf '%s\n' "$words" | exits 0 warderctl key rekey --master credential --stdin
fi
source_is credential 1
lists 0
has_both
stolen
thief_has_a_file
lists 20
told manifest_master
given_back
# Taken along, but not the key of the host.
mv /var/lib/systemd/credential.secret /root/secret
lists 19
mv /root/secret /var/lib/systemd/credential.secret
lists 0
