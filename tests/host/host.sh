#!/bin/bash
# SPDX-License-Identifier: ISC
#
# usage: host.sh --root TREE --debs FOLDER --log FILE -- TEST
# Boots TREE (tree.sh) with a systemd of its own, what is written going to
# memory, and runs the test TEST.sh of this folder in it as a service after
# multi-user.target.  What the test says goes to FILE, with its exit code as
# ours; 125: it did not come that far.
#
# Own namespaces around it, so that nothing is left when this is killed.
set -eu

here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
top=$(cd "$here/../.." && pwd)
root='' debs='' log=''
while [ $# -gt 0 ]; do
	case $1 in
	--root) root=$(readlink -f "$2") ;;
	--debs) debs=$(readlink -f "$2") ;;
	--log) log=$(readlink -f "$2") ;;
	--) shift; break ;;
	*) echo "host: unknown argument $1 (see the head of $0)" >&2; exit 125 ;;
	esac
	shift 2
done
[ -d "$root/etc" ] && [ -d "$debs" ] && [ -n "$log" ] && [ $# = 1 ] || {
	echo "host: --root, --debs, --log and a test are needed" >&2
	exit 125
}
if [ "${WARDER_HOST_INSIDE-}" != 1 ]; then
	export WARDER_HOST_INSIDE=1
	exec setpriv --pdeathsig KILL unshare --mount --pid --fork --mount-proc \
		--kill-child=KILL --propagation private -- \
		"$0" --root "$root" --debs "$debs" --log "$log" -- "$1"
fi
unset WARDER_HOST_INSIDE

# Under /run nothing of this machine's disk is in the way.
work=$(mktemp -d /run/warder-host.XXXXXX)
trap 'umount -l "$work/root" "$work" 2>/dev/null; rmdir "$work"' EXIT
mount -t tmpfs -o mode=0700,size=2g host "$work"
mkdir "$work/upper" "$work/work" "$work/root"
mount -t overlay -o "lowerdir=$root,upperdir=$work/upper,workdir=$work/work" host "$work/root"

mkdir "$work/root/test"
cat >"$work/root/etc/systemd/system/the-test.service" <<END
[Unit]
Description=$1
After=multi-user.target
[Service]
Type=oneshot
Environment=HOME=/root LANG=C.UTF-8
ExecStart=/bin/bash -eu -o pipefail -c '. /warder/tests/host/lib/inside.sh; . /warder/tests/host/$1.sh'
ExecStopPost=/bin/sh -c 'echo \$EXIT_STATUS >/test/code; systemctl poweroff --force'
StandardOutput=append:/test/out
StandardError=append:/test/out
TimeoutStartSec=infinity
END
mkdir -p "$work/root/etc/systemd/system/multi-user.target.wants"
ln -s ../the-test.service "$work/root/etc/systemd/system/multi-user.target.wants/"
ln -sf /lib/systemd/system/multi-user.target "$work/root/etc/systemd/system/default.target"
echo bastion >"$work/root/etc/hostname"
printf '127.0.0.1 localhost bastion\n::1 localhost\n' >"$work/root/etc/hosts"

nspawn() {
	if [ -n "${UNPACKED-}" ]; then
		"$top/tools/run-unpacked.sh" "$UNPACKED" usr/bin/systemd-nspawn "$@"
	else
		systemd-nspawn "$@"
	fi
}
# As on a machine: the lockable memory that systemd gives, and calls that
# nspawn's own filter would take away. No audit, for that is the kernel's one.
nspawn --quiet --directory="$work/root" --register=no --keep-unit --boot \
	--private-network --console=passive --hostname=bastion \
	--rlimit=RLIMIT_MEMLOCK=8388608 --capability=CAP_NET_ADMIN \
	--system-call-filter='landlock_create_ruleset landlock_add_rule landlock_restrict_self @memlock' \
	--bind-ro="$top:/warder" --bind-ro="$debs:/debs" </dev/null >"$work/console" 2>&1 || true
cat "$work/root/test/out" >>"$log" 2>/dev/null || :
if [ ! -s "$work/root/test/code" ]; then
	{ echo "host: it did not boot, or the test did not end:"; tail -n 40 "$work/console"; } >>"$log"
	exit 125
fi
exit "$(cat "$work/root/test/code")"
