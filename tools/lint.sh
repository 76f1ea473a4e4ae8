#!/bin/bash
# SPDX-License-Identifier: ISC
# lint.sh [CHECK...]: what a compiler does not see. Called by `make lint`, which
# gives the compiler and its flags; each check prints what is wrong and all of
# them run. A tool that is missing is a failure: see tools/packages.
set -u

top=$(cd "$(dirname "$0")/.." && pwd)
build=${builddir:-.}
: "${CC:=cc}" "${LINT_CPPFLAGS:=-I$top/src -I$top -I$build}" "${LINT_CFLAGS:=-std=gnu11 -Wall}"
: "${CLANG_FORMAT:=clang-format}" "${SHELLCHECK:=shellcheck}"
: "${CPPCHECK:=cppcheck}" "${MANDOC:=mandoc}" "${PYTHON3:=python3}"
export PYTHONDONTWRITEBYTECODE=1

# files GLOB...: tracked files of that kind, one a line.
files() {
	# A copy inside an ignored folder of a checkout is none itself.
	if [ "$(git -C "$top" rev-parse --show-toplevel 2>/dev/null)" = "$top" ]; then
		git -C "$top" ls-files -- "$@"
	else
		local glob
		for glob in "$@"; do
			# As git reads it: `*` stands for slashes too.
			(cd "$top" && find . -path './_*' -prune -o \
				-path "./$glob" -type f -print | sed 's|^\./||')
		done
	fi
}

need() {
	command -v "$1" >/dev/null && return
	echo "$1 is not there: tools/packages names what lint needs"
	return 1
}

# Floors, libraries, banned calls, lengths, guards, licence lines.
check_source() {
	"$PYTHON3" "$top/tools/lint/source.py" "$top"
}

check_words() {
	"$PYTHON3" "$top/tools/lint/words.py" "$top"
}

# A header says all that it needs, for C and twice in a row.
check_headers() {
	local header bad=0
	while read -r header; do
		# shellcheck disable=SC2086 # flags are words
		printf '#include "config.h"\n#include "%s"\n#include "%s"\n' \
			"${header#src/}" "${header#src/}" |
			$CC $LINT_CPPFLAGS $LINT_CFLAGS -Wno-unused-macros \
				-fsyntax-only -x c - || bad=1
	done < <(files 'src/*.h' 'policy/*.h' 'pam/*.h')
	return $bad
}

check_format() {
	need "$CLANG_FORMAT" || return 1
	(cd "$top" && files '*.c' '*.h' | xargs "$CLANG_FORMAT" --dry-run -Werror)
}

check_shell() {
	need "$SHELLCHECK" || return 1
	(cd "$top" && files '*.sh' '*.bash' '.ci/run' | xargs "$SHELLCHECK" -x --severity=warning)
}

check_manual() {
	need "$MANDOC" || return 1
	"$PYTHON3" "$top/tools/lint/manual.py" "$top" || return 1
	local pages
	pages=$(files 'man/*.[1-9]')
	[ -n "$pages" ] || return 0
	# shellcheck disable=SC2086 # names without blanks
	(cd "$top" && "$MANDOC" -Tlint -W warning $pages)
}

# Not asked for: it neither follows `r != 0 ||` chains (uninit…) nor knows the
# cleanup attribute (memleak, autoVariables). Compilers and ASan see these.
check_cppcheck() {
	need "$CPPCHECK" || return 1
	(cd "$top" && files 'src/*.c' 'policy/*.c' 'pam/*.c' |
		"$CPPCHECK" --quiet --std=c11 --enable=warning,portability \
			--inline-suppr --error-exitcode=1 --max-configs=2 \
			--suppress=missingIncludeSystem --suppress=uninitvar \
			--suppress=uninitStructMember --suppress=memleak \
			--suppress=autoVariables \
			--suppress=unknownMacro \
			--suppress=normalCheckLevelMaxBranches \
			-DHAVE_CONFIG_H -Isrc -I. --file-list=- 2>&1)
}

check_catalogues() {
	local po out bad=0
	for po in $(files 'po/*.po'); do
		need msgfmt || return 1
		msgfmt --check -o /dev/null "$top/$po" || bad=1
	done
	# Every sentence of the client has its translation.
	need xgettext || return 1
	out=$(cd "$top" && xgettext --from-code=UTF-8 -L C -k_ -kN_ \
		-kngettext:1,2 -o - src/client/*.c |
		msgcmp "$top/po/zh_CN.po" - 2>&1) || {
		printf '%s\n' "$out" | grep -v 'not used'
		bad=1
	}
	return $bad
}

[ $# -gt 0 ] ||
	set -- source words headers format shell manual catalogues cppcheck
failed=
for check; do
	if "check_$check"; then
		printf 'lint: %s ok\n' "$check"
	else
		printf 'lint: %s FAILED\n' "$check"
		failed="$failed $check"
	fi
done
[ -z "$failed" ] || {
	echo "lint failed:$failed"
	exit 1
}
