#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Whether a request was sent: each way to fail before the first byte is told
as "not sent", with a proxy between or without, and each later one is not.
The server's journal has the last word."""

import base64
import contextlib
import ctypes
import hashlib
import socket
import ssl
import sys
import threading
import time
import unittest

sys.dont_write_bytecode = True  # the sources may be read-only
from courier_client import PASS, TRUE, Courier, boot_ms, sign
from sandbox_client import GATE, Sandbox


class Listener:
    """Plain TCP on loopback; serve(connection) runs for each caller."""

    def __init__(self, serve):
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.sock.getsockname()[1]
        self.serve, self.calls = serve, 0
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while True:
            try:
                connection, _ = self.sock.accept()
            except OSError:
                return
            self.calls += 1
            threading.Thread(target=self.one, args=(connection,),
                             daemon=True).start()

    def one(self, connection):
        with contextlib.suppress(OSError), connection:
            self.serve(connection)

    def close(self):
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()


def pump(a, b):
    with contextlib.suppress(OSError):
        while piece := a.recv(65536):
            b.sendall(piece)
        b.shutdown(socket.SHUT_WR)


def head_of(connection):
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(4096)
        if not piece:
            raise OSError
        head += piece
    return head


def der(raw, at=0):
    """(start of content, end) of the element at `at`."""
    n, size = raw[at + 1], 0
    at += 2
    if n & 0x80:
        size = n & 0x7f
        n = int.from_bytes(raw[at:at + size], "big")
    return at + size, at + size + n


def pin_of(pem):
    """The pin of a certificate: SHA-256 of its public key's bytes."""
    raw = ssl.PEM_cert_to_DER_cert(pem)
    at, _ = der(raw)            # Certificate
    at, end = der(raw, at)      # its body
    elements = []
    while at < end:
        _, after = der(raw, at)
        elements.append(raw[at:after])
        at = after
    if elements[0][0] == 0xa0:  # version
        elements.pop(0)
    # serial, algorithm, issuer, validity, subject, key
    return base64.b64encode(hashlib.sha256(elements[5]).digest()).decode()


