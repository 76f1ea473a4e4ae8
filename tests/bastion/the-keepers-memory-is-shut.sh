#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# No service can be looked into by another process of its own user.

passes chen >/dev/null
seen=0
for dir in /proc/[0-9]*; do
	exe=$(readlink "$dir/exe" || true)
	case $exe in
	*/warderd | */warder-keeper | */warder-courier) ;;
	*) continue ;;
	esac
	user=$(awk '/^Uid:/ { print $2 }' "$dir/status")
	for file in mem environ fd/0 maps; do
		setpriv --reuid "$user" --regid "$user" --clear-groups \
			head -c 1 "$dir/$file" >/dev/null 2>&1 && fail "$exe: $file is open to its own user"
	done
	seen=$((seen + 1))
done
[ $seen -ge 3 ] || fail "saw only $seen services"
