# SPDX-License-Identifier: ISC
"""other_gate.py PIPELINE RUN JOB: a client of somebody's own making, which
looks at one gate and then asks to pass another one on the same connection.
Prints {"local_code": …} and exits with the code of the RESULT."""

import array
import json
import os
import socket
import struct
import sys

LOOK, ACT, RESULT, READY = 0x01010002, 0x01010004, 0x0101000F, 0x01010011
HERE = 0x03010002


def text8(text):
    return bytes([len(text)]) + text.encode()


def text16(text):
    return struct.pack(">H", len(text)) + text.encode()


def frames(desk, last):
    """Bodies of what arrives, up to a frame of the type `last` or a RESULT."""
    while frame := desk.recv(16384):
        kind, _ = struct.unpack(">II", frame[:8])
        if kind == RESULT:
            word = frame[12:12 + frame[11]].decode()
            print(json.dumps({"local_code": word}))
            sys.exit(frame[8])
        if kind == last:
            return
    sys.exit("the desk ended the connection")


def main():
    pipeline, run, job = sys.argv[1:]
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    cred = struct.pack("3i", os.getpid(), os.getuid(), os.getgid())
    ours.sendmsg([struct.pack(">II", HERE, 0)],
                 [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, cred)])
    desk = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    desk.settimeout(20)
    desk.connect("/run/warder/warder.sock")
    look = b"\x01" + text8("shop") + text16(pipeline) + text8(run) + text8(job)
    desk.sendmsg([struct.pack(">II", LOOK, 1), look],
                 [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [theirs.fileno()]))])
    theirs.close()
    frames(desk, READY)
    act = b"\x01" + bytes(32) + text16("checked on staging") + text8("") * 3 + b"\x00"
    desk.sendmsg([struct.pack(">II", ACT, 2), act])
    frames(desk, RESULT)


main()
