#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""`warder list` as a person gives it, so often, and what it asked the server:
one line with the requests by their kind and the median of the times.  A list
that is not whole, or shows another number of gates, is no measurement."""

import argparse
import collections
import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request

SERVICES = ["warderd", "warder-keeper", "warder-courier"]
PERSON = {"user": "chen", "group": "chen", "extra_groups": ["release-managers"]}
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8",
               "HOME": "/home/chen", "USER": "chen", "TERM": "dumb"}


def control(base, method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://{base}{path}", data, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def journal(base, since):
    lines = [json.loads(text) for text in
             control(base, "GET", f"/journal?since={since}").splitlines() if text.strip()]
    return [line for line in lines if line.get("action")], \
        max([since] + [line["seq"] for line in lines])


def cpu_of(names):
    """Seconds of processor time, of those that run and of their ended children."""
    ticks = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
                name, _, rest = file.read().partition("(")[2].rpartition(")")
        except OSError:
            continue
        if name in names:
            ticks += sum(int(word) for word in rest.split()[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def list_once(gates):
    begin = time.monotonic()
    done = subprocess.run(["/usr/local/bin/warder", "list", "--fresh", "--json"],
                          cwd="/", env=ENVIRONMENT, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, check=False, **PERSON)
    took = time.monotonic() - begin
    if done.returncode != 0:
        sys.exit(f"warder list: exit {done.returncode}\n{done.stdout[:2000]}{done.stderr}")
    document = json.loads(done.stdout)
    if not document["complete"] or len(document["gates"]) != gates:
        sys.exit(f"{len(document['gates'])} gates, complete: {document['complete']}")
    return took


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--control", required=True)
    for name in ("pipelines", "gates", "running", "delay", "rounds"):
        parser.add_argument("--" + name, type=int, required=True)
    args = parser.parse_args()
    if args.delay:
        control(args.control, "POST", "/fault",
                {"fault": "delay", "args": {"ms": args.delay}, "times": 0})
    times, counts, seen = [], None, 0
    ours, theirs = cpu_of(SERVICES), cpu_of(["warder-sandbox"])
    _, seen = journal(args.control, seen)
    for _ in range(args.rounds):
        times.append(list_once(args.gates))
        lines, seen = journal(args.control, seen)
        count = collections.Counter(line["action"] for line in lines)
        if counts not in (None, count):
            sys.exit(f"not the same requests each time: {counts} {count}")
        counts = count
    ours = (cpu_of(SERVICES) - ours) / args.rounds
    theirs = (cpu_of(["warder-sandbox"]) - theirs) / args.rounds
    connections = len({line["connection"] for line in lines})
    print(f"warder list, {args.pipelines} pipelines, {args.gates} gates wait, "
          f"{args.running} more run, the server takes {args.delay} ms: "
          f"{sum(counts.values())} requests over {connections} connections ("
          + ", ".join(f"{n} {action}" for action, n in sorted(counts.items()))
          + f"), median of {args.rounds}: {statistics.median(times):.2f} s; "
          f"processor: services {ours:.2f} s, sandbox {theirs:.2f} s")


if __name__ == "__main__":
    main()
