#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Every test of warder: installs what they need, builds in _test/, and ends
# with one line, `N passed, N failed, N skipped`.  Non-zero if any failed.
#
#   sudo ./test.sh
set -eu

top=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
work=$top/_test
logs=$work/logs
stage=$work/stage
passed=0 failed=0 skipped=0

if [ "$(id -u)" != 0 ]; then
	echo "test.sh must run as root, for the tests with users and PAM" >&2
	exit 1
fi

say() { printf '%s\n' "$*"; }
begin() { say "== $* ($((SECONDS / 60)) min $((SECONDS % 60)) s)"; }
count() {
	case $1 in
	PASS) passed=$((passed + 1)) ;;
	SKIP) skipped=$((skipped + 1)) ;;
	*) failed=$((failed + 1)) ;;
	esac
}
finish() {
	say "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
	exit
}

# check NAME MINUTES COMMAND...: one test with a log of its own
check() {
	local name=$1 minutes=$2 code=0
	shift 2
	timeout -k 10 "${minutes}m" "$@" </dev/null >"$logs/$name.log" 2>&1 || code=$?
	if [ $code = 0 ]; then
		say "PASS: $name"
		count PASS
		return
	fi
	say "FAIL: $name (exit $code), the last lines of $logs/$name.log:"
	tail -n 40 "$logs/$name.log" | sed 's/^/  | /'
	count FAIL
	return 1
}

# suite NAME FOLDER MINUTES COMMAND...: automake tests, counted by their results.
suite() {
	local name=$1 folder=$2 minutes=$3 code=0 before=$failed file result none=1
	shift 3
	find "$folder" -name '*.trs' -delete 2>/dev/null || true
	timeout -k 10 "${minutes}m" "$@" </dev/null >"$logs/$name.log" 2>&1 || code=$?
	while read -r file; do
		while read -r result; do
			none=0
			count "$result"
			case $result in
			PASS) ;;
			SKIP) say "SKIP: $name: $(grep -m 1 -i '^skip' "${file%.trs}.log" || echo "$file")" ;;
			*)
				say "$result: $name: ${file#"$folder"/}"
				tail -n 25 "${file%.trs}.log" | sed 's/^/  | /'
				;;
			esac
		done < <(sed -n 's/^:test-result: *\([A-Z]*\).*/\1/p' "$file")
	done < <(find "$folder" -name '*.trs' | sort)
	if [ $code != 0 ] && [ "$failed" = "$before" ] || [ $none = 1 ]; then
		say "FAIL: $name (exit $code), the last lines of $logs/$name.log:"
		tail -n 40 "$logs/$name.log" | sed 's/^/  | /'
		count FAIL
	else
		say "done: $name"
	fi
}

# told COMMAND...: tests that say PASS, SKIP or FAIL themselves, and count here
told() {
	local line none=1 code=0 before=$failed
	while IFS= read -r line; do
		say "$line"
		case $line in
		PASS:* | SKIP:* | FAIL:*)
			count "${line%%:*}"
			none=0
			;;
		esac
	done < <("$@")
	wait $! || code=$?
	[ $none = 0 ] && { [ $code = 0 ] || [ "$failed" != "$before" ]; } && return
	say "FAIL: $1 (exit $code)"
	count FAIL
}

# What this machine is like; kernel threads come and go by themselves.
footprint() {
	getent passwd
	getent group
	ls -la --time-style=full-iso /etc/pam.d
	find /etc/warder /var/lib/warder /var/log/warder /run/warder 2>/dev/null || true
	cat /proc/self/mounts
}
# Processes younger than this run whose program is one of ours or a test's.
ours_running() {
	local pid exe cwd
	for pid in $(ps -eo pid=,etimes= | awk -v t=$SECONDS '$2 < t { print $1 }'); do
		exe=$(readlink "/proc/$pid/exe" || true)
		cwd=$(readlink "/proc/$pid/cwd" || true)
		case $exe:$cwd in
		*warder* | "$work"* | "$top/_try"*) ;;
		*) continue ;;
		esac
		[ "$pid" = $$ ] || is_child_of_this "$pid" || ps -o pid=,args= -p "$pid"
	done
}
is_child_of_this() {
	[ "$(ps -o sid= -p "$1" | tr -d ' ')" = "$(ps -o sid= -p $$ | tr -d ' ')" ] &&
		[ "$(ps -o ppid= -p "$1" | tr -d ' ')" = $$ ]
}

mkdir -p "$logs"
begin "packages"
"$top/tools/install-packages.sh" build try test package || {
	count FAIL
	finish
}
# Not of this machine: without it tests may skip, and say why.
export UNPACKED=$work/unpacked
"$top/tools/install-packages.sh" --unpack "$UNPACKED" || true
# The vendor's own client, from the npm registry. A test skips only where that
# cannot be reached; anything else that goes wrong is a failure.
command -v npm >/dev/null || "$top/tools/install-packages.sh" foreign || true
"$top/tests/foreign/fetch.sh" "$work/foreign" || [ $? = 77 ] || {
	say "FAIL: the vendor's client was not fetched"
	count FAIL
}
footprint >"$work/before"

begin "building in _test/"
check build 10 "$top/tools/build-into.sh" "$work" --enable-werror || finish

cd "$work/build"
has_target() { grep -q "^$1:" Makefile; }
begin "make check"
suite check "$work/build/tests" 20 make -j"$(nproc)" check
begin "make lint"
check lint 10 make lint || true
if has_target check-asan; then
	begin "make check-asan"
	suite check-asan "$work/build/_asan" 30 make check-asan
fi
begin "make check-differential"
check differential 15 make check-differential || true
begin "1,200 kills of a changing store"
check kills 15 env WARDER_KILLS=1200 "$work/build/tests/unit/test_store_kill" || true
begin "make distcheck"
check distcheck 15 make -j"$(nproc)" distcheck || true

begin "root tests, each in a bastion of its own"
told "$top/tests/bastion/run.sh" --stage "$stage" --logs "$logs/bastion"

begin "the packages"
check packages 15 "$top/tools/build-packages.sh" --rpm "$work/debs" || true
begin "a Debian to boot"
check host-tree 15 "$top/tests/host/tree.sh" "$work/host" || true
begin "host tests, each on a bastion that boots"
told "$top/tests/host/run.sh" --root "$work/host" --debs "$work/debs" --logs "$logs/host"

begin "try.sh"
check try 6 "$top/try.sh" || true

begin "this machine is as before"
footprint >"$work/after"
ours_running >"$work/running"
if cmp -s "$work/before" "$work/after" && [ ! -s "$work/running" ]; then
	say "PASS: the-host-is-as-before"
	count PASS
else
	say "FAIL: the-host-is-as-before"
	diff "$work/before" "$work/after" || true
	cat "$work/running"
	count FAIL
fi
say "took $((SECONDS / 60)) min $((SECONDS % 60)) s"
finish
