# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# A front desk that was taken over, for the tests that source this: the
# installed warder finds impostor.py at the desk's socket, the keeper and
# warder-pam behind it are the real ones.

place=$RUN/warder.sock
bad=/tmp/impostor
sent=0 code=0 attack=''

mv "$place" $RUN/real-desk.sock
install -d -o warder -g warder -m 0755 $bad
: >$bad/seen
chown warder $bad/seen
# Whoever waits for a frame that a desk took away gives up soon.
echo 'prompt_timeout 5s' >>/etc/warder/warder.conf

impostor() {
	rm -f $bad/go
	: >$bad/report
	: >$bad/screen
	python3 -I "$BASTION_LIB/impostor.py" "$place" $bad/seen "$@" >$bad/report 2>&1 &
	echo $! >/run/bastion/impostor.pid
	until_true 5 grep -qx ready $bad/report
}

# reported LINE: the impostor says that it did this; without it nothing was tried
reported() {
	until_true 5 grep -qx "$1" $bad/report || {
		cat $bad/report $bad/screen
		fail "$attack: the impostor did not report: $1"
	}
}

# at_sight TEXT COMMAND...: runs COMMAND when TEXT is on the person's screen
at_sight() {
	local text=$1
	shift
	until_true 20 grep -q "$text" $bad/screen && "$@"
}

# warder-pam is held up and let go: who holds the end is then always faster.
hold_pam() { pkill -STOP -x warder-pam; }
free_pam() { pkill -CONT -x warder-pam; }
go() { : >$bad/go; }

# attacked GATE: chen passes it; her steps come on stdin; sets $code
attacked() {
	local gate=$1
	shift
	code=0
	at chen warder pass -m 'checked on staging' "$@" "$gate" >$bad/screen 2>&1 || code=$?
}

# ends CODES POSTS TEXT: how it ended for chen (one of CODES), what more the
# server got, what she read
ends() {
	sent=$((sent + $2))
	stop impostor
	if [[ " $1 " != *" $code "* ]] || [ "$(post_count)" != $sent ] ||
		! grep -qF -e "$3" $bad/screen; then
		cat $bad/report $bad/screen
		show_logs
		fail "$attack: exit $code and $(post_count) POSTs, not $1 and $sent, or not: $3"
	fi
	say "good  $attack: exit $code, $2 POSTs, \"$3\""
}

asked_nothing() {
	! grep -q 'Password' $bad/screen || fail "$attack: chen was asked for a password"
}

# What a desk saw of all this holds no answer of anybody.
saw_no_secret() {
	local word
	[ "$(stat -c %s $bad/seen)" -gt 10000 ] || fail "it saw nothing"
	for word in "$(password chen)" "$(password fang)" not-her-password; do
		! grep -qaF -e "$word" $bad/seen || fail "the desk saw $word"
	done
}
