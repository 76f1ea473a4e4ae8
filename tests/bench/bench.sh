#!/bin/bash
# SPDX-License-Identifier: ISC
#
# usage: bench.sh FOLDER [ROUNDS]
# What an approval costs, and a list over 3,000 pipelines: builds and installs
# this tree below FOLDER, enters throwaway bastions with it, and prints a table
# of medians and ratios from one run, then one line a list.  Needs root, for the
# bastions.  No other load on the machine, please.
set -eu -o pipefail

here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
top=$(cd "$here/../.." && pwd)
[ $# -ge 1 ] || { sed -n 's/^# usage: //p' "$0" >&2; exit 2; }
if [ "$(id -u)" != 0 ]; then
	echo 'skip: make bench needs root, to make a bastion'
	exit 77
fi
for tool in curl strace; do
	command -v "$tool" >/dev/null || { echo "skip: no $tool here"; exit 77; }
done
mkdir -p "$1"
work=$(cd "$1" && pwd)

bash "$top/tools/build-into.sh" "$work" >"$work/build.log" 2>&1 ||
	{ tail -n 30 "$work/build.log" >&2; exit 1; }
make -C "$work/build" tests/bin/acs3-sign tests/bin/policy-time >>"$work/build.log" 2>&1
install -D "$work/build/tests/bin/acs3-sign" "$work/stage/usr/local/bin/acs3-sign"
install -D "$work/build/tests/bin/policy-time" "$work/stage/usr/local/bin/policy-time"

# To install sudo would change this host's PAM, and unpacked it would lie here
# with its setuid bit; so its package goes into the bastion as it is.
if ! command -v sudo >/dev/null; then
	[ -f "$work/sudo.deb" ] || (
		rm -rf "$work/deb" && mkdir "$work/deb" && cd "$work/deb" &&
			apt-get -q download sudo && mv sudo_*.deb "$work/sudo.deb"
	) >"$work/sudo.log" 2>&1 || {
		tail -n 5 "$work/sudo.log"
		echo 'skip: no sudo here, and it cannot be fetched (apt-get update?)'
		exit 77
	}
	install -D -m 0644 "$work/sudo.deb" "$work/stage/usr/local/share/bench/sudo.deb"
fi

bash "$top/tests/bastion/bastion.sh" --stage "$work/stage" --level ready -- \
	bash "$here/setting.sh" "${2:-15}"
echo
bash "$top/tests/bastion/bastion.sh" --stage "$work/stage" --level ready -- \
	bash "$here/list.sh" 3
