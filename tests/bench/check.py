# SPDX-License-Identifier: ISC
"""check.py: what `warderctl policy check` takes for a policy of so many lines.
Inside a bastion, as root.

The whole program counts: reading the file, asking for every name, and all
checks. The people are listed in /etc/passwd, 100,000 of them.
Medians of ROUNDS runs; the most memory that one of them had."""

import os
import subprocess
import sys
import tempfile
import time

ROUNDS = 5
FIRST_UID = 100000

HEAD = """version 1
timezone UTC
org shop id 5ebbc0228123212b59aaaaaa {
    key shop-2026
    mirror yunxiao strict
    owner lin
    admin @release-managers
    member @bench
    account lin=1
    account chen=2
    account fang=3
}
label prod shop/*/prod*/*
window day mon..fri 10:00-17:30
"""

MIXED = ("permit pass, refuse on shop/p{0}/*/* to owner admin",
         'require tty, reason ".{{8,}}" on shop/p{0}/*/*',
         "deny self trigger on shop/p{0}/*/*",
         "require quorum 2 @release-managers on shop/id:{1}/*/*",
         "deny outside day on prod shop/p{0}/x/*")


def own(n):
    """A permit for each of many pipelines."""
    return ["permit pass on shop/p%d/*/* to owner admin" % i
            for i in range(n)]


def users(n):
    """Many people on one label."""
    return ["permit view on prod to uid:%d" % (FIRST_UID + i)
            for i in range(n)]


def mixed(n):
    """Of everything, and as many delegations as there may be."""
    given = min(4096, n // 10)
    return ([MIXED[i % 5].format(i, i + 1) for i in range(n - given)]
            + ["delegate uid:%d to lin on prod from 2036-12-01 through "
               "2036-12-07" % (FIRST_UID + i) for i in range(given)])


def run(path):
    """Seconds, kB; an exit code but 0 and 21 is a failure."""
    start = time.monotonic()
    child = subprocess.Popen(["warderctl", "policy", "check", "--json", path],
                             stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    took = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode in (0, 21), child.returncode
    return took, usage.ru_maxrss


def measure(lines):
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(HEAD + "".join(line + "\n" for line in lines))
        file.flush()
        runs = [run(file.name) for _ in range(ROUNDS)]
    return (sorted(r[0] for r in runs)[ROUNDS // 2], max(r[1] for r in runs))


def add_people(n):
    """For good: the bastion is thrown away, and this comes last."""
    with open("/etc/passwd", "a", encoding="ascii") as file:
        for i in range(n):
            file.write("b%d:x:%d:%d::/:/bin/false\n" % (
                i, FIRST_UID + i, FIRST_UID))
    with open("/etc/group", "a", encoding="ascii") as file:
        file.write("bench:x:%d:\n" % FIRST_UID)


def main():
    add_people(100000)
    print("%-8s %8s %10s %10s" % ("check", "lines", "ms", "kB"))
    for kind in (own, users, mixed):
        for n in (10000, 100000):
            took, memory = measure(kind(n))
            print("%-8s %8d %10.0f %10d" % (
                kind.__name__, n, 1000 * took, memory))
    print("medians of %d runs of warderctl policy check, 100,000 people in "
          "/etc/passwd" % ROUNDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
