#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# While a password is awaited and after a pass, no secret is in an argument,
# an environment, a log or the ledger.

secrets=("$KEY_SECRET" "$(password chen)")
scan() {
	local secret place
	for secret in "${secrets[@]}"; do
		# The pattern comes from a file: this very grep must not be found.
		printf '%s' "$secret" >/run/bastion/pattern
		for place in /proc/[0-9]*/cmdline /proc/[0-9]*/environ; do
			grep -qsaF -f /run/bastion/pattern "$place" &&
				fail "a secret is in $place ($1)"
		done
		grep -rlsaF -f /run/bastion/pattern /var/log /etc/warder /var/lib/warder \
			/run/warder /run/sandbox /tmp |
			grep -v -e "^$BASTION_TOP/" -e "^$BASTION_STAGE/" &&
			fail "a secret is in a file ($1)"
	done
	rm /run/bastion/pattern
}
# The scan must see what it looks for.
(export SEEN=$KEY_SECRET; exec sleep 60) & seen=$!
sleep 0.2
(scan blind >/dev/null 2>&1) && fail "the scan is blind"
kill $seen
wait $seen 2>/dev/null || true

at chen warder pass -y -m 'checked on staging' "$PAY" >/tmp/out <<-END &
	expect Password
	wait 4
	secret $(password chen)
END
chen=$!
until_true 10 grep -q Password /tmp/out
scan 'at the prompt'
wait "$chen" || fail "the pass itself failed"
scan 'after the pass'
posts 1
find / -xdev -name 'core*' -newer /etc/hostname -type f -size +0 2>/dev/null |
	grep -v /proc | grep . && fail "a core file"
true
