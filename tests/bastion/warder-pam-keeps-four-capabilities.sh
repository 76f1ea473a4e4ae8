#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# What warder-pam is while it waits for a password: root, four capabilities,
# no new privileges, a filter of calls, not to be looked into, no descriptor
# but its two sockets.  And who else asks it is closed unread.

# field NAME: of the worker's status
field() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$worker/status"; }

look() {
	local n
	until_true 10 pgrep -f 'warder-pam --worker' >/dev/null
	worker=$(pgrep -f 'warder-pam --worker')
	# The workers of one proof: one.
	[ "$(wc -w <<<"$worker")" = 1 ] || fail "workers: $worker"
	until_true 10 grep -q '^Seccomp:[[:space:]]*2' "/proc/$worker/status"
	# DAC_READ_SEARCH 2, SETGID 6, SETUID 7, AUDIT_WRITE 29
	for n in CapPrm CapEff CapBnd; do
		[ "$(field $n)" = 00000000200000c4 ] || fail "$n $(field $n)"
	done
	for n in CapInh CapAmb; do
		[ "$(field $n)" = 0000000000000000 ] || fail "$n $(field $n)"
	done
	[ "$(field NoNewPrivs)" = 1 ] || fail "new privileges"
	[ "$(field Uid | tr -d '\t')" = 0000 ] || fail "uid $(field Uid)"
	[ "$(field Gid | tr -d '\t')" = 0000 ] || fail "gid $(field Gid)"
	[ "$(stat -c %U "/proc/$worker/mem")" = root ] || fail "not root's to look into"
	! tr '\0' '\n' <"/proc/$worker/environ" | grep -q . || fail "an environment"
	say "worker $worker is as it must be"
}

say "while chen is asked for her password"
(
	at chen warder pass "$PAY" -y -m "checked on staging" <<-END
		expect Password
		wait 3
		secret $(password chen)
		expect Passed
	END
) >/tmp/screen 2>&1 &
person=$!
until_true 10 grep -q Password /tmp/screen
look
wait "$person" || {
	cat /tmp/screen
	fail "chen was not served"
}
posts 1

say "nobody else may ask for a proof"
for who in warder warder-courier chen root; do
	setpriv --reuid "$(id -u $who)" --clear-groups --inh-caps=-all --bounding-set=-all \
		python3 -I - <<-'END'
		import os, socket, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
		s.settimeout(5)
		try:
		    s.connect("/run/warder/pam.sock")
		    print(os.getuid(), "connected,", "closed" if s.recv(1) == b"" else "answered")
		except PermissionError:
		    print(os.getuid(), "may not connect")
		except ConnectionResetError:
		    print(os.getuid(), "connected, closed")
	END
done | tee /tmp/asked
! grep -q answered /tmp/asked || fail "somebody was answered"
[ "$(wc -l </tmp/asked)" = 4 ] || fail "not everybody was tried"
