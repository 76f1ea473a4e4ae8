#!/bin/bash
# SPDX-License-Identifier: ISC
# level: installed
#
# The ledger on a small ext4 of its own. It fills up while a request is out:
# the outcome is recorded all the same, the next call is stopped, and what a
# killed keeper left open is settled on the full disk. It dies while a request
# is out: the person gets the line, and the intent is there when it is mounted
# again.

disk=/run/small-disk dir=/var/log/warder
command -v mkfs.ext4 >/dev/null || skip "no mkfs.ext4: apt-get install e2fsprogs"
truncate -s 6m $disk
mkfs.ext4 -q -b 1024 -m 0 $disk
mknod /dev/loop-control c 10 237 2>/dev/null || true
for i in $(seq 0 15); do mknod "/dev/loop$i" b 7 "$i" 2>/dev/null || true; done
mkdir -p $dir
mount -o loop $disk $dir 2>/run/why || skip "no loop device here: $(head -n 1 /run/why)"
rmdir $dir/lost+found
chown warder-keeper:adm $dir
chmod 0750 $dir

start_sandbox
printf '%s required pam_permit.so\n' auth account >/etc/pam.d/warder
make_warder
start_services
until_true 10 grep -q '"ev":"keeper.start"' "$LEDGER"
passes_at_once() { as chen warder pass -y -n -m 'checked on staging' "$1"; }
now_ms() { date +%s%3N; }
fill() {
	dd if=/dev/zero of=$dir/filler bs=64k 2>/dev/null || true
	dd if=/dev/zero of=$dir/filler2 bs=1k 2>/dev/null || true
}
room() { rm -f $dir/filler $dir/filler2; }
slow() { control POST /fault '{"fault":"delay","match":{"method":"POST"},"args":{"ms":2000}}' >/dev/null; }
arrived() { [ "$(post_count)" -gt "$sent" ]; }
record_of() {
	python3 -I "$BASTION_LIB/ledger.py" -p "$LEDGER" ev=intent "run=$1" |
		sed 's/.*"rec":"\([0-9-]*\)".*/\1/'
}
# of_gate NAME=VALUE...: lines of the record of $gate
of_gate() {
	local run=${gate%/*}
	ledger "rec=$(record_of "${run##*/}")" "$@"
}
# sends_out: a decision on a new $gate whose request is out when this returns
sends_out() {
	gate=$(new_run 11222) sent=$(post_count)
	slow
	passes_at_once "$gate" >/tmp/out 2>&1 &
	chen=$!
	until_true 15 arrived || fail "nothing was sent"
}
# ends CODE: what came of it
ends() {
	local code=0
	wait "$chen" || code=$?
	cat /tmp/out
	[ "$code" = "$1" ] || fail "exit $code, not $1"
}

begun=$(now_ms)
exits 0 passes_at_once "$(new_run 11222)"
normal=$(($(now_ms) - begun))

say "--- full while the request is out"
sends_out
fill
ends 0
[ "$(of_gate ev=outcome res=passed)" = 1 ] || fail "no outcome on the full disk"

say "--- full: the next call"
sent=$(post_count) begun=$(now_ms)
exits 22 passes_at_once "$(new_run 11222)"
[ $(($(now_ms) - begun)) -lt $((normal + 3000)) ] || fail "$(($(now_ms) - begun)) ms"
posts "$sent"

say "--- full, and the keeper killed: its next start settles"
room
sends_out
fill
keeper=$(pgrep -o -x warder-keeper)
kill -KILL "$(pgrep -P "$keeper" -x warder-keeper)"
ends 24
exits 41 warderctl ledger verify
kill -KILL "$keeper"
as chen warder whoami >/dev/null
is_settled() { [ "$(of_gate ev=settle res=moved)" = 1 ]; }
until_true 15 is_settled || { show_logs; fail "not settled on the full disk"; }
room
exits 0 warderctl ledger verify

say "--- the disk dies while the request is out"
sends_out
python3 -Ic '
import fcntl, os, struct, sys
dir = os.open(sys.argv[1], os.O_RDONLY)
fcntl.ioctl(dir, 0x8004587d, struct.pack("I", 2))   # EXT4_IOC_SHUTDOWN, nothing is flushed
' $dir
ends 23
grep -q '"ev":"outcome","' /tmp/out || fail "the line was not shown"
exits 22 passes_at_once "$(new_run 11222)"
until_true 10 umount $dir || fail "somebody holds the dead disk"
mount -o loop $disk $dir
[ "$(of_gate ev=intent)" = 1 ] || fail "an intent of a POST is gone with the disk"
exits 41 warderctl ledger verify
kill -KILL "$(pgrep -o -x warder-keeper)"
as chen warder whoami >/dev/null
until_true 15 is_settled || { show_logs; fail "not settled with the disk back"; }
exits 0 passes_at_once "$(new_run 11222)"
exits 0 warderctl ledger verify
