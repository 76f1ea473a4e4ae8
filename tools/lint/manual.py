#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""manual.py TOP: the manual and the code say the same.

Settings of warder.conf(5) against the table of src/base/conf.c, with the
defaults of numbers; options of the services against src/serve/options.c;
members of a line against src/ledger/record.c; options and exit codes of
warder(1) against src/client/options.c and src/base/err.h; the codes that
keeper, desk and policy say against the table that explain-code reads."""

import os
import re
import sys


def read(top, path):
    with open(os.path.join(top, path), encoding="utf-8") as f:
        return f.read()


def differ(what, code, page):
    bad = [f"{what}: {name} is not in the manual" for name in sorted(code - page)]
    return bad + [f"{what}: {name} is in the manual only" for name in sorted(page - code)]


def settings(top):
    code = set(re.findall(r'\{ "([a-z_]+)",\s+KIND_', read(top, "src/base/conf.c")))
    page = set(re.findall(r"^\.It Ic ([a-z_]+)", read(top, "man/warder.conf.5"), re.M))
    if len(code) < 10:
        return ["src/base/conf.c: no table of settings was found"]
    return differ("warder.conf(5)", code, page)


def options(top):
    source = read(top, "src/serve/options.c")
    code = set(re.findall(r'^\t\{ "([a-z]+)", (?:required|no)_argument', source, re.M))
    if len(code) < 5:
        return ["src/serve/options.c: no table of options was found"]
    code -= {"worker", "parent"}  # between a listener and its workers
    # What a service does instead of serving.
    code |= set(re.findall(r'"--([a-z]+)"', read(top, "src/courier/main.c")))
    page = set()
    for name in ("warderd", "warder-keeper", "warder-pam", "warder-courier"):
        for line in read(top, f"man/{name}.8").split("\n"):
            if line.startswith(".It Fl"):
                page |= set(re.findall(r"Fl -([a-z]+)", line))
    return differ("options of the services", code, page)


def ledger(top):
    code = set(re.findall(r'X\(M_[A-Z]+, "([a-z]+)"', read(top, "src/ledger/record.c")))
    page = set()
    text = read(top, "man/warder-ledger.5").partition(".Ss Members")[2]
    for line in text.partition(".Ss Events")[0].split("\n"):
        if line.startswith(".It Ic "):
            page |= set(line[7:].split(" , "))
    if len(code) < 50:
        return ["src/ledger/record.c: no table of members was found"]
    return differ("warder-ledger(5)", code, page)


def client(top):
    source, page = read(top, "src/client/options.c"), read(top, "man/warder.1")
    code = set(re.findall(r'^\t\{ "([a-z-]+)", (?:required|no)_argument', source, re.M))
    code -= {"help", "version"}
    code |= set(re.findall(r"case '([a-z])':", source))
    if len(code) < 8:
        return ["src/client/options.c: no table of options was found"]
    told = set(re.findall(r"^\.It Fl -?([a-z-]+)", page, re.M))
    codes = set(re.findall(r"\tREASON_[A-Z_]+ = (\d+),", read(top, "src/base/err.h")))
    codes = {c for c in codes if int(c) < 40}  # above: warderctl alone
    status = page.partition(".Sh EXIT STATUS")[2].partition(".Sh ")[0]
    exits = set(re.findall(r"^\.It (\d+)$", status, re.M)) - {"130"}
    return differ("options of warder(1)", code, told) + differ(
        "exit codes of warder(1)", codes, exits)


def sources(top, folder):
    for name in sorted(os.listdir(os.path.join(top, folder))):
        if name.endswith(".c"):
            yield read(top, f"{folder}/{name}")


def codes(top):
    """Who ends a request names its code: a literal in one of these calls."""
    said = set()
    for folder in ("src/keeper", "src/desk"):
        for text in sources(top, folder):
            for call in re.findall(
                    r"\b(?:keeper_end|act_end|sight_end|say)\(([^;]*?)\);", text, re.S):
                if "REASON_" in call:
                    said |= set(re.findall(r'"([a-z_]+)"', call))
            for call in re.findall(r"\bfail\(\s*decision, ([^;]*?)\);", text, re.S):
                said |= set(re.findall(r'"([a-z_]+)"', call.partition(",")[2]))
            said |= set(re.findall(r'\*ret_word = "([a-z_]+)"', text))
    for text in sources(top, "policy"):
        for call in re.findall(r"\bbuilder_add\((.*?)REASON_", text, re.S):
            said |= set(re.findall(r'"([a-z_]+)"', call))
    told = set()
    for name in ("own_refusals", "own_stores"):
        told |= set(re.findall(r'(?:REFUSED|REQUEST|KEY|BOOK|CHECK)\("([a-z_]+)"',
                               read(top, f"src/client/{name}.c")))
    if len(said) < 40 or len(told) < 100:
        return ["codes: no calls or no table were found"]
    return [f"src/client/own*.c: {code} is not told" for code in sorted(said - told)]


def main():
    bad = codes(sys.argv[1]) + client(sys.argv[1]) + ledger(sys.argv[1]) + settings(sys.argv[1]) + options(sys.argv[1])
    for line in bad:
        print(line)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
