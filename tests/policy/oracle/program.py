# SPDX-License-Identifier: ISC
"""The evaluator in C: many cases, one process."""

import json
import os
import subprocess
import sys
import tempfile

TOOL = os.path.join(os.environ.get("builddir", "."), "tests/bin/policy-eval")


class Program:
    """It begins at once, with the checker, and is waited for in answers()."""

    def __init__(self, cases):
        given = tempfile.TemporaryFile()
        for case in cases:
            given.write(json.dumps(case, ensure_ascii=False).encode() + b"\n")
        given.seek(0)
        self.taken, self.count = tempfile.TemporaryFile(), len(cases)
        self.process = subprocess.Popen([TOOL], stdin=given, stdout=self.taken)

    def answers(self):
        leave = self.process.wait()
        self.taken.seek(0)
        found = [json.loads(line) for line in self.taken.read().splitlines()]
        if leave != 0 or len(found) != self.count:
            sys.exit("%s: exit %d after %d of %d cases" % (
                TOOL, leave, len(found), self.count))
        return found


def answer(case):
    return Program([case]).answers()[0]


def core(document):
    """What both sides must agree on."""
    missing, is_permit = document["missing"], document["verdict"] == "permit"
    return {
        "verdict": document["verdict"], "code": document["code"],
        "local_code": document["local_code"], "exit": document["exit"],
        "rules": [{k: r[k] for k in ("file", "line", "col")}
                  for r in document["rules"]],
        "blocking": [b if isinstance(b, str) else b["local_code"]
                     for b in document["blocking"]],
        "missing": {
            "mfa": missing["mfa"], "fresh_s": missing["fresh_s"],
            "reason": missing["reason"], "ticket": missing["ticket"],
            "quorum": [{k: q[k] for k in ("file", "line", "open")}
                       for q in missing["quorum"]],
        },
        "roles": document["roles"],
        "via": document["via"] if is_permit else [],
    }
