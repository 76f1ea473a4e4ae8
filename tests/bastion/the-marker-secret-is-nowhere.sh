#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
# minutes: 15
#
# Secrets drawn for this test (the AccessKey's, a personal token, a password,
# the master key and the two keys made of it) are looked for in the memory of
# every process of warder, at each system call that hands bytes over or locks memory
# and at its end; in arguments, environments, cores, logs, the ledger, syslog
# and all that was written: after sealing, pass, refusal, an error of the
# server, a wrong password, a damaged key, and a crash of each service in the
# middle.  They are in locked pages and in the sealed file, and nowhere else.
# See lib/marker.py for what may hold what.
#
# core_pattern belongs to the whole kernel and is left alone, so whether a core
# could be written is judged by what decides it: in whom a secret is found, the
# core limit is 0, he may not be dumped, and the locked pages are marked as left
# out of a dump.  Swap: those pages are locked, and none where a secret is found
# is in swap.  Pipes and sockets are read without taking anything out of them.

MARK=/run/bastion/marker
REPORT=$BASTION_LOGS/report
SANDBOX_SCENARIO=/run/sandbox/scenario.json
marker() { python3 -I "$BASTION_LIB/marker.py" "$@"; }

# No shell ever holds one.  The sandbox knows the keys and a terminal the
# password; these two and the searcher are all that is left out.
warder-sandbox --print-scenario | marker make $MARK
marker derive $MARK /etc/warder/master.key
chpasswd -c SHA512 -s 1000 <$MARK/chpasswd
install -o warder-sandbox -m 0400 $MARK/scenario.json $SANDBOX_SCENARIO
another_sandbox --scenario $SANDBOX_SCENARIO
HTTPS=$(cat /run/sandbox/https)

# --- the search sees what it looks for ---------------------------------------
python3 -I "$BASTION_LIB/marker.py" trace $MARK /run/bastion/try -- /bin/true 2>/dev/null ||
	skip 'no process can be followed here (ptrace)'
for word in secret mac; do
	install -m 0755 "$(readlink -f /usr/bin/python3)" /run/bastion/warder-planted
	marker trace $MARK /run/bastion/planted --calls all -- /run/bastion/warder-planted -Ic '
import os, sys
kept = open(sys.argv[1], "rb").read()
os._exit(0)' $MARK/$word
	grep -q "^leak warder-planted $word (first half) in .* at its end: not locked, in cores$" \
		/run/bastion/planted || fail "the search is blind for $word"
	grep -q "^leak warder-planted $word in a core at its end: may be dumped$" /run/bastion/planted ||
		fail "blind: $word in a core"
done
# A page that is only locked goes into a core; into swap a page can be sent
# where there is one.
hold() { # REPORT PYTHON: it has the secret in a page of its own
	marker trace $MARK "$1" -- /run/bastion/warder-planted -Ic "
import ctypes, mmap, os
page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
with open('$MARK/secret', 'rb', buffering=0) as file:
    file.readinto(page)
at = ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(page)))
libc = ctypes.CDLL(None)
$2
os._exit(0)"
}
hold /run/bastion/locked 'assert libc.mlock(at, ctypes.c_size_t(4096)) == 0'
grep -q '^leak warder-planted secret (.*) in .* at its end: in cores$' /run/bastion/locked ||
	fail 'blind: a locked page in a core'
if [ "$(wc -l </proc/swaps)" -gt 1 ]; then
	hold /run/bastion/swapped 'assert libc.madvise(at, ctypes.c_size_t(4096), 21) == 0'
	grep -q '^leak warder-planted .* at its end: .*in swap' /run/bastion/swapped ||
		fail 'blind: a page in swap'
