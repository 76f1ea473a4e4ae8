#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""words.py TOP: words that must not stand in any file, bits that must not be
set on any, scripts that do not parse. Prints `file:line: what`, exits 1 if
there was anything."""

import ast
import os
import re
import stat
import sys

from source import tracked

# Each is put together from parts, so that this file does not hold them.
UNFINISHED = re.compile(r"\b(TO" "DO|FIX" "ME|X" "XX|HA" r"CK)\b")
PLACES = re.compile(r"/wo" r"rk/(main|shared)|/tm" r"p/wt\b|\.\./sha" "red")
MODES = re.compile(
    r"\b(chmod|install|mkdir)\b[^\n]*\s(-m\s*)?(0?[2-7][0-7]{3}\b|[ug]\+[rwx]*s\b)")
BLANK = re.compile(r"[ \t]+$")
TEXT = (".c", ".h", ".sh", ".py", ".am", ".ac", ".in", ".md", ".conf", ".pam",
        ".policy", ".1", ".5", ".7", ".8")


def lines_of(path):
    try:
        with open(path, encoding="utf-8") as f:
            return f.read().split("\n")
    except UnicodeDecodeError:
        return []  # a fixture


def check_text(path, lines):
    bad = []
    for n, line in enumerate(lines, 1):
        if m := UNFINISHED.search(line):
            bad.append((n, f"unfinished: {m.group(0)}"))
        if m := PLACES.search(line):
            bad.append((n, f"a place of one machine: {m.group(0)}"))
        if not path.endswith((".c", ".h")) and MODES.search(line):
            bad.append((n, "a setuid or setgid bit"))
        if path.endswith(TEXT) and BLANK.search(line):
            bad.append((n, "blanks at the end"))
    if path.endswith(TEXT) and lines and lines[-1] != "":
        bad.append((len(lines), "no newline at the end"))
    return bad


def check_python(path, lines):
    try:
        ast.parse("\n".join(lines), path)
    except SyntaxError as e:
        return [(e.lineno or 1, f"does not parse: {e.msg}")]
    return []


def main():
    top = sys.argv[1]
    count = 0
    for path in tracked(top):
        full = os.path.join(top, path)
        if os.path.islink(full) or not os.path.isfile(full):
            continue
        lines = lines_of(full)
        bad = check_text(path, lines)
        if path.endswith(".py"):
            bad += check_python(path, lines)
        if os.stat(full).st_mode & (stat.S_ISUID | stat.S_ISGID):
            bad.append((1, "has a setuid or setgid bit"))
        for n, what in bad:
            print(f"{path}:{n}: {what}")
        count += len(bad)
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
