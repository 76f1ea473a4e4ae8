#!/bin/bash
# SPDX-License-Identifier: ISC
#
# usage: tree.sh FOLDER
# A Debian 12 tree to boot as a bastion: what tools/packages lists as `host`,
# and what warder's own package depends on.  Made once; a folder that is
# complete for that very list stays as it is.
set -eu

here=$(dirname "$(readlink -f "$0")")
root=$1
mapfile -t names < <(awk '!/^#/ && $2 == "host" { print $1 }' "$here/../../tools/packages")
stamp=$root/usr/share/warder-host-packages

if [ "$(cat "$stamp" 2>/dev/null)" = "${names[*]}" ]; then
	echo "the tree is there"
	exit 0
fi
command -v debootstrap >/dev/null || { echo "debootstrap is not installed" >&2; exit 1; }
mirror=$(sed -n -e 's/^URIs: *\([^ ]*\).*/\1/p' -e 's/^deb \(\[.*\] \)\?\([^ ]*\) .*/\2/p' \
	/etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
log=$root.log
include=$(IFS=,; echo "${names[*]}")
bootstrap() {
	rm -rf "$root"
	mkdir -p "$root"
	debootstrap --variant=minbase --include="$include" bookworm "$root" \
		"${mirror:-http://deb.debian.org/debian}" >"$log" 2>&1
}
# Once more, as one package of hundreds may not have come.
bootstrap || bootstrap || {
	tail -n 15 "$log" >&2
	exit 1
}
# Of no use without a documentation reader, and half of a copy's time.
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/usr/share/doc/[!w]*
# Directories are what single tests set up; sshd knows the people of this host.
DEBIAN_FRONTEND=noninteractive chroot "$root" pam-auth-update --force --remove ldap krb5
# No test wants them by itself; each starts what it asks for.
for unit in slapd nslcd krb5-kdc krb5-admin-server cron; do
	rm -f "$root"/etc/systemd/system/multi-user.target.wants/$unit.service \
		"$root"/etc/rc?.d/S??$unit
done
echo "${names[*]}" >"$stamp"
echo "made of ${#names[@]} packages"
