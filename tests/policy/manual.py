#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The sample of warder-policy(5) reads without an error, and each decision
that the page works out on it comes out as the page says, line by line."""

import copy
import json
import os
import re
import subprocess
import sys

EVAL = os.path.join(os.environ.get("builddir", "."), "tests/bin/policy-eval")
PAGE = os.path.join(os.environ.get("srcdir", "."), "man/warder-policy.5")
FREEZE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//shop//freeze//EN
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20261224
DTEND;VALUE=DATE:20270102
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")
PEOPLE = {"lin": (2001, []), "chen": (2002, ["release-managers"]),
          "wu": (2006, ["developers", "oncall"]), "he": (2008, ["developers"])}
FACTS = {
    "schema": "warder.facts/1", "phase": "final", "verb": "pass",
    "clock": {"now": "2026-11-25T06:02:11Z", "synced": True},
    "people": [{"uid": uid, "name": name, "groups": groups}
               for name, (uid, groups) in PEOPLE.items()],
    "session": {"tty": "pts/3", "source": "10.8.3.4", "host": "bastion-1"},
    "auth": {"level": 2, "age_s": 60, "max_level": 2},
    "request": {"org": "shop", "pipeline": "11301", "run": "1187",
                "job": "9001", "ticket": "CHG-20934",
                "reason": "fix refund rounding, checked on staging"},
    "gate": {"found": "gate", "pipeline": "web-home", "stage": "prod",
             "job": "approve", "handle": "ab" * 32, "key_may": True,
             "newest": True, "waiting_s": 360, "trigger": "manual",
             "trigger_account": "187700112266",
             "sources": [{"repo": "web/home", "branch": "main",
                          "commit": "9f31c2a",
                          "authors": ["wu@shop.example"]}]},
    "votes": [], "break_glass": [],
}
NIGHT = "2026-11-29T19:00:00Z"  # Monday, three in the morning
LONG = "refunds fail for every customer since 02:40, rolling forward"


def sample(page):
    block = page.partition(".Sh EXAMPLES")[2]
    block = block.partition(".Bd -literal\n")[2].partition(".Ed")[0]
    lines = [re.fullmatch(r" *(\d+)(?:  (.*))?", line)
             for line in block.splitlines()]
    if None in lines or [int(m[1]) for m in lines] != list(
            range(1, len(lines) + 1)):
        sys.exit("the sample is not numbered from 1 on")
    return "".join((m[2] or "").replace("\\e", "\\") + "\n" for m in lines)


def case(policy, who, calendar=FREEZE, **changes):
    facts = copy.deepcopy(FACTS)
    facts["actor"] = {"uid": PEOPLE[who][0]}
    for path, value in changes.items():
        *folders, last = path.split("__")
        at = facts
        for folder in folders:
            at = at[folder]
        at[last] = value
    return {"name": who, "policy": policy, "facts": facts,
            "files": {"calendars/cn.ics": calendar}}


def decided(one):
    done = subprocess.run([EVAL], input=json.dumps(one) + "\n", text=True,
                          stdout=subprocess.PIPE, check=True)
    answer = json.loads(done.stdout)
    return (answer["verdict"], [r["local_code"] for r in answer["blocking"]],
            [r["line"] for r in answer["rules"]])


def main():
    with open(PAGE, encoding="utf-8") as file:
        policy = sample(file.read())
    money = {"request__pipeline": "11222", "gate__pipeline": "pay-core"}
    worked = [
        ("chen passes", case(policy, "chen"),
         ("permit", [], [18, 20, 21, 22, 23])),
        ("chen passes pay-core", case(policy, "chen", **money),
         ("pending", ["quorum"], [24])),
        ("wu passes", case(policy, "wu", request__ticket=None),
         ("deny", ["self", "ticket"], [22, 25])),
        ("a developer passes", case(policy, "he"),
         ("deny", ["role_member", "self"], [25])),
        ("he refuses at night",
         case(policy, "he", verb="refuse", clock__now=NIGHT,
              request__ticket=None),
         ("permit", [], [19, 20, 21, 23])),
        ("lin breaks the glass",
         case(policy, "lin", clock__now=NIGHT, request__reason=LONG,
              request__ticket="INC-20991", request__break_glass="night",
              **money),
         ("permit", [], [18, 20, 21, 22, 23, 28, 30])),
        ("the calendar is gone", case(policy, "chen", calendar=None),
         ("deny", ["calendar"], [27])),
    ]
    wrong = 0
    for what, one, want in worked:
        got = decided(one)
        if got != want:
            print(f"{what}: {got}, and the manual says {want}")
            wrong = 1
    print(f"{len(worked)} decisions of the manual")
    return wrong


sys.exit(main())
