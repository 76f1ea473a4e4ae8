#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""ledger.py FILE NAME=VALUE...: how many lines of a ledger have all these
values (VALUE empty: the member is missing); with -p the lines themselves; with -e
their events as words: `ev`, `:res` where it says more, `(err)`."""

import json
import sys


def fits(line, wanted):
    return all(str(line.get(name, "")) == value for name, value in wanted)


def event(text):
    line = json.loads(text)
    word, res, err = line["ev"], line.get("res"), line.get("err")
    if res and res != word:
        word += ":" + res
    return word + (f"({err})" if err else "")


def main():
    args = [a for a in sys.argv[1:] if a not in ("-p", "-e")]
    wanted = [tuple(a.split("=", 1)) for a in args[1:]]
    with open(args[0], encoding="utf-8") as file:
        lines = [text for text in file if fits(json.loads(text), wanted)]
    if "-e" in sys.argv:
        print(*map(event, lines))
    elif "-p" in sys.argv:
        sys.stdout.writelines(lines)
    else:
        print(len(lines))


if __name__ == "__main__":
    main()
