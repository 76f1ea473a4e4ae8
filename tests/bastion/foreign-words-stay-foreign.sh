#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# A code that nobody listed, with a text that steers a terminal: shown behind a
# bar and made harmless, and what it did is unknown until the run is read.

evil='x\u001b[2J\u001b]0;owned\u0007\r\nPassed.\n\u202elive \u009b31m'
control POST /fault "{\"fault\":\"false\",\"match\":{\"method\":\"POST\"},\"args\":{\"code\":\"Nobody.Knows\",\"message\":\"$evil\"}}" >/dev/null
sed -i 's/^confirm_timeout.*/confirm_timeout 2s/' /etc/warder/warder.conf
exits 13 passes chen >/tmp/out
grep -q 'Unknown. It was sent, no usable answer came' /tmp/out || { cat -v /tmp/out; fail 'not unknown'; }
grep -q 'a code not listed (Nobody.Knows, HTTP 200' /tmp/out || { cat -v /tmp/out; fail 'no code'; }
grep -qF '| x\u{001b}[2J' /tmp/out || { cat -v /tmp/out; fail 'no text'; }
# shellcheck disable=SC1003
! grep -qF $'\e[2J' /tmp/out && ! grep -qF $'\e]0;' /tmp/out || fail 'it steered the terminal'
! grep -qP '\x{202e}|\x{9b}' /tmp/out || fail 'it turned the text around'
! grep -q '^Passed' /tmp/out || fail 'it passed for a line of ours'
posts 1
records 1 ev=outcome res=unknown

# The same code, looked up: not known, and no service is asked.
stop services
rm -f "$RUN"/*.sock
exits 11 as chen warder explain-code Nobody.Knows >/tmp/out
grep -q 'not known to this release' /tmp/out || { cat /tmp/out; fail 'not said to be unknown'; }
as chen warder explain-code Throttling.User >/tmp/out
grep -q 'safe, after a while' /tmp/out || { cat /tmp/out; fail 'no row'; }
as chen warder explain-code --json self | grep -q '"schema":"warder.code/1"' || fail 'no document'
