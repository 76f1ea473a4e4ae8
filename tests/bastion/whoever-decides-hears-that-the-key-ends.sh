#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# A key that ends soon: show, pass and refuse say so in one line and one JSON
# member, by the limits of warderctl key list; of a key without an end, or with
# a far one, nobody hears. The decision goes on all the same.

PAT=pt-sandboxToken0123456789abcdef0001
STS_ID=STS.SANDBOXKEY0002
STS_SECRET=sandboxStsSecret0123456789abcdef
STS_TOKEN=sandboxSecurityToken0123456789abcdef0123456789abcdef
HTTPS=$(cat /run/sandbox/https)
screen=/run/bastion/screen
LINE='^Key +shop-2026, the key of shop, ends in'
stamp() { date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ; }
shows() { grep -qE -- "$1" "$screen" || { cat "$screen"; fail "not shown: $1"; }; }
silent() { ! grep -qE -- "$1" "$screen" || { cat "$screen"; fail "shown: $1"; }; }
token() { printf '\n%s\n' "$PAT" | exits 0 seal --kind token "$@"; }
sts() { printf '%s\n' "$STS_ID" "$STS_SECRET" "$STS_TOKEN" | exits 0 seal --kind sts "$@"; }
seal() { warderctl key seal shop --stdin --endpoint "$HTTPS" "$@" >/dev/null 2>&1; }
looks() { at chen warder show "$@" </dev/null >"$screen" 2>&1; }
# decides VERB GATE [OPTION...]
decides() {
	local verb=$1 gate=$2
	shift 2
	at chen warder "$verb" -y -m 'checked on staging' "$@" "$gate" >"$screen" 2>&1 <<-END
		until Password
		secret $(password chen)
	END
}
# says PYTHON: of the last document on the screen
says() {
	python3 -Ic "
import json
doc = [json.loads(x[x.index('{'):]) for x in open('$screen') if '\"schema\"' in x][-1]
ends = doc['key_ends']
assert $1, doc" || { cat "$screen"; fail "the document is not like that: $1"; }
}
# listed TERM: what root is told of the same key
listed() {
	warderctl key list --json | python3 -Ic "
import json, sys
assert [k['term'] for k in json.load(sys.stdin)['keys'] if k['name'] == 'shop-2026'] == ['$1']" ||
		fail "the list does not say $1"
}
gate() { new_run 11222 '"creator":"187700112244"'; }
PAY=$(gate)

say '== without an end'
exits 0 looks "$PAY"
silent '^Key'
exits 0 looks --json "$PAY"
says 'ends is None'

say '== far away'
token --not-after "$(stamp '20 days')"
listed fine
exits 0 looks "$PAY"
silent '^Key'
exits 0 looks --json "$PAY"
says 'ends is None'

say '== soon'
at=$(stamp '3 days 1 hour')
token --not-after "$at"
listed soon
exits 0 looks "$PAY"
shows "$LINE 3 days: tell who runs this host"
exits 0 looks --json "$PAY"
says "ends['key'] == 'shop-2026' and ends['at'] == '$at'"
says "3 * 86400 < ends['left_s'] <= 3 * 86400 + 3600"
exits 0 decides pass "$PAY"
shows "$LINE 3 days"
[ "$(grep -cE "$LINE" "$screen")" = 1 ] || fail 'it is said more than once'
shows Passed
exits 0 decides refuse "$(gate)" --json
says "doc['verb'] == 'refuse' and ends['at'] == '$at'"
posts 2

say '== a temporary key, by its own limit'
sts --not-after "$(stamp '1 hour')"
listed fine
exits 0 looks "$(gate)"
silent '^Key'
sts --not-after "$(stamp '10 minutes')"
listed soon
exits 0 looks "$(gate)"
shows "$LINE [89] minutes"
exits 0 warderctl ledger verify
