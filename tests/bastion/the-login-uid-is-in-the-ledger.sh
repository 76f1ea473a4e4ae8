#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# Who logged in stays on record, whatever they became since.

[ "$(cat /proc/self/loginuid)" = 4294967295 ] || skip "this kernel or session fixes the login uid"
at chen sh -c 'cat /proc/self/loginuid; echo; tty' </dev/null >/tmp/out
grep -qx 2101 /tmp/out || skip "no login uid in this kernel"
exits 0 passes chen
records 1 ev=intent user=chen luid=2101
records 0 ev=intent tty=
