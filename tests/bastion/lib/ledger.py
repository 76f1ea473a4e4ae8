#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""ledger.py FILE NAME=VALUE...: how many lines of a ledger have all these
values (VALUE empty: the member is missing); with -p the lines themselves."""

import json
import sys


def fits(line, wanted):
    return all(str(line.get(name, "")) == value for name, value in wanted)


def main():
    args = [a for a in sys.argv[1:] if a != "-p"]
    wanted = [tuple(a.split("=", 1)) for a in args[1:]]
    with open(args[0], encoding="utf-8") as file:
        lines = [text for text in file if fits(json.loads(text), wanted)]
    if "-p" in sys.argv:
        sys.stdout.writelines(lines)
    else:
        print(len(lines))


if __name__ == "__main__":
    main()
