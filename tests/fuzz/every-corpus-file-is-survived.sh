#!/bin/bash
# SPDX-License-Identifier: ISC
# Every input that once mattered to a fuzzer is read again by its target.
set -u
: "${top_srcdir:?}" "${builddir:?}"
bad=0 n=0

for folder in "$top_srcdir"/tests/fuzz/corpus/*/; do
	name=$(basename "$folder")
	target=$builddir/tests/fuzz/fuzz_$name
	[ -x "$target" ] || {
		echo "corpus/$name has no target"
		bad=1
		continue
	}
	for file in "$folder"*; do
		[ -f "$file" ] || continue
		n=$((n + 1))
		"$target" "$file" || {
			echo "$name: $file"
			bad=1
		}
	done
done
echo "$n inputs"
[ $n -gt 0 ] || bad=1
exit $bad
