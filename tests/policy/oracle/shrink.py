# SPDX-License-Identifier: ISC
"""A case on which the two differ, without whatever that does not need."""

import copy
import json

from program import answer, core
from run import Oracle
from shuffle import joined, statements


def differ(case):
    """The two cores, if they are not the same."""
    c, oracle = core(answer(case)), core(Oracle().decide(case))
    return None if c == oracle else (c, oracle)


def fields(found):
    return found and [k for k in found[0] if found[0][k] != found[1][k]]


def without(case, path, number):
    copied = copy.deepcopy(case)
    at = copied
    for key in path[:-1]:
        at = at[key]
    if isinstance(at[path[-1]], str):
        parts = statements(at[path[-1]])
        del parts[number]
        at[path[-1]] = joined(parts)
    else:
        del at[path[-1]][number]
    return copied


def smaller_ones(case):
    for number in range(len(statements(case["policy"])))[::-1]:
        if number > 1:
            yield without(case, ["policy"], number)
    for path, text in case["files"].items():
        if path.endswith(".policy"):
            for number in range(len(statements(text))):
                yield without(case, ["files", path], number)
    for name in ("votes", "break_glass"):
        for number in range(len(case["facts"].get(name) or [])):
            yield without(case, ["facts", name], number)


def shrunk(case):
    kind, changed = fields(differ(case)), True
    while changed:
        changed = False
        for smaller in smaller_ones(case):
            if fields(differ(smaller)) == kind:
                case, changed = smaller, True
                break
    return case


def report(case):
    case = shrunk(case)
    found = differ(case)
    print(case["policy"])
    for path, text in case["files"].items():
        print("-- %s\n%s" % (path, text))
    print(json.dumps({k: case[k] for k in ("identities", "facts") if k in case},
                     ensure_ascii=False))
    for key in fields(found):
        print("  %s\n    C       %s\n    oracle  %s" % (
            key, *(json.dumps(one[key], ensure_ascii=False) for one in found)))
