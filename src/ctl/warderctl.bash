# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# Completion of warderctl(8): commands, options, their words, files, and the
# organizations of the policy in force. It asks no service and runs no program
# of ours.

_warderctl_commands() {
	case $1 in
	'') echo init key policy ledger unlock lock doctor ;;
	key) echo list seal check retire rekey ;;
	policy) echo check diff drift eval explain install show ;;
	ledger) echo verify show export report settle reconcile ;;
	esac
}

_warderctl_options() {
	local filter='--since --until --user --event --result --org --pipeline --run'
	case $1 in
	' ') echo --help --version ;;
	'init ') echo --master --stdin -n ;;
	'key seal')
		echo --kind --endpoint --not-after --no-check --stdin \
			--from-aliyun-cli --profile -n
		;;
	'key rekey') echo --master --finish --after-restore --stdin ;;
	'policy eval') echo --case ;;
	'policy explain') echo --case --json ;;
	'policy install') echo -y ;;
	'ledger verify') echo --json --checkpoint --key ;;
	'ledger show') echo --json --key "$filter" ;;
	'ledger export') echo --format --rotate --unverified --checkpoint --key "$filter" ;;
	'ledger report') echo --html --json --since --until --checkpoint --key ;;
	'ledger reconcile') echo --json --since ;;
	'key list' | 'key check' | 'policy check' | 'policy diff' | 'policy drift' | \
		'ledger settle' | 'doctor ') echo --json ;;
	'unlock ') echo --stdin -n ;;
	esac
}

# What follows an option; nothing where it is a person's own words.
_warderctl_value() {
	case $1 in
	--master) compgen -W 'credential file passphrase' -- "$2" ;;
	--kind) compgen -W 'access-key sts token' -- "$2" ;;
	--format) compgen -W 'json csv ecs' -- "$2" ;;
	--user) compgen -u -- "$2" ;;
	--event)
		compgen -W 'auth clock.step config.change delegate denied foreign
			intent keeper.start keeper.stop key.fail key.store
			ledger.gap ledger.read ledger.rotate ledger.start lock
			outcome policy.install policy.refuse settle state.back
			state.fail syslog.back syslog.lost unlock vote' -- "$2"
		;;
	--org) compgen -W "$(_warderctl_orgs)" -- "$2" ;;
	--case | --checkpoint | --key | --html | --from-aliyun-cli) compgen -f -- "$2" ;;
	--endpoint | --not-after | --profile | --since | --until | --result | \
		--pipeline | --run) ;;
	*) return 1 ;;
	esac
}

# `org NAME id …` of the policy in force, which everybody may read.
_warderctl_orgs() {
	local word name id rest
	while read -r word name id rest; do
		case $word:$id:$name in
		org:id:*[!a-zA-Z0-9._-]*) ;;
		org:id:*) echo "$name" ;;
		esac
	done <'@sysconfdir@/warder/policy.installed' 2>/dev/null
}

_warderctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev='' first=${COMP_WORDS[1]-} second='' args
	[ "$COMP_CWORD" = 0 ] || prev=${COMP_WORDS[COMP_CWORD - 1]}
	# bash takes `--kind=sts` for three words.
	if [ "$cur" = = ]; then
		cur=''
	elif [ "$prev" = = ] && [ "$COMP_CWORD" -gt 1 ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	[ "$COMP_CWORD" -gt 1 ] || first=''
	case $first in
	key | policy | ledger) [ "$COMP_CWORD" = 2 ] || second=${COMP_WORDS[2]-} ;;
	esac
	case $prev in
	--case | --checkpoint | --key | --html | --from-aliyun-cli)
		compopt -o filenames 2>/dev/null
		;;
	esac
	COMPREPLY=()
	mapfile -t COMPREPLY < <(_warderctl_value "$prev" "$cur" || echo '-none-')
	[ "${COMPREPLY[*]-}" = -none- ] || return 0
	case $cur:$first:$second in
	-*) args=$(_warderctl_options "$first $second") ;;
	*:: | *:key: | *:policy: | *:ledger:) args=$(_warderctl_commands "$first") ;;
	*:key:seal | *:key:check | *:key:retire | *:policy:drift | *:ledger:reconcile)
		args=$(_warderctl_orgs)
		;;
	*:policy:check | *:policy:diff | *:policy:install | *:ledger:*)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	*) args='' ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$args" -- "$cur")
}

complete -F _warderctl warderctl
