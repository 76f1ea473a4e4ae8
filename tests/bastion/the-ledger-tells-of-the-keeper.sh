#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# What an auditor asks of the keeper itself: when it began and ended, with
# which configuration, and whether the clock was set meanwhile.

lines() { tail -n +"$1" "$LEDGER" | python3 -I "$BASTION_LIB/ledger.py" -e /dev/stdin; }
seen() { [ "$(ledger "${@:2}")" = "$1" ]; }
until_true 10 seen 1 ev=keeper.start

say "the configuration of the first start, once"
hash=$(sha256sum /etc/warder/warder.conf | cut -c1-64)
records 1 ev=config.change "pol=$hash" "h=$(printf '%064d' 0)" file=warder.conf
exits 0 passes chen
records 1 ev=config.change

say "another one is in force with the next connection, and told once"
echo 'auth_failures 4' >>/etc/warder/warder.conf
other=$(sha256sum /etc/warder/warder.conf | cut -c1-64)
callers=()
for _ in 1 2 3 4; do
	as chen warder whoami >/dev/null &
	callers+=($!)
done
wait "${callers[@]}"
exits 0 as chen warder whoami >/dev/null
records 1 ev=config.change "pol=$other" "h=$hash"
records 2 ev=config.change

say "one that does not read changes nothing, and is not in force"
echo 'auth_failures many' >>/etc/warder/warder.conf
as chen warder whoami >/dev/null 2>&1 && fail "served with a configuration that does not read"
records 2 ev=config.change
sed -i '/many/d' /etc/warder/warder.conf

say "who waits at a prompt is cut off, and the end is the last line"
at chen warder pass -y -m 'checked on staging' "$(new_run 11222 '"creator":"187700112299"')" >/run/screen <<-END & chen=$!
	expect Password
	wait 20
END
until_true 10 grep -qs Password /run/screen
stop services
until_true 10 seen 1 ev=keeper.stop
kill $chen 2>/dev/null || true
tail -n 1 "$LEDGER" | grep -q '"ev":"keeper.stop".*"msg":"warder [0-9]' || fail "the last line is $(tail -n 1 "$LEDGER")"
grep -q '"ev":"keeper.stop"' /var/log/auth.log || fail "syslog was not told"
if pgrep -x warder-keeper >/dev/null; then until_true 10 eval '! pgrep -x warder-keeper >/dev/null'; fi
rm -f $RUN/*.sock
start_services
until_true 10 seen 2 ev=keeper.start

say "a clock that was set, whoever writes the next line"
[ "$(ledger ev=clock.step)" = 0 ] || fail "a step, before the clock was set"
if unshare --time --boottime 7 true 2>/dev/null; then
	before=$(wc -l <"$LEDGER")
	exits 0 unshare --time --boottime 7 warderctl policy install -y /etc/warder/policy >/dev/null
	[ "$(lines $((before + 1)))" = "clock.step policy.install:installed" ] ||
		fail "the lines are $(lines $((before + 1)))"
	grep -q '^<83>.*"ev":"clock.step"' /var/log/auth.log || fail "syslog was not told of the step"
	# And back again, as the keeper sees it.
	exits 0 passes chen "$(new_run 11222 '"creator":"187700112299"')"
	records 2 ev=clock.step
else
	say "(this kernel has no time namespaces: test_ledger_step alone proves it)"
fi
exits 0 warderctl ledger verify
