#!/bin/bash
# SPDX-License-Identifier: ISC
# dist.sh: standard input has the files and folders of the tarball, one a line;
# says which file that git knows is not among them.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)

git -C "$top" rev-parse --git-dir >/dev/null 2>&1 || {
	echo "lint: dist needs a git clone"
	exit 1
}
missing=$(awk -v nodist="$top/tools/lint/nodist" '
	BEGIN {
		while ((getline line < nodist) > 0)
			if (line !~ /^#/ && line != "")
				have[line] = 1
	}
	FNR == NR { have[$0] = 1; next }
	{
		path = $0
		while (!(path in have)) {
			if (!match(path, /\/[^\/]*$/)) {
				print $0
				next
			}
			path = substr(path, 1, RSTART - 1)
		}
	}' - <(git -C "$top" ls-files))
[ -z "$missing" ] && exit 0
printf '%s\n' "$missing" | sed 's/$/: not in the tarball/'
exit 1
