#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""differential.py [--count N] [--seed S]: random policies and facts, decided
by the program and by the second evaluator in oracle/, which was written from
the specification alone; then the same lines in another order, which must
decide the same. A difference is printed with its case, made as small as
leaving out statements can make it."""

import argparse
import collections
import multiprocessing
import os
import pathlib
import random
import sys

sys.dont_write_bytecode = True  # the sources may be read-only
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "oracle"))

import generate  # noqa: E402
import shrink  # noqa: E402
from program import Program, core  # noqa: E402
from run import Oracle  # noqa: E402
from shuffle import sense, shuffled  # noqa: E402

BLOCKS = 200  # policies a piece of work; each has PER_POLICY cases
PRINTED = 3

# A world in which a reason never comes up would prove nothing about it.
WANTED = {
    "(permit)", "(pending)", "usage", "user_unknown", "org_unknown", "robot",
    "not_in_org", "subject_not_in_org", "no_pipeline", "no_run", "no_gate",
    "no_permit", "role_member", "role_viewer", "bg_unknown", "bg_not_you",
    "bg_limit", "bg_overdue", "self", "window", "calendar", "trigger", "user",
    "mfa", "reason", "ticket", "newest", "age", "tty", "source", "branch",
    "key_not_validator", "quorum", "no_seat", "no_account", "bad_facts",
    "syntax", "bad_value", "duplicate", "undefined", "unused"}


def compare(piece):
    """(cases that differ, what of order, how often each reason came up)"""
    seed, first = piece
    cases = [case for number in range(first, first + BLOCKS)
             for case in generate.block(seed, number)]
    rng = random.Random("%d/%d/order" % piece)
    straight = Program(cases)
    other = Program([shuffled(rng, case) for case in cases])
    oracle = Oracle()
    mine = [core(oracle.decide(case)) for case in cases]
    differing, disorder, seen = [], [], collections.Counter()
    for case, one, c, c2 in zip(cases, mine, straight.answers(), other.answers()):
        if core(c) != one:
            differing.append(case)
        # Of a broken policy only the first error may be told.
        if c["verdict"] != "error" and sense(c) != sense(c2):
            disorder.append("%s: %s, then %s" % (case["name"], sense(c), sense(c2)))
        seen.update(set(one["blocking"]) or ["(permit)"])
        seen["(pending)"] += one["verdict"] == "pending"
    return differing, disorder, seen


def pieces(seed, count):
    each = BLOCKS * generate.PER_POLICY
    return [(seed, at * BLOCKS) for at in range(-(-count // each))]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=int(
        os.environ.get("DIFFERENTIAL_COUNT", "4000")))
    parser.add_argument("--seed", type=int, default=int(
        os.environ.get("DIFFERENTIAL_SEED", "1")))
    args = parser.parse_args()
    work = pieces(args.seed, args.count)
    bad, printed, seen = 0, 0, collections.Counter()
    with multiprocessing.Pool(min(len(os.sched_getaffinity(0)), 4)) as pool:
        for differing, disorder, found in pool.imap(compare, work):
            bad += len(differing) + len(disorder)
            seen += found
            for text in disorder[:PRINTED - printed]:
                print("order matters:", text)
                printed += 1
            # One of each policy is enough to look at.
            for case in {c["policy"]: c for c in differing}.values():
                if printed < PRINTED:
                    print("the two differ:", case["name"])
                    shrink.report(case)
                    printed += 1
    print("%d pairs from seed %d, in order and out of it: %d differ" % (
        len(work) * BLOCKS * generate.PER_POLICY, args.seed, bad))
    print(", ".join("%s %d" % pair for pair in seen.most_common()))
    missing = WANTED - set(seen)
    if missing:
        print("never came up:", *sorted(missing))
    return 1 if bad or missing else 0


if __name__ == "__main__":
    sys.exit(main())
