#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# warderctl key check: whose a key is, what it reads, which of the waiting
# gates it may decide; what no reading call tells is said, and not guessed.
# Each way in which a key is of no use has its own exit code and its own words.

PAT=pt-sandboxToken0123456789abcdef0001
HTTPS=$(cat /run/sandbox/https)
out=/tmp/out
check() { warderctl key check "$@" >$out 2>&1; }
shows() { grep -qE -- "$1" $out || { cat $out; fail "not shown: $1"; }; }
silent() { ! grep -qE -- "$1" $out || { cat $out; fail "shown: $1"; }; }
# says PYTHON: of the one key in the document
says() {
	python3 -Ic "
import json, sys
doc = json.load(open('$out'))
key = doc['keys'][0]
check = key['check']
assert doc['schema'] == 'warderctl.keys/1'
assert $1, doc" || fail "the document is not like that: $1"
}
seal() { warderctl key seal shop --stdin --endpoint "$HTTPS" "$@" >/dev/null 2>&1; }
fault() { control POST /fault "{\"fault\":\"$1\",\"match\":{\"action\":\"$2\"},\"args\":${3:-"{}"},\"times\":0}" >/dev/null; }
mend() { control POST /fault '{"clear":true}' >/dev/null; }

# --- an AccessKey: all organizations, and one by name and by id
exits 0 check
shows '^shop \(5ebbc0228123212b59aaaaaa\)'
shows 'Key +shop-2026, access-key LTAI5tSA\*\*\*\*, for 127.0.0.1:'
shows 'Account +not told: the signed API has no call'
shows 'Organization +shop; the account is its admin'
shows 'Reads +2 pipelines: .*pay-core \(11222\)'
shows 'Gate +pay-core / run 1187 / job 9001 .*: may pass it, may refuse it$'
shows 'Not known +what it may do at a gate that does not wait'
silent "$KEY_ID"
exits 0 check "$ORG"
exits 0 check shop --json
says "doc['complete'] and doc['errors'] == [] and key['org'] == 'shop'"
says "key['id'] == 'LTAI5tSA****' and key['term'] == 'fine'"
says "check['exit'] == 0 and check['account'] is None and check['is_admin'] is True"
says "[p['pipeline_id'] for p in check['pipelines']] == ['10877', '11222']"
says "all(g['may_pass'] is True and g['robot_is_validator'] for g in check['gates'])"
posts 0

# --- a gate that the key may not decide, and one that does not wait any more
control POST /change '{"pipeline":"11222","run":"1187","job":"9001","validators":["187700112244"]}'
control POST /decide '{"pipeline":"10877","run":"2291","job":"8744","verb":"pass","account":"187700112233"}'
exits 0 check shop --json
says "[(g['may_pass'], g['robot_is_validator']) for g in check['gates']] == [(False, False)]"
exits 0 check shop
shows 'pay-core .*: may not pass it, may not refuse it; no robot of the policy is a validator'
silent 'Gate +web-home'

# --- what could not be read
fault 5xx ListJoinedOrganizations
exits 25 check shop
shows 'Not read +organization: '
shows 'Reads +2 pipelines'
mend
fault 5xx ListPipelineRuns
exits 25 check shop --json
says "not doc['complete'] and {e['what'] for e in doc['errors']} >= {'pay-core'}"
mend

# --- refused, unreadable, not reached
fault false ListPipelines '{"code":"Forbidden.RAM","status":403,"message":"x\u001b[2J\u202e"}'
exits 6 check shop
shows 'Refused +Yunxiao says: Key shop-2026 lacks a right.*\(Forbidden.RAM, HTTP 403'
silent 'Reads'
! grep -qF $'\e' $out || fail 'it steered the terminal'
exits 6 check shop --json
says "check['exit'] == 6 and check['code'] == 'Forbidden.RAM' and check['message'] != ''"
mend
fault false ListPipelines '{"code":"InvalidOrganization.NotFound","status":404}'
exits 6 check shop
shows 'No organization 5ebb'
mend
fault html-502 ListPipelines
exits 14 check shop
shows 'Not reached'
mend
stop sandbox
exits 14 check shop
another_sandbox() { start_sandbox --port "${HTTPS#*:}"; }
rm -f /run/sandbox/line
another_sandbox

# --- words of a stranger
control POST /change '{"pipeline":"11222","run":"1187","job":"9001","name":"x\u001b[2J\u202ey"}'
exits 0 check shop
shows 'job 9001 x\\u\{001b\}\[2J\\u\{202e\}y: may'
! grep -qF $'\e' $out || fail 'it steered the terminal'

# --- a token: it acts as somebody, who is named
printf '\n%s\n' "$PAT" | exits 0 seal --kind token
exits 0 check shop
shows 'Account +warder, user cf[0-9a-f]{22}: the token acts as that person'
silent 'not told'
shows 'Gate +pay-core'
exits 0 check --json
says "check['account'].startswith('cf') and key['kind'] == 'token'"

# --- an end that is near, and one that is past
stamp() { date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ; }
printf '\n%s\n' "$PAT" | exits 0 seal --kind token --not-after "$(stamp '3 days')"
exits 0 check shop
shows 'Look at it +it can be used for 2 days more; seal a new one'
exits 0 check shop --json
says "key['term'] == 'soon' and key['not_after'].endswith('Z')"
warderctl key list >$out 2>&1
shows '^shop-2026 can be used for 2 days more'
warderctl key list --json >$out
grep -q '"term":"soon"' $out || fail 'no term in the list'
warderctl doctor >$out || :
shows 'warn .*shop-2026 can be used for 2 days more'
printf '\n%s\n' "$PAT" | exits 0 seal --no-check --kind token --not-after "$(stamp '2 seconds')"
sleep 2.5
exits 20 check shop
shows 'Unusable +key_expired: seal a new one: warderctl key seal shop'
exits 20 check --json
says "check['exit'] == 20 and check['word'] == 'key_expired'"
warderctl key list >$out 2>&1
shows ' key_expired '
shows 'has run out; seal a new one'
[ "$(ledger ev=key.fail err=key_expired)" -ge 2 ] || fail 'not on record'
printf '%s\n%s\n' LTAI5tWrongKey000001 "$KEY_SECRET" | exits 0 seal --no-check
exits 6 check
shows 'does not exist at Alibaba Cloud'

# --- none, and who may ask
warderctl key retire shop >/dev/null
exits 20 check shop
shows 'key_missing: no key of that name is sealed: warderctl key seal shop'
exits 2 check nobody
exits 2 check shop ops
exits 2 setpriv --reuid chen --clear-groups "$(command -v warderctl)" key check

# --- no keeper
stop services
rm -f "$RUN"/*.sock
exits 18 check shop
shows 'Not asked +warder-keeper is not running'
exits 18 check --json
says "check['exit'] == 18"
posts 0
exits 0 warderctl ledger verify >/dev/null
