#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
# minutes: 10
#
# A receiver that is missing, hung, restarted or gone in the middle: what a
# decision then does where syslog is required and where it is not, how long it
# may take, and what the ledger says of it. What is lost is counted over all
# decisions, and told by the first one that gets through again.

# Nobody is asked anything, so that only the keeper takes time.
printf '%s required pam_permit.so\n' auth account >/etc/pam.d/warder
passes_at_once() { as chen warder --json pass -y -n -m 'checked on staging' "$1"; }
now_ms() { date +%s%3N; }

# timed GATE: exit code and milliseconds into $code and $ms
timed() {
	local begun
	begun=$(now_ms)
	code=0
	passes_at_once "$1" >/tmp/said 2>&1 || code=$?
	ms=$(($(now_ms) - begun))
}

mode() {
	sed -i "s/^syslog .*/syslog $1/" /etc/warder/warder.conf
	as chen warder whoami >/dev/null
	seq=$(wc -l <"$LEDGER")
}

# since: the events of the ledger since the last time, with the count of a
# `back`, into $said
since() {
	tail -n +"$((seq + 1))" "$LEDGER" >/tmp/new
	seq=$((seq + $(wc -l </tmp/new)))
	said=$(python3 -I "$BASTION_LIB/ledger.py" -e /tmp/new)
	said+=$(sed -n 's/.*"ev":"syslog.back".*"n":\([0-9]*\).*/ of \1/p' /tmp/new)
}

receiver_missing() { stop_syslog; }
# The path is there, and nobody behind it.
receiver_refuses() { stop syslog; }
receiver_hangs() {
	kill -USR1 "$(cat /run/bastion/syslog.pid)"
	sleep 0.4
	python3 -I -c '
import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect("/dev/log"); s.setblocking(False)
try:
    while True: s.send(b"<13>filling the queue")
except BlockingIOError: pass'
}
receiver_restarted() {
	stop_syslog
	start_syslog
}
back() {
	if gone "$(cat /run/bastion/syslog.pid)"; then
		rm -f /dev/log
		start_syslog
	else
		kill -USR2 "$(cat /run/bastion/syslog.pid)"
		sleep 0.5
	fi
}

until_true 10 grep -q '"ev":"keeper.start"' "$LEDGER"
passes_at_once "$(new_run 11222)" >/dev/null
longest=0
for _ in 1 2 3; do
	timed "$(new_run 11222)"
	[ "$code" = 0 ] || { cat /tmp/said; fail "undisturbed it ends with $code"; }
	[ "$ms" -lt "$longest" ] || longest=$ms
done
say "undisturbed: $longest ms"

# expect WHAT HAVE WANT
expect() {
	[ "$2" = "$3" ] && return
	cat /tmp/said
	fail "$1: $2, not $3"
}

while IFS='|' read -r setting receiver want posted events after; do
	read -r setting <<<"$setting"; read -r receiver <<<"$receiver"; read -r want <<<"$want"
	read -r posted <<<"$posted"; read -r events <<<"$events"; read -r after <<<"$after"
	mode "$setting"
	sent=$(post_count)
	"receiver_$receiver"
	timed "$(new_run 11222)"
	since
	say "$setting, $receiver: exit $code, $ms ms: $said"
	expect "$setting, $receiver: exit" "$code" "$want"
	expect "$setting, $receiver: POSTs" $(($(post_count) - sent)) "$posted"
	expect "$setting, $receiver: ledger" "$said" "$events"
	# A second may be waited; the rest is what a loaded machine takes.
	[ "$ms" -lt $((longest + 3000)) ] || fail "$setting, $receiver: $ms ms"
	back
	timed "$(new_run 11222)"
	expect "$setting, after $receiver: exit" "$code" 0
	since
	expect "$setting, after $receiver: ledger" "$said" "$after"
done <<'END'
require     | missing   | 22 | 0 | auth:proven syslog.lost intent outcome:unsent(syslog) | auth:proven syslog.back intent outcome:passed of 4
require     | refuses   | 22 | 0 | auth:proven syslog.lost intent outcome:unsent(syslog) | auth:proven syslog.back intent outcome:passed of 4
require     | hangs     | 22 | 0 | auth:proven syslog.lost intent outcome:unsent(syslog) | auth:proven syslog.back intent outcome:passed of 4
require     | restarted | 0  | 1 | auth:proven intent outcome:passed                     | auth:proven intent outcome:passed
best-effort | missing   | 0  | 1 | auth:proven syslog.lost intent outcome:passed         | auth:proven syslog.back intent outcome:passed of 4
best-effort | refuses   | 0  | 1 | auth:proven syslog.lost intent outcome:passed         | auth:proven syslog.back intent outcome:passed of 4
best-effort | hangs     | 0  | 1 | auth:proven syslog.lost intent outcome:passed         | auth:proven syslog.back intent outcome:passed of 4
best-effort | restarted | 0  | 1 | auth:proven intent outcome:passed                     | auth:proven intent outcome:passed
END

# in_the_middle METHOD EVENT COMMAND...: while the server takes its time with
# METHOD after EVENT was recorded
in_the_middle() {
	local method=$1 event=$2 gate pid begun
	shift 2
	gate=$(new_run 11222)
	control POST /fault "{\"fault\":\"delay\",\"match\":{\"method\":\"$method\"},\"args\":{\"ms\":1500},\"times\":0}" >/dev/null
	begun=$(now_ms)
	passes_at_once "$gate" >/tmp/said 2>&1 &
	pid=$!
	until_true 15 recorded "$event" || fail "no $event"
	"$@"
	control POST /fault '{"clear":true}' >/dev/null
	code=0
	wait "$pid" || code=$?
	ms=$(($(now_ms) - begun))
}
recorded() { tail -n +"$((seq + 1))" "$LEDGER" | grep -q "\"ev\":\"$1\""; }

say "--- restarted between proof and intent: the new one gets the line"
mode require
in_the_middle GET auth receiver_restarted
since
expect "restarted in the middle" "$code $said" "0 auth:proven intent outcome:passed"
grep -q '"ev":"intent"' <(tail -n 3 /var/log/auth.log) || fail "the new receiver has no intent"

say "--- gone between proof and intent: nothing is sent"
sent=$(post_count)
in_the_middle GET auth receiver_missing
since
expect "gone before the intent" "$code $(($(post_count) - sent)) $said" \
	"22 0 auth:proven intent syslog.lost outcome:unsent(syslog)"
back
in_the_middle POST intent receiver_missing
say "--- gone while the request is out: what came of it is told all the same"
since
expect "gone after the intent" "$code $said" \
	"0 auth:proven syslog.back intent outcome:passed syslog.lost of 3"
[ "$ms" -lt $((longest + 1500 * 6 + 3000)) ] || fail "$ms ms"
back
exits 0 passes_at_once "$(new_run 11222)" >/dev/null
since
expect "back after that" "$said" \
	"auth:proven syslog.back intent outcome:passed of 2"
exits 0 warderctl ledger verify
