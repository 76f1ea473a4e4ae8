# SPDX-License-Identifier: ISC
"""waits.py USER N: how long USER waits for `warder whoami`, N times, and what
the services take meanwhile.

Prints `median=S worst=S`, and then for each service the most processes at once
and their memory in MB, `NAME=PROCESSES/MB`: the sum of what each has resident,
which counts a shared page once for each, so it is more than the services cost.
Exits 1 if USER was not answered each time."""

import os
import pwd
import statistics
import subprocess
import sys
import threading
import time

SERVICES = ("warderd", "warder-keeper", "warder-pam", "warder-courier")


def taken():
    """{service: (processes, kB resident)}, by the name of the program."""
    now = {name: (0, 0) for name in SERVICES}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/status", encoding="utf-8") as file:
                have = dict(line.split(":", 1) for line in file)
        except OSError:
            continue
        name = have["Name"].strip()
        if name in now and "VmRSS" in have:
            n, size = now[name]
            now[name] = n + 1, size + int(have["VmRSS"].split()[0])
    return now


def watch(most, over):
    while not over.wait(0.05):
        for name, one in taken().items():
            most[name] = tuple(map(max, most[name], one))


def whoami(user):
    """Seconds until the answer was there, whole."""
    who = pwd.getpwnam(user)
    begin = time.monotonic()
    done = subprocess.run(
        ["warder", "whoami"], user=user, group=who.pw_gid, extra_groups=os.getgrouplist(
            user, who.pw_gid), cwd="/", capture_output=True, text=True, check=False, timeout=60,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": who.pw_dir},
        start_new_session=True)
    took = time.monotonic() - begin
    if done.returncode != 0 or user not in done.stdout:
        sys.exit(f"{user} got {done.returncode}: {done.stdout}{done.stderr}")
    return took


def main():
    user, times = sys.argv[1], int(sys.argv[2])
    most, over = {name: (0, 0) for name in SERVICES}, threading.Event()
    watcher = threading.Thread(target=watch, args=(most, over), daemon=True)
    watcher.start()
    took = [whoami(user) for _ in range(times)]
    over.set()
    watcher.join()
    print(f"median={statistics.median(took):.2f} worst={max(took):.2f}",
          *(f"{name}={n}/{size / 1024:.0f}" for name, (n, size) in most.items()))


main()
