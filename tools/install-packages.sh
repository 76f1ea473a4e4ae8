#!/bin/bash
# SPDX-License-Identifier: ISC
#
# usage: install-packages.sh [--unpack FOLDER] KIND...
# Installs what tools/packages lists under these kinds and is missing; asks
# nothing, starts nothing.  With --unpack, what it lists as `unpack` is
# fetched besides and unpacked below FOLDER, without being installed.  No
# network is touched where all is there.
set -eu

list=$(dirname "$(readlink -f "$0")")/packages
folder=''
if [ "${1-}" = --unpack ]; then
	folder=$2
	shift 2
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT

of_kind() { awk -v kind="$1" '!/^#/ && $2 == kind { print $1 }' "$list"; }
need_apt() {
	command -v apt-get >/dev/null && return
	echo "this is not Debian: please install by hand: $*" >&2
	return 1
}
apt() {
	DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=120 \
		-o Acquire::Retries=3 "$@" </dev/null >"$log" 2>&1 && return
	echo "apt-get $1 failed; its last lines:" >&2
	tail -n 15 "$log" | sed 's/^/  | /' >&2
	return 1
}

install_missing() {
	local kind name missing=()
	for kind in "$@"; do
		while read -r name; do
			dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null |
				grep -qx installed || missing+=("$name")
		done < <(of_kind "$kind")
	done
	if [ ${#missing[@]} = 0 ]; then
		echo "all packages are there"
		return
	fi
	need_apt "${missing[@]}" || return 1
	echo "installing ${#missing[@]} packages: ${missing[*]}"
	apt update && apt install --no-install-recommends "${missing[@]}" || return 1
	echo "installed"
}

# fetch NAME...: into this folder; the lists may be old, or not be there yet
fetch() {
	apt download "$@" 2>/dev/null && return
	apt update && apt download "$@"
}

# The stamp is written last: a fetch that was cut short is begun anew.
unpack_into() {
	local names deb
	mapfile -t names < <(of_kind unpack)
	if [ "$(cat "$1/complete" 2>/dev/null)" = "${names[*]}" ]; then
		echo "all that is only unpacked is there"
		return
	fi
	need_apt "${names[@]}" || return 1
	echo "unpacking, not installing: ${names[*]}"
	rm -rf "$1"
	mkdir -p "$1/deb"
	(cd "$1/deb" && fetch "${names[@]}") || return 1
	for deb in "$1"/deb/*.deb; do
		dpkg-deb -x "$deb" "$1" || return 1
	done
	echo "${names[*]}" >"$1/complete"
}

install_missing "$@"
[ -z "$folder" ] || unpack_into "$folder"
