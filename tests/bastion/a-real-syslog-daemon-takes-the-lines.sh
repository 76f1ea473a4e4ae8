#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# rsyslogd in place of the test's own receiver: facility, program and text
# arrive.

command -v rsyslogd >/dev/null || skip "no rsyslogd"
stop_syslog
cat >/tmp/rsyslog.conf <<'END'
module(load="imuxsock" SysSock.Name="/dev/log" SysSock.RateLimit.Interval="0")
template(name="plain" type="string" string="%syslogfacility-text% %programname% %msg%\n")
*.* action(type="omfile" file="/var/log/real.log" template="plain")
END
rsyslogd -n -f /tmp/rsyslog.conf -i /run/rsyslogd.pid &
until_true 10 test -S /dev/log
exits 0 passes chen
until_true 5 grep -qs passed /var/log/real.log || { cat /var/log/real.log; fail "no line"; }
cat /var/log/real.log
grep -q '^authpriv warder-keeper .*intent' /var/log/real.log || fail "no intent by warder-keeper in authpriv"
kill "$(cat /run/rsyslogd.pid)"
