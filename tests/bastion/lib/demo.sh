#!/bin/bash
# SPDX-License-Identifier: ISC
#
# The demonstration of try.sh, inside a bastion: the real commands, as the real
# people at terminals.  Stops at the first thing that is not as it must be.
set -eu -o pipefail
# shellcheck source=tests/bastion/lib/inside.sh
. "$BASTION_TOP/tests/bastion/lib/inside.sh"
screen=/run/bastion/screen

scene() {
	now=$*
	say ''
	say "== $now"
}

wrong() {
	say ''
	say "demo: this is not as it must be: $now"
	say "      $*"
	show_logs
	exit 1
}

# acts CODE WHO COMMAND...: shows it happen; steps on stdin (see drive.py)
acts() {
	local want=$1 who=$2 code=0
	shift 2
	say "$who\$ $*"
	at "$who" "$@" | tee "$screen" || code=$?
	[ "$code" = "$want" ] || wrong "exit code $code, not $want"
	say "[exit $code]"
}

shows() {
	grep -qE -- "$1" "$screen" || wrong "the screen does not show: $1"
}

posts() {
	[ "$(post_count)" = "$1" ] || wrong "$(post_count) POSTs at the server, not $1"
}

scene "chen looks: which gates wait?"
acts 0 chen warder list </dev/null
shows web-home
shows pay-core
acts 0 chen warder show "$WEB" </dev/null
shows 人工卡点

scene "li is a member and tries to pass: Yunxiao's rule wants an admin"
acts 5 li warder pass "$WEB" <<'END'
	expect Reason
	type the banner is urgent
END
shows 'Forbidden.UserNotAdminOrOwner'
posts 0

scene "fang is an admin, and tries to pass a run that she started"
acts 5 fang warder pass "$PAY" <<'END'
	expect Reason
	type rounding fix is tested
END
shows 'deny self trigger'
shows 'policy:[0-9]+'
posts 0

scene "fang asks what would have to be otherwise"
acts 0 fang warder explain "$PAY" </dev/null
shows 'deny self trigger'
shows ' by (chen|lin)'
posts 0

scene "chen mistypes her password"
acts 4 chen warder pass "$WEB" <<'END'
	expect Reason
	type banner checked on staging
	expect Type the last 4
	type @screen:[0-9a-f]{6}([0-9a-f]{4}) on
	expect Password
	secret not-her-password
END
posts 0

scene "chen passes: what will go out, reason, read-back of the commit, password, code"
acts 0 chen warder pass "$WEB" <<'END'
	expect Reason
	type banner checked on staging
	expect Type the last 4
	type @screen:[0-9a-f]{6}([0-9a-f]{4}) on
	expect Password
	secret chen-horse-7
	expect One-time
	secret @otp
	expect Passed
END
posts 1

scene "chen tries again"
acts 9 chen warder pass "$WEB" </dev/null
shows 'Already passed'
posts 1

scene "fang refuses the other gate (nothing holds a refusal back)"
acts 0 fang warder refuse "$PAY" <<'END'
	expect Reason
	type not before the audit
	expect Type the last 4
	type @screen:[0-9a-f]{6}([0-9a-f]{4}) on
	expect Password
	secret fang-lamp-3
END
posts 2

scene "root: is the ledger whole?"
acts 0 root warderctl ledger verify </dev/null

scene "what the host's syslog got"
grep -a warder /var/log/auth.log | cut -c 1-240 || wrong "no line in syslog"
