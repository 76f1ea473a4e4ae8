#!/bin/bash
# SPDX-License-Identifier: ISC
#
# usage: fetch.sh FOLDER
# Puts the vendor's own client there, in the versions of package-lock.json and
# no others: npm compares each with the hash that stands in it, and runs none
# of their scripts.  Exit 77 if the registry cannot be reached, and only then.
set -eu

here=$(dirname "$(readlink -f "$0")")
folder=$1
if cmp -s "$here/package-lock.json" "$folder/complete"; then
	echo "the vendor's client is there"
	exit 0
fi
command -v npm >/dev/null || {
	echo "npm is not there: tools/install-packages.sh foreign"
	exit 1
}
rm -rf "$folder"
mkdir -p "$folder"
cp "$here/package.json" "$here/package-lock.json" "$folder"
cd "$folder"
if ! npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >npm.log 2>&1; then
	cat npm.log
	if grep -qE '(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)' npm.log; then
		echo "skip: the npm registry cannot be reached"
		exit 77
	fi
	exit 1
fi
# Written last: a fetch that was cut short is begun anew.
cp package-lock.json complete
echo "the vendor's client is in $folder"
