#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# warder explain: the verdict of the installed policy with every obstacle, and
# the smallest changes that would lift them; of oneself, of others, of another
# instant. It asks for no proof, sends nothing, and leaves no record.

saw() { grep -qE -- "$1" /tmp/screen || { cat /tmp/screen; fail "not told: $1"; }; }
# adds LINE...: to the policy of this bastion, and puts it into force
adds() {
	write_policy
	printf '%s\n' "$@" >>/etc/warder/policy
	exits 0 warderctl policy install -y /etc/warder/policy >/dev/null 2>&1
}
# clock_is_right: as the kernel says; TIME_ERROR or STA_UNSYNC is not
clock_is_right() {
	python3 -c '
import ctypes, struct
timex = ctypes.create_string_buffer(512)
state = ctypes.CDLL(None).adjtimex(timex)
raise SystemExit(state == 5 or struct.unpack_from("i", timex, 40)[0] & 0x40 != 0)'
}
explains() { as "$1" warder explain "${@:2}" </dev/null >/tmp/screen 2>&1; }
# has EXPRESSION: true of the document on /tmp/screen
has() {
	python3 - "$1" <<-'END' || { cat /tmp/screen; fail "not in the document: $1"; }
		import json, sys
		doc = json.load(open("/tmp/screen"))
		sys.exit(not eval(sys.argv[1]))
	END
}

say '== who may, is told so with the lines; a reason is all that is missing'
exits 0 explains chen "$PAY"
saw '^chen cannot pass this gate as it stands \(exit 5\)\.$'
saw 'policy:18  require reason'
saw '^  1\. with a reason such as "'
exits 0 explains chen "$PAY" -m 'checked on staging'
saw '^chen may pass this gate\.$'
saw 'policy:15  permit  pass, refuse'
exits 0 explains chen "$PAY" --verb refuse
saw '^chen cannot refuse this gate as it stands \(exit 5\)\.$'

say '== who may not, reads who could'
exits 0 explains li "$PAY"
saw 'Forbidden.UserNotAdminOrOwner \(role_member\)'
saw '^  [0-9]\. by (chen, fang|fang, chen|chen, lin|lin, chen|fang, lin|lin, fang|.*lin.*), with a reason such as'

say '== the time, in the zone of whoever asks'
# A day that is today nowhere, or only its time of day would be told.
saturday=$(date -ud 'next saturday + 7 days' +%F)
friday=$(date -ud "$saturday - 1 day" +%F) monday=$(date -ud "$saturday + 2 days" +%F)
told() { date -ud "$1" '+%d %b %Y'; }
adds 'window day mon..fri 10:00-17:30' 'deny outside day on shop/*/*/*'
exits 0 as chen env TZ=Asia/Shanghai warder explain "$PAY" --at "$saturday 12:00" >/tmp/screen
saw "^At $(told "$saturday") 12:00 CST: chen cannot pass this gate as it stands"
saw "^  1\\. with a reason such as \"[^\"]*\", from $(told "$monday") 10:00 CST on\$"
exits 0 explains chen "$PAY" --at "${friday}T02:00Z" --json
has "doc[\"schema\"] == \"warder.explain/1\" and doc[\"decision\"][\"at\"].startswith(\"${friday}T02:00:00\")"
has '[s["fact"] for s in doc["steps"]] == ["reason"]'
has '[c["kind"] for c in doc["ways"][0]["changes"]] == ["text"] and doc["would_exit"] == 5'
exits 0 explains chen "$PAY" --at "${saturday}T02:00Z" --json
has '[s["fact"] for s in doc["steps"]] == ["window", "reason"]'
has '[c["kind"] for c in doc["ways"][0]["changes"]] == ["text", "time"]'
has "doc[\"ways\"][0][\"changes\"][1][\"at\"].startswith(\"${monday}T02:00:00\")"
has 'doc["ways"][0]["becomes"] == "permit"'

say '== a quorum: which seats are open'
adds 'require quorum 2 @release-managers on shop/*/*/*'
exits 0 explains chen "$PAY" --json
has '{"count": 1, "of": "@release-managers"} in doc["open_seats"] or {"count": 2, "of": "@release-managers"} in doc["open_seats"]'

say '== others: an owner or admin may ask, a member not'
write_policy
exits 0 warderctl policy install -y /etc/warder/policy >/dev/null 2>&1
exits 0 explains lin "$PAY" --user li
saw '^li cannot pass this gate as it stands'
saw 'role_member'
exits 0 explains chen "$PAY" --user outsider
saw 'not a person whom the policy knows|user_unknown'
exits 0 explains chen "$PAY" --user nobody-of-that-name --json
has 'doc["decision"]["local_code"] == "user_unknown" and doc["decision"]["person"] == "nobody-of-that-name"'
exits 5 explains li "$PAY" --user chen
saw 'Forbidden.UserNotAdminOrOwner \(here, not_admin\)'
exits 0 explains li "$PAY" --user li
exits 5 explains outsider "$PAY"
saw 'user_unknown'

say '== somebody who stands in for another'
days="from $(date -d yesterday +%F) through $(date -d tomorrow +%F)"
write_policy
sed -i 's/^permit  pass, refuse.*/permit pass, refuse on shop\/*\/*\/* to @release-managers/' /etc/warder/policy
echo "delegate chen to lin on shop/id:11222/*/* $days" >>/etc/warder/policy
exits 0 warderctl policy install -y /etc/warder/policy >/tmp/screen 2>&1
exits 0 explains lin "$PAY" --at "$(date +'%F %H:%M')" -m 'checked on staging'
saw '^lin may pass this gate\.$|: lin may pass this gate\.$'
saw 'delegate chen to lin'
exits 0 explains lin "$PAY" --at 2026-01-01T04:00Z -m 'checked on staging'
saw 'no_permit'

say '== and, with a clock that is right, passes'
gate=$(new_run 11222)
if clock_is_right; then
	exits 0 at lin warder pass -y -m 'checked on staging' "$gate" >/tmp/screen <<-END
		expect Password
		secret $(password lin)
	END
	posts 1
else
	# Nobody knows which day it is, so nobody stands in for anybody.
	exits 5 at lin warder pass -y -m 'checked on staging' "$gate" </dev/null >/tmp/screen
	saw 'no_permit'
	posts 0
fi
sent=$(post_count)

say '== what chen was refused, lin is as well while she stands in for him'
adds 'deny user chen on shop/id:11222/*/* because "chen is on leave"' \
	'delegate chen to lin on shop/id:11222/*/* from 2026-01-01 through 2026-03-31'
exits 0 explains lin "$PAY" --at 2026-02-01T04:00Z
saw 'deny user chen on shop/id:11222'
exits 0 explains lin "$PAY" --at 2026-04-01T04:00Z
! grep -q 'deny user chen' /tmp/screen || fail 'the delegation was over'

say '== what cannot be asked so'
exits 2 explains chen "$PAY" --at '2026-02-30 10:00'
saw '\-\-at takes a time that is there'
exits 2 explains chen "$PAY" --verb approve
exits 2 explains chen
exits 2 explains chen "$PAY" -y
exits 11 explains chen shop/11222/999999

say '== nothing was sent, nothing was asked, nothing is on record'
posts "$sent"
! grep -q 'Password' /tmp/screen || fail 'a password was asked'
exits 0 warderctl ledger verify
