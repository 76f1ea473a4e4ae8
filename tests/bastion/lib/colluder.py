# SPDX-License-Identifier: ISC
"""A person with a client of her own who helps a hostile desk: asks for a gate
as anybody may, and hands out the sealed CHALLENGE that warder-pam writes to her.

usage: colluder.py SOCKET PAM_PUB ORG/PIPELINE/RUN/JOB    (the frame: stdout)"""

import ctypes
import ctypes.util
import os
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import frames   # pylint: disable=wrong-import-position


def sealed_box(public, plain):
    sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
    box = ctypes.create_string_buffer(len(plain) + 48)
    if sodium.sodium_init() < 0 or sodium.crypto_box_seal(
            box, plain, ctypes.c_ulonglong(len(plain)), public) != 0:
        sys.exit("no sealed box")
    return box.raw


def main():
    place, pam_pub, path = sys.argv[1:4]
    with open(pam_pub, encoding="ascii") as text:
        public = bytes.fromhex(text.read().strip())
    desk = frames.connect(place)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    frames.send(ours, frames.frame(frames.HERE, 0), as_oneself=True)
    frames.send(desk, frames.frame(frames.LOOK, 1, frames.look(path)), theirs)
    theirs.close()
    gate = None
    while (data := frames.receive(desk)[0]) and frames.kind_of(data) != frames.READY:
        if frames.kind_of(data) == frames.GATE:
            gate = data[frames.HEAD:frames.HEAD + 32]
    body = frames.act(gate, "let it go on")
    frames.send(desk, frames.frame(frames.ACT, 2, body))
    hello = sealed_box(public, os.urandom(32) + frames.request(1, body))
    frames.send(ours, frames.frame(frames.HELLO, 0, hello), as_oneself=True)
    ours.settimeout(10)
    data = ours.recv(16384)
    if frames.kind_of(data) != frames.CHALLENGE:
        sys.exit(f"no challenge came, but {data[:8].hex()}")
    sys.stdout.buffer.write(data)


main()
