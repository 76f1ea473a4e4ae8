#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Dropping any deny or require line of the sample policy has to change at
least one known answer; so does a permit line, or what a block lifts."""

import glob
import json
import os
import subprocess
import sys

EVAL = os.path.join(os.environ.get("builddir", "."), "tests/bin/policy-eval")
HERE = os.path.join(os.environ.get("srcdir", "."), "tests/policy")
SAMPLE = "001-sample-permit.json"


def load():
    cases = []
    for path in sorted(glob.glob(HERE + "/golden/*.json")
                       + glob.glob(HERE + "/cases/*.json")):
        with open(path, encoding="utf-8") as file:
            cases.append(json.load(file))
    with open(HERE + "/golden/" + SAMPLE, encoding="utf-8") as file:
        sample = json.load(file)["policy"]
    return sample, [c for c in cases if c.get("policy") == sample]


def answers(cases, policy):
    lines = "".join(json.dumps(dict(case, policy=policy)) + "\n"
                    for case in cases)
    # Without the checker: what a line decides is asked, not whether a label
    # that nothing uses any more is an error.
    done = subprocess.run([EVAL, "--decide"], input=lines, text=True,
                          stdout=subprocess.PIPE, check=True)
    return [(a["verdict"], [r["local_code"] for r in a["blocking"]],
             [(r["file"], r["line"]) for r in a["rules"]])
            for a in map(json.loads, done.stdout.splitlines())]


def mutants(sample):
    """(what, text): one line less, in whose place a comment stands."""
    lines = sample.split("\n")
    for number, line in enumerate(lines):
        word = line.split()[0] if line.split() else ""
        if word in ("deny", "require", "permit", "delegate"):
            yield ("%d: %s" % (number + 1, line.strip()),
                   "\n".join(lines[:number] + ["#"] + lines[number + 1:]))
        if word == "lifts":
            for lift in line.split()[1:]:
                rest = [w for w in line.split()[1:] if w != lift]
                yield ("%d: lifts %s" % (number + 1, lift), "\n".join(
                    lines[:number] + ["lifts " + " ".join(rest)]
                    + lines[number + 1:]))


def main():
    sample, cases = load()
    assert len(cases) >= 6, len(cases)
    before, survived, n = answers(cases, sample), [], 0
    for what, text in mutants(sample):
        n += 1
        if answers(cases, text) == before:
            survived.append(what)
    print("%d cases of the sample, %d lines dropped one by one" %
          (len(cases), n))
    for what in survived:
        print("nothing changes without", what)
    return 1 if survived or n < 12 else 0


if __name__ == "__main__":
    sys.exit(main())
