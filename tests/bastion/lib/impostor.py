# SPDX-License-Identifier: ISC
"""The front desk, taken over: sits at its socket under its uid, forwards as
forwarder.py does, and does with what it holds what the named attack says.

usage: impostor.py SOCKET SEEN ATTACK [FILE]    (as root; becomes `warder`)
SEEN gets all bytes that it sees; a file `go` beside it tells an attack that
its moment has come."""

import ctypes
import os
import pwd
import socket
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
import frames
from forwarder import KEEPER, Forwarder, say
from frames import (ACCEPT, ACT, ANSWER, CHALLENGE, GATE, HEAD, HELLO, LOOK, NOTE, PIECE, PROMPT,
                    READY, RESULT)

SO_ATTACH_FILTER, WHOLE = 26, 0xFFFFFFFF


# --- a filter on the end: what the client writes is cut, or vanishes


class Cut(Forwarder):
    """Frames of one kind are cut to `left` bytes on their way to the end."""
    kind, left = 0, 4

    def on_end(self):
        program = [(0x20, 0, 0, 0), (0x15, 0, 1, self.kind), (0x06, 0, 0, self.left),
                   (0x06, 0, 0, WHOLE)] if self.kind else [(0x06, 0, 0, self.left)]
        code = ctypes.create_string_buffer(
            b"".join(struct.pack("=HBBI", *one) for one in program))
        head = struct.pack("@HP", len(program), ctypes.addressof(code))
        self.end.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, head)


class CutAll(Cut):
    pass


class CutHello(Cut):
    kind, left = HELLO, 100


class CutAccept(Cut):
    kind, left = ACCEPT, 40


class CutAnswer(Cut):
    """What is left would still hold any password."""
    kind, left = ANSWER, 400


class SwallowHello(Cut):
    kind, left = HELLO, 0


class SwallowAnswer(Cut):
    kind, left = ANSWER, 0


class CutLater(Cut):
    kind, left = ACCEPT, 40

    def on_end(self):
        pass

    def on_go(self):
        super().on_end()


# --- frames of the client taken away


class Steal(Forwarder):
    kind = 0

    def on_sight(self, kind):
        if kind == self.kind:
            self.steal()


class StealHere(Forwarder):
    def on_end(self):
        self.steal()


class StealHello(Steal):
    kind = HELLO


class StealAccept(Steal):
    kind = ACCEPT


class StealAnswer(Steal):
    kind = ANSWER


# --- frames written towards the client


FORGED_PROMPT = frames.frame(PROMPT, 0, b"\x01" + frames.text16("Password: "))


class ForgePrompt(Forwarder):
    def on_end(self):
        self.write(FORGED_PROMPT)


class ForgeChallenge(Forwarder):
    def on_end(self):
        self.write(frames.frame(CHALLENGE, 0, bytes(300)))


class ForgePromptLater(Forwarder):
    """At the prompt, when the client has accepted the true challenge."""

    def on_go(self):
        self.write(FORGED_PROMPT)


class Replay(Forwarder):
    """The CHALLENGE of another person's session for this very gate."""

    def recorded(self):
        with open(self.file, "rb") as file:
            return file.read()

    def on_end(self):
        self.write(self.recorded())


class ReplayLater(Replay):
    def on_end(self):
        pass

    def on_go(self):
        self.write(self.recorded())


class Reflect(Forwarder):
    """What the client itself sealed, as if warder-pam had written it."""

    def on_sight(self, kind):
        if kind == ACCEPT:
            self.write(frames.frame(PROMPT, 0, self.last[HEAD:]))


class Flood(Forwarder):
    def fill(self):
        n = 0
        while n < 100000 and self.write(FORGED_PROMPT):
            n += 1
        say(f"full after {n}" if n < 100000 else "never full")

    def on_end(self):
        self.fill()


class FloodLater(Flood):
    def on_end(self):
        pass

    def on_go(self):
        self.fill()


# --- options of the shared end


class NoCredentials(Forwarder):
    """Off again, after warder-pam switched them on."""

    def on_go(self):
        self.end.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)


class Name(Forwarder):
    """A bound end would be some listener's, as far as a look can tell."""

    def on_end(self):
        self.end.bind("\0warder-test")


class ShutDown(Forwarder):
    def on_go(self):
        self.end.shutdown(socket.SHUT_RDWR)


# --- another ACT than the person's


class Change(Forwarder):
    def act(self, body):
        return body

    def to_keeper(self, data):
        if frames.kind_of(data) != ACT:
            return [data]
        return [data[:HEAD] + self.act(data[HEAD:])]


class ChangeVerb(Change):
    def act(self, body):
        return b"\x02" + body[1:]


class ChangeGate(Change):
    def act(self, body):
        return body[:1] + bytes([body[1] ^ 1]) + body[2:]


class ChangeReason(Change):
    def act(self, body):
        return body.replace(b"checked", b"CHECKED")


class ChangeFlags(Change):
    def act(self, body):
        return body[:-1] + bytes([body[-1] ^ 1])


