#!/bin/bash
# SPDX-License-Identifier: ISC
# level: none
#
# A bastion killed without warning leaves no process, mount, user or file.
here=$(dirname "$(readlink -f "$0")")
mark=warder-left-$$
mounts=$(cat /proc/self/mountinfo)
log=$(stat -c %i /dev/log 2>&1) || true
people=$(getent passwd | sha256sum)

left() { pgrep -f "$mark" >/dev/null; }

try() {		# how to start it, so that the killed one is its parent or itself
	"$@" "$here/bastion.sh" --level bare -- bash -c "
		touch /etc/$mark /var/$mark /tmp/$mark /dev/shm/$mark /root/$mark
		echo up; exec -a $mark sleep 600" >"$out" &
	pid=$!
	for _ in $(seq 200); do
		grep -q up "$out" && break
		sleep 0.05
	done
	grep -q up "$out" || { echo "the bastion did not come up"; exit 1; }
	left || { echo "the check itself is blind"; exit 1; }
	kill -9 $pid
	wait $pid 2>/dev/null || true
	for _ in $(seq 100); do
		left || break
		sleep 0.05
	done
	if left; then echo "a process is left"; exit 1; fi
}

out=$(mktemp)
trap 'rm -f "$out"' EXIT
try env
try bash -c '"$@"; :' caller

for dir in /etc /var /tmp /dev/shm /root /dev; do
	[ ! -e "$dir/$mark" ] || { echo "$dir/$mark is left"; exit 1; }
done
[ "$log" = "$(stat -c %i /dev/log 2>&1)" ] || { echo "/dev/log changed"; exit 1; }
[ "$people" = "$(getent passwd | sha256sum)" ] || { echo "users changed"; exit 1; }
[ "$mounts" = "$(cat /proc/self/mountinfo)" ] || { echo "mounts changed"; exit 1; }
