#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""generate.py --seed N --count M [--stats]: random cases as JSON lines.

The world is small, so that lines and facts meet often: two organizations, a
dozen users, a handful of gates. The same seed makes the same cases."""

import argparse
import collections
import json
import random
import sys

import invent_facts
import invent_policy
from run import Oracle

PER_POLICY = 5


def cases(seed, count):
    """Every PER_POLICY cases share a policy; each block has a seed of its
    own, so that one can be made again without those before."""
    made = 0
    while made < count:
        yield from block(seed, made // PER_POLICY)[: count - made]
        made += PER_POLICY


def block(seed, number):
    rng = random.Random("%d/%d" % (seed, number))
    policy = invent_policy.policy(rng)
    out = []
    for i in range(PER_POLICY):
        case = {"name": "random-%d-%d-%d" % (seed, number, i)}
        case.update(policy["case"])
        case["facts"] = invent_facts.facts(rng, policy)
        out.append(case)
    return out


def print_stats(made, total):
    oracle = Oracle()
    verdicts, codes = collections.Counter(), collections.Counter()
    reasons = collections.Counter()
    for case in made:
        got = oracle.decide(case)
        verdicts[got["verdict"]] += 1
        codes[got["local_code"] or "-"] += 1
        reasons.update(set(got["blocking"]))
    for title, table in (("verdict", verdicts), ("first local code", codes),
                         ("among the reasons", reasons)):
        print(title)
        for word, n in table.most_common():
            print("  %-20s %6d  %5.1f %%" % (word, n, 100 * n / total))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--stats", action="store_true")
    args = parser.parse_args()
    if args.stats:
        print_stats(cases(args.seed, args.count), args.count)
        return
    for case in cases(args.seed, args.count):
        json.dump(case, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()
