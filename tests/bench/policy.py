# SPDX-License-Identifier: ISC
"""policy.py: what a policy of so many rules costs, read and decided once, and
what sudo takes for as many.  Inside a bastion, as root.

Ours: OURS processes, each of which parses a text it has in memory and decides
once, as a keeper does; neither the start of the process nor the reading of
the file count.  Memory is all that such a process took, the text among it.
sudo: SUDO times `sudo -n true` with so many rules; what the same takes with
one rule, process and PAM and all, is taken off.  All figures are medians."""

import os
import subprocess
import sys
import tempfile
import time

OURS, SUDO = 31, 11

HEAD = """version 1
timezone Asia/Shanghai
org shop id 5ebbc0228123212b59aaaaaa {
    key shop-2026
    mirror yunxiao strict
    owner lin
    admin @release
    account chen=1 chen@shop.example
}
"""


def policy(n):
    """Four rules for each of many pipelines, by many teams."""
    kinds = ("permit pass, refuse on shop/service-{0}/*/* to admin @team-{1}",
             'require reason ".{{8,}}" on shop/service-{0}/prod*/*',
             "require mfa 2 on shop/service-{0}/*/*",
             "deny user user-{1} on shop/service-{0}/*/*")
    return HEAD + "".join(kinds[i % 4].format(i // 4, i // 4 % 500) + "\n"
                          for i in range(n))


def sudoers(n):
    return "root ALL=(ALL) ALL\n" + "".join(
        "user-%d ALL=(team-%d) /usr/bin/service-%d\n" % (i, i % 500, i)
        for i in range(n))


def median(times):
    return sorted(times)[len(times) // 2]


def ours(n):
    """Milliseconds to parse and to decide, and kB of memory."""
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(policy(n))
        file.flush()
        runs = [subprocess.run(["policy-time", file.name, "1"], text=True,
                               stdout=subprocess.PIPE, check=True)
                for _ in range(OURS)]
    parse, decide, memory = zip(*(map(int, run.stdout.split())
                                  for run in runs))
    return median(parse) / 1000, median(decide) / 1000, median(memory)


def sudo_ms(n):
    if subprocess.run(["sh", "-c", "command -v sudo"],
                      stdout=subprocess.DEVNULL).returncode != 0:
        return None
    with open("/etc/sudoers", encoding="ascii") as file:
        before = file.read()
    os.chmod("/etc/sudoers", 0o600)
    times = []
    try:
        with open("/etc/sudoers", "w", encoding="ascii") as file:
            file.write(sudoers(n))
        os.chmod("/etc/sudoers", 0o440)
        for _ in range(SUDO):
            start = time.monotonic()
            subprocess.run(["sudo", "-n", "true"], check=True)
            times.append(1000 * (time.monotonic() - start))
    finally:
        with open("/etc/sudoers", "w", encoding="ascii") as file:
            file.write(before)
        os.chmod("/etc/sudoers", 0o440)
    return median(times)


def main():
    print("%-8s %9s %10s %8s %9s %6s" % ("rules", "parse ms", "decide ms",
                                         "kB", "sudo ms", "ratio"))
    alone = sudo_ms(0)
    for n in (1000, 10000, 100000):
        parse, decide, memory = ours(n)
        sudo = None if alone is None else sudo_ms(n) - alone
        print("%-8d %9.1f %10.2f %8d %9s %6s" % (
            n, parse, decide, memory,
            "-" if sudo is None else "%.1f" % sudo,
            "-" if sudo is None else "%.2f" % ((parse + decide) / sudo)))
    print("medians: ours of %d processes, sudo of %d runs%s" % (
        OURS, SUDO, "" if alone is None else
        ", less the %.1f ms it takes with one rule" % alone))
    return 0


if __name__ == "__main__":
    sys.exit(main())
