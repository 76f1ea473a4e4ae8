#!/bin/bash
# SPDX-License-Identifier: ISC
# minutes: 8
#
# The life of the package: a fresh install starts nothing; an upgrade tells
# whoever had sent what came of it, and whoever had not that nothing was sent,
# and keeps keys, policy and configuration; a removal takes programs only; a
# purge leaves the ledger, byte for byte, and says so.

units='warderd.socket warder-keeper.socket warder-pam.socket warder-courier.socket
	warderd.service warder-keeper.service warder-pam.service warder-courier.service'
# What an administrator made and the package has to leave as it is.
kept() {
	find /etc/warder /etc/pam.d/warder /var/lib/warder/keys \
		/etc/systemd/system/warder-keeper.service.d -type f -print0 |
		LC_ALL=C sort -z | xargs -0 sha256sum
	find /etc/warder /var/lib/warder /var/log/warder -printf '%p %u:%g %m\n' |
		grep -v 'state.db-\|/ledger\.' | LC_ALL=C sort
}
enabled() { for unit in $units; do echo "$unit $(systemctl is-enabled "$unit" || :)"; done; }
runs() { systemctl show -P MainPID "$1.service"; }

say "a fresh install starts nothing, now or at the next boot"
install_packages >/dev/null
for unit in $units; do
	exits 3 systemctl is-active -q "$unit"
	[ "$(systemctl is-enabled "$unit" || :)" != enabled ] || fail "$unit is enabled"
done
[ ! -e /run/warder/warder.sock ] || fail "somebody listens"
[ ! -e /etc/warder ] || fail "there is a configuration that nobody made"

ready
# shellcheck disable=SC2086
systemctl enable -q $units
was_enabled=$(enabled)
[ "$(grep -c ' enabled$' <<<"$was_enabled")" -ge 5 ] || fail "not enabled: $was_enabled"
echo '# mine' >>/etc/pam.d/warder
exits 0 passes chen
before=$(kept)
grep -q '/var/lib/warder/keys/MANIFEST$' <<<"$before" || fail "no keys to look after"

say "an upgrade while one waits at his password and one request is out"
rm -rf /tmp/next && mkdir /tmp/next
dpkg-deb -R /debs/warder_*.deb /tmp/next/tree
sed -i 's/^Version: .*/&+1/' /tmp/next/tree/DEBIAN/control
dpkg-deb --root-owner-group -Zgzip -z1 -b /tmp/next/tree /tmp/next/warder.deb >/dev/null
chen_run=$(new_run 11222 '"creator":"187700112299"')
fang_run=$(new_run 11222 '"creator":"187700112299"')
ssh_at fang warder pass -y -m "'checked on staging'" "$fang_run" >/tmp/fang 2>&1 <<-END &
	expect Password
	await /run/never
END
fang=$!
until_true 20 grep -q 'Password' /tmp/fang || fail "fang was not asked"
control POST /fault '{"fault":"delay","match":{"method":"POST"},"args":{"ms":9000}}' >/dev/null
passes chen "$chen_run" >/tmp/chen 2>&1 &
chen=$!
until_true 20 grep -q 'sent once' /tmp/chen || fail "chen's request is not out"
old=$(runs warder-keeper)
dpkg -i /tmp/next/warder.deb >/tmp/dpkg 2>&1 &
dpkg=$!
until_true 60 grep -q '^Setting up warder ' /tmp/dpkg || fail "it is not being set up"
kill -0 $chen || fail "chen's request was answered too early for this test"
# Whoever comes now waits for the new services.
ssh_at fang warder list >/tmp/late 2>&1 </dev/null &
late=$!
code=0; wait $fang || code=$?
cat /tmp/fang
grep -qi 'nothing was sent' /tmp/fang || fail "fang was not told that nothing was sent ($code)"
code=0; wait $chen || code=$?
cat /tmp/chen
[ $code = 0 ] && grep -q '^Passed' /tmp/chen || fail "chen was not told the outcome ($code)"
code=0; wait $dpkg || code=$?
cat /tmp/dpkg
[ $code = 0 ] || fail "dpkg: $code"
code=0; wait $late || code=$?
cat /tmp/late
[ $code = 0 ] || fail "who came meanwhile got $code"
posts 2
records 2 ev=outcome res=passed

