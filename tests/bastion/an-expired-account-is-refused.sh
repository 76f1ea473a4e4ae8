#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# An expired account, and a password that must be changed: right password,
# refused, in their own words.

usermod --expiredate 2020-01-01 chen
exits 4 passes chen >/tmp/out
cat /tmp/out
grep -qi 'expired' /tmp/out || fail "not told that the account expired"
usermod --expiredate '' chen
chage -d 0 chen
exits 4 passes chen >/tmp/out
cat /tmp/out
grep -qiE 'change|new password' /tmp/out || fail "not told that the password must be changed"
posts 0
records 0 ev=intent
