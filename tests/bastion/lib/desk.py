# SPDX-License-Identifier: ISC
"""A hostile stand-in for the front desk: runs under its uid, talks to the
keeper, and tries to be somebody else.  Prints `name: answer` for each try,
where an answer is `exit N word`, or `closed` when the keeper just went."""

import array
import os
import socket
import struct
import sys

KEEPER = "/run/warder/keeper.sock"
LOOK, ACT, LIST, WHOAMI, RESULT = 0x01010002, 0x01010004, 0x01010006, 0x01010008, 0x0101000F
HERE = 0x03010002


def text8(text):
    return bytes([len(text)]) + text.encode()


def text16(text):
    return struct.pack(">H", len(text)) + text.encode()


def look(org="shop", pipeline="11222", run="1187", job="9001"):
    return b"\x01" + text8(org) + text16(pipeline) + text8(run) + text8(job)


def here(sock, credentials=True, kind=HERE):
    control = []
    if credentials:
        cred = struct.pack("3i", os.getpid(), os.getuid(), os.getgid())
        control = [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, cred)]
    sock.sendmsg([struct.pack(">II", kind, 0)], control)


def pair(kind=socket.SOCK_SEQPACKET):
    return socket.socketpair(socket.AF_UNIX, kind)


def answer(desk):
    """The RESULT of the keeper, whatever comes before it."""
    while True:
        frame = desk.recv(16384)
        if not frame:
            return "closed"
        kind, _ = struct.unpack(">II", frame[:8])
        if kind == RESULT:
            word = frame[12:12 + frame[11]].decode()
            return f"exit {frame[8]} {word}"


def ask(kind, body, end=None):
    desk = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    desk.settimeout(20)
    desk.connect(KEEPER)
    control = []
    if end is not None:
        fds = array.array("i", [end.fileno()])
        control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)]
    try:
        desk.sendmsg([struct.pack(">II", kind, 1), body], control)
        return answer(desk)
    except (BrokenPipeError, ConnectionResetError):
        return "closed"
    finally:
        desk.close()


def own_pair():
    ours, theirs = pair()
    here(ours)
    return ask(LOOK, look(), theirs)


def stream_pair():
    ours, theirs = pair(socket.SOCK_STREAM)
    return ask(LOOK, look(), theirs) if ours else ""


def no_here():
    ours, theirs = pair()
    return ask(LOOK, look(), theirs) if ours else ""


def here_without_credentials():
    ours, theirs = pair()
    here(ours, credentials=False)
    return ask(LOOK, look(), theirs)


def another_frame_first():
    ours, theirs = pair()
    here(ours, kind=0x03010004)
    return ask(LOOK, look(), theirs)


def a_listeners_connection():
    """Somebody else's listener: what it made is no pair."""
    end = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    end.connect(sys.argv[1])
    return ask(LOOK, look(), end)


def an_inherited_pair():
    """Made by a person, then inherited: the frame is not its maker's."""
    ours = socket.socket(fileno=int(sys.argv[2]))
    theirs = socket.socket(fileno=int(sys.argv[3]))
    here(ours)
    return ask(LOOK, look(), theirs)


def a_pipe():
    end, _ = os.pipe()
    with os.fdopen(end) as pipe:
        return ask(LOOK, look(), pipe)


def no_descriptor():
    return ask(LOOK, look())


def act_before_look():
    return ask(ACT, b"\x01" + bytes(32) + text16("let it go on") + text8("") * 3 + b"\x00")


def a_byte_too_much():
    ours, theirs = pair()
    here(ours)
    return ask(LOOK, look() + b"\x00", theirs)


def another_protocol():
    return ask(0x04010002, b"")


def a_name_in_the_request():
    """There is no field for a person; a longer body is a violation."""
    ours, theirs = pair()
    here(ours)
    return ask(WHOAMI, b"\x01" + text8("chen"), theirs)


for attempt in (own_pair, stream_pair, no_here, here_without_credentials, another_frame_first,
                a_listeners_connection, an_inherited_pair, a_pipe, no_descriptor,
                act_before_look, a_byte_too_much, another_protocol, a_name_in_the_request):
    print(f"{attempt.__name__}: {attempt()}", flush=True)
