#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# Handle, ids, names, pasted address; and what is none of them.  The JSON has
# its ids as texts, and the handle in it is the handle on the screen.

as chen warder --json list >/tmp/list
as chen warder --json show "$WEB" >/tmp/gate
as chen warder --json whoami >/tmp/whoami
python3 -I - <<'END'
import json
list_, gate, me = (json.load(open("/tmp/" + n)) for n in ("list", "gate", "whoami"))
assert list_["schema"] == "warder.list/1" and list_["complete"] is True, list_
assert len(list_["gates"]) == 2 and list_["errors"] == [] and list_["debts"] == []
for g in list_["gates"] + [gate]:
    for name in ("pipeline_id", "run_id", "job_id", "org_id", "commit"):
        assert isinstance(g[name], str) and g[name], (name, g)
    assert isinstance(g["age_s"], int)
assert gate["schema"] == "warder.gate/1" and gate["job_id"] == "8744"
assert [g["handle"] for g in list_["gates"] if g["job_id"] == "8744"] == [gate["handle"]]
assert gate["commits"][0]["commit"] == gate["commit"] and len(gate["commit"]) == 40
assert me["schema"] == "warder.whoami/1" and me["name"] == "chen" and me["uid"] == 2101
assert {"org": "shop", "role": "admin"} in me["roles"], me
open("/tmp/handle", "w").write(gate["handle"])
open("/tmp/fingerprint", "w").write(gate["fingerprint"])
END
handle=$(cat /tmp/handle)
fingerprint=$(cat /tmp/fingerprint)

# shown GATE: it is the waiting gate of web-home
shown() {
	as chen warder show "$1" >/tmp/screen || fail "not shown: $1"
	grep -qF "job 8744" /tmp/screen || fail "another gate: $1"
}
shown "$handle"
shown "${handle^^}"
shown "${handle//-/}"
shown shop/10877/2291
shown shop/web-home/2291/8744
shown "$ORG/10877/2291/8744"
shown https://flow.aliyun.com/pipelines/10877/builds/2291
shown "https://flow.aliyun.com/pipelines/10877/builds/2291?organizationId=$ORG"
shown https://flow.aliyun.com/pipelines/10877/current
rm -f "/run/user/2101/warder/list"
shown "$handle"

say "the list of the last call is the person's own"
[ "$(stat -c %a:%U /run/user/2101/warder)" = 700:chen ] || fail "the folder"

say "what is no gate"
exits 11 as chen warder show 0000-0000-0000
exits 11 as chen warder show shop/10877/2291/999
exits 11 as chen warder show shop/10877/999999
exits 2 as chen warder show "${handle%?}u"
exits 2 as chen warder show shop/10877
exits 2 as chen warder show https://flow.aliyun.com:8443/pipelines/10877/builds/2291
exits 2 as chen warder show https://example.org/pipelines/10877/builds/2291
exits 2 as chen warder pass https://flow.aliyun.com/pipelines/10877/current -m "no run named"
code=0
as chen warder show https://flow-openapi.aliyun.com/pipeline/webhook/SeCrEt17 >/tmp/screen 2>&1 || code=$?
[ "$code" = 2 ] || fail "exit code $code, not 2"
! grep -q SeCrEt17 /tmp/screen || fail "a secret is repeated"

say "-e: the fingerprint and nothing else"
exits 2 as chen warder pass "$WEB" -e "$handle" -m "checked on staging"
other=z
[ "${fingerprint:0:1}" != z ] || other=y
exits 7 as chen warder pass "$WEB" -e "$other${fingerprint#?}" -m "checked on staging"
exits 17 as chen warder pass "$WEB" -e "$fingerprint" -m "checked on staging"
posts 0

say "a stranger learns nothing"
exits 5 as outsider warder show "$WEB"
exits 5 as outsider warder list
