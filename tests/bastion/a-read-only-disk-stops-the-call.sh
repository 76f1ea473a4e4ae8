#!/bin/bash
# SPDX-License-Identifier: ISC
# level: installed
#
# Ledger and state on disks of their own that become read-only: nothing is
# sent, the person is told within seconds, and with a disk that can be written
# the same gate opens.

start_sandbox
printf '%s required pam_permit.so\n' auth account >/etc/pam.d/warder
for place in log lib; do
	mkdir -p /var/$place/warder
	mount -t tmpfs -o size=4m,mode=0750 small-$place /var/$place/warder
	chown warder-keeper:adm /var/$place/warder
done
chmod 0700 /var/lib/warder
make_warder
start_services
until_true 10 grep -q '"ev":"keeper.start"' "$LEDGER"
passes_at_once() { as chen warder --json pass -y -n -m 'checked on staging' "$1"; }
now_ms() { date +%s%3N; }

begun=$(now_ms)
exits 0 passes_at_once "$(new_run 11222)" >/dev/null
normal=$(($(now_ms) - begun))
say "undisturbed: $normal ms"
sent=1
posts $sent

# becomes ro|rw PLACE: no worker of before may still be writing
becomes() { until_true 10 mount -o "remount,$1" "/var/$2/warder" 2>/dev/null; }

for place in log lib; do
	gate=$(new_run 11222)
	lines=$(wc -l <"$LEDGER")
	becomes ro $place || fail "/var/$place/warder cannot be made read-only"
	begun=$(now_ms)
	exits 22 passes_at_once "$gate" >/tmp/said
	ms=$(($(now_ms) - begun))
	cat /tmp/said
	say "/var/$place/warder read-only: $ms ms"
	# SQLite waits for two seconds for a lock, and for nothing here.
	[ $ms -lt $((normal + 3000)) ] || fail "$ms ms"
	posts $sent
	[ "$(wc -l <"$LEDGER")" = "$lines" ] || fail "a line on a disk that is read-only"
	# What only reads tells why, too.
	exits 22 as chen warder --json log >/tmp/said || { cat /tmp/said; fail "log"; }
	becomes rw $place || fail "/var/$place/warder cannot be made writable"
	exits 0 passes_at_once "$gate" >/dev/null
	sent=$((sent + 1))
	posts $sent
done
exits 0 warderctl ledger verify
