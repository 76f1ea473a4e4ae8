#!/bin/bash
# SPDX-License-Identifier: ISC
#
# The unit files, as made by this build: systemd understands every line, each
# service stays below the exposure that was set for it, and each socket is
# owned by who may call it.
set -eu

units=${builddir:?}/units
fail() { echo "$*"; exit 1; }

# socket owner mode: wire.md's table
while read -r socket owner mode; do
	file=$units/$socket.socket
	grep -qx "SocketUser=$owner" "$file" || fail "$socket does not belong to $owner"
	grep -qx "SocketMode=$mode" "$file" || fail "$socket has not mode $mode"
	grep -qx 'Accept=no' "$file" || fail "$socket starts a process a connection"
	grep -qx 'TriggerLimitIntervalSec=0' "$file" || fail "$socket dies after a burst"
done <<'END'
warderd root 0666
warder-keeper warder 0600
warder-pam warder-keeper 0600
warder-courier warder-keeper 0600
END
! grep -rn --exclude='*.in' '@[a-z]*@' "$units" || fail "an unfilled place"
for service in "$units"/*.service; do
	grep -qx 'NoNewPrivileges=yes' "$service" || fail "$service: new privileges"
	[ "${service##*/}" = warder-courier.service ] ||
		! grep -q '^ProtectProc=' "$service" || fail "$service cannot see who calls"
	! grep -q '^PrivateUsers=yes' "$service" || fail "$service takes its caller for nobody"
done

# A machine without systemd may have it unpacked (test.sh): its units are
# then the ones to look for others in.
unpacked=${UNPACKED-} top=${top_srcdir:?}
if command -v systemd-analyze >/dev/null; then
	analyze() { systemd-analyze "$@"; }
elif [ -x "$unpacked/usr/bin/systemd-analyze" ]; then
	export SYSTEMD_UNIT_PATH=$unpacked/lib/systemd/system
	analyze() { "$top/tools/run-unpacked.sh" "$unpacked" usr/bin/systemd-analyze "$@"; }
else
	echo "skip: no systemd-analyze"
	exit 77
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for file in "$units"/*.service "$units"/*.socket; do
	sed 's|^ExecStart=.*|ExecStart=/bin/true|' "$file" >"$dir/${file##*/}"
done
cd "$dir"
analyze --man=no verify ./*.service ./*.socket 2>&1 | tee said
[ ! -s said ] || fail "systemd does not like them"

# exposure in tenths
for limit in warderd:15 warder-keeper:15 warder-courier:20 warder-pam:33; do
	analyze security --offline=yes --threshold="${limit#*:}" \
		"./${limit%:*}.service" >said 2>&1 || {
		cat said
		fail "${limit%:*} is more exposed than ${limit#*:}"
	}
done

# Each drop-in that is shipped for PAM is understood, and takes away.
for drop in "$units"/pam-*.conf; do
	mkdir warder-pam.service.d
	cp "$drop" warder-pam.service.d/
	analyze --man=no verify ./warder-pam.service 2>&1 | tee said
	[ ! -s said ] || fail "systemd does not like ${drop##*/}"
	analyze security --offline=yes --threshold=32 ./warder-pam.service >said 2>&1 || {
		cat said
		fail "${drop##*/} does not lower the exposure"
	}
	rm -r warder-pam.service.d
done
