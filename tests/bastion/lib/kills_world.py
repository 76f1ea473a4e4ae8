# SPDX-License-Identifier: ISC
"""What kills.py plays with: the tracer (tests/bin/kill-at.c), the services
that it watches, the sandbox's control side, the ledger."""

import glob
import http.client
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time

# Under -I nothing beside a script is found by itself.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import activate     # pylint: disable=wrong-import-position

UNITS = "/usr/local/lib/systemd/system"
LEDGER = "/var/log/warder/ledger.jsonl"
STATE_DIRS = ("/var/lib/warder", "/var/log/warder")
SERVICES = ("warderd", "warder-keeper", "warder-pam", "warder-courier")
QUIET_S = 40


class Wrong(Exception):
    """Something that must not be."""


class Tracer:
    def __init__(self, path):
        # pylint: disable=consider-using-with
        self.child = subprocess.Popen([path], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE)
        self.fd = self.child.stdout.fileno()
        self.rest, self.replies = b"", 0
        self.live, self.gone, self.hits = set(), [], []
        self.steps, self.ends = {}, {}
        self.is_due = False     # the first worker of a keeper's listener

    def take(self, line):
        word, *rest = line.split()
        if word == "ok":
            self.replies += 1
        elif word == "born":
            self.live.add(int(rest[1]))
            self.is_due = self.is_due and rest[0] != "warder-keeper"
        elif word == "over":
            self.live.discard(int(rest[1]))
            self.ends.setdefault(rest[0], []).append(int(rest[2]))
        elif word == "gone":
            self.gone.append(rest[0])
        elif word == "hit":
            self.hits.append((rest[0], int(rest[1]), *rest[2:]))
        elif word == "steps":
            self.steps[rest[0]] = rest[1:]

    def read(self, seconds):
        """True if something was told."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        piece = os.read(self.fd, 65536)
        if not piece:
            raise Wrong("kill-at ended")
        *lines, self.rest = (self.rest + piece).split(b"\n")
        for line in lines:
            self.take(line.decode())
        return True

    def order(self, *words):
        wanted = self.replies + 1
        self.child.stdin.write((" ".join(map(str, words)) + "\n").encode())
        self.child.stdin.flush()
        until = time.monotonic() + 10
        while self.replies < wanted:
            if time.monotonic() > until:
                raise Wrong(f"kill-at does not answer {words}")
            self.read(1)


class Services:
    """Socket activation by hand: who is gone is started again at once, with
    the socket that it had."""

    def __init__(self, tracer, kill_at, log):
        self.tracer, self.log = tracer, open(log, "ab", buffering=0)
        self.units, self.socks, self.pids = {}, {}, {}
        for path in glob.glob(f"{UNITS}/warder*.socket"):
            name = os.path.basename(path)[:-len(".socket")]
            unit = activate.read_unit(f"{UNITS}/{name}.service")
            unit["ExecStart"] = [f"{kill_at} --under {activate.one(unit, 'ExecStart')}"]
            self.units[name] = unit
            self.socks[name] = activate.make_socket(activate.read_unit(path))

    def start(self, name):
        """It runs on only once it is watched: no step may be missed."""
        hold, go = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                for fd in (1, 2):
                    os.dup2(self.log.fileno(), fd)
                os.close(go)
                if os.read(hold, 1) == b"g":
                    activate.run(name, self.units[name], self.socks[name])
            except Exception as error:  # the child must not go on as a second driver
                os.write(2, f"kills: {name}: {error}\n".encode())
            os._exit(126)
        self.pids[name] = pid
        self.tracer.is_due = self.tracer.is_due or name == "warder-keeper"
        os.close(hold)
        try:
            self.tracer.order("watch", name, pid)
            os.write(go, b"g")
        finally:
            os.close(go)

    def tend(self):
        """Whoever is gone is started again; which ones."""
        again = []
        while self.tracer.gone:
            name = self.tracer.gone.pop()
            status = os.waitpid(self.pids.pop(name), 0)[1]
            if not os.WIFSIGNALED(status):
                raise Wrong(f"{name} ended by itself: {os.waitstatus_to_exitcode(status)}")
            self.start(name)
            again.append(name)
        return again

    def quiet(self, seconds=QUIET_S):
        """Until no worker lives and all listeners do."""
        until = time.monotonic() + seconds
        while self.tracer.live or self.tracer.gone or self.tracer.is_due:
            self.tend()
            if time.monotonic() > until:
                raise Wrong(f"workers that do not end: {self.tracer.live}")
            self.tracer.read(1)
            self.tend()

    def begin(self):
        for name in SERVICES:
            self.start(name)
        self.quiet()

    def restart_keeper(self):
        """Killed and started anew; its first worker settles."""
        os.kill(self.pids["warder-keeper"], signal.SIGKILL)
        while not self.tend():
            self.tracer.read(1)
        self.quiet()

    def end(self):
        for name in SERVICES:
            pid = self.pids.pop(name)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        until = time.monotonic() + QUIET_S
        while len(self.tracer.gone) < len(SERVICES) or self.tracer.live:
            if time.monotonic() > until:
                raise Wrong("the services do not end")
            self.tracer.read(1)
        self.tracer.gone.clear()


class Server:
    def __init__(self):
        with open("/run/sandbox/control", encoding="ascii") as file:
            self.where = file.read().strip()
        self.link = http.client.HTTPConnection(self.where, timeout=20)
        self.seen = self.call("GET", "/count")["seq"]

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body)
        try:
            self.link.request(method, path, data)
            answer = self.link.getresponse()
        except (http.client.HTTPException, ConnectionError):
            self.link.close()
            self.link.request(method, path, data)
            answer = self.link.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise Wrong(f"control {path} {body}: {answer.status} {text}")
        return text

    def call(self, *args):
        return json.loads(self.ask(*args))

    def new_run(self):
        return self.call("POST", "/run", {"pipeline": "11222"})["run"]

    def posts(self):
        """The POSTs since the last time."""
        text = self.ask("GET", f"/journal?since={self.seen}")
        lines = [json.loads(line) for line in text.splitlines()]
        if lines:
            self.seen = lines[-1]["seq"]
        return [line for line in lines if line["method"] == "POST"]

    def fault(self, name, method, args=None, times=1, **match):
        self.call("POST", "/fault", {"fault": name, "args": args or {}, "times": times,
                                     "match": {"method": method, **match}})

    def clear(self):
        self.call("POST", "/fault", {"clear": True})

    def gates(self):
        """{run: how its gate stands}"""
        stands = {"WAITING": "waiting", "SUCCESS": "passed", "FAIL": "stopped"}
        found = {}
        for org in self.call("GET", "/state")["organizations"]:
            for pipeline in org["pipelines"]:
                if pipeline["id"] != "11222":
                    continue
                for run in pipeline["runs"]:
                    for stage in run["stages"]:
                        for job in stage["jobs"]:
                            if job["id"] == "9001":
                                found[run["id"]] = stands.get(job["status"], job["status"])
        return found


class Ledger:
    """Reads on where it stopped; the lines of one store."""

    def __init__(self):
        self.at, self.lines = 0, []
        self.intents, self.answers = {}, {}

    def read(self):
        """The new lines."""
        with open(LEDGER, "rb") as file:
            file.seek(self.at)
            text = file.read()
        whole = text[:text.rfind(b"\n") + 1]
        self.at += len(whole)
        new = [{**json.loads(line), "bytes": len(line)}
               for line in whole.splitlines(keepends=True)]
        for line in new:
            self.take(line)
        self.lines += new
        return new

    def take(self, line):
        if line["ev"] == "intent":
            self.intents[line["seq"]] = line
        elif line["ev"] in ("outcome", "settle"):
            self.answers.setdefault(line["ref"], []).append(line)

    def open(self):
        """Intents that nothing answers, or only an outcome `unknown`."""
        return [intent for seq, intent in self.intents.items()
                if all(a["ev"] == "outcome" and a["res"] == "unknown"
                       for a in self.answers.get(seq, ()))]

    def gaps(self):
        """The bytes of each torn line that is reported. Whoever reports it by
        a shorter line, and is killed before the rest is cut off, leaves that
        rest: the next line reports it, and it is none of its own."""
        before, found = None, []
        for line in self.lines:
            is_gap = line["ev"] == "ledger.gap"
            if is_gap and not (before and line["n"] == before["n"] - before["bytes"]):
                found.append(line["n"])
            before = line if is_gap else None
        return found

    def tear(self, n):
        """As a kill in the middle of a write leaves it; False if it is torn
        already, as two of them would be one."""
        with open(LEDGER, "ab+") as file:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                return False
            file.write(b'{"v":1,"seq":'.ljust(n, b"7")[:n])
        return True


class Store:
    """The state of warder, as it was at the beginning."""

    def __init__(self, where):
        self.kept = {path: f"{where}/{n}" for n, path in enumerate(STATE_DIRS)}
        for path, kept in self.kept.items():
            subprocess.run(["cp", "-a", path, kept], check=True)

    def put_back(self):
        for path, kept in self.kept.items():
            for name in os.listdir(path):
                full = f"{path}/{name}"
                if os.path.isdir(full):
                    shutil.rmtree(full)
                else:
                    os.unlink(full)
            subprocess.run(["cp", "-a", f"{kept}/.", path], check=True)
