#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""logd.py SOCKET FILE [HEX]: the bastion's syslog.  Every datagram that arrives at
SOCKET becomes one line of FILE, bytes as sent, so that tests see what a real
daemon would have been handed; in HEX each is a line of hex, with all its bytes.  SIGUSR1 stops the reading (the queue fills, as
behind a hung daemon), SIGUSR2 goes on."""

import grp
import os
import signal
import socket
import sys

paused = False


def pause(signum, _frame):
    global paused
    paused = signum == signal.SIGUSR1


def main():
    where, file = sys.argv[1:3]
    signal.signal(signal.SIGUSR1, pause)
    signal.signal(signal.SIGUSR2, pause)
    out = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    os.fchown(out, 0, grp.getgrnam("adm").gr_gid)
    os.fchmod(out, 0o640)
    in_hex = os.open(sys.argv[3], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) \
        if len(sys.argv) > 3 else -1
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    os.umask(0)
    sock.bind(where)
    sock.settimeout(0.2)
    while True:
        if paused:
            signal.pause()
            continue
        try:
            line = sock.recv(65536)
        except socket.timeout:
            continue
        try:
            if in_hex >= 0:
                os.write(in_hex, line.hex().encode() + b"\n")
            os.write(out, line.replace(b"\n", b"\\n") + b"\n")
        except OSError:
            pass        # a full disk costs a daemon lines, not its life


if __name__ == "__main__":
    main()
