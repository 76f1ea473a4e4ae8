#!/bin/bash
# SPDX-License-Identifier: ISC
#
# The master key as a credential of systemd that the unit loads encrypted.
#
# `warderctl init --master credential` binds it to the host's key and its TPM,
# and says no where there is no TPM.  So the credential is made by hand here,
# with the host's key alone: init keeps what is there already.  What is shown is
# all that comes after; what a TPM adds is not.

[ ! -e /dev/tpmrm0 ] || skip "this host has a TPM; the test is of one without"
install_packages >/dev/null
make_people
start_sandbox
# Its level is in the configuration.
install -m 0644 /usr/share/doc/warder/examples/warder-mfa.pam /etc/pam.d/warder-mfa
write_conf
cred=/etc/warder/master.cred
drop=/etc/systemd/system/warder-keeper.service.d

say "without a TPM init makes none, and says what does without"
cp -p /etc/warder/warder.conf /root/warder.conf
exits 21 warderctl init --master credential >/tmp/said 2>&1
cat /tmp/said
grep -q -- '--master passphrase.*--master file' /tmp/said || fail "it names no way out"
[ ! -e $cred ] || fail "it left a credential"
# Or the way out that it names would be none: another choice is written down.
cmp /etc/warder/warder.conf /root/warder.conf || fail "it wrote down what it did not do"

say "one of the host's key"
systemd-creds setup || skip "no host key can be made here"
encrypt() { systemd-creds encrypt --with-key=host --name="$1" - $cred && chmod 0400 $cred; }
head -c 32 /dev/urandom | encrypt warder.master
exits 0 warderctl init --master credential
exits 0 grep -q '^master *credential$' /etc/warder/warder.conf
[ ! -e /etc/warder/master.key ] || fail "there is a file of root as well"
write_policy
exits 0 warderctl policy install -y /etc/warder/policy >/dev/null
printf '%s\n%s\n' "$KEY_ID" "$KEY_SECRET" |
	warderctl key seal shop --stdin --no-check --endpoint "$(cat /run/sandbox/https)"

say "without the drop-in the keeper has no keys, and does not guess"
start_services
gate=$PAY sent=0
not_passed() {
	local code=0
	at chen warder pass -y -m 'checked on staging' "$gate" >/tmp/screen 2>&1 <<-END || code=$?
		until Password
		secret $(password chen)
	END
	tail -n 3 /tmp/screen
	[ $code != 0 ] && [ $code != 99 ] || fail "exit $code with $1"
	posts $sent
}
not_passed "no credential"

say "with it, chen passes"
install -D -m 0644 /usr/share/doc/warder/examples/master-credential.conf $drop/master-credential.conf
systemctl daemon-reload
exits 0 systemctl restart warder-keeper.service
pid=$(systemctl show -p MainPID --value warder-keeper.service)
given=/run/credentials/warder-keeper.service/warder.master
[ "$(stat -c '%s' $given)" = 32 ] || fail "systemd gave the keeper something else"
! setpriv --reuid warder --regid warder --clear-groups test -r $given || fail "the desk reads it"
! as chen test -r $given || fail "everybody reads it"
[ "$pid" != 0 ] || fail "the keeper does not run"
exits 0 passes chen "$gate"
posts 1
exits 0 warderctl key list
exits 0 warderctl ledger verify
exits 0 warderctl doctor

say "of another name, of another key, or damaged, it opens nothing"
cp -p $cred /root/master.cred
gate=$(new_run 11222 '"creator":"187700112299"')
sent=1
opens_nothing() {
	systemctl restart warder-keeper.service 2>/dev/null || :
	not_passed "$1"
	systemctl reset-failed 'warder*' || :
}
systemd-creds decrypt --name=warder.master /root/master.cred - | encrypt warder.other
opens_nothing "another name"
head -c 32 /dev/urandom | encrypt warder.master
opens_nothing "another key"
head -c 100 /root/master.cred >$cred
opens_nothing "half a credential"
cp -p /root/master.cred $cred
systemctl restart warder-keeper.socket warder-keeper.service
exits 0 passes chen "$gate"
exits 0 warderctl ledger verify
