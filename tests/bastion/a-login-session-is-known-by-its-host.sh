#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# Whoever came through sshd has an entry in utmp, which libc reads under a lock
# with a timer: the keeper has to survive that, and the ledger tells from where.

python3 -Ic '
import struct, time
with open("/run/utmp", "wb") as utmp:
    for n in range(10):
        utmp.write(struct.pack("hi32s4s32s256shhiii4i20x", 7, 1, b"pts/%d" % n, b"%d" % n,
                               b"chen", b"203.0.113.7", 0, 0, 0, int(time.time()), 0, 0, 0, 0, 0))
'
chmod 0644 /run/utmp
exits 0 passes chen
posts 1
records 1 ev=intent user=chen rhost=203.0.113.7
exits 0 warderctl ledger verify
