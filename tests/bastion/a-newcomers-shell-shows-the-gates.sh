#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# try.sh --shell: a shell of that person, with the gates waiting.

for who in chen li root; do
	printf 'id -un\nwarder list --plain\nwarderctl ledger verify\nexit\n' |
		timeout 30 bash "$BASTION_LIB/shell.sh" "$who" >/tmp/out 2>&1 ||
		[ "$who" != root ] || fail "root's shell ended with $?"
	tr -d '\r' </tmp/out | sed 's/\x1b\[[?0-9;]*[A-Za-z]//g' >/tmp/seen
	cat /tmp/seen
	grep -qx "$who" /tmp/seen || fail "not $who's shell"
	[ "$who" = root ] || grep -q web-home /tmp/seen || fail "$who sees no gate"
done
