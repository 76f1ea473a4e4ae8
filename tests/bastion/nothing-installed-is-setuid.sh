#!/bin/bash
# SPDX-License-Identifier: ISC
# level: installed
#
# No setuid bit, no setgid bit, no file capability; services cannot be read
# by others.

cd "$BASTION_STAGE" || fail "no stage"
[ "$(find . -type f | wc -l)" -gt 10 ] || fail "nothing is installed there"
found=$(find . -perm /6000)
[ -z "$found" ] || fail "set-id: $found"
find . -type f -print0 | python3 -I -c '
import os, sys
bad = [f for f in sys.stdin.buffer.read().split(b"\0") if f
       and "security.capability" in os.listxattr(f)]
sys.exit(f"capabilities: {bad}" if bad else 0)'
for service in warderd warder-keeper warder-pam warder-courier; do
	file=$(service_dir)/$service
	[ "$(stat -c '%U %G %a' "$file")" = 'root root 711' ] ||
		fail "$service is $(stat -c '%U %G %a' "$file")"
done
