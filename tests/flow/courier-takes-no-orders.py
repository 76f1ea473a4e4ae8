#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A keeper that was taken over, or is broken, against the courier: what is
not exactly a message of protocol 4 ends the connection, and nothing that a
message can hold makes of one request another one."""

import socket
import struct
import sys
import time
import unittest

sys.dont_write_bytecode = True  # the sources may be read-only
from courier_client import (CANCEL, ITEM, PASS, READ, REFUSE, TRUE,
                            Courier, sign)
from sandbox_client import GATE, RUN, Sandbox


class TakesNoOrders(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = Sandbox()

    @classmethod
    def tearDownClass(cls):
        assert cls.s.stop() == 0

    def setUp(self):
        self.s.control("/reset", {})
        self.seen = len(self.s.control("/journal"))

    def courier(self):
        return Courier([("ca_file", self.s.ca), ("endpoint", self.s.host)])

    def requests(self):
        return [x for x in self.s.control("/journal")[self.seen:]
                if x.get("method")]

    def act(self, c, verb=PASS, path=GATE + "/pass", headers=(), **more):
        endpoint, target, own = sign(self.s, "PassPipelineValidate",
                                     GATE + "/pass")
        return c.act(verb, endpoint, path, own + list(headers), **more)

    def assert_ended(self, send):
        """`send` gets a courier; it answers nothing and goes."""
        with self.courier() as c:
            send(c)
            try:
                self.assertIsNone(c.recv())
            except ConnectionResetError:
                pass
            status, said = c.wait()
        self.assertEqual(status, 1)
        self.assertIn("connection: ", said)
        self.assertEqual(self.requests(), [])

    def test_the_first_frame_that_is_none_ends_it(self):
        for raw in (b"", b"x", bytes(7), bytes(8), bytes(100),
                    struct.pack(">II", 1 << 24 | 1 << 16 | READ, 1),
                    struct.pack(">II", 4 << 24 | 1 << 16 | READ, 1),
                    struct.pack(">II", 4 << 24 | 1 << 16 | ITEM, 1),
                    struct.pack(">II", 4 << 24 | 1 << 16 | 6, 1),
                    struct.pack(">II", 4 << 24 | 1 << 16 | CANCEL, 1),
                    b"\xff" * 16384, b"\xff" * 16385):
            if raw == b"":
                continue
            with self.subTest(raw[:8].hex()):
                self.assert_ended(lambda c, raw=raw: c.sock.send(raw))

    def test_another_version_is_told_ours(self):
        with self.courier() as c:
            c.sock.send(struct.pack(">II", 4 << 24 | 2 << 16 | READ, 1))
            self.assertEqual(c.recv(), (0xffff, 0, b""))
            self.assertIsNone(c.recv())
            self.assertEqual(c.wait()[0], 1)

    def test_a_descriptor_ends_it(self):
        def send(c):
            with open("/dev/null") as file:
                head = struct.pack(">II", 4 << 24 | 1 << 16 | READ, 1)
                socket.send_fds(c.sock, [head + c.request(
                    1, 1, self.s.host, RUN, ()) + bytes(4)],
                    [file.fileno()])
        self.assert_ended(send)

    def test_ids_are_from_1_and_once(self):
        self.assert_ended(lambda c: c.read("run", self.s.host, RUN, id=0))
        self.s.control("/fault", {"fault": "delay", "args": {"ms": 1500},
                                  "match": {"action": "GetPipelineRun"}})
        with self.courier() as c:
            for _ in range(2):
                c.read("run", *sign(self.s, "GetPipelineRun", RUN), id=5)
            self.assertIsNone(c.recv())
            self.assertEqual(c.wait()[0], 1)

    def test_an_act_is_a_pass_or_a_refusal(self):
        base = RUN + "/jobs/8744"
        for verb, path in ((PASS, base + "/refuse"), (REFUSE, GATE + "/pass"),
                           (PASS, base + "/skip"), (PASS, base),
                           (PASS, base + "?x=/pass"), (0, base + "/pass"),
                           (3, base + "/pass"), (PASS, "pass"),
                           (PASS, base + "/stop#/pass"),
                           (PASS, base + "/x\r\n\r\nPOST /pass")):
            with self.subTest((verb, path)):
                self.assert_ended(lambda c: self.act(c, verb, path))

    def test_no_header_makes_a_second_request(self):
        for name, value in (("Host", "evil.example"), ("x", "a\r\nb: c"),
                            ("x\r\ny", "z"), ("Content-Length", "9"),
                            ("Transfer-Encoding", "chunked"),
                            ("Expect", "100-continue"),
                            ("x-acs-action", "another"), ("x:y", "z"),
                            ("", "z")):
            with self.subTest(name):
                self.assert_ended(
                    lambda c: self.act(c, headers=[(name, value)]))

    def test_an_endpoint_is_no_more_than_one(self):
        host = self.s.host
        for endpoint in ("http://" + host, "user@" + host, host + "/x",
                         host + "?", "file:///etc/passwd", "", "a b",
                         "[::1]:80", host + "\n"):
            with self.subTest(endpoint):
                self.assert_ended(lambda c: c.read("run", endpoint, RUN))

    def test_too_many_at_a_time_end_it(self):
        self.s.control("/fault", {"fault": "delay", "args": {"ms": 3000},
                                  "match": {}, "times": 100})
        with self.courier() as c:
            try:
                for _ in range(80):
                    c.read("run", *sign(self.s, "GetPipelineRun", RUN))
            except (BrokenPipeError, ConnectionResetError):
                pass
            try:
                self.assertIsNone(c.recv())
            except ConnectionResetError:
                pass
            self.assertEqual(c.wait()[0], 1)

    def test_reads_go_on_after_the_act_and_a_second_one_does_not(self):
        with self.courier() as c:
            _, done = c.answer(self.act(c))
            self.assertEqual(done["success"], TRUE)
            _, done = c.answer(c.read(
                "run", *sign(self.s, "GetPipelineRun", RUN)))
            self.assertEqual(done["http"], 200)
            self.act(c)
            self.assertIsNone(c.recv())
            self.assertEqual(c.wait()[0], 1)
        self.assertEqual(len([x for x in self.requests()
                              if x["method"] == "POST"]), 1)

    def test_a_keeper_that_goes_ends_it_at_once(self):
        self.s.control("/fault", {"fault": "delay", "args": {"ms": 8000},
                                  "match": {}, "times": 9})
        for send in (lambda c: c.read("run", *sign(
                self.s, "GetPipelineRun", RUN)), self.act):
            with self.courier() as c:
                send(c)
                time.sleep(0.5)
                start = time.monotonic()
                c.sock.close()
                status, _ = c.wait()
                self.assertLess(time.monotonic() - start, 2)
                self.assertEqual(status, 0)

    def test_nothing_said_is_nothing_done(self):
        with self.courier() as c:
            c.sock.close()
            self.assertEqual(c.wait()[0], 0)
        self.assertEqual(self.requests(), [])

    def test_the_fences_stand(self):
        with self.courier() as c:
            c.answer(c.read("run", *sign(self.s, "GetPipelineRun", RUN)))
            pid = c.process.pid
            with open(f"/proc/{pid}/status") as file:
                status = dict(x.split(":\t", 1) for x in
                              file.read().splitlines() if ":\t" in x)
            with open(f"/proc/{pid}/limits") as file:
                limits = file.read().splitlines()
        if status["Seccomp"] == "0":
            self.skipTest("built with sanitizers: no seccomp")
        self.assertEqual(status["Seccomp"], "2")
        self.assertEqual(status["NoNewPrivs"], "1")
        soft = {x[:26].strip(): x[26:].split()[:2] for x in limits[1:]}
        self.assertEqual(soft["Max file size"], ["0", "0"])
        self.assertEqual(soft["Max open files"], ["64", "64"])
        self.assertEqual(soft["Max address space"],
                         [str(512 << 20), str(512 << 20)])


if __name__ == "__main__":
    unittest.main()
