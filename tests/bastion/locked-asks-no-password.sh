#!/bin/bash
# SPDX-License-Identifier: ISC
# level: installed
#
# The master key under a passphrase: until root gives it to the keeper nobody
# is asked for a password and nothing reaches the server; afterwards all is
# as ever, until a lock, a while without use, or a keeper that starts anew.

words='correct horse battery staple'
wrap=/var/lib/warder/keys/master.wrap
connections() { control GET /count | sed 's/.*"connections":\([0-9]*\).*/\1/'; }
unlocks() { printf '%s\n' "${1-$words}" | warderctl unlock --stdin; }
init() { printf '%s\n' "${1-$words}" | warderctl init --master passphrase --stdin; }

# Nobody is asked, nothing is sent, and it is said what to do.
is_locked() {
	local before told
	before=$(connections)
	exits 19 at chen warder pass -y -m 'checked on staging' "$PAY" </dev/null >/tmp/told
	grep -q 'warderctl unlock' /tmp/told || fail "it says: $(cat /tmp/told)"
	! grep -q 'Password' /tmp/told || fail 'a password was asked for'
	exits 19 at chen warder refuse -y -m 'checked on staging' "$PAY" </dev/null >/dev/null
	exits 19 at chen warder list </dev/null >/dev/null
	told=$(as chen warder list --json) && fail 'list ends with 0'
	grep -q '"word":"locked"' <<<"$told" || fail "json: $told"
	[ "$(connections)" = "$before" ] || fail 'something reached the server'
}
is_open() { exits 0 as chen warder list >/dev/null; }

start_sandbox
write_conf

# --- init: a passphrase of the right length, asked for twice, never replaced ----------

exits 2 init 'fifteen bytes !'
exits 2 init "$(printf '%0256d' 0)"
exits 2 init "$(printf 'with a control\001 character')"
exits 17 warderctl init --master passphrase </dev/null
exits 17 at root warderctl init -n --master passphrase </dev/null
exits 2 at root warderctl init --master passphrase <<-END
	expect New passphrase
	secret $words
	expect same again
	secret $words!
END
[ ! -e $wrap ] || fail 'a refused passphrase left a file'
! grep -q '^master' /etc/warder/warder.conf || fail 'a refused passphrase is the choice'
exits 0 at root warderctl init --master passphrase <<-END
	expect New passphrase
	secret $words
	expect same again
	secret $words
