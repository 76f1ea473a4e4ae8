#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# The whole of warder with a personal token, with one of a region edition, and
# with a temporary key: list, show, pass, refuse. A credential that the server
# does not take, or that has run out, says so; none of them is left anywhere.

PAT=pt-sandboxToken0123456789abcdef0001
STS_ID=STS.SANDBOXKEY0002
STS_SECRET=sandboxStsSecret0123456789abcdef
STS_TOKEN=sandboxSecurityToken0123456789abcdef0123456789abcdef
HTTPS=$(cat /run/sandbox/https)
screen=/run/bastion/screen

# Whatever anybody was shown is kept, to be searched at the end.
kept() { tee -a "$BASTION_LOGS/screens" >"$screen"; }
seal() { warderctl key seal shop --stdin "$@" 2>&1 | kept; }
lines() { printf '%s\n' "$@"; }
stamp() { date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ; }
shows() { grep -qE -- "$1" "$screen" || { cat "$screen"; fail "not shown: $1"; }; }
silent() { ! grep -qE -- "$1" "$screen" || { cat "$screen"; fail "shown: $1"; }; }
looks() { at chen "$@" </dev/null 2>&1 | kept; }
# decides VERB WHO GATE [PROMPT ANSWER]: at a terminal; where no password is
# asked for, none is typed
decides() {
	at "$2" warder "$1" -y -m 'checked on staging' "$3" <<-END 2>&1 | kept
		until Password
		secret $(password "$2")
		${4:+expect $4}
		${4:+secret $5}
	END
}
# asked PYTHON: over the requests that the sandbox saw since the last time
seen=0
asked() {
	control GET "/journal?since=$seen" | python3 -Ic "
import json, sys
lines = [json.loads(x) for x in sys.stdin]
reqs = [x for x in lines if x['method']]
heads = [{n.lower() for n, _ in x['headers']} for x in reqs]
assert reqs, 'nothing was asked'
assert $1, [(x['method'], x['target'], x['verdict']) for x in reqs]" ||
		fail "the journal is not like that: $1"
	seen=$(control GET /count | sed 's/.*"seq":\([0-9]*\).*/\1/')
}
kinds() {
	warderctl key list --json | python3 -Ic '
import json, sys
print(*[k["kind"] + "/" + k["state"] for k in json.load(sys.stdin)["keys"]
        if k["name"] == "shop-2026"])'
}

# works PREFIX...: list, show, pass and refuse, and every request of that family
posts_made=0
works() {
	local one two
	one=$(new_run 11222 '"creator":"187700112233"') two=$(new_run 10877)
	exits 0 looks warder list --plain
	shows pay-core
	shows web-home
	exits 0 looks warder show "$one"
	shows pay-core
	exits 0 decides pass fang "$one"
	shows Passed
	exits 0 decides refuse chen "$two" One-time @otp
	shows Refused
	posts_made=$((posts_made + 2))
	posts $posts_made
	asked "all(x['target'].startswith(tuple('$*'.split())) for x in reqs)"
}

# --- a personal token, central edition
lines '' "$PAT" | exits 0 seal --kind token --endpoint "$HTTPS"
shows 'the token acts as warder, user cf[0-9a-f]{22}'
shows 'Sealed token as key shop-2026'
[ "$(kinds)" = token/active ] || fail "$(kinds)"
asked "all('x-yunxiao-token' in h for h in heads)"
works /oapi/v1/

# --- the region edition: the tenant is the host, so its name is what is sealed
echo '127.0.0.1 shop.devops.aliyuncs.com other.devops.aliyuncs.com' >>/etc/hosts
lines '' "$PAT" | exits 0 seal --kind token \
	--endpoint "shop.devops.aliyuncs.com:${HTTPS#*:}"
asked "all('organizations' not in x['target'] for x in reqs)"
works /oapi/v1/flow/pipelines /oapi/v1/codeup/repositories/

# --- a token that the server does not take
lines '' pt-nobody-knows-this-one | exits 6 seal --kind token --endpoint "$HTTPS"
shows 'Token shop-2026 is not accepted'
shows InvalidTokenError
[ "$(kinds)" = token/active ] || fail "a wrong token took the place: $(kinds)"
lines '' pt-nobody-knows-this-one | exits 0 seal --no-check --kind token --endpoint "$HTTPS"
asked "all(x['status'] == 401 for x in reqs)"
gate=$(new_run 11222 '"creator":"187700112233"')
exits 6 looks warder show "$gate"
shows 'is not accepted'
shows InvalidTokenError
for verb in pass refuse; do
	exits 6 decides $verb fang "$gate"
	shows 'Token shop-2026 is not accepted'
	shows InvalidTokenError
	silent Password
done
posts $posts_made
asked "all(x['status'] == 401 for x in reqs)"

