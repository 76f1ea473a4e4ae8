#!/bin/bash
# SPDX-License-Identifier: ISC
#
# warder-errors(7) as it was built: every code of the server's table, copied
# from the documents, and everything that explain-code lists is in it, and it
# reads without a warning.
set -u
page=${builddir:?}/man/warder-errors.7
tools=${builddir:?}/tests/bin

bad=0
wrong() {
	echo "$*"
	bad=1
}

[ -s "$page" ] || {
	echo "not there: $page"
	exit 1
}
codes=0
while IFS=$'\t' read -r http code meaning chinese _; do
	# What is not listed has no code.
	[ "$http" != any ] || continue
	grep -qF -- ".It Li $code Pq " "$page" || wrong "not in the manual: $code"
	grep -qiF -- "$meaning" "$page" || wrong "$code: no $meaning"
	grep -qF -- "$chinese" "$page" || wrong "$code: no $chinese"
	codes=$((codes + 1))
done < <(grep -v '^#' "${top_srcdir:?}/tests/vectors/codes-v1.tsv")
[ "$codes" -gt 60 ] || wrong "only $codes codes were compared"

# What explain-code lists, one a line: code, perhaps its exit, meaning.
listed=0
while read -r code _; do
	grep -qE "^\.It Li ([0-9]+ Pq )?${code//\*/\\*}( |\$)" "$page" ||
		wrong "not in the manual: $code"
	listed=$((listed + 1))
done < <(LC_ALL=C.UTF-8 "$tools/warder-at" /nowhere /nowhere /nowhere explain-code)
[ "$listed" -gt 200 ] || wrong "explain-code lists only $listed codes"

if ! command -v mandoc >/dev/null; then
	[ $bad = 0 ] || exit 1
	echo "skip: no mandoc to read the manual with"
	exit 77
fi
mandoc -Tlint -W warning "$page" || wrong "mandoc has something to say"
mandoc -Tutf8 "$page" | grep -qF 请求太频繁 || wrong "no Chinese on a terminal"
exit $bad