class KnowsWhatWasSent(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = Sandbox()

    @classmethod
    def tearDownClass(cls):
        assert cls.s.stop() == 0

    def setUp(self):
        self.s.control("/reset", {})
        self.seen = len(self.s.control("/journal"))

    def posts(self):
        return [x for x in self.s.control("/journal")[self.seen:]
                if x.get("method") == "POST"]

    def listen(self, serve):
        listener = Listener(serve)
        self.addCleanup(listener.close)
        return listener

    def act(self, to=None, start_before=1 << 62, env=None, **conf):
        """One pass, with the endpoint's name signed as Host."""
        endpoint = to or self.s.host
        conf = {"ca_file": self.s.ca, "endpoint": endpoint,
                "connect_timeout": "2s", "answer_timeout": "4s", **conf}
        lines = [(n, x) for n, v in conf.items()
                 for x in (v if isinstance(v, list) else [v])]
        was, self.s.host = self.s.host, endpoint
        try:
            request = sign(self.s, "PassPipelineValidate", GATE + "/pass")
        finally:
            self.s.host = was
        with Courier(lines, env) as c:
            id = c.act(PASS, *request, start_before=start_before)
            return c.answer(id)[1]

    def assert_not_sent(self, done, *curl):
        self.assertEqual((done["sent"], done["http"], done["readable"],
                          done["success"], done["date"], done["code"]),
                         (0, 0, 0, 0, 0, ""))
        self.assertIn(done["curl"], curl)
        self.assertEqual(self.posts(), [])

    def assert_passed(self, done):
        self.assertEqual((done["sent"], done["curl"], done["success"]),
                         (1, 0, TRUE))
        self.assertEqual([x["effect"] for x in self.posts()], ["passed"])

    # -- without a proxy

    def test_no_such_name(self):
        self.assert_not_sent(self.act("no-such-host.invalid"), 6)

    def test_nobody_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as sock:
            port = sock.getsockname()[1]
        self.assert_not_sent(self.act(f"127.0.0.1:{port}"), 7)

    def test_a_handshake_that_never_comes(self):
        silent = self.listen(lambda c: time.sleep(20))
        start = time.monotonic()
        self.assert_not_sent(self.act(silent.address), 28)
        self.assertLess(time.monotonic() - start, 5)

    def test_a_peer_that_speaks_no_tls(self):
        plain = self.listen(lambda c: (c.recv(4096), c.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue")))
        self.assert_not_sent(self.act(plain.address), 35)

    def test_an_old_version_of_tls(self):
        hello = bytes.fromhex("0301") + bytes(32) + bytes.fromhex("00002f00")
        hello = b"\x02" + len(hello).to_bytes(3, "big") + hello
        record = b"\x16\x03\x01" + len(hello).to_bytes(2, "big") + hello
        old = self.listen(lambda c: (c.recv(4096), c.sendall(record),
                                     time.sleep(1)))
        self.assert_not_sent(self.act(old.address), 35)

    def test_a_handshake_that_breaks_off(self):
        cut = self.listen(lambda c: c.recv(4096))
        self.assert_not_sent(self.act(cut.address), 35)

    def test_a_name_is_resolved_and_checked(self):
        port = self.s.host.split(":")[1]
        self.assert_passed(self.act(f"localhost:{port}"))

    def test_the_system_s_certificates_do_not_count(self):
        # 140 of them are read before the handshake: slow with sanitizers.
        self.assert_not_sent(
            self.act(ca_file="/etc/ssl/certs/ca-certificates.crt",
                     connect_timeout="20s", answer_timeout="30s"), 60, 77)

    def test_a_pin_has_to_fit(self):
        pem = ssl.get_server_certificate(self.s.address)
        right = pin_of(pem)
        wrong = base64.b64encode(bytes(32)).decode()
        self.assert_not_sent(self.act(pin=wrong), 90)
        self.assert_passed(self.act(pin=[wrong, right]))

    def test_a_port_that_the_configuration_does_not_imply(self):
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.syscall(444, None, ctypes.c_size_t(0), 1) < 4:
            self.skipTest("this kernel has no fence around ports")
        port = self.s.host.split(":")[1]
        calls = []
        other = self.listen(calls.append)
        done = self.act(other.address, endpoint="localhost:" + port)
        self.assert_not_sent(done, 7)
        self.assertEqual((other.calls, calls), (0, []))

    # -- through a proxy

    def proxy(self, answer=b"HTTP/1.1 200 OK\r\n\r\n", to=None, wait=0):
        def serve(connection):
            self.asked = head_of(connection)
            time.sleep(wait)
            connection.sendall(answer)
            if b" 200 " not in answer:
                return
            with socket.create_connection(to or self.s.address) as up:
                threading.Thread(target=pump, args=(up, connection),
                                 daemon=True).start()
                pump(connection, up)
        return self.listen(serve)

    def test_a_proxy_sees_the_name_and_no_more(self):
        proxy = self.proxy()
        self.assert_passed(self.act(proxy="http://" + proxy.address))
        self.assertEqual(self.asked.split(b"\r\n")[0],
                         b"CONNECT %s HTTP/1.1" % self.s.host.encode())
        for word in (b"x-acs", b"authorization", b"signature", b"/pass"):
            self.assertNotIn(word, self.asked.lower())

    def test_a_proxy_that_refuses(self):
        for status in (b"403 No", b"407 Who", b"502 Gone"):
            proxy = self.proxy(b"HTTP/1.1 " + status + b"\r\nDate: Thu, 01 "
                               b"Jan 2026 00:00:00 GMT\r\n\r\n")
            self.assert_not_sent(
                self.act(proxy="http://" + proxy.address), 56, 7)
            self.assertEqual(proxy.calls, 1)

    def test_a_proxy_that_never_answers(self):
        proxy = self.proxy(wait=20)
        self.assert_not_sent(self.act(proxy="http://" + proxy.address), 28)

    def test_a_wrong_server_behind_a_proxy(self):
        self.s.control("/fault", {"fault": "tls-bad", "times": 2,
                                  "args": {"kind": "unknown-ca"}})
        proxy = self.proxy()
        self.assert_not_sent(self.act(proxy="http://" + proxy.address), 60)

    def test_too_late_through_a_proxy(self):
        proxy = self.proxy(wait=0.6)
        self.assert_not_sent(self.act(proxy="http://" + proxy.address,
                                      start_before=boot_ms() + 400), 42)

    def test_what_dies_behind_a_proxy_was_sent(self):
        self.s.control("/fault", {"fault": "close-before", "times": 5,
                                  "match": {"action":
                                            "PassPipelineValidate"}})
        proxy = self.proxy()
        done = self.act(proxy="http://" + proxy.address)
        self.assertEqual((done["sent"], done["readable"]), (1, 0))
        self.assertEqual((len(self.posts()), proxy.calls), (1, 1))

    # -- a start that is too late

    def test_too_late_after_the_handshake(self):
        """The proxy's delay is one; here the server's own."""
        def slow(connection):
            time.sleep(0.6)
            with socket.create_connection(self.s.address) as up:
                threading.Thread(target=pump, args=(up, connection),
                                 daemon=True).start()
                pump(connection, up)
        relay = self.listen(slow)
        self.assert_not_sent(
            self.act(relay.address, start_before=boot_ms() + 400), 42)

    # -- the environment

    def test_the_environment_changes_nothing(self):
        trap = self.listen(lambda c: c.recv(4096))
        log = self.s.dir + "/keys.log"
        url = "http://" + trap.address
        env = {name: url for name in (
            "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
            "ALL_PROXY")}
        env.update({"SSLKEYLOGFILE": log, "CURL_CA_BUNDLE": "/dev/null",
                    "SSL_CERT_FILE": "/dev/null", "SSL_CERT_DIR": "/",
                    "OPENSSL_CONF": "/dev/null", "CURL_HOME": self.s.dir,
                    "HOME": self.s.dir, "RES_OPTIONS": "debug",
                    "LOCALDOMAIN": "invalid", "HOSTALIASES": "/dev/null",
                    "NO_PROXY": "*"})
        for name in (".netrc", ".curlrc"):
            with open(f"{self.s.dir}/{name}", "w") as file:
                file.write("machine 127.0.0.1 login a password b\n"
                           if name == ".netrc" else f"proxy = {url}\n")
        self.assert_passed(self.act(env=env))
        self.assertEqual(trap.calls, 0)
        with self.assertRaises(FileNotFoundError):
            open(log)
        line, = self.posts()
        self.assertEqual([v[:4] for n, v in line["headers"]
                          if n.lower() == "authorization"], ["ACS3"])


if __name__ == "__main__":
    unittest.main()
