#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# validateMethod: and. Our pass is one of several: said so at once with who is
# missing, exit 12, never sent again; when the others have passed, it is over.

saw() { grep -qE -- "$1" /tmp/out || { cat /tmp/out; fail "not told: $1"; }; }

"$BIN/warder-sandbox" --print-scenario |
	python3 -I -c '
import json, sys
world = json.load(sys.stdin)
def walk(node):
    if isinstance(node, dict) and node.get("id") == "9001":
        node["gate"]["method"] = "and"
        node["gate"]["validators"] = ["120300000001", "187700112244", "187700119999"]
    for at in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        walk(at)
walk(world)
json.dump(world, sys.stdout)' >/run/sandbox/scenario
https=$(cat /run/sandbox/https)
stop sandbox
start_sandbox --scenario /run/sandbox/scenario --port "${https##*:}"
stop services
rm -f "$RUN"/*.sock
sed -i 's/^confirm_timeout.*/confirm_timeout 40s/' /etc/warder/warder.conf
start_services

before=$SECONDS
exits 12 passes chen >/tmp/out
[ $((SECONDS - before)) -lt 20 ] || fail 'it waited for people'
saw 'Your part is done; the gate still waits for other validators. shop/11222/1187/9001'
# By name who has one here; the key's own account is done.
saw '^  fang, 187700119999'
saw 'Who of them has acted already the server does not tell'
! grep -q 120300000001 /tmp/out || { cat /tmp/out; fail 'the own account is awaited'; }
posts 1
records 1 ev=outcome res=unconfirmed err=others

# Again: our account has nothing to do there any more, and nothing is sent.
exits 6 as chen warder pass -n -y -m 'checked on staging' "$PAY" >/tmp/out 2>&1
saw 'the account of the key may not act on this gate'
posts 1
for account in 187700112244 187700119999; do
	control POST /decide "{\"pipeline\":\"11222\",\"run\":\"1187\",\"job\":\"9001\",\"verb\":\"pass\",\"account\":\"$account\"}" >/dev/null
done
exits 9 as chen warder pass -n -y -m 'checked on staging' "$PAY" >/tmp/out 2>&1
posts 1
