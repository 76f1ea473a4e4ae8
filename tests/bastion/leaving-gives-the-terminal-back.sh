#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# Ctrl-C and the end of input at each prompt: the terminal comes back with
# echo and without what was typed ahead (drive.py looks), nothing was sent,
# and the same person is served right after.

left() {
	local want=$1 code=0
	shift
	at chen "$@" || code=$?
	[ "$code" = "$want" ] || fail "exit code $code, not $want"
	posts 0
}

say "Ctrl-C at the reason"
left 130 warder pass "$WEB" <<'END'
	expect Reason
	key ^C
END

say "the end of input at the reason"
left 3 warder pass "$WEB" <<'END'
	expect Reason
	key ^D
END

say "Ctrl-C at the read-back"
left 130 warder pass "$WEB" -m "checked on staging" <<'END'
	expect Type the last 4
	key ^C
END

say "a wrong read-back"
left 3 warder pass "$WEB" -m "checked on staging" <<'END'
	expect Type the last 4
	type zzzz
END

say "Ctrl-C at the password"
left 130 warder pass "$WEB" -y -m "checked on staging" <<'END'
	expect Password
	wait 0.3
	key ^C
END

say "the end of input at the password"
left 3 warder pass "$WEB" -y -m "checked on staging" <<'END'
	expect Password
	wait 0.3
	key ^D
END

say "a terminal that goes"
code=0
at chen warder pass "$WEB" -y -m "checked on staging" <<'END' || code=$?
	expect Password
	hangup
END
[ "$code" = 129 ] || fail "exit code $code, not 129"
posts 0

# The host's own counter counts these too; it is not what is tried here.
rm -rf /run/faillock/chen
say "an answer that is too long"
left 3 warder pass "$WEB" -y -m "checked on staging" <<END
	expect Password
	secret $(printf 'x%.0s' {1..512})
END

say "no intent, and no failure of the proof beyond those that were begun"
[ "$(ledger ev=intent)" = 0 ] || fail "there is an intent"
exits 0 warderctl ledger verify
