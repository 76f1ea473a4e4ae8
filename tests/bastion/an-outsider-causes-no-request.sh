#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# Whom no organization names is refused, and the server is not even asked.

before=$(control GET /count | sed 's/.*"connections":\([0-9]*\).*/\1/')
exits 5 at outsider warder pass -y -m 'let me in please' "$PAY" </dev/null
exits 5 at outsider warder show "$PAY" </dev/null
exits 5 at outsider warder show shop/99999/1/1 </dev/null
after=$(control GET /count | sed 's/.*"connections":\([0-9]*\).*/\1/')
[ "$before" = "$after" ] || fail "$((after - before)) connections for an outsider"
posts 0
# Each of the three is on record, with the name that the kernel gave.
records 3 ev=denied res=denied user=outsider err=user_unknown
records 2 ev=denied user=outsider pipe=11222 run=1187 job=9001
