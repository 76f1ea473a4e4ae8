#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# pam_faillock counts a wrong password and forgets it after a right one.

exits 4 passes chen "$PAY" wrong
faillock --user chen | grep -q ' V$' || fail "the failure is not in the tally"
exits 0 passes chen
faillock --user chen | grep -q ' V$' && fail "the tally still holds it"
true
