#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# deny self: told with rule, file and line, before a password is asked.

exits 5 at fang warder pass -m 'rounding fix is tested' "$PAY" </dev/null >/tmp/out
line=$(grep -n '^deny self trigger' /etc/warder/policy | cut -d: -f1)
grep -q "policy:$line" /tmp/out || fail "the line is not told"
grep -q 'deny self trigger' /tmp/out || fail "the rule is not told"
posts 0
records 1 ev=denied user=fang err=self "rule=policy:$line"
records 0 ev=auth
