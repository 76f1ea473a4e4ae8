#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# A taken-over desk keeps a copy of each prompt channel that it forwards. It
# filters, steals, forges, replays and floods; the person is asked nothing by
# it, no pass comes of it that she did not accept, and it sees no password.

# shellcheck source=tests/bastion/lib/impostor.sh
. "$BASTION_LIB/impostor.sh"

disturbed='the line to warder-pam was disturbed; it is ended'
timed_out='Time ran out. Nothing was sent.'
unknown='Refused: - (here, user_unknown). Nothing was sent.'

# try ATTACK [FILE]: nobody is asked anything, so chen has nothing to type
try() {
	attack=$1
	impostor "$@"
	attacked "$(new_run 11222)" -y </dev/null
	asked_nothing
}

# at_the_read_back ATTACK WHAT...: WHAT runs before she accepts the challenge
at_the_read_back() {
	attack=$1
	shift
	impostor "$attack"
	at_sight 'last 4' "$@" & helper=$!
	attacked "$(new_run 11222)" <<-END
		expect last 4
		wait 1
		type @screen:[0-9a-f]{6}([0-9a-f]{4}) on
	END
	wait $helper
	asked_nothing
}

# at_the_password ATTACK WHAT...: WHAT runs before she types it
at_the_password() {
	attack=$1
	shift
	impostor "$attack"
	at_sight 'Password' "$@" & helper=$!
	attacked "$(new_run 11222)" -y <<-END
		expect Password
		wait 1
		secret $(password chen)
	END
	wait $helper
}

# The gate of web-home asks for a password and a code: there is a turn left
# on the line after the one at which the desk strikes.
before_a_second_turn() {
	attack=$1
	impostor "$@"
	at_sight 'Password' go & helper=$!
	attacked "$(new_run 10877 '"creator":"187700112277"')" -y <<-END
		expect Password
		wait 1
		secret $(password chen)
	END
	wait $helper
	reported 'done'
	[ "$(grep -c Password $bad/screen)" = 1 ] || fail "$attack: chen was asked twice"
}

then_free() {
	hold_pam
	reported "$1"
	free_pam
}

then_go() {
	hold_pam
	go
	reported 'done'
	free_pam
}

# Nothing of an attack stays, and what pam_faillock counted is forgotten.
still_works() {
	at_the_password Forwarder true
	ends 0 1 'Passed.'
}

say "--- in the middle and honest: it works, and the desk sees sealed frames"
at_the_password Forwarder then_free 'saw ANSWER'
reported 'saw HELLO'
ends 0 1 'Passed.'

say "--- a filter on the end, set before it is handed on or at the prompt"
for attack in CutAll CutHello CutAccept; do
	try $attack
	ends 3 0 "$disturbed"
done
try SwallowHello
ends 4 0 "$timed_out"
at_the_password CutAnswer true
ends 3 0 "$disturbed"
at_the_password SwallowAnswer true
ends 4 0 "$timed_out"
at_the_read_back CutLater then_go
ends 3 0 "$disturbed"
still_works

say "--- frames of the client taken out of the channel"
try StealHere
reported 'stole HERE'
ends 5 0 "$unknown"
try StealHello
reported 'stole HELLO'
ends 4 0 "$timed_out"
at_the_read_back StealAccept then_free 'stole ACCEPT'
ends 4 0 "$timed_out"
at_the_password StealAnswer then_free 'stole ANSWER'
ends 4 0 "$timed_out"
still_works

say "--- frames written towards the client: forged, of another session, its own"
other=$(new_run 11222 '"creator":"187700112277"')
as fang python3 -I "$BASTION_LIB/colluder.py" $RUN/real-desk.sock /etc/warder/pam.pub \
	"$other" >$bad/recorded
for attack in ForgePrompt ForgeChallenge Flood; do
	try $attack
	ends 18 0 "$disturbed"
done
attack=Replay
impostor Replay $bad/recorded
attacked "$other" -y </dev/null
asked_nothing
ends 18 0 "$disturbed"
at_the_read_back Reflect then_free 'saw ACCEPT'
ends 18 0 "$disturbed"
for attack in ForgePromptLater ReplayLater FloodLater; do
	before_a_second_turn $attack $bad/recorded
	# PAM takes its time after a failure; 24: it was not waited for.
	ends '18 24' 0 "$disturbed"
	still_works
done

say "--- options of the end, which all who hold it share"
try Name
ends 5 0 "$unknown"
at_the_read_back NoCredentials then_go
ends 3 0 "$disturbed"
before_a_second_turn ShutDown
ends 18 0 "$disturbed"
still_works

say "--- one proof is for one decision"
at_the_password ActTwice true
ends 0 1 'Passed.'
gate=$(new_run 11222)
echo "$gate" >$bad/path
attack=SecondConnection
impostor SecondConnection $bad/path
at_sight Password go & helper=$!
attacked "$gate" -y <<-END
	expect Password
	wait 1
	secret $(password chen)
END
wait $helper
reported 'second: exit 5 user_unknown'
ends 0 1 'Passed.'

saw_no_secret
records $sent ev=intent
records $sent ev=outcome res=passed
exits 0 warderctl ledger verify
