#!/bin/bash
# SPDX-License-Identifier: ISC
#
# usage: install-packages.sh KIND...
# Installs what tools/packages lists under these kinds and is missing; asks
# nothing, starts nothing.  No network is touched where all is there.
set -eu

list=$(dirname "$(readlink -f "$0")")/packages
missing=()
for kind in "$@"; do
	while read -r name; do
		dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null |
			grep -qx installed || missing+=("$name")
	done < <(awk -v kind="$kind" '!/^#/ && $2 == kind { print $1 }' "$list")
done
if [ ${#missing[@]} = 0 ]; then
	echo "all packages are there"
	exit 0
fi
command -v apt-get >/dev/null || {
	echo "this is not Debian: please install by hand: ${missing[*]}" >&2
	exit 1
}
echo "installing ${#missing[@]} packages: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
	DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=120 \
		-o Acquire::Retries=3 "$@" </dev/null >"$log" 2>&1 && return
	echo "apt-get $1 failed; its last lines:" >&2
	tail -n 15 "$log" | sed 's/^/  | /' >&2
	return 1
}
apt update || exit 1
apt install --no-install-recommends "${missing[@]}" || exit 1
echo "installed"
