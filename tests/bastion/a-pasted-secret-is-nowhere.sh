#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# An address that is a secret is refused wherever a gate, an organization or a
# code may be given, and nothing of it is on a screen, in a log, in the ledger,
# in syslog, in a person's files or on the wire; good addresses find the gate.

MARK=SeCrEtMaRk17
screen=/run/bastion/screen
kept() { tee -a "$BASTION_LOGS/screens" >"$screen"; }
shows() { grep -qE -- "$1" "$screen" || { cat "$screen"; fail "not shown: $1"; }; }
# tries CODE SENTENCE COMMAND...: at a terminal, without one, and as JSON
tries() {
	local want=$1 sentence=$2
	shift 2
	exits "$want" at_chen warder "$@"
	shows "$sentence"
	exits "$want" as_chen warder -n "$@"
	shows "$sentence"
	exits "$want" as_chen warder --json "$@"
	shows "$sentence"
}
at_chen() { at chen "$@" </dev/null 2>&1 | kept; }
as_chen() { as chen "$@" </dev/null 2>&1 | kept; }

declare -A said=(
	[webhook]='that address is a secret that starts pipelines'
	[credential]='that holds a credential'
	[user]='user part, a port'
	[host]='no address of Yunxiao Flow'
	[region]='give the ids'
	[page]='names no gate'
)
before=$(control GET /count)
while IFS='|' read -r kind text; do
	text=${text//MARK/$MARK}
	tries 2 "${said[$kind]}" pass -m 'checked on staging' "$text"
	for verb in show refuse ''; do
		exits 2 as_chen warder --json $verb "$text"
		shows "${said[$kind]}"
	done
done <<'END'
webhook|https://flow-openapi.aliyun.com/pipeline/webhook/MARK
webhook|https://example.org/x/webhook/MARK?y#z
credential|https://flow.aliyun.com/pipelines/10877?AccessKeyId=MARK
credential|https://LTAI5tMARK:MARK@flow.aliyun.com/pipelines/10877
credential|pt-MARK
END
while IFS='|' read -r kind text; do
	tries 2 "${said[$kind]}" show "${text//MARK/$MARK}"
done <<'END'
user|https://chen:MARK@flow.aliyun.com/pipelines/10877/builds/2291
user|https://flow.aliyun.com/%77ebhook/MARK
host|https://example.org/MARK
region|https://MARK.devops.aliyuncs.com/MARK
page|https://flow.aliyun.com/MARK
END
[ "$(control GET /count)" = "$before" ] || fail 'something was asked of the server'

# Elsewhere than in the place of a gate: no echo either.
url=https://flow-openapi.aliyun.com/pipeline/webhook/$MARK
exits 2 at_chen warder show "$WEB" "$url"
shows 'job 8744'
shows "${said[webhook]}"
exits 2 at_chen warder pass -y -m 'checked on staging' -e "$url" "$WEB"
exits 2 at_chen warder whoami "$url"
exits 2 at_chen warder --no-such-option="$url"
for output in --plain --json; do
	exits 2 at_chen warder $output explain-code "$url"
	shows "${said[webhook]}"
	exits 11 at_chen warder $output list --org "${url: -60}"
done
exits 2 at_chen warder list --org "https://$url/and-longer-than-any"
exits 11 as_chen env WARDER_ORG="pt-$MARK" warder list
posts 0

say "== good addresses"
while read -r address; do
	exits 0 at_chen warder show "$address"
	shows 'job 8744'
done <<END
https://flow.aliyun.com/pipelines/10877
https://flow.aliyun.com/pipelines/10877/current?code=$MARK
flow.aliyun.com/pipelines/10877/builds/2291#$MARK
https://flow.aliyun.com/pipelines/10877/builds?organizationId=$ORG
https://rdc.aliyun.com/ec/pipelines/10877?build=2291&k=$MARK
http://RDC.aliyun.com/ec/pipelines/10877/?organizationId=$ORG&build=2291
END
exits 11 at_chen warder show "https://flow.aliyun.com/pipelines/10877/builds/2291?organizationId=$MARK"
exits 11 at_chen warder show "https://rdc.aliyun.com/ec/pipelines/10877?build=1187"
# An address without a run finds, and decides nothing.
for verb in pass refuse; do
	exits 2 at_chen warder $verb -y -m 'checked on staging' \
		"https://flow.aliyun.com/pipelines/11222/current?x=$MARK"
	shows 'type its handle'
done
posts 0
# decides VERB ADDRESS
decides() {
	at chen warder "$1" -y -m 'checked on staging' "$2" <<-END 2>&1 | kept
		expect Password
		secret $(password chen)
		${3:+expect One-time}
		${3:+secret @otp}
	END
}
exits 0 decides pass "https://flow.aliyun.com/pipelines/11222/builds/1187?x=$MARK#$MARK"
shows Passed
exits 0 decides refuse "https://rdc.aliyun.com/ec/pipelines/10877?build=2291&organizationId=$ORG&$MARK" otp
shows Refused
posts 2
records 1 ev=intent run=1187
records 1 ev=intent run=2291

# --- nothing of it stays
if grep -ai -B 3 "$MARK" "$BASTION_LOGS/screens"; then
	fail 'it was shown'
fi
places="/var/log /etc/warder /var/lib/warder /run /home /tmp"
search() { # WORD: prints where it is, in any letter case
	# shellcheck disable=SC2086
	grep -rlsaiF -D skip -e "$1" $places |
		grep -v -e "^$BASTION_TOP/" -e "^$BASTION_STAGE/" -e ^/run/bastion-lib/ || :
}
for place in /var/log/warder /run/user/2101/warder /home/chen; do
	echo "x $MARK x" >$place/planted
	[ "$(search $MARK)" = $place/planted ] || fail "found, but for what was planted in $place: $(search $MARK)"
	rm $place/planted
done
grep -q "${said[webhook]}" "$BASTION_LOGS/screens" || fail 'no screen was searched'
grep -q 1187 "$LEDGER" || fail 'no ledger was searched'
grep -q warder /var/log/auth.log || fail 'no syslog was searched'
[ -s /run/user/2101/warder/list ] || fail "no person's list was searched"
grep -q pass /tmp/warder-sandbox.*/journal.jsonl || fail 'no request was searched'
[ -z "$(search $MARK)" ] || fail "it is in: $(search $MARK)"
exits 0 warderctl ledger verify >/dev/null
