#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""run.py CASE.json...: prints the document of each case's decision."""

import base64
import json
import sys

import check
import facts as facts_form
import steps
from parse import parse
from text import PolicyError


def error(found):
    """`found`: (file, line, col, local code) of each error."""
    first = found[0][3]
    return {
        "verdict": "error", "code": check.code_of(first), "local_code": first,
        "exit": 21, "blocking": [f[3] for f in found],
        "rules": [{"file": f[0], "line": f[1], "col": f[2]}
                  for f in found if f[0] is not None],
        "missing": {"mfa": 0, "fresh_s": 0, "reason": [], "ticket": [],
                    "quorum": []},
        "roles": [], "via": [],
    }


def read_policy(case):
    """A policy without errors, or the document that tells them."""
    if "policy_base64" in case:
        main = base64.b64decode(case["policy_base64"])
    else:
        main = case["policy"].encode()
    files = {path: None if text is None else text.encode()
             for path, text in (case.get("files") or {}).items()}
    try:
        policy = parse(main, files)
    except PolicyError as e:
        return None, error([(e.file, e.line, e.col, e.code)])
    found = check.check(policy, case.get("identities"))
    return policy, error(found) if found else None


class Oracle:
    """Remembers the last policy: many cases ask about the same."""

    def __init__(self):
        self.key = self.answer = None

    def decide(self, case):
        key = json.dumps([case.get(k) for k in (
            "policy", "policy_base64", "files", "identities")], sort_keys=True)
        if key != self.key:
            self.key, self.answer = key, read_policy(case)
        policy, broken = self.answer
        if broken is not None:
            return broken
        try:
            facts = facts_form.read(case.get("facts"), case.get("identities"))
        except facts_form.BadFacts:
            return error([(None, 0, 0, "bad_facts")])
        return steps.decide(policy, facts)


def main(paths):
    oracle = Oracle()
    for path in paths:
        with open(path, encoding="utf-8") as file:
            case = json.load(file)
        print(json.dumps(oracle.decide(case), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
