#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""differential.py [--count N] [--seed S]: random policies and facts, decided
by the program and by naive.py; then the same lines in another order, which
must decide the same.  A difference is printed with its seed, made as small as
leaving out lines can make it."""

import argparse
import collections
import copy
import json
import os
import random
import subprocess
import sys

sys.dont_write_bytecode = True  # the sources may be read-only
import naive
import world

EVAL = os.path.join(os.environ.get("builddir", "."), "tests/bin/policy-eval")
BATCH = 2000


def decided_by_program(cases):
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run([EVAL, "--decide"], input=lines, text=True,
                          stdout=subprocess.PIPE, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(cases), (len(answers), len(cases))
    return [{"verdict": a["verdict"], "local_code": a["local_code"],
             "blocking": [r["local_code"] for r in a["blocking"]],
             "rules": [(r["file"], r["line"]) for r in a["rules"]],
             "via": a["via"] if a["verdict"] == "permit" else None}
            for a in answers]


def pair_of(seed):
    rng = random.Random(seed)
    made = world.World(rng)
    policy, facts = made.policy(), made.facts()
    return policy, facts, rng.randint(0, 2), rng


def decided_naively(policy, facts):
    return naive.Request(policy, facts).decide()


def differs(policy, facts, included):
    case = world.case(policy, facts, included)
    return decided_by_program([case])[0] != decided_naively(policy, facts)


def shrink(policy, facts, included):
    at = 0
    while at < len(policy["lines"]):
        less = dict(policy, lines=policy["lines"][:at]
                    + policy["lines"][at + 1:])
        if differs(less, facts, min(included, len(less["lines"]))):
            policy = less
        else:
            at += 1
    return policy


def complain(seed, what):
    policy, facts, included, _ = pair_of(seed)
    policy = shrink(policy, facts, included)
    included = min(included, len(policy["lines"]))
    case = world.case(policy, facts, included)
    print("seed %d: %s" % (seed, what))
    print(case["policy"])
    print("--- more.policy\n" + case["files"]["more.policy"])
    print(json.dumps(facts, ensure_ascii=False))
    print("program:", decided_by_program([case])[0])
    print("naive:  ", decided_naively(policy, facts))


def by_text(policy, decision):
    """Reasons and rules without their places: what order must not change."""
    texts = {(line["file"], line["line"]): world.line_texts(line)[0]
             for line in policy["lines"]}
    for line in policy["lines"]:
        for ask in line.get("asks", ()):
            texts[ask["file"], ask["line"]] = world.conditions_text(
                ask["conditions"])
    return (decision["verdict"], sorted(decision["blocking"]),
            sorted(texts[rule] for rule in decision["rules"]))


def has_one_name_twice(policy):
    """Of two blocks of one name the first is meant: there order counts."""
    names = [line["name"] for line in policy["lines"]
             if line["word"] == "break-glass"]
    return len(names) != len(set(names))


def shuffled(seed):
    policy, facts, _, rng = pair_of(seed)
    policy = copy.deepcopy(policy)
    rng.shuffle(policy["lines"])
    return policy, facts, rng.randint(0, len(policy["lines"]))


def run_batch(seeds, seen):
    pairs = [pair_of(seed)[:3] for seed in seeds]
    mixed = [shuffled(seed) for seed in seeds]
    cases = [world.case(*pair) for pair in pairs]
    decided = decided_by_program(cases)
    in_order = [by_text(pair[0], one) for pair, one in zip(pairs, decided)]
    others = decided_by_program([world.case(*pair) for pair in mixed])
    for number, seed in enumerate(seeds):
        policy, facts, _ = pairs[number]
        if decided[number] != decided_naively(policy, facts):
            complain(seed, "the two do not agree")
            return False
        if (not has_one_name_twice(policy) and in_order[number]
                != by_text(mixed[number][0], others[number])):
            print("seed %d: another order decides otherwise" % seed)
            print(in_order[number], by_text(mixed[number][0], others[number]))
            return False
        for code in decided[number]["blocking"] or ["(permit)"]:
            seen[code] += 1
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=int(
        os.environ.get("DIFFERENTIAL_COUNT", "4000")))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    seen = collections.Counter()
    for start in range(options.seed, options.seed + options.count, BATCH):
        end = min(start + BATCH, options.seed + options.count)
        if not run_batch(range(start, end), seen):
            return 1
    print("%d pairs decided alike, in order and out of it" % options.count)
    print(", ".join("%s %d" % (code, n) for code, n in seen.most_common()))
    # A world in which a reason never comes up would prove nothing about it.
    wanted = {"(permit)", "quorum", "no_seat", "no_account", "self", "window",
              "calendar", "trigger", "user", "mfa", "reason", "ticket",
              "newest", "age", "tty", "source", "branch", "bg_limit",
              "bg_overdue", "bg_not_you", "bg_unknown", "no_permit",
              "role_member", "role_viewer", "robot", "not_in_org",
              "key_not_validator"}
    missing = wanted - set(seen)
    if missing:
        print("never came up:", *sorted(missing))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
