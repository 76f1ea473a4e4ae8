#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""control.py HOST:PORT METHOD PATH [BODY]: one call of the sandbox's control
side, its answer on stdout; exit 1 unless the answer is 2xx."""

import http.client
import sys


def main():
    where, method, path = sys.argv[1:4]
    body = sys.argv[4].encode() if len(sys.argv) > 4 else None
    link = http.client.HTTPConnection(where, timeout=10)
    head = {"Content-Type": "application/json"} if body is not None else {}
    link.request(method, path, body, head)
    answer = link.getresponse()
    sys.stdout.write(answer.read().decode())
    return 0 if answer.status // 100 == 2 else 1


if __name__ == "__main__":
    sys.exit(main())
