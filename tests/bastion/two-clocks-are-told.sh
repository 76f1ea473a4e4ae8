#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# The server refuses for the time: this host's clock and the server's are both
# told, with what lies between them, and nothing was done.

minutes() { control POST /clock "{\"offset_ms\":$(($1 * 60000))}" >/dev/null; }
saw() { grep -qE -- "$1" /tmp/out || { cat /tmp/out; fail "not told: $1"; }; }
stamp='[0-9-]{10}T[0-9:]{8}Z'
end='15 min are allowed. Set the clock. Nothing was done.'

minutes 20
exits 6 as chen warder show "$PAY" >/tmp/out
saw "This host says $stamp, the server $stamp: (19 min 5[0-9]|20 min [0-9]+) s behind; $end \(InvalidTimeStamp.Expired, HTTP 400, request [0-9A-F-]+\)"
minutes -20
exits 6 as chen warder show --json "$PAY" >/tmp/out
saw '"code":"InvalidTimeStamp.Expired"'
saw '"date":"[^"]+","date_here":"[^"]+"'
saw ' s ahead; 15 min are allowed'
posts 0

# It jumps while the password is typed: the look again notices, nothing goes.
minutes 0
rm -f /tmp/go
at chen warder pass -y -m 'checked on staging' "$PAY" >/tmp/out <<-END &
	expect Password
	await /tmp/go
	secret $(password chen)
END
until_true 10 grep -qs Password /tmp/out
minutes 20
: >/tmp/go
code=0
wait $! || code=$?
[ "$code" = 6 ] || { cat /tmp/out; fail "exit $code, not 6"; }
saw " s behind; $end"
posts 0
# 14 minutes are none.
minutes 14
passes chen >/tmp/out
posts 1
