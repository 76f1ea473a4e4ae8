#!/bin/bash
# SPDX-License-Identifier: ISC
# level: installed
#
# warderctl seals: a key takes the place of another only after a reading call
# with it succeeded; no secret shows; what is there is never made again.

seal() { warderctl key seal shop --stdin --endpoint "$(cat /run/sandbox/https)" "$@"; }
key() { printf '%s\n' "$@"; }
active() {
	warderctl key list --json | python3 -Ic '
import json, sys
keys = json.load(sys.stdin)["keys"]
print(*[k["state"] + "/" + k["generation"] for k in keys if k["name"] == "shop-2026"])'
}

start_sandbox
make_warder
[ "$(active)" = active/1 ] || fail "after the first seal: $(active)"

# Without the keeper no key is tried, so none changes.
key "$KEY_ID" "$KEY_SECRET" | exits 18 seal
[ "$(active)" = active/1 ] || fail "without a keeper: $(active)"

install -d -m 0755 "$RUN"
by_hand warder-courier "$(service_dir)/warder-courier" --listen "$RUN/courier.sock"
by_hand warder-keeper "$(service_dir)/warder-keeper" --listen "$RUN/keeper.sock" \
	--pam "$RUN/pam.sock" --courier "$RUN/courier.sock"
until_true 10 test -S "$RUN/keeper.sock" -a -S "$RUN/courier.sock" || {
	show_logs
	fail "keeper and courier do not listen"
}

key "$KEY_ID" wrongwrongwrongwrong | exits 6 seal
[ "$(active)" = active/1 ] || fail "after a wrong secret: $(active)"
key "$KEY_ID" "$KEY_SECRET" | exits 0 seal
active | grep -Eqx 'active/[0-9]+' || fail "after the right secret: $(active)"
[ "$(active)" != active/1 ] || fail "the old key is still the one"
[ "$(find /var/lib/warder/keys -name '*.key' | wc -l)" = 2 ] ||
	fail "files that nothing lists: $(ls /var/lib/warder/keys)"

# Shapes that are no key, each told and none sealed.
key "$KEY_ID" | exits 2 seal
key "$KEY_ID" "$KEY_SECRET" more | exits 2 seal
key "STS.$KEY_ID" "$KEY_SECRET" | exits 2 seal
key "$KEY_ID" "short" | exits 2 seal
printf '%s\n%s' "$KEY_ID" "$KEY_SECRET" | exits 2 seal
key "$KEY_ID" "$KEY_SECRET" | exits 2 warderctl key seal nobody --stdin
key "$KEY_ID" "$KEY_SECRET" | exits 2 warderctl key seal shop --stdin --endpoint 10.0.0.1
exits 2 setpriv --reuid warder --clear-groups "$(command -v warderctl)" key list

# init again keeps everything.
before=$(cat /etc/warder/{pam.key,pam.pub,ledger.pub,master.key,policy.installed,warder.conf} \
	/var/lib/warder/keys/* | sha256sum)
exits 0 warderctl init --master file >/dev/null
[ "$before" = "$(cat /etc/warder/{pam.key,pam.pub,ledger.pub,master.key,policy.installed,warder.conf} \
	/var/lib/warder/keys/* | sha256sum)" ] || fail "init changed what was there"

exits 0 warderctl ledger verify >/dev/null
if grep -rqs "$KEY_SECRET" /var/lib/warder /var/log/warder /etc/warder "$BASTION_LOGS"; then
	fail "the secret is somewhere in plain text"
fi
if grep -rqs "$KEY_ID" /var/log/warder "$BASTION_LOGS"; then
	fail "the whole id is in a log"
fi

exits 0 warderctl key retire shop
[ "$(active)" = "" ] || fail "retired, and still there: $(active)"
exits 20 warderctl key retire shop
