#!/bin/bash
# SPDX-License-Identifier: ISC
#
# What bash offers for warder and warderctl, held against the programs' own
# help: every verb and every option of it is offered, and nothing is offered
# that the manual does not have.  Asking for words runs no program and opens
# no socket.
set -eu -o pipefail

top=${top_srcdir:?} build=${builddir:?}
PATH=$build:$PATH
export LC_ALL=C
checks=0
fail() { echo "FAIL: $*"; exit 1; }
. "$build/completions/warder"
. "$build/completions/warderctl"

# offered FUNCTION WORD...: what comes for the last word, one a line, sorted
offered() {
	local COMPREPLY=() COMP_WORDS COMP_CWORD function=$1
	shift
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	"$function" || return 1
	printf '%s\n' "${COMPREPLY[@]}" | sed '/^$/d' | LC_ALL=C sort -u
}
options_in() { { grep -oE -- '(^|[[ |])-(-[a-z][a-z-]+|[a-z])\>' || :; } | tr -d '[ |' | LC_ALL=C sort -u; }

# has FUNCTION MANUAL HELP-OF-IT WORD...: both ways
has() {
	local function=$1 manual=$2 help=$3 option
	shift 3
	offered "$function" "$@" - >"$dir/offered"
	options_in <<<"$help" >"$dir/asked"
	while read -r option; do
		grep -qxe "$option" "$dir/offered" || fail "$* $option is not offered"
		checks=$((checks + 1))
	done <"$dir/asked"
	while read -r option; do
		case $option in
		--help | --version) continue ;; # of each verb, without a line for it
		esac
		grep -qE "Fl -?${option#-}( |\$)" "$manual" || fail "$* $option: no such option in ${manual##*/}"
		grep -qxe "$option" "$dir/asked" || case $option in
		-n) ;; # never to ask: the manual says it, no usage line does
		*) fail "$* does not take $option" ;;
		esac
	done <"$dir/offered"
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# warder: a line of the usage is a verb, what is indented deeper goes on.
warder --help >"$dir/help"
common=$(sed -n 's/^with each: //p' "$dir/help")
[ -n "$common" ] || fail "warder --help does not say what all verbs take"
sed -e '/^with each:/,$d' -e 's/^usage: /       /' -e 's/\[list\]/list/' "$dir/help" |
	sed -e ':a' -e 'N;$!ba' -e 's/\n  \{8,\}/ /g' >"$dir/verbs"
offered _warder warder '' >"$dir/first"
while read -r _ verb rest; do
	grep -qx "$verb" "$dir/first" || fail "warder $verb is not offered"
	has _warder "$top/man/warder.1" " $rest $common" warder "$verb"
done <"$dir/verbs"
[ "$checks" -ge 40 ] || fail "only $checks options of warder were seen"

# warderctl: each command tells its own usage; key, policy and ledger have more.
warderctl --help >"$dir/help"
offered _warderctl warderctl '' >"$dir/first"
commands=0
while read -r command _; do
	commands=$((commands + 1))
	grep -qx "$command" "$dir/first" || fail "warderctl $command is not offered"
	warderctl "$command" --help >"$dir/usage" 2>&1 || :
	case $command in
	key | ledger)
		filter=$(sed -n '/^FILTER is/,/^TIME/p' "$dir/usage" | sed '/^TIME/d')
		sed -e '/^FILTER/,$d' -e '/^See/,$d' -e '/^usage: /s//       /' -e '/^       warderctl/!{/^ /!d}' "$dir/usage" |
			sed -e ':a' -e 'N;$!ba' -e 's/\n  \{8,\}/ /g' >"$dir/verbs"
		;;
	policy) sed -n 's/^  \([a-z]\)/x policy \1/p' "$dir/usage" >"$dir/verbs" ;;
	*)
		has _warderctl "$top/man/warderctl.8" \
			"$(grep '^\(usage:\)\? *warderctl' "$dir/usage" || :)" warderctl "$command"
		continue
		;;
	esac
	[ -s "$dir/verbs" ] || fail "warderctl $command has no usage"
	offered _warderctl warderctl "$command" '' >"$dir/second"
	while read -r _ _ verb rest; do
		grep -qx "$verb" "$dir/second" || fail "warderctl $command $verb is not offered"
		case $rest in
		*FILTER*) rest="$rest $filter" ;;
		esac
		has _warderctl "$top/man/warderctl.8" " $rest" warderctl "$command" "$verb"
		commands=$((commands + 1))
	done <"$dir/verbs"
done < <(sed -n 's/^  \([a-z]\)/\1/p' "$dir/help")
[ "$commands" -ge 25 ] || fail "only $commands commands were seen"

# Words of an option, with a blank and with `=`.
words() { [ "$(offered "${@:2}" | paste -sd" ")" = "$1" ] || fail "${*:2}: $(offered "${@:2}")"; }
words 'pass refuse' _warder warder log --verb ''
words 'refuse' _warder warder log --verb = r
words 'file' _warderctl warderctl init --master f
words 'access-key sts token' _warderctl warderctl key seal shop --kind =
words 'csv ecs json' _warderctl warderctl ledger export --format ''
touch "$dir/a.policy"
words "$dir/a.policy" _warderctl warderctl policy install "$dir/a."
words "$dir/a.policy" _warderctl warderctl policy eval --case "$dir/a."
words '' _warder warder pass -m ''
words '' _warder warder pass -m show s

# Asked with no program to be found, it says the same.
here=$(offered _warder warder p) nowhere=$(
	warder() { fail "warder was run"; }
	warderctl() { fail "warderctl was run"; }
	offered _warder warder p
)
[ "$here" = pass ] && [ "$nowhere" = pass ] || fail "p: $here, $nowhere"
echo "$checks options, $commands commands"
