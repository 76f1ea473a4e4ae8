#!/bin/bash
# SPDX-License-Identifier: ISC
#
# A shell for a newcomer, inside a bastion: shell.sh chen|fang|li|root.
set -eu
# shellcheck source=tests/bastion/lib/inside.sh
. "$BASTION_TOP/tests/bastion/lib/inside.sh"
who=$1

say ''
say "You are $who on the host bastion.  Two gates wait at 人工卡点."
case $who in
root)
	say "  warderctl doctor              is all as it should be?"
	say "  warderctl ledger verify       is the ledger whole?"
	say "  cat /etc/warder/policy        who may do what"
	say "  su - chen                     be chen (password $(password chen))"
	;;
*)
	say "  warder list                   what waits"
	say "  warder show $WEB"
	say "  warder pass $WEB"
	say "Your password is $(password "$who").  Reasons have 8 characters or more."
	;;
esac
case $who in
chen | root)
	say "chen's one-time code, a new one every 30 s:  oathtool --totp $TOTP_SEED"
	;;
esac
say ''
exec python3 -I "$BASTION_LIB/drive.py" --user "$who" --interactive -- bash -l
