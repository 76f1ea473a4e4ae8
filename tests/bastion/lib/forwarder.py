# SPDX-License-Identifier: ISC
"""A desk that forwards what people and keeper say, honest but curious: it
keeps a copy of each prompt channel and all bytes that it gets to see."""

import os
import select
import socket

import frames
from frames import ACCEPT, ACT, ANSWER, HEAD, HELLO, HERE, RESULT

KEEPER = "/run/warder/keeper.sock"
NAMES = {HERE: "HERE", HELLO: "HELLO", ACCEPT: "ACCEPT", ANSWER: "ANSWER"}


def say(text):
    print(text, flush=True)


class Forwarder:
    """Everything goes on as it came.  The attacks are its subclasses."""

    def __init__(self, seen, go, file):
        self.seen, self.go, self.file = seen, go, file
        self.client = self.keeper = self.end = None
        self.last = b""

    # --- what an attack changes

    def on_end(self):
        """A copy of a prompt channel is there; the keeper has not got it yet."""

    def to_keeper(self, data):
        return [data]

    def to_client(self, data):
        return [data]

    def on_go(self):
        pass

    def on_sight(self, kind):
        """A frame of the client lies unread in the channel."""

    # --- what all have in common

    def note(self, data):
        self.seen.write(data)
        self.seen.flush()

    def write(self, *datas):
        """Towards the client, by the copy of the end.  False: it is full."""
        for data in datas:
            try:
                self.end.send(data, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
            except BlockingIOError:
                return False
        return True

    def look(self):
        """Reads in the channel without taking."""
        try:
            data = self.end.recv(16384, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None
        if len(data) < HEAD or data == self.last:
            return None
        self.last = data
        self.note(data)
        say(f"saw {NAMES.get(frames.kind_of(data), data[:HEAD].hex())}")
        return frames.kind_of(data)

    def steal(self):
        data = self.end.recv(16384, socket.MSG_DONTWAIT)
        self.note(data)
        say(f"stole {NAMES[frames.kind_of(data)]}")
        return data

    def wait_for_hello(self):
        """ACT is kept back until HELLO is there to be seen."""
        if not select.select([self.end], [], [], 5)[0]:
            say("no HELLO came")
        kind = self.look()
        if kind is not None:
            self.on_sight(kind)

    def from_client(self):
        data, _ = frames.receive(self.client)
        self.note(data)
        if not data:
            return False
        if frames.kind_of(data) == ACT:
            self.wait_for_hello()
        for out in self.to_keeper(data):
            frames.send(self.keeper, out)
        return True

    def from_keeper(self):
        data, _ = frames.receive(self.keeper)
        self.note(data)
        if not data:
            return False
        for out in self.to_client(data):
            if out is None:
                return False
            frames.send(self.client, out)
        return frames.kind_of(data) != RESULT

    def open(self, client):
        self.client = client
        data, self.end = frames.receive(client)
        self.note(data)
        self.look()
        self.on_end()
        self.keeper = frames.connect(KEEPER)
        for out in self.to_keeper(data):
            frames.send(self.keeper, out, self.end)

    def relay(self):
        gone = False
        while True:
            ready = select.select([self.client, self.keeper], [], [], 0.005)[0]
            if self.keeper in ready:
                if not self.from_keeper():
                    return
            elif self.client in ready and not self.from_client():
                return
            kind = self.look()
            if kind is not None:
                self.on_sight(kind)
            if not gone and os.path.exists(self.go):
                gone = True
                self.on_go()
                say("done")

    def serve(self, client):
        client.settimeout(60)
        try:
            self.open(client)
            self.relay()
        except (BrokenPipeError, ConnectionResetError):
            say("somebody hung up")
        finally:
            for sock in (self.client, self.keeper, self.end):
                if sock is not None:
                    sock.close()
            self.client = self.keeper = self.end = None
