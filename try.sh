#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Shows warder at work on this machine without installing it: builds it in
# _try/, sets up a throwaway bastion host in namespaces, and lets three people
# meet two waiting gates there.  Afterwards nothing is left but the packages
# and _try/.
#
#   sudo ./try.sh                 the demonstration (under three minutes)
#   sudo ./try.sh --shell chen    a shell in such a bastion, the gates waiting;
#                                 also fang, li (a member) and root
set -eu

top=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
work=$top/_try
logs=$work/logs
stage=$work/stage
begun=$SECONDS
who=''
step='begin'

usage() {
	sed -n '4,12s/^# \{0,1\}//p' "$0"
	exit "$1"
}

case ${1-} in
'') ;;
--shell)
	who=${2-}
	case $who in
	chen | fang | li | root) ;;
	*) usage 2 >&2 ;;
	esac
	;;
-h | --help) usage 0 ;;
*) usage 2 >&2 ;;
esac
if [ "$(id -u)" != 0 ]; then
	echo "try.sh must run as root: it installs packages and makes users in a" >&2
	echo "namespace of its own.  Please type: sudo $0${1+ $*}" >&2
	exit 1
fi

say() { printf '%s\n' "$*"; }
begin() {
	step=$*
	say "== $step"
}

# hidden NAME COMMAND...: its output goes to a log, shown when it fails
hidden() {
	local log=$logs/$1.log
	shift
	"$@" </dev/null >"$log" 2>&1 && return
	say ''
	say "try.sh: this step failed: $step"
	say "the last lines of $log:"
	tail -n 30 "$log" | sed 's/^/  | /'
	exit 1
}

footprint() {
	getent passwd
	getent group
	ls -la --time-style=full-iso /etc/pam.d
	cat /proc/self/mounts
}

mkdir -p "$logs"
trap 'say ""; say "try.sh: stopped during: $step"; exit 130' INT TERM

begin "packages"
"$top/tools/install-packages.sh" build try || {
	say "try.sh: this step failed: $step"
	exit 1
}
footprint >"$work/before"

begin "building in _try/ (a minute; nothing else of this folder is touched)"
built=$SECONDS
hidden build "$top/tools/build-into.sh" "$work"
say "built in $((SECONDS - built)) s"

bastion() {
	"$top/tests/bastion/bastion.sh" --stage "$stage" --level ready -- "$@"
}

if [ -n "$who" ]; then
	begin "a throwaway bastion, for $who; leave it with exit"
	code=0
	bastion bash "$top/tests/bastion/lib/shell.sh" "$who" || code=$?
	say "the bastion is gone, and what you did in it"
	exit "$code"
fi

begin "a throwaway bastion: own mounts, processes and network; users, PAM, syslog, sandbox, services"
if ! bastion bash "$top/tests/bastion/lib/demo.sh" </dev/null; then
	say ''
	say "try.sh: this step failed: the demonstration (see the last heading above)"
	exit 1
fi

begin "what is left on this machine"
footprint >"$work/after"
if ! cmp -s "$work/before" "$work/after"; then
	diff "$work/before" "$work/after" || true
	say "try.sh: this step failed: users, /etc/pam.d or mounts are not as before"
	exit 1
fi
say "users, groups, /etc/pam.d and mounts are as before; packages and _try/ stay"
say ''
say "Done in $((SECONDS - begun)) s.  Now try it yourself, with the gates waiting again:"
say "  sudo ./try.sh --shell chen     pass a gate (warder list)"
say "  sudo ./try.sh --shell root     look around (warderctl doctor)"
