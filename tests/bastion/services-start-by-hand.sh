#!/bin/bash
# SPDX-License-Identifier: ISC
# level: installed
#
# Without systemd: started by root with --listen, they bind, set owner and
# mode, and give root up.

start_sandbox
make_warder
BASTION_START=listen start_services
while read -r socket owner mode; do
	[ "$(stat -c '%U %a' "$RUN/$socket.sock")" = "$owner $mode" ] ||
		fail "$socket.sock is $(stat -c '%U %a' "$RUN/$socket.sock")"
done <<'END'
warder root 666
keeper warder 600
pam warder-keeper 600
courier warder-keeper 600
END
while read -r name user; do
	pid=$(cat "/run/bastion/$name.pid")
	# The folder itself always shows the uid; what is below tells.
	[ "$(stat -c %U "/proc/$pid/mem")" = root ] || fail "$name is dumpable"
	read -r _ real effective saved fs < <(grep ^Uid: "/proc/$pid/status")
	uid=$(id -u "$user")
	[ "$real $effective $saved $fs" = "$uid $uid $uid $uid" ] ||
		fail "$name runs with uids $real $effective $saved $fs"
	grep -q '^NoNewPrivs:.1' "/proc/$pid/status" || fail "$name may gain privileges"
	caps=$(sed -n 's/^CapPrm:.//p' "/proc/$pid/status")
	case $name in
	warder-pam) [ "$((0x$caps))" = $((1 << 2 | 1 << 29 | 1 << 6 | 1 << 7)) ] ;;
	*) [ "$((0x$caps))" = 0 ] ;;
	esac || fail "$name holds capabilities $caps"
done <<'END'
warderd warder
warder-keeper warder-keeper
warder-courier warder-courier
warder-pam root
END
exits 0 passes chen
posts 1
