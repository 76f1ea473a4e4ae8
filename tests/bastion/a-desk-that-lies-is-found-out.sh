#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# A taken-over desk changes what people ask for, shows them something else,
# or answers in the keeper's place. What was asked for is bound to the sealed
# line, what is shown is compared with the challenge, and "passed" counts only
# with this host's signature on this very request.

# shellcheck source=tests/bastion/lib/impostor.sh
. "$BASTION_LIB/impostor.sh"

asked_else='The service was asked something else than you asked for. Nothing was sent.'
not_signed='the answer is not signed by this host; nothing of it is believed.'

# unasked ATTACK [FILE]: chen gets as far as her desk lets her, and types nothing
unasked() {
	attack=$1
	impostor "$@"
	attacked "$(new_run 11222)" -y </dev/null
	asked_nothing
}

# proven ATTACK [FILE]: she accepts and types her password
proven() {
	attack=$1
	impostor "$@"
	attacked "$(new_run 11222)" -y <<-END
		expect Password
		secret $(password chen)
	END
}

say "--- another ACT than the person's"
for attack in ChangeReason ChangeVerb ChangeFlags ChangeLanguage; do
	unasked $attack
	ends 4 0 "$asked_else"
done
unasked ChangeGate
ends 7 0 'The gate changed. Nothing was sent.'

say "--- another gate than the one asked for"
new_run 11222 >$bad/other
unasked OtherLook $bad/other
ends 18 0 "warder's service showed another gate than the one asked for"
gate=$(new_run 11222)
attack=SwapGate
impostor SwapGate $bad/other
exits 0 as chen warder show "$gate"
go
attacked "$gate" -y </dev/null
asked_nothing
ends 4 0 "$asked_else"
unasked OtherCommit
ends 4 0 'the service is about to decide on another commit than the one shown.'

say "--- \"passed\" from somebody else than the keeper"
unasked SayPassed
ends 24 0 "$not_signed"
: >$bad/note
chown warder $bad/note
proven KeepNote $bad/note
ends 0 1 'Passed.'
[ -s $bad/note ] || fail "no NOTE was kept"
unasked SayPassedWithOldNote $bad/note
ends 24 0 'the signature is for another request'
gate=$(new_run 11222) run=${gate%/*} run=${run##*/}
attack=SayOtherwise
impostor SayOtherwise
at_sight Password control POST /decide "{\"pipeline\":\"11222\",\"run\":\"$run\",
	\"job\":\"9001\",\"verb\":\"refuse\",\"account\":\"187700112244\"}" & helper=$!
attacked "$gate" -y <<-END
	expect Password
	wait 1
	secret $(password chen)
END
wait $helper
reported 'was told 10'
ends 24 0 'the signature does not hold'

say "--- a pass that is on record, and an answer that does not arrive"
for attack in DropNote ChangeNote; do
	proven $attack
	ends 24 1 "$not_signed"
done
proven Mute
ends 24 1 'left while it may be under way; look again'

saw_no_secret
records $sent ev=intent
records $sent ev=outcome res=passed
exits 0 warderctl ledger verify
