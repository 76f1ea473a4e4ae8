# shellcheck shell=bash
# SPDX-License-Identifier: ISC
#
# Completion of warder(1): verbs, options, their words, and the handles of the
# list that this person saw last. It asks no service and runs no program.

# The gates seen last: column 1 is a handle, 2 an organization.  The file is
# the caller's own, but its words are shown only if they look like ours.
_warder_seen() {
	local file=/run/user/$UID/warder/list handle org rest
	[ -O "$file" ] && [ ! -L "$file" ] || return 0
	while read -r handle org rest; do
		case $1:$handle:$org in
		*[!a-z0-9A-Z:_-]*) ;;
		gate:*) echo "$handle" ;;
		org:*) echo "$org" ;;
		esac
	done <"$file" 2>/dev/null
}

_warder_options() {
	case $1 in
	list) echo --mine --org --fresh --follow ;;
	pass) echo -m -t -e -y --keep-going ;;
	refuse) echo -m -e -y --keep-going ;;
	explain) echo -m -t --verb --user --at ;;
	log) echo --since --verb --receipt ;;
	esac
	echo --plain --json -n --help --version
}

_warder() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev='' verb='' i
	local verbs='list show pass refuse explain log whoami explain-code'
	[ "$COMP_CWORD" = 0 ] || prev=${COMP_WORDS[COMP_CWORD - 1]}
	# bash takes `--verb=refuse` for three words.
	if [ "$cur" = = ]; then
		cur=''
	elif [ "$prev" = = ] && [ "$COMP_CWORD" -gt 1 ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	COMPREPLY=()
	case $prev in
	--verb) mapfile -t COMPREPLY < <(compgen -W 'pass refuse' -- "$cur"); return ;;
	--user) mapfile -t COMPREPLY < <(compgen -u -- "$cur"); return ;;
	--org) mapfile -t COMPREPLY < <(compgen -W "$(_warder_seen org)" -- "$cur"); return ;;
	--receipt)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	-m | -t | -e | --at | --since) return ;; # a person's own words
	esac
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-m | -t | -e | --at | --since | --user | --org | --receipt | --verb)
			[ "${COMP_WORDS[i + 1]-}" != = ] || i=$((i + 1))
			i=$((i + 1))
			;;
		-*) ;;
		*) verb=${COMP_WORDS[i]}; break ;;
		esac
	done
	case $cur:$verb in
	-*) mapfile -t COMPREPLY < <(compgen -W "$(_warder_options "${verb:-list}")" -- "$cur") ;;
	*:) mapfile -t COMPREPLY < <(compgen -W "$verbs $(_warder_seen gate)" -- "$cur") ;;
	*:show | *:pass | *:refuse | *:explain)
		mapfile -t COMPREPLY < <(compgen -W "$(_warder_seen gate)" -- "$cur")
		;;
	esac
}

complete -F _warder warder
