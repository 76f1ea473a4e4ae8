# SPDX-License-Identifier: ISC
"""What the tests of warder-sandbox share: starting one, signing requests with
Python's own hmac, and seeing answers as the bytes they are."""

import atexit
import datetime
import hashlib
import hmac
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import urllib.request
import uuid

ORG = "5ebbc0228123212b59aaaaaa"
KEY = "LTAI5tSANDBOXKEY0001"
SECRET = "sandboxSecret0123456789abcdef00"
ACCOUNT = "120300000001"
EMPTY = hashlib.sha256(b"").hexdigest()
RUN = f"/organization/{ORG}/pipelines/10877/pipelineRuns/2291"
PAY = f"/organization/{ORG}/pipelines/11222/pipelineRuns/1187"
GATE = RUN + "/jobs/8744"
PAT = "pt-sandboxToken0123456789abcdef0001"
STS = ("STS.SANDBOXKEY0002", "sandboxStsSecret0123456789abcdef",
       "sandboxSecurityToken0123456789abcdef0123456789abcdef")
FLOW = f"/oapi/v1/flow/organizations/{ORG}"


class Answer:
    """The bytes that came, split where there is an end of headers."""

    def __init__(self, raw, end):
        self.raw, self.end = raw, end  # end: "eof", "reset", "timeout"
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        good = len(words) > 1 and words[1].isdigit()
        self.status = int(words[1]) if good else 0
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.headers[name.lower()] = value.strip()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def is_whole(self):
        return len(self.body) == int(self.headers.get("content-length", -1))


class Sandbox:
    def __init__(self, *options):
        self.dir = tempfile.mkdtemp(prefix="sandbox-test.")
        program = os.path.join(os.environ.get("builddir", "."), "warder-sandbox")
        if not os.path.exists(program):
            print("skip: there is no", program)
            sys.exit(77)
        self.process = subprocess.Popen(
            [program, "--state-dir", self.dir, "--step-ms", "100", *options],
            stdout=subprocess.PIPE, text=True)
        atexit.register(self.stop)
        line = self.process.stdout.readline().split()
        facts = dict(word.split("=", 1) for word in line)
        self.host = facts["https"]
        self.address = ("127.0.0.1", int(self.host.split(":")[1]))
        self.control_url = "http://" + facts["control"]
        self.ca = facts["ca"]
        self.tls = ssl.create_default_context(cafile=self.ca)

    def stop(self):
        """Its exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        status = self.process.wait(10)
        self.process.stdout.close()
        shutil.rmtree(self.dir, ignore_errors=True)
        atexit.unregister(self.stop)
        return status

    def control(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.control_url + path, data)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=5) as answer:
            text = answer.read().decode()
        if path.startswith("/journal"):
            return [json.loads(line) for line in text.splitlines()]
        return json.loads(text)

    def raw(self, request, timeout=5):
        """Sends those bytes and takes all that comes. TLS runs over memory,
        since Python's sockets with TLS show a reset as an end."""
        got, end = b"", "eof"
        come, go = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self.tls.wrap_bio(come, go, server_hostname="localhost")
        with socket.create_connection(self.address, timeout) as plain:
            def pump(step, *args):
                while True:
                    try:
                        return step(*args)
                    except ssl.SSLWantReadError:
                        pass
                    finally:
                        plain.sendall(go.read())
                    piece = plain.recv(65536)
                    if not piece:
                        raise EOFError
                    come.write(piece)
            try:
                pump(tls.do_handshake)
                if request:
                    pump(tls.write, request)
                while piece := pump(tls.read, 65536):
                    got += piece
                    if len(got) > 300_000:
                        end = "endless"
                        break
            except (EOFError, ssl.SSLZeroReturnError):
                pass
            except (ConnectionResetError, BrokenPipeError):
                end = "reset"
            except TimeoutError:
                end = "timeout"
        return Answer(got, end)

    def headers(self, action, **changed):
        now = datetime.datetime.now(datetime.timezone.utc)
        h = {
            "host": self.host,
            "x-acs-action": action,
            "x-acs-version": "2021-06-25",
            "x-acs-date": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": uuid.uuid4().hex,
            "x-acs-content-sha256": EMPTY,
        }
        for name, value in changed.items():
            h[name.replace("_", "-")] = value
        return {n: v for n, v in h.items() if v is not None}

    def call(self, action, path, query="", *, secret=SECRET, key=KEY,
             method=None, body=b"", extra=(), timeout=5, **changed):
        """query is in its canonical form already."""
        method = method or ("POST" if path.endswith(("/pass", "/refuse"))
                            else "GET")
        h = self.headers(action, **changed)
        names = ";".join(sorted(h))
        lines = "".join(f"{n}:{h[n]}\n" for n in sorted(h))
        canonical = "\n".join([method, path, query, lines, names,
                               h.get("x-acs-content-sha256", EMPTY)])
        to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(
            canonical.encode()).hexdigest()
        signature = hmac.new(secret.encode(), to_sign.encode(),
                             hashlib.sha256).hexdigest()
        authorization = (f"ACS3-HMAC-SHA256 Credential={key},"
                         f"SignedHeaders={names},Signature={signature}")
        target = path + ("?" + query if query else "")
        head = [f"{method} {target} HTTP/1.1"]
        head += [f"{n}: {v}" for n, v in h.items()]
        head += [f"Authorization: {authorization}", "Connection: close",
                 f"Content-Length: {len(body)}", *extra, "", ""]
        return self.raw("\r\n".join(head).encode() + body, timeout)

    def token(self, path, *, token=PAT, method=None, host=None, body=b"",
              extra=(), timeout=5):
        """A request of the token API; path with its query."""
        method = method or ("POST" if path.endswith(("/pass", "/refuse"))
                            else "GET")
        head = [f"{method} {path} HTTP/1.1", f"Host: {host or self.host}",
                "Accept: application/json", "Connection: close",
                "Content-Type: application/json",
                f"Content-Length: {len(body)}", *extra]
        if token is not None:
            head.append(f"x-yunxiao-token: {token}")
        return self.raw("\r\n".join([*head, "", ""]).encode() + body,
                        timeout)

    def run(self, path=RUN):
        return self.call("GetPipelineRun", path).json["pipelineRun"]

    def job(self, job="8744", path=RUN):
        for stage in self.run(path)["stages"]:
            for one in stage["stageInfo"]["jobs"]:
                if str(one["id"]) == job:
                    return one
        return None

    def status(self, job="8744", path=RUN):
        return self.job(job, path)["status"]
