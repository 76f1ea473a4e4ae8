#!/bin/bash
# SPDX-License-Identifier: ISC
# level: bare
#
# The driver is what every other root test believes: it must act as the person,
# on a terminal that is theirs, and must fail when the play goes wrong.

# shellcheck disable=SC2016
at chen bash -c '
	[ "$(id -un)" = chen ] && [ "$(id -G)" = "2101 2111" ] && [ -t 0 ] &&
	[ -O "$(tty)" ] && : </dev/tty && [ "$(ps -o tty= $$)" != "?" ] &&
	[ "$HOME" = /home/chen ] && read -r word && [ "$word" = "a b" ]' <<'END' ||
	type a b
END
	fail "chen is not chen at a terminal of hers"

code=0; at li sh -c 'printf "Word: "; read -r w; exit 7' <<'END' || code=$?
	expect Word:
	type x
END
[ $code = 7 ] || fail "the exit code did not come through: $code"

# Everything that follows must be noticed.  Steps come on stdin.
wrong() {
	local saying=$1 code=0
	shift
	python3 -I "$BASTION_LIB/drive.py" --user chen --seconds 1 -- "$@" \
		>/tmp/out 2>&1 || code=$?
	if [ $code != 99 ] || ! grep -q "^drive: .*$saying" /tmp/out; then
		cat /tmp/out
		fail "not noticed (exit $code): $saying"
	fi
}
wrong 'waited in vain' sleep 60 <<'END'
	expect never shown
END
wrong 'ended before' true <<'END'
	expect never shown
END
wrong 'secret would be shown' sh -c 'printf "Password: "; read -r w' <<'END'
	expect Password:
	secret hidden
END
wrong 'typed is not shown' sh -c 'stty -echo; printf "Word: "; read -r w' <<'END'
	expect Word:
	type hidden
END
wrong 'does not end' sh -c 'read -r w' </dev/null
wrong 'not given back' stty -echo </dev/null
wrong 'left for the shell' sh -c 'printf "Go"; sleep 0.5' <<'END'
	expect Go
	type rm -rf
END

code=0; at chen sleep 60 <<'END' || code=$?
	wait 0.3
	key ^C
END
[ $code = 130 ] || fail "Ctrl-C gave $code"
code=0; at chen sleep 60 <<'END' || code=$?
	wait 0.3
	hangup
END
[ $code = 129 ] || fail "a hang-up gave $code"
