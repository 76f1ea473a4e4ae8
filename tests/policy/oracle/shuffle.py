# SPDX-License-Identifier: ISC
"""A case with its lines in another order and in other files, and what of a
decision must not change by that."""

import copy


def lines_of(text):
    """Those that `\\` joins are one."""
    out, goes_on = [], False
    for line in text.split("\n"):
        if goes_on:
            out[-1] += "\n" + line
        elif line:
            out.append(line)
        goes_on = line.endswith("\\")
    return out


def statements(text):
    """Each statement with all of its lines."""
    out, inside = [], False
    for line in lines_of(text):
        if inside:
            out[-1].append(line)
        else:
            out.append([line])
        inside = (inside and line.strip() != "}") or line.rstrip().endswith("{")
    return out


def joined(found):
    return "".join(line + "\n" for lines in found for line in lines)


def mixed(rng, found):
    """The statements, and the lines within a block, in any order."""
    out = []
    for lines in rng.sample(found, len(found)):
        inner = lines[1:-1]
        out.append(lines[:1] + rng.sample(inner, len(inner)) + lines[1:][-1:])
    return out


def shuffled(rng, case):
    out = copy.deepcopy(case)
    found = statements(case["policy"])
    head, body = found[:2], mixed(rng, found[2:])
    out["policy"] = joined(head + body)
    paths = [p for p in case["files"] if p.endswith(".policy")]
    moved = mixed(rng, [s for p in paths for s in statements(case["files"][p])])
    for path in paths:
        out["files"][path] = ""
    for statement in moved:
        out["files"][rng.choice(paths)] += joined([statement])
    return out


def sense(document):
    """Reasons and rules without their places."""
    missing = document["missing"]
    return (
        document["verdict"],
        sorted((b["local_code"], b["code"]) for b in document["blocking"]),
        sorted(r["text"] for r in document["rules"]),
        missing["mfa"], missing["fresh_s"],
        sorted(missing["reason"]), sorted(missing["ticket"]),
        sorted(str(q["open"]) for q in missing["quorum"]),
        document["roles"], sorted(document["via"]))
