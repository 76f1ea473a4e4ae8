#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# A member of the organization is refused before a password is asked.

exits 5 at li warder pass -m 'the banner is urgent' "$WEB" </dev/null >/tmp/out
grep -q 'Forbidden.UserNotAdminOrOwner' /tmp/out || fail "the code is not told"
posts 0
records 1 ev=denied user=li err=role_member act=pass
records 0 ev=auth
