#!/bin/bash
# SPDX-License-Identifier: ISC
# run.sh BUILD SOURCE SECONDS: each libFuzzer target for so long. What crashes
# is written into its corpus, where `make check` finds it from then on.
set -u
build=$1 source=$2 seconds=$3
bad=0

for target in "$build"/tests/fuzz/fuzz_*; do
	case $target in *.*) continue ;; esac
	name=${target##*/fuzz_}
	corpus=$source/tests/fuzz/corpus/$name
	mkdir -p "$corpus" "$build/found/$name"
	printf 'fuzz: %s, %s s\n' "$name" "$seconds"
	"$target" -max_total_time="$seconds" -max_len=20000 -timeout=10 \
		-print_final_stats=0 -verbosity=0 \
		-artifact_prefix="$corpus/" "$build/found/$name" "$corpus" || bad=1
done
[ $bad = 0 ] || echo "fuzz: a crash was kept in tests/fuzz/corpus"
exit $bad