say "after it"
case $(dpkg-query -W -f '${Version}' warder) in
*+1) ;;
*) fail "it is the old version" ;;
esac
[ "$(kept)" = "$before" ] || { diff <(echo "$before") <(kept); fail "the upgrade changed it"; }
[ "$(enabled)" = "$was_enabled" ] || fail "enabled otherwise than before: $(enabled)"
until_true 10 test "$(runs warder-keeper)" != 0
[ "$(runs warder-keeper)" != "$old" ] || fail "the keeper is the old one"
for service in warderd warder-keeper warder-courier warder-pam; do
	pid=$(runs $service)
	[ "$pid" = 0 ] || [ "$(readlink "/proc/$pid/exe")" = /usr/libexec/warder/$service ] ||
		fail "$service runs $(readlink "/proc/$pid/exe")"
done
# The last line of the old keeper comes after the answer that it waited for.
python3 -I - /var/log/warder/ledger.jsonl <<'END' || fail "the ledger tells it in another order"
import json, sys
evs = [json.loads(line)["ev"] for line in open(sys.argv[1], encoding="utf-8")]
last = len(evs) - 1 - evs[::-1].index("outcome")
assert "keeper.stop" not in evs[:last], evs
assert evs[last:].index("keeper.stop") < evs[last:].index("keeper.start"), evs
END
exits 0 warderctl key list
exits 0 warderctl policy diff
exits 0 passes fang "$fang_run"
posts 3
exits 0 warderctl ledger verify
exits 0 warderctl doctor

say "a removal takes the programs"
dpkg -r warder >/tmp/dpkg 2>&1 || { cat /tmp/dpkg; fail "dpkg -r"; }
[ ! -e /usr/libexec/warder ] && [ ! -e /usr/bin/warder ] || fail "programs are left"
[ "$(kept)" = "$before" ] || { diff <(echo "$before") <(kept); fail "the removal changed it"; }
for service in warderd warder-keeper warder-courier warder-pam; do
	! pgrep -x $service >/dev/null || fail "$service still runs"
done
[ ! -e /run/warder/warder.sock ] || fail "the socket is left"
ledger=$(cd /var/log/warder && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
grep -q 'ledger.jsonl$' <<<"$ledger" || fail "no ledger"

say "a purge leaves the ledger and says so"
dpkg --purge warder-sandbox >/dev/null
dpkg --purge warder >/tmp/dpkg 2>&1 || { cat /tmp/dpkg; fail "dpkg --purge"; }
cat /tmp/dpkg
[ "$(grep -c '^warder: ' /tmp/dpkg)" = 1 ] || fail "it does not say so in one line"
grep -q '^warder: the ledger stays in /var/log/warder (owner warder-keeper:adm)' /tmp/dpkg ||
	fail "the line does not say where and whose"
! grep -qi 'warning' /tmp/dpkg || fail "dpkg warns"
[ "$(cd /var/log/warder && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)" = "$ledger" ] ||
	fail "the ledger is not what it was"
[ "$(stat -c %U /var/log/warder/ledger.jsonl)" = warder-keeper ] || fail "the ledger lost its owner"
[ -f /etc/systemd/system/warder-keeper.service.d/master-file.conf ] || fail "the drop-in is gone"
# Of all else nothing: what is left is the ledger, and what this test made.
left=$(find /etc /usr /lib/systemd /var /run -xdev -name '*warder*' ! -path '/var/log/warder*' \
	! -path '/etc/systemd/system/warder-keeper.service.d' ! -path /etc/pam.d/warder-mfa \
	! -path '/run/systemd/*' ! -path '/run/bastion-lib/*' ! -path '/run/warder-host*' ! -path '/var/tmp/systemd-private-*' \
	! -path '/usr/share/warder-host-packages')
[ -z "$left" ] || fail "left: $left"
left=$(find /etc/systemd/system -xtype l -lname '*warder*')
[ -z "$left" ] || fail "links to nothing: $left"
