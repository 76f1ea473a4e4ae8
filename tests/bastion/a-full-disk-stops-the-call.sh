#!/bin/bash
# SPDX-License-Identifier: ISC
# level: installed
#
# No room for the record: nothing is sent, and no key is changed. With room again
# the gate opens.

start_sandbox
mkdir -p /var/log/warder
mount -t tmpfs -o size=1m,mode=0750 small /var/log/warder
chown warder-keeper:adm /var/log/warder
make_warder
start_services
dd if=/dev/zero of=/var/log/warder/filler bs=4k 2>/dev/null || true
exits 22 passes chen
posts 0

# Nor are the keys changed, for that would not be on record either. A block may
# have room for a few lines more; they are used up first.
keys=/var/lib/warder/keys
seals() {
	before=$(sha256sum $keys/*)
	printf '%s\n%s\n' "$KEY_ID" "$KEY_SECRET" | warderctl key seal shop --stdin \
		--no-check --endpoint "$(cat /run/sandbox/https)" 2>/tmp/told
}
code=0
for _ in $(seq 20); do
	seals || {
		code=$?
		break
	}
done
[ "$code" = 22 ] || fail "with a full disk key seal ends with $code"
grep -q 'nothing was changed' /tmp/told || fail "it says: $(cat /tmp/told)"
exits 22 warderctl key rekey
exits 22 warderctl key retire shop
[ "$(sha256sum $keys/*)" = "$before" ] || fail 'the keys are others than before'
[ ! -e /etc/warder/master.key.new ] || fail 'a master key that nobody wants'

rm /var/log/warder/filler
exits 0 passes chen
posts 1
exits 0 warderctl ledger verify
