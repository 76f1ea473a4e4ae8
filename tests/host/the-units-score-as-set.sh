#!/bin/bash
# SPDX-License-Identifier: ISC
#
# What systemd itself says of the four services, on the machine where they run.

ready
say "the scores"
say "TABLE service | systemd-analyze security | at most"
while read -r name most; do
	score=$(systemd-analyze security "$name.service" --no-pager |
		sed -n "s/.*Overall exposure level for $name.service: \([0-9.]*\) .*/\1/p")
	[ -n "$score" ] || fail "no score for $name"
	say "TABLE $name | $score | $most"
	awk -v have="$score" -v most="$most" 'BEGIN { exit !(have + 0 <= most + 0) }' ||
		fail "$name scores $score, not at most $most"
done <<'LIST'
warderd 1.5
warder-keeper 1.5
warder-courier 2.0
warder-pam 3.3
LIST
exits 0 passes chen
failed=$(systemctl list-units --failed --all --no-legend --plain 'warder*')
[ -z "$failed" ] || fail "failed: $failed"
