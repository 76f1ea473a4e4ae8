# SPDX-License-Identifier: ISC
"""Frames of warder's local messages, as far as hostile stand-ins need them."""

import array
import hashlib
import os
import socket
import struct

HEAD = 8
LOOK, ACT = 0x01010002, 0x01010004
GATE, PIECE, READY, RESULT, NOTE = 0x01010001, 0x01010003, 0x01010011, 0x0101000F, 0x01010013
HERE, HELLO, ACCEPT, ANSWER = 0x03010002, 0x03010004, 0x03010006, 0x03010008
CHALLENGE, PROMPT = 0x03010001, 0x03010003


def text8(text):
    return bytes([len(text.encode())]) + text.encode()


def text16(text):
    return struct.pack(">H", len(text.encode())) + text.encode()


def look(path, lang=1):
    org, pipeline, run, job = path.split("/")
    return bytes([lang]) + text8(org) + text16(pipeline) + text8(run) + text8(job)


def act(gate, reason, verb=1):
    return bytes([verb]) + gate + text16(reason) + text8("") * 3 + b"\x00"


def request(lang, body):
    """R, which binds what the person asked for to the sealed line."""
    return hashlib.sha256(b"warder/request/1\n" + bytes([lang]) + body).digest()


def result(code, word=""):
    """A RESULT of this host, without a record."""
    return bytes([code, 1, 0]) + text8(word) + text8("") * 2 + b"\x00\x00" + text8("") + text16("") * 2


def frame(kind, ident, body=b""):
    return struct.pack(">II", kind, ident) + body


def kind_of(data):
    return struct.unpack(">I", data[:4])[0]


def ident_of(data):
    return struct.unpack(">I", data[4:8])[0]


def send(sock, data, end=None, as_oneself=False):
    control = []
    if end is not None:
        control.append((socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [end.fileno()])))
    if as_oneself:
        own = struct.pack("3i", os.getpid(), os.getuid(), os.getgid())
        control.append((socket.SOL_SOCKET, socket.SCM_CREDENTIALS, own))
    sock.sendmsg([data], control)


def receive(sock):
    """One frame, and the descriptor that came with it (or None)."""
    data, control, _, _ = sock.recvmsg(16384, socket.CMSG_SPACE(4))
    for level, kind, value in control:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            return data, socket.socket(fileno=array.array("i", value)[0])
    return data, None


def connect(path):
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    sock.settimeout(60)
    sock.connect(path)
    return sock
