#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""commands.py DOCUMENT: the commands of an admin's document, one a line: who
types it, and the command in base64 (a here-document belongs to it). A command
stands indented by four blanks behind `root# ` or `NAME$ `."""

import base64
import re
import sys


def commands(lines):
    found = None
    for line in lines:
        if not line.startswith("    "):
            found = None
            continue
        line = line[4:]
        start = re.match(r"([a-z]+)[#$] (.*)", line)
        if start:
            found = [start[1], [start[2]]]
            yield found
        elif found:
            found[1].append(line)


with open(sys.argv[1], encoding="utf-8") as document:
    for who, text in list(commands(document.read().splitlines())):
        print(who, base64.b64encode("\n".join(text).encode()).decode())
