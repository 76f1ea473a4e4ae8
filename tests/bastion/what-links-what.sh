#!/bin/bash
# SPDX-License-Identifier: ISC
# level: installed
#
# A wrong call is a link error: what each program may load.

command -v readelf >/dev/null || skip "no readelf"
dir=$(service_dir)
never() {
	local program=$1 lib needed
	shift
	needed=$(readelf -d "$program" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p')
	grep -q libc.so <<<"$needed" || fail "cannot read $program"
	for lib in "$@"; do
		grep -q "^$lib" <<<"$needed" && fail "$program links $lib"
	done
	return 0
}
never "$dir/warderd" libpam libcurl libcjson libsqlite3 libssl
never "$dir/warder-keeper" libpam libcurl libcjson libssl libgnutls
never "$dir/warder-pam" libcurl libcjson libsqlite3 libssl
never "$dir/warder-courier" libpam libsqlite3
never "$BIN/warder" libpam libcurl libsqlite3 libssl
readelf -d "$dir/warder-pam" | grep -q 'libpam.so' || fail "warder-pam without PAM"
readelf -d "$dir/warder-courier" | grep -q 'libcurl' || fail "warder-courier without curl"
for program in "$dir"/* "$BIN/warder" "$SBIN/warderctl"; do
	readelf -d "$program" | grep -qE 'RPATH|RUNPATH' && fail "$program has a run path"
	readelf -h "$program" | grep -q 'Type:.*DYN' || fail "$program is no PIE"
	readelf -d "$program" | grep -q 'BIND_NOW' || fail "$program binds late"
done
# What is linked statically shows as a symbol instead; nothing is stripped yet.
bash "$BASTION_TOP/tests/flow/a-program-links-only-what-it-may.sh" "$dir" "$BIN" "$SBIN"
