#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# -n never prompts, and neither does a client without a terminal: it says 17
# and nothing was sent. Reading needs no prompt.

say "no reason"
exits 17 as chen warder -n pass "$WEB"
say "no read-back"
exits 17 as chen warder -n pass "$WEB" -m "checked on staging"
say "PAM would ask"
exits 17 as chen warder -n pass "$WEB" -y -m "checked on staging"
say "no terminal, without -n"
exits 17 as chen warder pass "$WEB" -y -m "checked on staging"
say "with a terminal, and -n: nothing is waited for"
code=0
at chen warder -n pass "$WEB" -y -m "checked on staging" </dev/null || code=$?
[ "$code" = 17 ] || fail "exit code $code, not 17"
posts 0
[ "$(ledger ev=intent)" = 0 ] || fail "there is an intent"
exits 0 as chen warder -n list
exits 0 as chen warder -n show "$WEB"
exits 0 as chen warder -n whoami