END
[ "$(stat -c '%a %U %s %h' $wrap)" = '600 warder-keeper 160 1' ] || fail "$(stat $wrap)"
cp $wrap /root/wrap
exits 0 init 'another passphrase altogether' </dev/null
cmp $wrap /root/wrap || fail 'init wrote over the wrapped master key'
# Killed before the list was there: the next one goes on with that wrap.
rm /var/lib/warder/keys/MANIFEST /var/lib/warder/keys/*.key /etc/warder/ledger.pub
rm -r /var/log/warder/* /var/lib/warder/state.db*
exits 4 init 'another passphrase altogether'
exits 0 init
cmp $wrap /root/wrap || fail 'init wrote over the wrapped master key'

write_policy
exits 0 warderctl policy install -y /etc/warder/policy
seal=(warderctl key seal shop --no-check --endpoint "$(cat /run/sandbox/https)")
printf '%s\n%s\n' "$KEY_ID" "$KEY_SECRET" | exits 4 "${seal[@]}" --stdin
printf '%s\n%s\n%s\n' "$words" "$KEY_ID" "$KEY_SECRET" | exits 0 "${seal[@]}" --stdin
exits 17 warderctl key list </dev/null
exits 0 at root warderctl key list >/tmp/told <<-END
	expect Passphrase
	secret $words
END
grep -q shop-2026 /tmp/told || fail "key list: $(cat /tmp/told)"

# --- without a keeper, and who may ------------------------------------------------

unlocks >/tmp/told 2>&1 && fail 'unlocked what is not there'
exits 18 unlocks
exits 18 warderctl lock
exits 18 at root warderctl unlock </dev/null
exits 2 as chen "$(command -v warderctl)" unlock

start_services
is_locked
exits 17 warderctl unlock </dev/null
exits 17 at root warderctl unlock -n </dev/null
exits 2 warderctl unlock now
exits 2 warderctl lock --stdin
printf '%s\nmore\n' "$words" | exits 2 warderctl unlock --stdin
warderctl doctor >/tmp/told || true
grep -q 'warn.*keys: locked' /tmp/told || fail "doctor: $(cat /tmp/told)"
is_locked

# --- wrong, one at a time, right --------------------------------------------------

unlocks "$words." >/tmp/told 2>&1 & first=$!
until_true 60 eval '[ "$(ledger ev=unlock res=failed)" = 1 ]' || fail 'no line about it'
# It rests now, and goes on resting while we look.
worker=$(pgrep -P "$(pgrep -o -x warder-keeper)" -x warder-keeper | head -n 1)
kill -STOP "$worker"
exits 16 unlocks
kill -CONT "$worker"
code=0
wait $first || code=$?
[ $code = 4 ] || fail "wrong passphrase: exit $code, $(cat /tmp/told)"
grep -q 'wrong passphrase' /tmp/told || fail "it says: $(cat /tmp/told)"
exits 4 unlocks 'short'
records 1 ev=unlock res=failed err=wrap_passphrase uid=0
is_locked
signed() { cat /var/log/warder/ledger.checkpoints 2>/dev/null | wc -l; }
[ "$(signed)" = 0 ] || fail 'something was signed while locked'
exits 0 at root warderctl unlock <<-END
	expect Passphrase
	secret $words
END
records 1 ev=unlock res=proven uid=0
[ "$(signed)" != 0 ] || fail 'no checkpoint'
is_open
exits 0 passes chen
posts 1

# --- and locked again: by root, by a keeper that ends, by nobody's asking ---------

exits 0 warderctl lock
exits 0 warderctl lock
records 1 ev=lock res=asked uid=0
is_locked
exits 0 unlocks
is_open
pkill -9 -o -x warder-keeper
until_true 10 services_listen
is_locked
echo 'unlock_idle 8s' >>/etc/warder/warder.conf
stop services
rm -f $RUN/*.sock
start_services
is_locked
exits 0 unlocks >/tmp/told
grep -q '8 s without use' /tmp/told || fail "it says: $(cat /tmp/told)"
is_open
# Root's looking at it is no use of the keys.
until_true 20 eval 'warderctl doctor | grep -q "keys: locked"' || fail 'never idle'
is_locked
until_true 5 eval '[ "$(ledger ev=lock res=idle)" = 1 ]' || fail 'idle is not on record'
posts 1
exits 0 warderctl ledger verify >/dev/null

# A damaged file is not tried, or is a wrong passphrase; too dear is refused.
cp $wrap /root/wrap
printf '\001' | dd of=$wrap bs=1 seek=51 conv=notrunc status=none
exits 20 unlocks 2>/tmp/told
grep -q wrap_cost /tmp/told || fail "it says: $(cat /tmp/told)"
rm $wrap
exits 19 unlocks 2>/tmp/told
grep -q 'not there' /tmp/told || fail "it says: $(cat /tmp/told)"
install -o warder-keeper -g warder-keeper -m 0644 /root/wrap $wrap
exits 21 unlocks
chmod 0600 $wrap
exits 0 unlocks

# With another source there is nothing to unlock, and that is said.
sed -i 's/^master .*/master file/' /etc/warder/warder.conf
exits 2 unlocks 2>/tmp/told
grep -q 'nothing to unlock' /tmp/told || fail "it says: $(cat /tmp/told)"
exits 2 warderctl lock

# The passphrase is in no log, file, environment or argument.
if grep -rqsa "$words" /var/lib/warder /var/log/warder /etc/warder "$BASTION_LOGS" \
	/var/log/auth.log /proc/[0-9]*/cmdline /proc/[0-9]*/environ; then
	fail 'the passphrase is somewhere in plain text'
fi