fi
# cores WORDS COMMAND...: what would let a core of such a process be written
cores() {
	local words=$1 seen
	shift
	"$@" sleep 60 &
	sleep 0.5
	seen=$(python3 -I "$BASTION_LIB/marker_kernel.py" $! | paste -sd ';')
	kill $!
	wait $! 2>/dev/null || :
	[[ $seen =~ ^($words)$ ]] || fail "blind for a core of $*: $seen"
}
cores 'may be dumped' prlimit --core=0:0
cores "core limit .*unlimited.*;may be dumped" prlimit --core=unlimited:unlimited
cores 'may be dumped' prlimit --core=0:0 setpriv --reuid=warder --regid=warder --clear-groups
# found WHERE WORD: only this is found, and it is where it was planted
# The sandbox stands for the server: it keeps what was sent to it, a token too.
found() {
	local code=0 server
	server=$(find /tmp -maxdepth 1 -name 'warder-sandbox.*')
	marker scan $MARK --but "$(cat /run/bastion/sandbox.pid)" --skip $SANDBOX_SCENARIO \
		${server:+--skip "$server"} \
		--skip "$BASTION_TOP" --skip "$BASTION_STAGE" --skip /etc/warder/master.key --skip /run/credentials \
		--below /var --below /run --below /tmp --below /etc --below /home \
		--below /dev/shm >/run/bastion/found || code=$?
	case $1 in
	nowhere) [ $code = 0 ] || { cat /run/bastion/found; fail "$2: a secret is there"; } ;;
	*) grep -q "$1" /run/bastion/found || { cat /run/bastion/found; fail "blind: $1"; } ;;
	esac
}
found nowhere 'before anything'
plant() { # PLACE: a process that has a secret there
	python3 -Ic '
import base64, os, socket, sys, time
secret = open(sys.argv[2]).read()
if sys.argv[1] == "environ":
    os.execve("/bin/sleep", ["sleep", "60"], {"SEEN": secret})
if sys.argv[1] == "cmdline":
    os.execv("/bin/sleep", ["sleep " + secret, "60"])
kept = base64.b64encode(b"x" + secret.encode())
if sys.argv[1] == "queue":
    pipe, (near, far) = os.pipe(), socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    os.write(pipe[1], secret.encode())
    near.send(b"the first of two")
    near.send(secret.encode())
time.sleep(60)' "$1" $MARK/secret &
	planted+=($!)
}
planted=()
for place in environ cmdline memory queue; do plant $place; done
files='/var/log/warder/planted /tmp/planted /run/warder/planted /etc/warder/planted'
for file in $files; do
	python3 -Ic 'import sys; print(open(sys.argv[1]).read().encode().hex())' $MARK/secret >"$file"
done
sleep 0.5
found "/proc/${planted[0]}/environ: secret" environ
for what in "/proc/${planted[1]}/cmdline: secret" "memory of python3.* (${planted[2]}), .*: secret (base64)" \
	"queue of python3.* (${planted[3]}), pipe:.*: secret (first half)" \
	"queue of python3.* (${planted[3]}), socket:.*: secret (first half)" \
	"/var/log/warder/planted: secret (hex)" "/tmp/planted: secret (hex)" \
	"/run/warder/planted: secret (hex)" "/etc/warder/planted: secret (hex)"; do
	grep -q "$what" /run/bastion/found || { cat /run/bastion/found; fail "blind: $what"; }
done
# shellcheck disable=SC2086
rm $files
kill "${planted[@]}"
wait "${planted[@]}" 2>/dev/null || :
found nowhere 'when the planted ones are gone'

