#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""check_golden.py [DIR...]: the second evaluator agrees with what each case
expects; what is known it has to know as well."""

import json
import pathlib
import sys

sys.dont_write_bytecode = True  # the sources may be read-only

from run import Oracle  # noqa: E402


def differences(expect, got):
    for key, value in expect.items():
        if key == "rules":
            short = [{k: r.get(k) for k in want} for r, want in zip(got[key], value)]
            if short != value or len(got[key]) != len(value):
                yield key
        elif got[key] != value:
            yield key


def main(folders):
    oracle, bad, n = Oracle(), 0, 0
    for folder in folders:
        for path in sorted(pathlib.Path(folder).glob("*.json")):
            case = json.loads(path.read_text(encoding="utf-8"))
            got = oracle.decide(case)
            n += 1
            for key in differences(case["expect"], got):
                bad += 1
                print("%s: %s: expected %s, got %s" % (
                    path.name, key, json.dumps(case["expect"][key]),
                    json.dumps(got[key])))
    print("%d cases, %d differences" % (n, bad))
    # A folder that is not there would agree with everything.
    return 1 if bad or n < 100 else 0


if __name__ == "__main__":
    here = pathlib.Path(__file__).resolve().parent
    sys.exit(main(sys.argv[1:] or [
        here.parent / "golden", here.parent / "cases"]))
