# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# Sourced by the tests that cross every fault of the sandbox with a verb.

# word VERB WORD: exit, POSTs, ledger, what the person reads (a pattern)
word() {
	local moved=passed done='Passed.'
	[ "$1" = pass ] || moved=stopped done='Refused, as you asked.'
	case $2 in
	moved) echo "0, 1, intent $moved, * success, request * seen: job 9001 left the gate ($moved) $done Record *" ;;
	moved-unseen) echo "0, 1, intent $moved, * seen: job 9001 left the gate ($moved) ${done%%[.,]*}, by this call or by somebody else. Record *" ;;
	unknown) echo "13, 1, intent unknown, *Unknown. It was sent, no usable answer came, *" ;;
	unconfirmed) echo "12, 1, intent unconfirmed, *Not confirmed. The server said success, *" ;;
	rejected) echo "6, 1, intent rejected, *Yunxiao says: *" ;;
	throttled) echo "6, 1, intent throttled, *Yunxiao says: *Nothing was done. Try again*" ;;
	unsent) echo "14, 0, intent unsent, *Network or server trouble. Nothing was sent; *" ;;
	unread) echo '14, 0, none, *The server could not be read. Nothing was sent; *' ;;
	throttled-read) echo '14, 0, none, *The server limits how often it may be asked. Nothing was sent. *Nothing was done. Try again *' ;;
	rejected-read) echo '6, 0, none, *Yunxiao says: *' ;;
	no-gate) echo '11, 0, none, *No such gate, or none that you may see.*' ;;
	may-not) echo '6, 0, none, *the account of the key may not act on this gate*' ;;
	*) fail "no such word: $2" ;;
	esac
}

# cross VERB COLUMN: each row of faults.txt, the fault striking every POST or
# every GET of one decision. Prints the table; a wrong cell fails the test.
cross() {
	local verb=$1 method=$2 wrong=0 fault args post get want
	sed -i 's/^confirm_timeout.*/confirm_timeout 2s\nanswer_timeout 2s/' /etc/warder/warder.conf
	stop services
	rm -f "$RUN"/*.sock
	start_services
	printf '%-5s %-18s %-32s %-7s %-4s | %s\n' '' fault arguments verb hits \
		'exit, POSTs, ledger, what the person reads'
	while IFS='|' read -r fault args post get; do
		fault=$(squeeze <<<"$fault") args=$(squeeze <<<"$args")
		want=$(squeeze <<<"$post")
		[ "$method" = POST ] || want=$(squeeze <<<"$get")
		case $fault in '' | '#'*) continue ;; esac
		[ -z "$want" ] ||
			one_fault "$verb" "$method" "$fault" "$args" "$want" </dev/null ||
			wrong=$((wrong + 1))
	done <"$BASTION_LIB/faults.txt"
	[ $wrong = 0 ] || { show_logs; fail "$wrong rows are wrong"; }
	# A redirect is nowhere followed.
	! control GET /journal | grep -q /redirected || fail 'a redirect was followed'
}

# squeeze: blanks at both ends away, others single
squeeze() { tr -s ' \t' ' ' | sed 's/^ //; s/ $//'; }

one_fault() {
	local verb=$1 method=$2 fault=$3 args=$4 want gate run sent have code=0 said=good
	want=$(word "$verb" "$5")
	gate=$(new_run 11222)
	run=${gate%/*} run=${run##*/}
	sent=$(post_count)
	rm -f /tmp/go /tmp/out
	case $method:$fault in
	POST:tls-bad | POST:drop-connection)
		# Only the connection of the POST, which is always a new one.
		person "$verb" "$gate" >/tmp/out 2>&1 &
		until_true 10 grep -qs Password /tmp/out
		arm "$method" "$fault" "${args:-"{}"}"
		;;
	*)
		arm "$method" "$fault" "${args:-"{}"}"
		person "$verb" "$gate" >/tmp/out 2>&1 &
		;;
	esac
	: >/tmp/go
	wait $! || code=$?
	control POST /fault '{"clear":true}' >/dev/null
	have="$code, $(($(post_count) - sent)), $(events_of "$run"), $(last_words)"
	# shellcheck disable=SC2053
	[[ $have == $want ]] || said=WRONG
	printf '%-5s %-18s %-32s %-7s %-4s | %s\n' $said "$fault" "$args" "$verb" "$method" "$have"
	[ $said = good ] || printf '%71s | %s\n' wanted "$want"
	[ $said = good ]
}

person() {
	at chen warder "$1" -y -m 'checked on staging' "$2" <<-END
		until Password
		await /tmp/go
		secret $(password chen)
	END
}

# arm METHOD FAULT ARGS
arm() {
	case $2 in
	tls-bad) control POST /fault "{\"fault\":\"$2\",\"args\":$3,\"times\":0}" ;;
	drop-connection) control POST /fault "{\"fault\":\"$2\",\"times\":0}" ;;
	*) control POST /fault "{\"fault\":\"$2\",\"match\":{\"method\":\"$1\"},\"args\":$3,\"times\":0}" ;;
	esac >/dev/null
}

# What the last lines say, as one.
last_words() {
	sed 's/\r$//; s/\x1b\[[0-9;]*[A-Za-z]//g' /tmp/out | tail -n 4 | tr '\n' ' ' | squeeze
}

# events_of RUN: the lines after the proof
events_of() {
	local rec
	rec=$(python3 -I "$BASTION_LIB/ledger.py" -p "$LEDGER" ev=intent "run=$1" |
		sed 's/.*"rec":"\([0-9-]*\)".*/\1/')
	[ -n "$rec" ] || { echo none; return; }
	echo "intent $(python3 -I "$BASTION_LIB/ledger.py" -p "$LEDGER" ev=outcome "rec=$rec" |
		sed 's/.*"res":"\([a-z]*\)".*/\1/')"
}