# --- what is done -------------------------------------------------------------
services=$(cat /run/bastion/services.pid)
# seal KIND [OPTION...]
seal() {
	local kind=$1
	shift
	# shellcheck disable=SC2016
	exits 0 marker trace $MARK "$REPORT" --calls warderctl --pid "$services" -- \
		sh -c 'exec warderctl key seal shop --stdin "$@" <"$0"' \
		$MARK/seal-"$kind" --endpoint "$HTTPS" "$@" >>"$BASTION_LOGS/screens" 2>&1
}
# decides CODE VERB GATE [PASSWORD-FILE [TRACE-OPTION...]]; CODE may be "-"
decides() {
	local want=$1 verb=$2 gate=$3 typed=${4:-$MARK/password} code=0
	shift $(($# < 4 ? $# : 4))
	say "== $verb $want $*"
	marker trace $MARK "$REPORT" --pid "$services" "$@" -- \
		python3 -I "$BASTION_LIB/drive.py" --seconds 120 --user chen -- \
		warder "$verb" -y -m 'checked on staging' "$gate" \
		>/run/bastion/screen 2>&1 <<-END || code=$?
			until Password
			secret @file:$typed
		END
	cat /run/bastion/screen >>"$BASTION_LOGS/screens"
	[ "$want" = - ] || [ "$code" = "$want" ] || {
		cat /run/bastion/screen
		fail "exit $code, not $want: $verb $*"
	}
}
gate() { new_run 11222 '"creator":"187700112244"'; }
fault() { control POST /fault "{\"fault\":\"$1\",\"match\":{\"method\":\"$2\"}}" >/dev/null; }
sed -i 's/^confirm_timeout.*/confirm_timeout 3s/' /etc/warder/warder.conf

seal secret
decides 0 pass "$PAY" $MARK/password --calls all
decides 0 refuse "$(gate)"
fault close-after POST
decides - pass "$(gate)"
fault 5xx POST
decides - pass "$(gate)"
echo -n not-the-right-one-at-all >$MARK/wrong
decides 4 pass "$(gate)" $MARK/wrong

say '== a crash in the middle'
crash() { decides - pass "$(gate)" $MARK/password --crash "$@"; }
crash warder-keeper secret 11
crash warder-keeper kek 6
crash warder-pam password 11
crash warder password 6
crash warderd - 11
crash warder-courier - 11
# shellcheck disable=SC2016
marker trace $MARK "$REPORT" --crash warderctl master 11 --pid "$services" -- \
	sh -c 'exec warderctl key seal shop --stdin "$@" <"$0"' \
	$MARK/seal-secret --endpoint "$HTTPS" >>"$BASTION_LOGS/screens" 2>&1 || :

say '== a damaged key'
# The host's seed is the one record that was not sealed anew.
key=$(find /var/lib/warder/keys -name '*.key' -newer $MARK/secret | tail -n 1)
cp "$key" /run/bastion/kept
printf x | dd of="$key" bs=1 seek=300 conv=notrunc status=none
decides 20 pass "$(gate)"
cat /run/bastion/kept >"$key"

say '== a personal token'
seal token --kind token
decides 0 pass "$(gate)" $MARK/password --calls warder-keeper --calls warder-courier
crash warder-courier token 11
crash warder-keeper token 6

# --- what was seen -------------------------------------------------------------
sort "$REPORT" | uniq -c | sort -k 2 >/run/bastion/sums
cat /run/bastion/sums
grep '^leak' "$REPORT" && fail 'a secret is where none may be'
# saw PROGRAM KIND: it was there to be found, where it may be
saw() { grep -q "^held $1 $2 [1-9]" "$REPORT" || fail "$1 never had $2: nothing was searched"; }
for kind in secret token kek mac; do saw warder-keeper $kind; saw warderctl $kind; done
saw warderctl master
saw warder password
saw warder-pam password
saw warder-courier token
[ "$(grep -c '^crash' "$REPORT")" = 9 ] || fail 'not every crash took place'
[ "$(grep -c '^end .* -\(11\|6\) -$' "$REPORT")" -ge 9 ] || fail 'not every crash ended a process'
! grep -q ' core$' "$REPORT" || fail 'a core was written'
found nowhere 'after all of it'
grep -q Passed "$BASTION_LOGS/screens" || fail 'no screen was searched'
grep -q warder /var/log/auth.log || fail 'no syslog was searched'
# A crash in the middle may leave an intent that nothing has settled yet.
code=0
warderctl ledger verify >/dev/null || code=$?
[ $code = 0 ] || [ $code = 41 ] || fail "ledger verify ends with $code"
