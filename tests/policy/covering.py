#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The checker finds permits that say nothing new by an index; here each line
is held against every other one. Over random policies both name the same."""

import json
import os
import random
import subprocess
import sys
import tempfile

CTL = os.path.join(os.environ.get("builddir", "."), "warderctl")
ROUNDS = 200
HEAD = """version 1
timezone UTC
org shop id a1 {
key k
mirror yunxiao advisory
owner lin
}
"""
PARTS = ("*", "a", "b", "a*")
PEOPLE = ("owner", "admin", "member", "viewer", "lin", "@ops")


def selector(rng):
    return "shop/%s/%s/*" % (rng.choice(PARTS + ("id:7",)), rng.choice(PARTS))


def permit(rng, labels):
    """(text, verbs, people, selectors)"""
    verbs = rng.sample(("pass", "refuse", "view"), rng.randint(1, 3))
    people = rng.sample(PEOPLE, rng.randint(1, 3))
    on = {rng.choice(("l0", "l1", selector(rng), selector(rng)))
          for _ in range(rng.randint(1, 2))}
    text = "permit %s on %s to %s" % (
        ", ".join(verbs), " ".join(sorted(on)), " ".join(people))
    wide = set()
    for name in on:
        wide |= set(labels[name]) if name in labels else {name}
    return text, set(verbs), set(people), wide


def part_covers(wide, narrow):
    return all(w in ("*", n)
               for w, n in zip(wide.split("/"), narrow.split("/")))


def covers(wide, narrow):
    return (narrow[1] <= wide[1] and narrow[2] <= wide[2] and
            all(any(part_covers(w, n) for w in wide[3]) for n in narrow[3]))


def expected(permits, first):
    found = set()
    for i, one in enumerate(permits):
        if any(one[0] == other[0] for other in permits[:i]):
            continue  # `duplicate`
        for k, other in enumerate(permits):
            if k != i and covers(other, one) and not (
                    k > i and covers(one, other)):
                found.add((first + i, "line %d grants all of this already"
                           % (first + k)))
                break
    return found


def told(text):
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(text)
        file.flush()
        done = subprocess.run([CTL, "policy", "check", "--json", file.name],
                              stdout=subprocess.PIPE, check=False)
    assert done.returncode in (0, 21), done.returncode
    return {(f["line"], f["text"]) for f in json.loads(done.stdout)["findings"]
            if f["topic"] == "unreachable"}


def main():
    rng, lines = random.Random(20261127), 0
    for _ in range(ROUNDS):
        labels = {name: sorted({selector(rng) for _ in range(3)})
                  for name in ("l0", "l1")}
        text = HEAD + "".join("label %s %s\n" % (name, " ".join(labels[name]))
                              for name in labels)
        permits = [permit(rng, labels) for _ in range(rng.randint(2, 14))]
        want = expected(permits, text.count("\n") + 1)
        text += "".join(line[0] + "\n" for line in permits)
        got = told(text)
        assert got == want, "%s\n%s\n%s" % (text, got, want)
        lines += len(want)
    assert lines > ROUNDS, lines  # or nothing was shown
    print("%d policies, %d lines that say nothing new" % (ROUNDS, lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
