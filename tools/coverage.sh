#!/bin/bash
# SPDX-License-Identifier: ISC
# coverage.sh BUILD: lines that the tests of an --enable-coverage build reached,
# a line for each source file, the least covered first.
set -eu
build=$1
cd "$build"

find . -name '*.gcda' -path '*src*' -o -name '*.gcda' -path '*policy*' \
	-o -name '*.gcda' -path '*/pam/*' |
	while read -r data; do
		gcov -n -o "$(dirname "$data")" "$data" 2>/dev/null
	done |
	awk '
	/^File / { file = $2; gsub(/\x27/, "", file); sub(/^(\.\.\/)+/, "", file) }
	/^Lines executed:/ {
		split($0, part, /[:% ]+/)
		percent = part[3] + 0
		lines = $NF
		if (file ~ /^\// || file ~ /\.h$/)
			next
		if (!(file in best) || percent > best[file])
			best[file] = percent
		size[file] = lines
	}
	END {
		for (file in best) {
			printf "%6.1f%% of %4d  %s\n", best[file], size[file], file
			hit += best[file] * size[file] / 100
			all += size[file]
		}
		if (all > 0)
			printf "%6.1f%% of %4d  in all\n", 100 * hit / all, all
	}' | sort -n
