# SPDX-License-Identifier: ISC
"""policy.py: what a policy of so many rules costs, read and decided once, and
what sudo takes for `sudo -n true` with as many rules.  Inside a bastion, as
root; medians of one run."""

import os
import subprocess
import sys
import tempfile
import time

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


def sudo_ms(n, rounds=5):
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
        for _ in range(rounds):
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
    for n in (1000, 10000, 100000):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(policy(n))
            file.flush()
            done = subprocess.run(["policy-time", file.name, "7"], text=True,
                                  stdout=subprocess.PIPE, check=True)
        parse, decide, memory = (int(word) for word in done.stdout.split())
        sudo = sudo_ms(n)
        ours = (parse + decide) / 1000
        print("%-8d %9.1f %10.1f %8d %9s %6s" % (
            n, parse / 1000, decide / 1000, memory,
            "-" if sudo is None else "%.1f" % sudo,
            "-" if sudo is None else "%.2f" % (ours / sudo)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
