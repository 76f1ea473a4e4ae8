#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# Labels, includes, periods, conditions and denials of the policy language, in
# force on a host: what a set of files says decides, as it was installed; what
# this version keeps no record of (votes, uses of a break-glass) lets nobody by.

saw() { grep -qE -- "$1" /tmp/screen || { cat /tmp/screen; fail "not told: $1"; }; }
# adds LINE...: to the policy of this bastion, and puts it into force
adds() {
	write_policy
	printf '%s\n' "$@" >>/etc/warder/policy
	exits 0 warderctl policy install -y /etc/warder/policy >/tmp/screen 2>&1
}
# refused CODE TEXT: chen, before any prompt, and nothing is sent
refused() {
	exits 5 at chen warder pass -y -m 'checked on staging' "$PAY" </dev/null >/tmp/screen
	saw "\\(here, $1\\). Nothing was sent."
	saw "$2"
	posts 0
}

say '== an included file decides as the main one does, and is told by its name'
mkdir -p /etc/warder/policy.d
echo 'deny user chen on money because "not chen, not now"' >/etc/warder/policy.d/10-money.policy
echo 'permit is not a line' >/etc/warder/policy.d/.hidden.policy
adds 'label money shop/id:11222/*/*' 'include policy.d/*.policy'
refused user 'policy.d/10-money.policy:1  deny user chen on money'
records 1 ev=denied user=chen err=user rule=policy.d/10-money.policy:1
warderctl policy show >/tmp/screen
saw '^# policy.d/10-money.policy$'

say '== an edit behind an install changes nothing; a wrong one installs nothing'
: >/etc/warder/policy.d/10-money.policy
refused user 'not chen, not now'
echo 'deny user chen on monney' >/etc/warder/policy.d/10-money.policy
exits 21 warderctl policy install -y /etc/warder/policy >/tmp/screen 2>&1
saw '^/etc/warder/policy.d/10-money.policy:1:19: error: no label is called monney.*\[undefined\]$'
saw '^                  \^$'
refused user 'not chen, not now'
echo 'deny trigger manual on money' >/etc/warder/policy.d/10-money.policy
exits 0 warderctl policy install -y /etc/warder/policy >/tmp/screen 2>&1
saw '^--- policy.d/10-money.policy$'
refused trigger '10-money.policy:1  deny trigger manual'

say '== a calendar that cannot be read counts as a freeze'
adds 'calendar cn calendars/none.ics' 'deny during cn on shop/*/*/*'
saw 'calendars/none.ics cannot be read: it counts as a freeze'
refused calendar 'deny during cn'

say '== conditions of the change and of the person'
adds 'require branch release/* on shop/*/*/*'
refused branch 'require branch release'
adds 'require source 192.0.2.0/24 on shop/*/*/*'
refused source 'require source 192.0.2.0/24'
adds 'deny trigger manual on shop/*/*/*'
refused trigger 'deny trigger manual'

say '== a quorum: votes are not kept, so one person never is enough'
adds 'require quorum 2 @release-managers on shop/*/*/*'
refused quorum 'require quorum 2 @release-managers'
exits 0 as chen warder show "$PAY" >/tmp/screen
saw 'You may refuse this, not pass it'

say '== a refusal is held back by none of these'
exits 0 at chen warder refuse -y -m 'not this one' "$PAY" >/tmp/screen <<-END
	expect Password
	secret $(password chen)
END
posts 1
exits 0 warderctl ledger verify
