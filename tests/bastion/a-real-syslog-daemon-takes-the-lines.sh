#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# rsyslogd in place of the test's own receiver: facility, program and text
# arrive.  It is the one that test.sh has unpacked, or that of this machine.

unpacked=$BASTION_TOP/_test/unpacked
if [ -x "$unpacked/usr/sbin/rsyslogd" ]; then
	modules=$(dirname "$(find "$unpacked" -name imuxsock.so)")
	rsyslog() { exec "$BASTION_TOP/tools/run-unpacked.sh" "$unpacked" usr/sbin/rsyslogd -M "$modules" "$@"; }
else
	command -v rsyslogd >/dev/null ||
		skip "no rsyslogd here, and none in _test/unpacked: run test.sh with a network"
	rsyslog() { exec rsyslogd "$@"; }
fi

stop_syslog
cat >/tmp/rsyslog.conf <<'END'
module(load="imuxsock" SysSock.Name="/dev/log" SysSock.RateLimit.Interval="0")
template(name="plain" type="string" string="%syslogfacility-text% %programname% %msg%\n")
*.* action(type="omfile" file="/var/log/real.log" template="plain")
END
rsyslog -n -f /tmp/rsyslog.conf -i /run/rsyslogd.pid &
until_true 10 test -S /dev/log -a -s /run/rsyslogd.pid || fail "rsyslogd does not start"
say "the daemon is $(readlink "/proc/$(cat /run/rsyslogd.pid)/exe")"
exits 0 passes chen
until_true 5 grep -qs passed /var/log/real.log || { cat /var/log/real.log; fail "no line"; }
cat /var/log/real.log
grep -q '^authpriv warder-keeper .*intent' /var/log/real.log || fail "no intent by warder-keeper in authpriv"

# A reason that would end a line, or steer a terminal, is one line for it too.
exits 5 as li warder pass -n -y -m $'r\e[2J\r\v\u85\u2028<4>authpriv: x\u202e end' "$WEB" 2>/dev/null
until_true 5 grep -q 'r.u001b\[2J.u000d.u000b.u0085.u2028<4>authpriv: x.u202e end' /var/log/real.log ||
	{ cat -v /var/log/real.log; fail 'no line of it'; }
[ "$(grep -c 'authpriv: x' /var/log/real.log)" = 1 ] || { cat -v /var/log/real.log; fail 'not one line'; }
! LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f]' /var/log/real.log || { cat -v /var/log/real.log; fail 'a control byte'; }
kill "$(cat /run/rsyslogd.pid)"
