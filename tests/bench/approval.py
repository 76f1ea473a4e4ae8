#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""One approval through warder, one bare POST by curl, one sudo: medians and
ratios of one run, round by round in turn, and where the approval's time goes.

Runs as root inside a bastion (see setting.sh).  Every approval and every POST
has a run of its own, whose gate waits; each has to be done and to show at the
server, or there is no table."""

import argparse
import json
import os
import re
import secrets
import signal
import statistics
import subprocess
import sys
import time
import urllib.request

PIPELINE, JOB = "11222", "9001"
LEDGER = "/var/log/warder/ledger.jsonl"
CA = "/etc/warder/sandbox-ca.pem"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
PERSON = {"user": "chen", "group": "chen", "extra_groups": ["release-managers"]}
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8",
               "HOME": "/home/chen", "USER": "chen", "TERM": "dumb"}


class Sandbox:
    def __init__(self, address):
        self.base = address if address.startswith("http") else f"http://{address}"

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read().decode()

    def new_run(self):
        return json.loads(self.call("POST", "/run", {"pipeline": PIPELINE}))["run"]

    def journal(self, since):
        lines = self.call("GET", f"/journal?since={since}").splitlines()
        return [json.loads(line) for line in lines if line.strip()]


def timed(command, **more):
    """Milliseconds from before the fork to after the wait."""
    start = time.clock_gettime(time.CLOCK_REALTIME)
    done = subprocess.run(command, cwd="/", env=ENVIRONMENT, capture_output=True,
                          text=True, stdin=subprocess.DEVNULL, check=False, **more)
    end = time.clock_gettime(time.CLOCK_REALTIME)
    return start * 1000, end * 1000, done


def must(done, what):
    if done.returncode != 0:
        sys.exit(f"{what}: exit {done.returncode}\n{done.stdout}{done.stderr}")


def approve(run):
    command = ["/usr/local/bin/warder", "pass", "-n", "-y", "-m",
               "measured, and nothing else", f"shop/{PIPELINE}/{run}/{JOB}"]
    start, end, done = timed(command, **PERSON)
    must(done, "warder pass")
    return start, end


def signed_post(args, run):
    """The command of a POST that is signed already, with a fresh nonce."""
    path = (f"/organization/{args.org}/pipelines/{PIPELINE}/pipelineRuns/{run}"
            f"/jobs/{JOB}/pass")
    headers = {
        "host": args.server, "x-acs-action": "PassPipelineValidate",
        "x-acs-version": "2021-06-25", "x-acs-content-sha256": EMPTY,
        "x-acs-date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "x-acs-signature-nonce": secrets.token_hex(16)}
    what = {"method": "POST", "path": path, "query": [], "headers": headers,
            "body": "", "bodyHex": "", "accessKeyId": args.key_id,
            "accessKeySecret": args.key_secret, "securityToken": None}
    signed = subprocess.run(["/usr/local/bin/acs3-sign"], input=json.dumps(what),
                            capture_output=True, text=True, check=True)
    headers["Authorization"] = json.loads(signed.stdout)["authorization"]
    command = ["curl", "-sS", "--cacert", CA, "-X", "POST", "-H", "Content-Length: 0"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    return command + [f"https://{args.server}{path}"]


def curl(args, run):
    command = signed_post(args, run)
    start, end, done = timed(command, **PERSON)
    must(done, "curl")
    if json.loads(done.stdout).get("success") is not True:
        sys.exit(f"curl: the server did not pass the gate: {done.stdout}")
    return start, end


def sudo():
    start, end, done = timed(["sudo", "-n", "true"], **PERSON)
    must(done, "sudo -n true")
    return start, end


def stamp_ms(line):
    whole, fraction = line["ts"][:-1].split(".")
    seconds = time.mktime(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) - time.timezone
    return seconds * 1000 + int(fraction)


def ledger_lines(offset):
    with open(LEDGER, encoding="utf-8") as file:
        file.seek(offset)
        return [json.loads(text) for text in file]


def marks_of(sandbox, seen, offset, start, end):
    """(name, ms since the start) of all that left a trace, in order of time."""
    marks = []
    for line in sandbox.journal(seen):
        if line.get("action"):
            marks.append((line["ms"] - start, f"server: {line['action']}"))
    for line in ledger_lines(offset):
        result = f" {line['res']}" if "res" in line else ""
        marks.append((stamp_ms(line) - start, f"ledger: {line['ev']}{result}"))
    marks.sort()
    marks.append((end - start, "warder ended"))
    return marks


def last_seq(sandbox):
    lines = sandbox.journal(0)
    return lines[-1]["seq"] if lines else 0


def measure(args, sandbox):
    times = {"warder": [], "curl": [], "sudo": []}
    traces = []
    for number in range(args.rounds + 1):
        run = sandbox.new_run()
        seen, offset = last_seq(sandbox), os.path.getsize(LEDGER)
        start, end = approve(run)
        trace = marks_of(sandbox, seen, offset, start, end)
        posts = [name for _, name in trace if "PassPipelineValidate" in name]
        if len(posts) != 1:
            sys.exit(f"{len(posts)} POSTs for one approval")
        one = {"warder": (start, end), "curl": curl(args, sandbox.new_run()),
               "sudo": sudo()}
        if number == 0:
            continue        # everything is in the page cache from here on
        traces.append(trace)
        for name, (begin, finish) in one.items():
            times[name].append(finish - begin)
    return times, traces


def print_table(args, times):
    print(f"One approval, {args.rounds} rounds, {args.rules} rules, durable "
          "records, TLS, PAM permit; milliseconds")
    print(f"{'':34}{'median':>9}{'least':>9}{'most':>9}")
    names = {"warder": "warder pass, start to verified",
             "curl": "curl, the bare signed POST, cold", "sudo": "sudo -n true"}
    medians = {}
    for name, title in names.items():
        medians[name] = statistics.median(times[name])
        print(f"{title:34}{medians[name]:9.1f}{min(times[name]):9.1f}"
              f"{max(times[name]):9.1f}")
    print(f"{'warder / curl':34}{medians['warder'] / medians['curl']:9.1f}")
    print(f"{'warder / sudo':34}{medians['warder'] / medians['sudo']:9.1f}")


def print_steps(traces):
    """Medians over the rounds that left the same traces in the same order."""
    shapes = {}
    for trace in traces:
        shapes.setdefault(tuple(name for _, name in trace), []).append(trace)
    shape, alike = max(shapes.items(), key=lambda item: len(item[1]))
    print(f"\nWhere it goes: medians of {len(alike)} rounds with the same steps; ms")
    print(f"{'at':>9}{'took':>9}  until")
    before = 0.0
    for place, name in enumerate(shape):
        at = statistics.median(trace[place][0] for trace in alike)
        print(f"{at:9.1f}{at - before:9.1f}  {name}")
        before = at


def service_pids():
    pids = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm", encoding="ascii") as file:
                name = file.read().strip()
        except OSError:
            continue
        if name in ("warderd", "warder-keeper", "warder-pam", "warder-courier"):
            pids.append(pid)
    return pids


def print_calls(sandbox):
    """System calls that cost: one more approval, traced, so not timed."""
    out = "/run/bastion/bench.strace"
    run = sandbox.new_run()
    attach = [word for pid in service_pids() for word in ("-p", pid)]
    with subprocess.Popen(
            ["strace", "-f", "-qq", "-o", out, "-e",
             "trace=execve,execveat,fdatasync,fsync,connect,fork,vfork,clone,clone3",
             *attach], stderr=subprocess.DEVNULL) as tracer:
        time.sleep(0.5)
        _, _, done = timed(
            ["/usr/local/bin/warder", "pass", "-n", "-y", "-m", "traced, not timed",
             f"shop/{PIPELINE}/{run}/{JOB}"], **PERSON)
        time.sleep(0.2)
        tracer.send_signal(signal.SIGINT)
    if done.returncode != 0:
        print("\n(no counts: the traced approval ended with "
              f"{done.returncode} {done.stderr.strip()})")
        return
    with open(out, encoding="utf-8", errors="replace") as file:
        text = file.read()
    counts = {}
    for name, result in re.findall(r"^\d+ +(\w+)\(.*= (-?\d+)", text, re.M):
        if int(result) >= 0:
            kind = {"execveat": "execve", "vfork": "fork", "clone": "fork",
                    "clone3": "fork"}.get(name, name)
            counts[kind] = counts.get(kind, 0) + 1
    print("\nIn the services, for one approval: "
          + ", ".join(f"{n} {name}" for name, n in sorted(counts.items())))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("control", "server", "org", "key-id", "key-secret"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--rules", type=int, required=True)
    args = parser.parse_args()
    os.environ["TZ"] = "UTC"
    time.tzset()
    sandbox = Sandbox(args.control)
    times, traces = measure(args, sandbox)
    print_table(args, times)
    print_steps(traces)
    print_calls(sandbox)


if __name__ == "__main__":
    main()
