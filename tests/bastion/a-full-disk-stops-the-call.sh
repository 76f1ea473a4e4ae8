#!/bin/bash
# SPDX-License-Identifier: ISC
# level: installed
#
# No room for the record: nothing is sent. With room again the gate opens.

start_sandbox
mkdir -p /var/log/warder
mount -t tmpfs -o size=1m,mode=0750 small /var/log/warder
chown warder-keeper:adm /var/log/warder
make_warder
start_services
dd if=/dev/zero of=/var/log/warder/filler bs=4k 2>/dev/null || true
exits 22 passes chen
posts 0
rm /var/log/warder/filler
exits 0 passes chen
posts 1
exits 0 warderctl ledger verify
