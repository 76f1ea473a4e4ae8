# SPDX-License-Identifier: ISC
"""What the tests of the courier share: the keeper's side of protocol 4 in
Python, written from the layout of the messages and not from the C code."""

import os
import socket
import struct
import subprocess
import sys
import tempfile
import time

READ, READ_DONE, ACT, ACT_DONE, CANCEL, ITEM = 2, 3, 4, 5, 8, 1
SIGNED, TOKEN = 1, 2
WHAT = {"run": 1, "runs": 2, "pipelines": 3, "pipeline": 4, "members": 5,
        "resource members": 6, "organizations": 7, "whoami": 8}
PASS, REFUSE = 1, 2
ABSENT, FALSE, TRUE = 0, 1, 2
FOREVER = 1 << 62


def t8(text):
    raw = text.encode()
    return struct.pack(">B", len(raw)) + raw


def t16(text):
    raw = text.encode()
    return struct.pack(">H", len(raw)) + raw


class Body:
    """Takes a body apart; every byte has to be taken."""

    def __init__(self, raw):
        self.raw, self.at = raw, 0

    def bytes(self, n):
        assert self.at + n <= len(self.raw), "body ends early"
        self.at += n
        return self.raw[self.at - n:self.at]

    def number(self, n):
        return int.from_bytes(self.bytes(n), "big")

    def u8(self):
        return self.number(1)

    def u64(self):
        return self.number(8)

    def t8(self):
        return self.bytes(self.number(1)).decode()

    def t16(self):
        return self.bytes(self.number(2)).decode()

    def txt(self):
        cut, text = self.u8(), self.t16()
        assert cut in (0, 1)
        return (text, self.bytes(32).hex()) if cut else text

    def end(self):
        assert self.at == len(self.raw), "bytes are left"


ITEMS = {
    1: ("pipeline", "id t8, name txt, creator t8, env u8"),
    2: ("run", "pipeline t8, run t8, status t8, trigger u8, creator t8, "
               "start u64"),
    3: ("source", "repo txt, branch txt, commit t8"),
    4: ("parameter", "name txt, hidden u8, value txt"),
    5: ("stage", "name txt, status t8"),
    6: ("job", "id t8, name txt, status t8, start u64, end u64"),
    7: ("action", "type u8, may u8"),
    8: ("validator", "id t8"),
    9: ("member", "account t8, name txt, role txt, role_id t8"),
    10: ("organization", "id t8, name txt, admin u8"),
    11: ("page end", "token t16, complete u8"),
    12: ("commit", "id t8, title txt, name txt, verified u8"),
    13: ("author", "address t16"),
    14: ("path", "change u8, name txt, was txt"),
    15: ("parent", "id t8"),
    16: ("repository", "id t8, path t16"),
}


def read_item(raw):
    body = Body(raw)
    kind, fields = ITEMS[body.u8()]
    item = {"kind": kind}
    for field in fields.split(", "):
        name, form = field.split(" ")
        item[name] = getattr(body, form)()
    body.end()
    return item


def read_done(raw, is_act):
    body = Body(raw)
    done = {"sent": body.u8(), "curl": body.u8(), "http": body.number(2),
            "readable": body.u8(), "code": body.t8(),
            "request_id": body.t8(), "message": body.t16(),
            "date": body.u64(), "retry_after": body.number(4),
            "ms": body.number(4), "items": body.number(4)}
    if is_act:
        done.update(success=body.u8(), bare=body.u8(),
                    connections=body.u8())
    body.end()
    return done


class Courier:
    """One worker with its connection."""

    def __init__(self, conf, env=None):
        program = os.path.join(os.environ.get("builddir", "."),
                               "tests/bin/courier-on-3")
        if not os.path.exists(program):
            print("skip: there is no", program)
            sys.exit(77)
        self.conf = tempfile.NamedTemporaryFile("w", suffix=".conf")
        self.conf.write("".join(f"{n} {v}\n" for n, v in conf))
        self.conf.flush()
        self.sock, theirs = socket.socketpair(
            socket.AF_UNIX, socket.SOCK_SEQPACKET)

        def child():
            os.dup2(theirs.fileno(), 3)
        self.process = subprocess.Popen(
            [program, self.conf.name], env=env, close_fds=False,
            preexec_fn=child, stderr=subprocess.PIPE)
        theirs.close()
        self.sock.settimeout(40)
        self.id = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.sock.close()
        if self.process.returncode is None:
            self.wait()

    def wait(self):
        """Exit status, and what it said on standard error."""
        said = self.process.stderr.read().decode()
        self.process.stderr.close()
        self.conf.close()
        return self.process.wait(20), said

    def send(self, number, body, id=None):
        if id is None:
            self.id += 1
            id = self.id
        head = struct.pack(">II", 4 << 24 | 1 << 16 | number, id)
        self.sock.send(head + body)
        return id

    def recv(self):
        """(number, id, body); None at the end."""
        raw = self.sock.recv(16384)
        if not raw:
            return None
        kind, id = struct.unpack(">II", raw[:8])
        assert kind >> 16 == 4 << 8 | 1
        return kind & 0xffff, id, raw[8:]

    @staticmethod
    def request(first, second, endpoint, target, headers):
        return struct.pack(">BB", first, second) + t16(endpoint) + \
            t16(target) + struct.pack(">B", len(headers)) + \
            b"".join(t8(n) + t16(v) for n, v in headers)

    def read(self, what, endpoint, target, headers=(), api=SIGNED,
             cap=4 << 20, **more):
        return self.send(READ, self.request(
            api, WHAT[what], endpoint, target, headers) +
            struct.pack(">I", cap), **more)

    def act(self, verb, endpoint, target, headers=(), api=SIGNED,
            start_before=FOREVER, **more):
        return self.send(ACT, self.request(
            api, verb, endpoint, target, headers) +
            struct.pack(">Q", start_before), **more)

    def cancel(self, id):
        self.send(CANCEL, struct.pack(">I", id))

    def answer(self, want):
        """Items and end of the request with that id, and no other frame."""
        items = []
        while True:
            frame = self.recv()
            assert frame is not None, "the courier is gone"
            number, id, body = frame
            assert id == want, (id, want)
            if number == ITEM:
                items.append(read_item(body))
                continue
            assert number in (READ_DONE, ACT_DONE), number
            done = read_done(body, number == ACT_DONE)
            assert done["items"] == len(items)
            return items, done


def boot_ms():
    return int(time.clock_gettime(time.CLOCK_BOOTTIME) * 1000)


def sign(sandbox, action, path, query=""):
    """(endpoint, target, headers) of a signed request, as the keeper hands
    them over: without Host, which is the endpoint."""
    import hashlib
    import hmac
    import sandbox_client as c

    method = "POST" if path.endswith(("/pass", "/refuse")) else "GET"
    signed = sandbox.headers(action)
    names = ";".join(sorted(signed))
    lines = "".join(f"{n}:{signed[n]}\n" for n in sorted(signed))
    canonical = "\n".join([method, path, query, lines, names, c.EMPTY])
    to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(
        canonical.encode()).hexdigest()
    signature = hmac.new(c.SECRET.encode(), to_sign.encode(),
                         hashlib.sha256).hexdigest()
    headers = [(n, v) for n, v in signed.items() if n != "host"]
    headers.append(("Authorization",
                    f"ACS3-HMAC-SHA256 Credential={c.KEY},"
                    f"SignedHeaders={names},Signature={signature}"))
    return signed["host"], path + ("?" + query if query else ""), headers
