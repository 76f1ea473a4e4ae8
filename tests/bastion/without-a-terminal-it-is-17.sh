#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# No terminal, or -n: no prompt, and nothing is asked of standard input.

code=0
password chen | as chen warder pass -y -m 'checked on staging' "$PAY" || code=$?
[ $code = 17 ] || fail "exit $code without a terminal"
exits 17 at chen warder pass -n -y -m 'checked on staging' "$PAY" </dev/null
exits 17 at chen warder pass -n -y "$PAY" </dev/null
posts 0
records 0 ev=intent
