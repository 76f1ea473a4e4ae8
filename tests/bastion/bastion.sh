#!/bin/bash
# SPDX-License-Identifier: ISC
#
# A throwaway bastion host: its own mounts, processes, network, host name and
# IPC, laid over this machine.  What is written inside goes to memory; when the
# first process inside ends, or whoever called this, all of it is gone.
#
# usage: bastion.sh [--stage DIR] [--level bare|installed|ready] -- COMMAND...
#
#   --stage DIR   what `make install DESTDIR=DIR` laid down; needed above bare
#   --level       bare: users, PAM, /dev/log; installed: and warder in it, not
#                 configured; ready (the default): sandbox, keys, policy and
#                 the services, with the gates waiting
#
# COMMAND runs as root inside and gives the exit code.  BASTION_START=listen
# starts the services by --listen instead of through their socket units.
set -eu

here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
top=$(cd "$here/../.." && pwd)
stage='' level=ready

fail() {
	echo "bastion: $*" >&2
	exit 125
}

while [ $# -gt 0 ]; do
	case $1 in
	--stage) stage=$(readlink -f "$2") || fail "no folder $2"; shift 2 ;;
	--level) level=$2; shift 2 ;;
	--) shift; break ;;
	*) fail "unknown argument $1 (see the head of $0)" ;;
	esac
done
[ $# -gt 0 ] || fail "no command (see the head of $0)"
case $level in
bare) ;;
installed | ready) [ -d "$stage" ] || fail "--level $level needs --stage" ;;
*) fail "unknown level $level" ;;
esac
[ "$(id -u)" = 0 ] || fail "needs root, to make namespaces and users in them"
for tool in unshare setpriv pivot_root ip python3 chpasswd; do
	command -v "$tool" >/dev/null || fail "$tool is not installed"
done

# The death signals close both ways out: setpriv ties this to its caller,
# --kill-child ties the first process inside to this.
export BASTION_TOP=$top BASTION_STAGE=$stage BASTION_LEVEL=$level
exec setpriv --pdeathsig KILL \
	unshare --mount --pid --net --uts --ipc --fork --kill-child=KILL \
	--propagation private -- bash "$here/lib/world.sh" "$@"
