#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# `warderctl ledger reconcile`: what was decided at the server and by no line
# here is found, and goes on record once; what warder decided is not; what
# could not be read is said, never "none". It sends nothing.

# finds CODE [ARGUMENTS]: into /tmp/said
finds() {
	local want=$1
	shift
	exits "$want" warderctl ledger reconcile "$@" >/tmp/said 2>&1
	cat /tmp/said
}
says() { grep -qE -- "$1" /tmp/said || fail "not said: $1"; }
silent() { ! grep -qE -- "$1" /tmp/said || fail "said: $1"; }
# around GATE VERB: somebody decides at the server
around() {
	local org pipeline run job
	IFS=/ read -r org pipeline run job <<<"$1"
	[ "$org" = shop ] || fail "$org"
	control POST /decide "{\"pipeline\":\"$pipeline\",\"run\":\"$run\",\"job\":\"$job\",\"verb\":\"$2\",\"account\":\"187700112233\"}" >/dev/null
}
breaks() {
	control POST /fault "{\"fault\":\"5xx\",\"times\":0,\"match\":{\"action\":\"$1\"}}" >/dev/null
}
mends() { control POST /fault '{"clear":true}' >/dev/null; }

say "== what waits now: its validators are noted, there is nothing to find"
finds 0
says '^note .*shop/pay-core/.*/11222/|^note .*\(11222/1187/9001\): validators: '
says '^shop: .* not by warder: 0; vanished: 0; other validators: 0; not read: 0$'
noted=$(ledger ev=ledger.read res=noted)
[ "$noted" -gt 0 ] || fail "no validators on record"
records 0 ev=foreign
finds 0
silent '^note'
records "$noted" ev=ledger.read res=noted

say "== one through warder, one around it, one refused around it"
exits 0 passes chen
passed=$(new_run 11222)
around "$passed" pass
refused=$(new_run 11222)
around "$refused" refuse
posts 1
finds 42
says "^found .*\(${passed#shop/}\): passed .*, and not by warder here$"
says "^found .*\(${refused#shop/}\): refused or cancelled .*, and not by warder here$"
silent '\(11222/1187/9001\)'
says 'gates decided: 3, by warder: 1, not by warder: 2; vanished: 0;'
records 2 ev=foreign res=around
records 1 ev=foreign res=around act=pass "run=$(cut -d/ -f3 <<<"$passed")"
records 1 ev=foreign res=around act=refuse "run=$(cut -d/ -f3 <<<"$refused")"
grep -q '<83>warder-keeper.*"ev":"foreign"' /var/log/auth.log || fail "syslog was not told"

say "== once more: it is on record, and stays there once"
finds 0
says "^known .*\(${passed#shop/}\): passed .* on record since line [0-9]+$"
silent '^found'
records 2 ev=foreign
exits 0 warderctl ledger reconcile --json shop --since 2026-01-01 >/tmp/json
python3 -I - <<'END' || fail "the document"
import json
d = json.load(open("/tmp/json"))
assert d["schema"] == "warderctl.ledger/1" and d["complete"] is True and d["exit"] == 0, d
assert [f["topic"] for f in d["findings"]] == ["around", "around"], d["findings"]
assert all(f["new"] is False and int(f["line"]) > 0 for f in d["findings"]), d["findings"]
org, = d["orgs"]
assert (org["org"], org["decided"], org["by_warder"], org["not_read"]) == ("shop", "3", "1", "0"), org
END

say "== other validators; a gate that is gone"
waits=$(new_run 11222)
exits 5 at li warder pass -m 'the banner is urgent' "$waits" </dev/null
IFS=/ read -r _ pipeline run job <<<"$waits"
control POST /change "{\"pipeline\":\"$pipeline\",\"run\":\"$run\",\"job\":\"$job\",\"validators\":[\"187700112244\"]}" >/dev/null
finds 42
says "^found .*\(${waits#shop/}\): other validators than on record: 187700112244$"
records 1 ev=foreign res=revised msg=187700112244
finds 0
gone=$(new_run 11222)
IFS=/ read -r _ pipeline run job <<<"$gone"
exits 5 at li warder pass -m 'the banner is urgent' "$gone" </dev/null
control POST /change "{\"pipeline\":\"$pipeline\",\"run\":\"$run\",\"delete\":true}" >/dev/null
finds 42
says "^found .*\(${gone#shop/}\): a line here names this gate; at the server it is gone$"
records 1 ev=foreign res=vanished "run=$run"
finds 0
silent '^found'

say "== what cannot be read is no \"none\""
breaks ListPipelineRuns
finds 25
says '^unread   runs [0-9]+: InternalError'
mends
breaks ListPipelines
finds 25
says '^unread   pipelines'
exits 25 warderctl ledger reconcile --json >/tmp/json
grep -q '"complete":false' /tmp/json || fail "not whole, yet complete"
mends
control POST /fault '{"fault":"5xx","times":0,"match":{"action":"GetPipelineRun"}}' >/dev/null
around "$(new_run 11222)" pass
finds 25
says '^unread   run 11222/'
mends
finds 42

say "== a server that wants a pause gets it, in silence"
control POST /fault '{"fault":"throttle","args":{"ms":2500},"times":1,"match":{"action":"GetPipelineRun"}}' >/dev/null
before=$SECONDS
finds 0
[ $((SECONDS - before)) -ge 2 ] || fail "the wait was not kept"
control POST /fault '{"fault":"throttle","args":{"ms":2500},"times":1,"match":{"action":"ListPipelines"}}' >/dev/null
finds 0
mends

say "== a policy without an organization is no \"nothing found\""
cp /etc/warder/policy /root/policy
printf 'version 1\ntimezone UTC\n' >/etc/warder/policy
exits 0 warderctl policy install -y /etc/warder/policy >/dev/null
finds 21
says 'names no organization'
exits 21 warderctl policy drift
exits 21 warderctl key check
cp /root/policy /etc/warder/policy
exits 0 warderctl policy install -y /etc/warder/policy >/dev/null

say "== a ledger that does not hold accounts for nothing"
cp "$LEDGER" /root/kept
sed -i '4s/"ev":"/"ev":"x/' "$LEDGER"
exits 40 warderctl ledger reconcile >/tmp/said 2>&1
says 'does not hold'
cp /root/kept "$LEDGER"

say "== what is no such thing; nothing was sent for any of it"
exits 11 warderctl ledger reconcile nowhere
exits 2 warderctl ledger reconcile shop ops
exits 2 warderctl ledger reconcile --user chen
exits 2 as chen /usr/local/sbin/warderctl ledger reconcile
posts 1

say "== settle: nothing is open"
exits 0 warderctl ledger settle >/tmp/said
says '^settled: 0; open: 0$'
exits 2 warderctl ledger settle x
