#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# The commit changes while the password is typed: 7, nothing sent.

at chen warder pass -y -m 'checked on staging' "$PAY" >/tmp/out <<-END & chen=$!
	expect Password
	wait 2
	secret $(password chen)
END
until_true 10 grep -q Password /tmp/out
control POST /change '{"pipeline":"11222","run":"1187","commits":["0b77e90000000000000000000000000000000000"]}' >/dev/null
exits 7 wait "$chen"
cat /tmp/out
posts 0
records 0 ev=intent
