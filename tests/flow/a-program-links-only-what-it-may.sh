#!/bin/bash
# SPDX-License-Identifier: ISC
#
# usage: a-program-links-only-what-it-may.sh [FOLDER...]
# No program has a call of a library or of a folder that the architecture
# keeps from it, whether that was linked as a shared object or as an archive.
# Looks at the programs of this build, or at those in the folders given.
set -eu -o pipefail

skip() { echo "skip: $*"; exit 77; }
fail() { echo "FAIL: $*"; exit 1; }
for tool in nm readelf; do
	command -v $tool >/dev/null || skip "no $tool here"
done

folders=("$@")
archives=''
if [ $# = 0 ]; then
	archives=${builddir:?}
	folders=("$archives")
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# defined ARCHIVE...: what these have to offer to others
defined() { nm -g --defined-only "$@" | awk 'NF == 3 { print $3 }' | sort -u; }

# calls PROGRAM: what it takes from elsewhere, and what was linked into it;
# of the latter what our own archives define is none of a library's.
calls() {
	awk '$(NF - 1) == "U" { sub(/@.*/, "", $NF); print $NF }' "$work/$1.nm"
	[ -z "$archives" ] ||
		awk 'NF == 3 && $2 ~ /[A-TV-Z]/ { print $3 }' "$work/$1.nm" |
		sort -u | comm -23 - "$work/ours"
}

find_program() {
	local folder
	for folder in "${folders[@]}"; do
		[ ! -f "$folder/$1" ] || { echo "$folder/$1"; return; }
	done
	fail "no $1 in ${folders[*]}"
}

# has PROGRAM NAME...: so that a reader of nothing does not find all well
has() {
	local program=$1 name
	shift
	for name in "$@"; do
		calls "$program" | grep -x "$name" >/dev/null || fail "$program has no $name: is it the right one?"
	done
}

# never PROGRAM PATTERN...: of whole names
never() {
	local program=$1 pattern found
	shift
	for pattern in "$@"; do
		found=$(calls "$program" | grep -xE "$pattern" | sort -u | paste -sd ' ' || true)
		[ -z "$found" ] || fail "$program has $found"
	done
}

# folders_of PROGRAM FOLDER...: it has nothing that only other folders define
folders_of() {
	local program=$1 archive name may=() found
	shift
	[ -n "$archives" ] || return 0
	for name in "$@"; do
		may+=("$archives/libwarder-$name.a")
	done
	defined "${may[@]}" >"$work/may"
	awk 'NF == 3 && $2 ~ /[A-TV-Z]/ { print $3 }' "$work/$program.nm" | sort -u >"$work/in"
	for archive in "$archives"/libwarder-*.a; do
		name=${archive##*libwarder-} name=${name%.a}
		case " $* " in *" $name "*)
			defined "$archive" | comm -12 - "$work/in" | grep . >/dev/null ||
				echo "note: $program uses nothing of $name"
			continue
			;;
		esac
		found=$(defined "$archive" | comm -23 - "$work/may" | comm -12 - "$work/in" | paste -sd ' ')
		[ -z "$found" ] || fail "$program has $found of $name"
	done
}

export LC_ALL=C
[ -z "$archives" ] || defined "$archives"/libwarder-*.a >"$work/ours"
for program in warder warderctl warderd warder-keeper warder-pam warder-courier warder-sandbox; do
	file=$(find_program $program)
	nm "$file" >"$work/$program.nm" 2>/dev/null || true
	grep -q ' T main$' "$work/$program.nm" || skip "$file is stripped"
	readelf -d "$file" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' >"$work/$program.needed"
	grep -q '^libc\.so' "$work/$program.needed" || fail "cannot read what $file needs"
done

pam='pam_[a-z_]+' curl='curl_.+' json='cJSON_.+' sqlite='sqlite3_.+'
tls='(SSL_|BIO_|EVP_|gnutls_|MHD_).+'
names='getaddrinfo|gethostby.+|res_n?(query|init|search)'
programs='system|popen|wordexp|posix_spawnp?|execl.?|execvp.?'

has warder-pam pam_start pam_authenticate pam_acct_mgmt pam_end
has warder-courier curl_easy_setopt cJSON_ParseWithLengthOpts
has warder-keeper sqlite3_step
has warder cJSON_PrintUnformatted
has warderctl cJSON_ParseWithLengthOpts sqlite3_step
has warder-sandbox MHD_start_daemon gnutls_x509_crt_sign2

never warderd "$pam" "$curl" "$json" "$sqlite" "$tls" "$names" "$programs"
never warder-keeper "$pam" "$curl" "$json" "$tls" "$names" "$programs"
never warder-pam "$curl" "$json" "$sqlite" "$tls" "$names" "$programs"
# No session, no credentials, no new password: user paths stay untouched.
never warder-pam 'pam_(open|close)_session' pam_setcred pam_chauthtok
never warder-courier "$pam" "$sqlite" "$programs"
# The client prints JSON and reads none.
never warder "$pam" "$curl" "$sqlite" "$tls" "$names" "$programs" 'cJSON_Parse.*'
never warderctl "$pam" "$curl" "$tls" "$names"
never warder-sandbox "$pam" "$curl" "$sqlite"

folders_of warder base wire yunxiao ledger client
folders_of warderctl base names wire confine policy seal state ledger ctl
folders_of warderd base wire confine serve desk
folders_of warder-keeper base names wire confine serve yunxiao policy seal state ledger keeper
folders_of warder-pam base wire confine serve pam
folders_of warder-courier base wire confine serve courier
folders_of warder-sandbox sandbox

# Seen the other way round: what is forbidden is found where it is.
! (never warder-courier "$curl") >/dev/null || fail "curl is not seen in the courier"
! (never warder-pam "$pam") >/dev/null || fail "PAM is not seen in warder-pam"
if [ -n "$archives" ]; then
	! (folders_of warder-keeper base wire) >/dev/null ||
		fail "the folders of the keeper are not seen in it"
fi
echo "seven programs have what they may have"