# --- what is refused before anything is asked or sealed
lines '' "$PAT" | exits 2 seal --kind token --endpoint devops.cn-hangzhou.aliyuncs.com
shows 'takes no personal token'
lines "$KEY_ID" "$KEY_SECRET" | exits 2 seal --endpoint openapi-rdc.aliyuncs.com
lines "$KEY_ID" "$PAT" | exits 2 seal --endpoint "$HTTPS"
shows 'another kind'
lines "$KEY_ID" "$KEY_SECRET" | exits 2 seal --kind token --endpoint "$HTTPS"
exits 2 seal --kind token "pt-on-the-command-line" </dev/null
shows 'seen by everybody'
if grep -q pt-on "$screen"; then
	fail "it was repeated"
fi
lines "$STS_ID" "$STS_SECRET" | exits 2 seal --kind sts --endpoint "$HTTPS" --not-after "$(stamp '1 hour')"
lines "$STS_ID" "$STS_SECRET" "$STS_TOKEN" | exits 2 seal --kind sts --endpoint "$HTTPS"
shows 'give --not-after'
lines "$STS_ID" "$STS_SECRET" "$STS_TOKEN" |
	exits 2 seal --kind sts --endpoint "$HTTPS" --not-after "$(stamp '30 seconds')"
lines "$KEY_ID" "$KEY_SECRET" | exits 2 seal --endpoint "$HTTPS" --not-after "$(stamp '1 hour ago')"

# --- a temporary key
lines "$STS_ID" "$STS_SECRET" "$STS_TOKEN" |
	exits 0 seal --kind sts --endpoint "$HTTPS" --not-after "$(stamp '1 hour')"
[ "$(kinds)" = sts/active ] || fail "$(kinds)"
asked "all('x-acs-security-token' in h and 'x-yunxiao-token' not in h for h in heads)"
works /organization/ /repository/
lines "$STS_ID" "$STS_SECRET" "$STS_TOKEN"x | exits 6 seal --kind sts --endpoint "$HTTPS" \
	--not-after "$(stamp '1 hour')"
shows 'needs a fresh token'

# In its last minute it is not used any more, and nobody is asked for it.
lines "$STS_ID" "$STS_SECRET" "$STS_TOKEN" |
	exits 0 seal --kind sts --no-check --endpoint "$HTTPS" --not-after "$(stamp '75 seconds')"
sleep 16
before=$(control GET /count)
exits 20 looks warder show "$gate"
shows 'has run out; root seals a fresh one'
exits 20 looks warder --json show "$gate"
shows '"code":"key_expired"'
for verb in pass refuse; do
	exits 20 decides $verb fang "$gate"
	shows 'has run out; .* Nothing was sent'
	silent Password
done
[ "$(control GET /count)" = "$before" ] || fail "an expired key was used"
posts $posts_made
warderctl key list | kept
shows ' sts '

# --- nothing of them stays but in the sealed records
places='/var/log /etc/warder /var/lib/warder /run/warder /run/user /home /tmp'
search() { # SECRET: prints where it is
	printf '%s' "$1" >/run/bastion/pattern
	grep -lsaF -f /run/bastion/pattern /proc/[0-9]*/cmdline /proc/[0-9]*/environ || :
	# shellcheck disable=SC2086
	grep -rlsaF -f /run/bastion/pattern $places |
		grep -v -e "^$BASTION_TOP/" -e "^$BASTION_STAGE/" || :
}
# It finds what is there: a file, an argument, an environment.
for where in log argument environment; do
	case $where in
	log) echo "x $PAT x" >/var/log/warder/planted ;;
	argument) (exec -a "x $PAT x" sleep 60) & ;;
	environment) (export SEEN="$PAT"; exec sleep 60) & ;;
	esac
	planted=${!:-}
	sleep 0.2
	[ -n "$(search "$PAT")" ] || fail "the search is blind: $where"
	rm -f /var/log/warder/planted
	[ $where = log ] || { kill "$planted"; wait "$planted" 2>/dev/null || :; }
done
# What goes to the server is in the sandbox's journal, and nowhere else; what
# signs is not even there.
journal=$(echo /tmp/warder-sandbox.*/journal.jsonl)
for secret in "$PAT" "$STS_TOKEN" pt-nobody-knows-this-one; do
	[ "$(search "$secret")" = "$journal" ] || fail "a secret is in: $(search "$secret")"
done
for secret in "$STS_SECRET" "$KEY_SECRET"; do
	[ -z "$(search "$secret")" ] || fail "a secret is in: $(search "$secret")"
done
grep -q Passed "$BASTION_LOGS/screens" || fail "no screen was searched"
grep -q warder /var/log/auth.log || fail "no syslog was searched"
exits 0 warderctl ledger verify >/dev/null
