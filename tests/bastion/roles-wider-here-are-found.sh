#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# `warderctl policy drift`: who is wider here than at the server is an error,
# who is wider there a note; what was not read or not understood is neither,
# is said, and is never "no difference".  Nothing is sent but reads.

drift() { warderctl policy drift "$@"; }
# drifts CODE [ARGUMENTS]: into /tmp/said
drifts() {
	local want=$1
	shift
	exits "$want" drift "$@" >/tmp/said 2>&1
	cat /tmp/said
}
says() { grep -qE -- "$1" /tmp/said || fail "not said: $1"; }
silent() { ! grep -qE -- "$1" /tmp/said || fail "said: $1"; }
# installs SED...: the policy so changed, in force
installs() {
	write_policy
	sed -i "$@" /etc/warder/policy
	warderctl policy install -y /etc/warder/policy >/dev/null
}
# breaks ACTION: the server fails each such call
breaks() {
	control POST /fault "{\"fault\":\"5xx\",\"times\":0,\"match\":{\"action\":\"$1\"}}" >/dev/null
}
mends() { control POST /fault '{"clear":true}' >/dev/null; }

say "== what the role ids of this organization mean, nobody has said"
drifts 25
says '^unknown shop  3 people have the role b000000000000000000000a2, there called 管理员; .*server_role owner\|admin'
silent '^error'

cat >>/etc/warder/warder.conf <<-END
	server_role owner  b000000000000000000000a1
	server_role admin  b000000000000000000000a2
	server_role member b000000000000000000000a3
END
say "== nobody is wider here; the key's own account is nobody's business"
drifts 0
says '^note    shop  account 187700112266 \(there wu\) is nobody here and member there$'
says '^note    shop  chen .* is admin here and owner of 1 pipeline there: web-home \(10877\)$'
silent '120300000001'
says 'shop: 4 people here, 6 there, 2 pipelines; 0 wider here, 3 wider there, 0 not compared, 0 not read'

say "== an admin here, a member there"
installs 's/admin   @release-managers/admin   @release-managers li/'
drifts 42
says '^error   shop  li \(account 187700112277, there li\) is admin here and member there$'
exits 42 drift --json "$ORG" >/tmp/json
python3 -I - <<'END'
import json
d = json.load(open("/tmp/json"))
assert d["schema"] == "warderctl.policy/1" and d["complete"] is True and d["errors"] == [], d
assert d["exit"] == 42
wrong, = [f for f in d["findings"] if f["level"] == "error"]
assert (wrong["user"], wrong["account"], wrong["here"], wrong["there"], wrong["topic"]) == \
    ("li", "187700112277", "admin", "member", "organization"), wrong
assert d["orgs"] == [{"org": "shop", "org_id": "5ebbc0228123212b59aaaaaa", "people": 4,
                      "members": 6, "pipelines": 2, "word": "done"}], d["orgs"]
END

say "== nobody there at all"
installs -e 's/member  @developers/member  @developers outsider/' \
	-e 's/account li=.*/&\n    account outsider=187700119999/'
drifts 42
says '^error   shop  outsider \(account 187700119999\) is member here and has no role there$'

say "== without an account line there is nothing to compare"
installs '/account fang/d'
drifts 25
says '^unknown shop  fang is admin here; no account line'

say "== the server does not tell the members of a pipeline"
installs 's/admin   @release-managers/admin   @release-managers li/'
breaks ListResourceMembers
drifts 42
says '^unread  shop  the members of pipeline 10877 could not be read'
says '^error   shop  li '
write_policy
warderctl policy install -y /etc/warder/policy >/dev/null
exits 25 drift --json >/tmp/json
grep -q '"complete":false' /tmp/json || fail 'not whole, yet complete'
grep -q '"what":"pipeline","pipeline_id":"11222","code":"InternalError"' /tmp/json || fail 'no error in the JSON'
mends

say "== the server does not tell the members: nobody is called wider by that"
installs 's/admin   @release-managers/admin   @release-managers li/'
breaks ListOrganizationMembers
drifts 25
says '^unread  shop  the members of the organization could not be read'
silent '^error'
mends
breaks ListPipelines
drifts 42
says '^unread  shop  the list of pipelines could not be read'
mends

say "== what is no such thing"
exits 11 drift nowhere
exits 2 drift shop ops
exits 2 as chen /usr/local/sbin/warderctl policy drift
posts 0
control GET /journal >/tmp/journal
! grep -q '"method":"POST"' /tmp/journal || fail 'a POST'

say "== a token names people by other ids"
printf '%s\n%s\n' '' "pt-$(printf 'a%.0s' $(seq 40))" |
	warderctl key seal shop --kind token --stdin --no-check --endpoint "$(cat /run/sandbox/https)"
before=$(wc -l </tmp/journal)
drifts 25
says 'token names people by other ids'
control GET /journal >/tmp/journal
[ "$(wc -l </tmp/journal)" = "$before" ] || fail 'the server was asked all the same'

say "== no key, no keeper"
warderctl key retire shop
exits 20 drift
stop services
rm -f "$RUN"/*.sock
drifts 18
says 'warder-keeper does not answer'
