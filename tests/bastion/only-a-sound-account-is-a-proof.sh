#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# The right password is not enough: an expired account, a password that has to
# be changed, a stack without an account line, a module that is not there. And
# after too many failures nobody is asked any more.

# refused WORDS: fang types everything right and is told WORDS
refused() {
	local code=0
	at fang warder refuse "$PAY" -y -m "not before the audit" >/tmp/screen || code=$?
	cat /tmp/screen
	[ "$code" = 4 ] || fail "exit code $code, not 4"
	grep -q "$1" /tmp/screen || fail "the screen does not show: $1"
	posts 0
}

say "expired"
chage -E 2020-01-01 fang
refused 'has expired' <<'END'
	expect Password
	secret fang-lamp-3
END
chage -E -1 fang

say "must change the password"
chage -d 0 fang
refused 'has to be changed' <<'END'
	expect Password
	secret fang-lamp-3
END
chage -d 2026-01-01 fang

say "no account line, no file: libpam would take the service other, which is no answer"
cp /etc/pam.d/warder /tmp/warder.pam
printf '%s required pam_permit.so\n' auth account >/etc/pam.d/other
grep -v '^account' /tmp/warder.pam >/etc/pam.d/warder
exits 21 at fang warder refuse "$PAY" -y -m "not before the audit" </dev/null
rm /etc/pam.d/warder
exits 21 at fang warder refuse "$PAY" -y -m "not before the audit" </dev/null
posts 0
rm /etc/pam.d/other

say "a module that is not there"
{
	echo 'auth required pam_that_is_not_there.so'
	cat /tmp/warder.pam
} >/etc/pam.d/warder
refused 'Not authenticated' <<'END'
	expect Password
	secret fang-lamp-3
END
cat /tmp/warder.pam >/etc/pam.d/warder

say "the fourth and the fifth failure within the window"
for _ in 4 5; do
	refused 'Not authenticated' <<-'END'
		expect Password
		secret wrong
	END
done
say "now even the right password is not asked for"
refused 'Too many failed' </dev/null

say "somebody else is counted for himself"
passes chen
posts 1
exits 0 warderctl ledger verify
