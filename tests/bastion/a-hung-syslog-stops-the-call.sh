#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# A syslog daemon that reads no more does not hang the keeper: 22, nothing
# sent.

kill -USR1 "$(cat /run/bastion/syslog.pid)"
sleep 0.4
python3 -I -c '
import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect("/dev/log"); s.setblocking(False)
try:
    while True: s.send(b"<13>filling the queue")
except BlockingIOError: pass'
exits 22 passes chen
posts 0
kill -USR2 "$(cat /run/bastion/syslog.pid)"
exits 0 passes chen "$(new_run 11222)"
posts 1
