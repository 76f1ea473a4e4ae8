# SPDX-License-Identifier: ISC
"""One person who wants that nobody else is served: holds connections to the
front desk in the named way, more than are his, and connects anew whenever one
ends, until STOP is there.

usage: flood.py KIND STOP [ORG/PIPELINE/RUN/JOB PAM_PUB]

    silent     connects, and says nothing
    slow       one byte every 100 ms
    shown      has a gate shown to him, and does not act
    acting     acts, and never says a word on his prompt channel
    challenge  goes on until warder-pam waits for him to accept
    half       the three of them, in turn
    connects   nothing but connect, 1,000 in a second
    bomb       as many clients as his limit on processes lets him start

Prints what he got as one line, `name=number` each: served (frames that were no
refusal), busy (how often he was told so), slowest (milliseconds until he was),
opened, fastest (most connects in 2 s), most (most clients at once), odd (told
something at the front door that is not `busy`)."""

import collections
import ctypes
import ctypes.util
import os
import resource
import select
import socket
import sys
import time

sys.path.insert(0, "/run/bastion-lib")
import frames   # pylint: disable=wrong-import-position

DESK = "/run/warder/warder.sock"
BUSY = 16
WANTED = 8          # twice what one user has by default
RATE, WINDOW = 1000, 2
PROCESSES = 200
count = collections.Counter()


def sealed_box(public, plain):
    sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
    box = ctypes.create_string_buffer(len(plain) + 48)
    if sodium.sodium_init() < 0 or sodium.crypto_box_seal(
            box, plain, ctypes.c_ulonglong(len(plain)), public) != 0:
        sys.exit("no sealed box")
    return box.raw


def connect():
    """Waits where the queue is full: with a timeout it would be sent away."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    sock.connect(DESK)
    sock.settimeout(60)
    count["opened"] += 1
    return sock


class Caller:
    """One connection, and how far its owner goes."""

    def __init__(self, kind, path, public):
        self.kind, self.path, self.public = kind, path, public
        self.since, self.gate, self.last_byte, self.frames = time.monotonic(), None, 0, 0
        self.ours = None
        self.sock = connect()
        if kind in ("shown", "acting", "challenge"):
            self.look()

    def look(self):
        self.ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        frames.send(self.ours, frames.frame(frames.HERE, 0), as_oneself=True)
        try:
            frames.send(self.sock, frames.frame(frames.LOOK, 1, frames.look(self.path)), theirs)
        except (BrokenPipeError, ConnectionResetError):
            pass    # told busy already: that frame is there to be read
        theirs.close()

    def act(self):
        body = frames.act(self.gate, "let it go on", verb=2)
        frames.send(self.sock, frames.frame(frames.ACT, 2, body))
        if self.kind == "challenge":
            hello = sealed_box(self.public, os.urandom(32) + frames.request(1, body))
            frames.send(self.ours, frames.frame(frames.HELLO, 0, hello), as_oneself=True)

    def answer(self, data):
        """Told something.  A refusal at the front door has the id 1 and comes first."""
        kind = frames.kind_of(data)
        if kind == frames.RESULT and self.frames == 0 and data[frames.HEAD] == BUSY:
            count["busy"] += 1
            took = int((time.monotonic() - self.since) * 1000)
            count["slowest"] = max(count["slowest"], took)
            return
        count["odd"] += kind == frames.RESULT and self.frames == 0
        count["served"] += 1
        self.frames += 1
        if kind == frames.GATE:
            self.gate = data[frames.HEAD:frames.HEAD + 32]
        elif kind == frames.READY and self.kind != "shown":
            self.act()

    def turn(self):
        """False: it has ended."""
        try:
            if select.select([self.sock], [], [], 0)[0]:
                data = frames.receive(self.sock)[0]
                if len(data) < frames.HEAD:
                    return False
                self.answer(data)
            elif self.kind == "slow" and time.monotonic() - self.last_byte >= 0.1:
                self.last_byte = time.monotonic()
                self.sock.send(b"\x01")
        except (BrokenPipeError, ConnectionResetError, socket.timeout):
            return False
        return True

    def close(self):
        self.sock.close()
        if self.ours is not None:
            self.ours.close()


def hold(kind, stop, path, public):
    """WANTED of them at each moment; whoever was sent away comes again at once."""
    kinds = ["shown", "acting", "challenge"] if kind == "half" else [kind]
    callers, made = [], 0
    while not os.path.exists(stop):
        for caller in [c for c in callers if not c.turn()]:
            caller.close()
            callers.remove(caller)
        while len(callers) < WANTED:
            callers.append(Caller(kinds[made % len(kinds)], path, public))
            made += 1
        time.sleep(0.01)
    for caller in callers:
        caller.close()


def connects(stop):
    """As fast as they are taken, at most RATE; the last hundred are still open."""
    at, still = collections.deque(), collections.deque()
    begin = time.monotonic()
    while not os.path.exists(stop):
        still.append(connect())
        if len(still) > 100:
            sock = still.popleft()
            sock.setblocking(False)
            try:
                data = sock.recv(16384)
                if data:
                    told = frames.kind_of(data) == frames.RESULT and data[frames.HEAD] == BUSY
                    count["busy" if told else "odd"] += 1
            except (BlockingIOError, ConnectionResetError):
                pass
            sock.close()
        now = time.monotonic()
        at.append(now)
        while at[0] < now - WINDOW:
            at.popleft()
        count["fastest"] = max(count["fastest"], len(at))
        ahead = count["opened"] / RATE - (now - begin)
        if ahead > 0:
            time.sleep(ahead)


def client():
    """Becomes one; None where the limit says no."""
    try:
        pid = os.fork()
    except BlockingIOError:
        return None
    if pid == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        try:
            os.execvp("warder", ["warder", ("whoami", "list")[count["opened"] % 2]])
        finally:
            os._exit(127)
    count["opened"] += 1
    return pid


def ended(pids, flags):
    """Whoever has ended is counted by his exit code."""
    while pids:
        pid, status = os.waitpid(-1, flags)
        if pid == 0:
            return
        pids.discard(pid)
        code = os.waitstatus_to_exitcode(status)
        count[{0: "served", BUSY: "busy"}.get(code, "odd")] += 1
        if code not in (0, BUSY):
            print("exit", code, file=sys.stderr)


def bomb(stop):
    resource.setrlimit(resource.RLIMIT_NPROC, (PROCESSES, PROCESSES))
    pids = set()
    while not os.path.exists(stop):
        while (pid := client()) is not None:
            pids.add(pid)
        count["most"] = max(count["most"], len(pids))
        ended(pids, os.WNOHANG)
        time.sleep(0.002)
    ended(pids, 0)


def main():
    kind, stop = sys.argv[1:3]
    if kind == "connects":
        connects(stop)
    elif kind == "bomb":
        bomb(stop)
    else:
        public = None
        if len(sys.argv) > 4:
            with open(sys.argv[4], encoding="ascii") as text:
                public = bytes.fromhex(text.read().strip())
        hold(kind, stop, sys.argv[3] if len(sys.argv) > 3 else "", public)
    names = ("served", "busy", "slowest", "opened", "fastest", "most", "odd")
    print(*(f"{name}={count[name]}" for name in names))


main()
