#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
# minutes: 15
#
# The texts of hostile-texts-make-one-line, where others than the caller bring
# them in: titles, authors and files of commits, who started a run and who
# validates, request ids in body and head, what PAM's modules say and ask, each
# place of a policy, and what reconciling finds at the server. One event, its
# usual lines, one datagram each, and nothing that steers a terminal or hides.
# The places stand in lib/hostile_others.py.

stop_syslog
python3 -I "$BASTION_LIB/logd.py" /dev/log /var/log/auth.log /run/bastion/datagrams &
echo $! >/run/bastion/syslog.pid
until_true 5 test -S /dev/log -a -e /run/bastion/datagrams
sed -i 's/^confirm_timeout.*/confirm_timeout 1s/' /etc/warder/warder.conf

others() {
	PYTHONPATH=$BASTION_LIB python3 "$BASTION_LIB/hostile_others.py" \
		/run/bastion/datagrams "$@" || fail "a hostile text got through: $1"
}

# world KIND: a sandbox whose commits, members and names bear the texts of KIND
world() {
	warder-sandbox --print-scenario >/run/world.plain
	others world "$1" /run/world.plain /run/world.json
	another_sandbox --scenario /run/world.json --step-ms 3600000
}

say '== what PAM says and asks'
modules=$(dirname "$(find /lib/*/security /usr/lib/*/security /lib/security \
	-name pam_unix.so 2>/dev/null | head -n 1)")
cc -O2 -fPIC -shared -o "$modules/pam_hostile.so" "$BASTION_LIB/pam_hostile.c" -lpam
cp /etc/pam.d/warder /run/warder.pam
{
	echo 'auth optional pam_hostile.so'
	cat /run/warder.pam
} >/etc/pam.d/warder
others pam
cat /run/warder.pam >/etc/pam.d/warder

say '== request ids'
others request-ids

say '== policies'
others policies

say '== who started a run, who validates'
others people

say '== commits, pipelines, members; and what reconciling makes of them'
sed -i '/^require mfa/d' /etc/warder/policy
echo 'deny self commit-author on shop/*/*/*  because "you wrote it"' >>/etc/warder/policy
exits 0 warderctl policy install -y /etc/warder/policy >/dev/null
for kind in texts broken long; do
	world $kind
	others names $kind
done

# What the server left unknown stays open.
exits 41 warderctl ledger verify >/dev/null
