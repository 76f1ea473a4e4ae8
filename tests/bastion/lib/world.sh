#!/bin/bash
# SPDX-License-Identifier: ISC
#
# First process of a throwaway bastion, run by bastion.sh in fresh namespaces.
# Builds a file system whose every write lands in memory, moves into it and
# goes on with setup.sh there.  Trusts its caller; never run by itself.
set -eEu
trap 'echo "bastion: line $LINENO of world.sh failed" >&2' ERR

[ $$ = 1 ] || { echo "bastion: run bastion.sh, not this" >&2; exit 125; }

# /sys carries the scratch: nothing that has to stay visible lies below it.
scratch=/sys
hostmounts=$(awk '{
	for (i = 7; i <= NF && $i != "-"; i++);
	print $5, $(i + 1)
}' /proc/self/mountinfo)
keep=("$BASTION_TOP")
[ -z "$BASTION_STAGE" ] || keep+=("$BASTION_STAGE")

mount -t tmpfs -o mode=0700,size=768m bastion "$scratch"
for i in "${!keep[@]}"; do
	mkdir -p "$scratch/keep/$i"
	mount --bind "${keep[i]}" "$scratch/keep/$i"
done

# over LOWER WHERE: LOWER as it is, writes to memory.
layers=0
over() {
	layers=$((layers + 1))
	mkdir -p "$scratch/upper/$layers" "$scratch/work/$layers"
	chmod --reference="$1" "$scratch/upper/$layers"
	mount -t overlay -o "lowerdir=$1,upperdir=$scratch/upper/$layers,workdir=$scratch/work/$layers" \
		bastion "$2"
}

root=$scratch/root
mkdir "$root"
over / "$root"

# An overlay does not follow the mounts below its lower side: a host with its
# own /usr, /var or /home gets one for each of them.
while read -r where type; do
	case $type in
	ext[234] | xfs | btrfs | f2fs | zfs | tmpfs | overlay | virtiofs | 9p | nfs* | fuse*) ;;
	*) continue ;;
	esac
	case $where in
	/ | /proc* | /sys* | /dev* | /run* | /tmp | /home | /var/log | /boot* | *[\\,:]*) continue ;;
	esac
	if [ ! -d "$where" ] || [ ! -d "$root$where" ]; then
		continue
	fi
	over "$where" "$root$where" 2>/dev/null ||
		mount --bind -o ro "$where" "$root$where"
done <<<"$hostmounts"

for dir in run tmp home var/log; do
	[ ! -L "$root/$dir" ] || continue
	mkdir -p "$root/$dir"
	mount -t tmpfs -o mode=0755,nosuid,nodev bastion "$root/$dir"
done
chmod 1777 "$root/tmp"

# Devices of its own, so that /dev/log never appears on the host.
mount -t tmpfs -o mode=0755,nosuid bastion "$root/dev"
for dev in null zero full random urandom tty; do
	: >"$root/dev/$dev"
	mount --bind "/dev/$dev" "$root/dev/$dev"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777,nosuid,nodev bastion "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"

for i in "${!keep[@]}"; do
	at=$root${keep[i]}
	[ -e "$at/." ] && [ -n "$(ls -A "$at")" ] && continue
	mkdir -p "$at"
	mount --bind "$scratch/keep/$i" "$at"
	mount -o remount,bind,ro "$at"
done

# In a chroot (a build daemon's) the old root cannot be swapped away, for it is
# no mount; going into the new one is enough there.
cd "$root"
mkdir .host
pivot_root . .host 2>/dev/null || true
# shellcheck disable=SC2016
exec chroot . /bin/bash -c '
	cd / || exit 125
	umount -l /.host 2>/dev/null
	rmdir /.host &&
	mount -t sysfs -o ro,nosuid,nodev,noexec sysfs /sys || exit 125
	exec /bin/bash "$BASTION_TOP/tests/bastion/lib/setup.sh" "$@"' bastion "$@"
