#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# The keeper counts by itself: after five failures the right password is
# refused, though pam_faillock forgot.

for _ in 1 2 3 4 5; do
	exits 4 passes chen "$PAY" wrong
	rm -f /run/faillock/*
done
exits 4 at chen warder pass -y -m 'checked on staging' "$PAY" </dev/null >/tmp/out
cat /tmp/out
grep -q Password /tmp/out && fail "a password was asked"
posts 0
# Somebody else is not locked out with her.
control POST /change '{"pipeline":"11222","run":"1187","creator":"187700112266"}' >/dev/null
exits 0 passes fang
