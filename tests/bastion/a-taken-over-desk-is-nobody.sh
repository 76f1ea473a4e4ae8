#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# Code under the desk's uid talks to the keeper: with pairs of its own, with
# sockets of other people, with frames out of turn.  It is nobody, nothing is
# asked of the server, nothing is sent, and the next person is served.

before=$(control GET /count | sed 's/.*"connections":\([0-9]*\).*/\1/')
MAKER=$(id -u chen) python3 "$BASTION_LIB/person.py" /tmp/listener.sock \
	"$(id -u warder)" python3 -I "$BASTION_LIB/desk.py" >/tmp/out || fail "the stand-in ended"
cat /tmp/out
while IFS= read -r want; do
	grep -qxF "$want" /tmp/out || fail "wanted: $want"
done <<'END'
own_pair: exit 5 user_unknown
stream_pair: exit 5 user_unknown
no_here: exit 5 user_unknown
here_without_credentials: exit 5 user_unknown
another_frame_first: exit 5 user_unknown
a_listeners_connection: exit 5 user_unknown
an_inherited_pair: exit 5 user_unknown
a_pipe: exit 5 user_unknown
no_descriptor: closed
act_before_look: closed
a_byte_too_much: closed
another_protocol: closed
a_name_in_the_request: closed
END
after=$(control GET /count | sed 's/.*"connections":\([0-9]*\).*/\1/')
[ "$before" = "$after" ] || fail "the server was asked"
[ "$(ledger ev=intent)" = 0 ] || fail "there is an intent"
exits 0 warderctl ledger verify