class ChangeLanguage(Forwarder):
    def to_keeper(self, data):
        if frames.kind_of(data) == LOOK:
            data = data[:HEAD] + b"\x02" + data[HEAD + 1:]
        return [data]


class OtherLook(Forwarder):
    """Looks at the gate that FILE names; the person sees that one."""

    def to_keeper(self, data):
        if frames.kind_of(data) == LOOK:
            with open(self.file, encoding="ascii") as file:
                data = data[:HEAD] + frames.look(file.read().strip())
        return [data]


class SwapGate(Forwarder):
    """The first connection looks at the person's gate, up to READY.  At the
    next one (GO) the keeper looks at the gate of FILE, the person is shown what the first
    one was told, and her ACT is made one for the other gate."""

    def __init__(self, *args):
        super().__init__(*args)
        self.told, self.other, self.is_shown = [], None, False

    def to_keeper(self, data):
        if not os.path.exists(self.go):
            return [data]
        if frames.kind_of(data) == LOOK:
            with open(self.file, encoding="ascii") as file:
                return [data[:HEAD] + frames.look(file.read().strip())]
        return [data[:HEAD + 1] + self.other + data[HEAD + 33:]]

    def to_client(self, data):
        if not os.path.exists(self.go):
            if READY not in map(frames.kind_of, self.told):
                self.told.append(data)
            return [data]
        if self.is_shown:
            return [data]
        if frames.kind_of(data) == GATE:
            self.other = data[HEAD:HEAD + 32]
        self.is_shown = frames.kind_of(data) == READY
        return self.told if self.is_shown else []


class OtherCommit(Forwarder):
    """The person is shown a commit that the run does not have."""

    def to_client(self, data):
        if frames.kind_of(data) == PIECE and data[HEAD] == 1:
            data = data[:-4] + (b"beef" if data[-4:] != b"beef" else b"dead")
        return [data]


# --- answers that are not the keeper's


class SayPassed(Forwarder):
    """Says so at once; the keeper hears of no ACT."""

    def notes(self):
        return []

    def to_keeper(self, data):
        if frames.kind_of(data) != ACT:
            return [data]
        ident = frames.ident_of(data)
        for body in self.notes():
            frames.send(self.client, frames.frame(NOTE, ident, body))
        frames.send(self.client, frames.frame(RESULT, ident, frames.result(0)))
        return []


class SayPassedWithOldNote(SayPassed):
    def notes(self):
        with open(self.file, "rb") as file:
            return [file.read()]


class KeepNote(Forwarder):
    def to_client(self, data):
        if frames.kind_of(data) == NOTE:
            with open(self.file, "wb") as file:
                file.write(data[HEAD:])
        return [data]


class DropNote(Forwarder):
    def to_client(self, data):
        return [] if frames.kind_of(data) == NOTE else [data]


class ChangeNote(Forwarder):
    def to_client(self, data):
        if frames.kind_of(data) == NOTE:
            data = data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]
        return [data]


class SayOtherwise(Forwarder):
    """The keeper's signed 10 (decided the other way) becomes a 0."""

    def to_client(self, data):
        if frames.kind_of(data) == NOTE:
            data = data.replace(b"\n10\n", b"\n0\n")
            data = data[:HEAD] + struct.pack(">H", len(data) - HEAD - 2) + data[HEAD + 2:]
        if frames.kind_of(data) == RESULT:
            say(f"was told {data[HEAD]}")
            data = data[:HEAD] + b"\x00" + data[HEAD + 1:]
        return [data]


class Mute(Forwarder):
    """Passes on all but the answer, and hangs up."""

    def to_client(self, data):
        return [None] if frames.kind_of(data) == NOTE else [data]


# --- twice


class ActTwice(Forwarder):
    def to_keeper(self, data):
        return [data, data] if frames.kind_of(data) == ACT else [data]


class SecondConnection(Forwarder):
    """One more decision with the same end, while the person is at a prompt."""

    def on_go(self):
        with open(self.file, encoding="ascii") as file:
            path = file.read().strip()
        second = frames.connect(KEEPER)
        frames.send(second, frames.frame(LOOK, 1, frames.look(path)), self.end)
        data, _ = frames.receive(second)
        word = data[HEAD + 4:HEAD + 4 + data[HEAD + 3]].decode() if data else ""
        say(f"second: exit {data[HEAD]} {word}" if data else "second: closed")
        second.close()


def main():
    place, seen, name = sys.argv[1:4]
    file = sys.argv[4] if len(sys.argv) > 4 else ""
    attack = globals()[name](open(seen, "ab"), os.path.join(os.path.dirname(seen), "go"), file)
    if os.path.lexists(place):
        os.unlink(place)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(place)
    os.chmod(place, 0o666)
    listener.listen(8)
    desk = pwd.getpwnam("warder")
    os.setgroups([])
    os.setresgid(desk.pw_gid, desk.pw_gid, desk.pw_gid)
    os.setresuid(desk.pw_uid, desk.pw_uid, desk.pw_uid)
    say("ready")
    while True:
        attack.serve(listener.accept()[0])


main()
