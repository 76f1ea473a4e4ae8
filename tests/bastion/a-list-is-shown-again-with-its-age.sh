#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# A whole list is kept for list_age: looking twice reads once, and the second
# look says how old it is.  Nothing else in that file is ever believed.

sed -i 's/^list_age .*/list_age 10m/' /etc/warder/warder.conf
kept=/run/user/2101/warder/list.whole

reads() { control GET /journal | grep -c '"action":"ListPipelines"' || true; }
# asks N COMMAND...: it exits 0 and makes N lists at the server
asks() {
	local n=$1 before
	before=$(reads)
	shift
	"$@" >/tmp/list || fail "exit $? of $*"
	[ $(($(reads) - before)) = "$n" ] || fail "$(($(reads) - before)) lists, not $n: $*"
}
gates() {
	python3 -Ic '
import json
doc = json.load(open("/tmp/list"))
print(len(doc["gates"]), doc["complete"], doc["list_age_s"] >= '"${1:-0}"')'
}
is() { [ "$1" = "$2" ] || fail "$1, not $2"; }

asks 1 as chen warder list --json
is "$(gates)" '2 True True'
[ "$(stat -c %a:%U "$kept")" = 600:chen ] || fail "$(stat -c %a:%U "$kept")"
sleep 2
asks 0 as chen warder list --json
is "$(gates 2)" '2 True True'
asks 0 as chen warder list
grep -q 's ago; anew: --fresh)' /tmp/list || fail "$(cat /tmp/list)"
grep -q 'then 发布生产, 冒烟测试' /tmp/list || fail "$(cat /tmp/list)"
asks 0 as chen warder list --plain
is "$(grep -c '^newest run: yes$' /tmp/list)" 2
asks 0 as chen warder list --json --mine
is "$(gates)" '2 True True'
asks 0 as chen warder list --json --org "$ORG"
is "$(gates)" '2 True True'

say 'asked for anew, and kept again'
asks 1 as chen warder list --fresh
asks 0 as chen warder list

say "nothing is shown to anybody else, and an unknown organization is asked for"
asks 1 as fang warder list
before=$(reads)
exits 11 as chen warder list --org nosuch >/tmp/list
is "$(reads)" "$before"

say 'who decides here sees what came of it'
at chen warder refuse -y -m 'not this one, please' "$PAY" >/dev/null <<END
expect Password
secret $(password chen)
END
asks 1 as chen warder list --json
is "$(gates)" '1 True True'

say 'a file of which anything is wrong is as good as none'
cp "$kept" /tmp/good
spoilt() {
	chown chen "$kept"
	asks 1 as chen warder list --json
	is "$(gates)" '1 True True'
	asks 0 as chen warder list --json
}
size=$(stat -c %s /tmp/good)
for at in 0 13 20 28 33 37 39 $((size - 1)); do
	head -c "$at" /tmp/good >"$kept"
	spoilt
done
(cat /tmp/good && printf x) >"$kept"
spoilt
# The type of the first frame, its length, and a count without end.
for at in 37 38 34 35; do
	cp /tmp/good "$kept"
	printf '\377' | dd of="$kept" bs=1 seek="$at" conv=notrunc status=none
	spoilt
done
# Told in the future, by either clock.
for at in 14 22; do
	cp /tmp/good "$kept"
	printf '\177' | dd of="$kept" bs=1 seek="$at" conv=notrunc status=none
	spoilt
done
cp /tmp/good "$kept"
chmod 0644 "$kept"
spoilt
rm "$kept"
ln -s /tmp/good "$kept"
chown -h chen "$kept"
asks 1 as chen warder list --json
rm -f "$kept"
mkfifo "$kept"
spoilt

say 'what is not whole is not kept'
control POST /fault '{"fault":"5xx","match":{"action":"ListPipelineRuns"},"times":0}' >/dev/null
exits 25 as chen warder list --fresh >/dev/null
control POST /fault '{"clear":true}' >/dev/null
asks 0 as chen warder list --json
is "$(gates)" '1 True True'
rm -f "$kept"
control POST /fault '{"fault":"5xx","match":{"action":"ListPipelineRuns"},"times":0}' >/dev/null
exits 25 as chen warder list >/dev/null
[ ! -e "$kept" ] || fail 'half a list was kept'
control POST /fault '{"clear":true}' >/dev/null
