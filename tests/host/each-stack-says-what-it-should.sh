#!/bin/bash
# SPDX-License-Identifier: ISC
# minutes: 12
#
# What PAM stacks say of a person, and what becomes of it: each row is a pass
# over sshd, against a gate of its own.  Where pam_unix is not what a stack is
# about it has `nodelay`, which takes two seconds off a wrong password and
# nothing else; the first stack goes without.

ready
# shellcheck source=tests/host/lib/stacks.sh
. /warder/tests/host/lib/stacks.sh
PW=(Password chen-horse-7)

# What befalls an account of this host once its person is in.
is_locked() { usermod -L "$1"; }
is_expired() { usermod --expiredate 2020-01-01 "$1"; }
must_change() { chage -d 0 "$1"; }
is_well() {
	usermod -U "$1" 2>/dev/null || :
	usermod --expiredate '' "$1"
	chage -d 2026-01-01 "$1"
}

# Of a password in /etc/shadow. Warder's own count never comes to five, for a
# success follows before: with each stack's drop-in, at its end.  What is asked
# besides, and answered: as arguments.
right_row() { types "${PW[@]}" "$@" | row right chen "$YES"; }
unix_rows() {
	right_row "$@"
	types Password wrong | row wrong chen "$NO"
	types "${PW[@]}" | row 'locked (usermod -L)' chen "$NO" is_locked chen
	is_well chen
	types "${PW[@]}" "$@" | row expired chen "$EXPIRED" is_expired chen
	is_well chen
	types "${PW[@]}" "$@" | row must-change chen "$CHANGE" must_change chen
	is_well chen
}

# The code that chen used last.
used_code() {
	oathtool --totp --now "@$(($(cat /run/bastion-otp) * 30))" - <<<"$TOTP_SEED"
}
used_row() { types "${PW[@]}" "$1" "$(used_code)" | row 'a used code' chen "$NO"; }

stack_is 'pam_unix' <<'END'
auth     required  pam_unix.so
account  required  pam_unix.so
END
unix_rows
fenced pam-unix
right_row

stack_is 'pam_unix, shadow 0000' <<'END'
auth     required  pam_unix.so nodelay
account  required  pam_unix.so
END
chmod 0000 /etc/shadow
unix_rows
fenced pam-unix
right_row
[ "$(stat -c %a /etc/shadow)" = 0 ] || fail 'the shadow file got another mode'
chmod 0640 /etc/shadow

stack_is 'pam_faillock (warder.pam)' </usr/share/doc/warder/examples/warder.pam
unix_rows
right_row
echo 'deny = 2' >>/etc/security/faillock.conf
types Password wrong | row 'wrong, once' chen "$NO"
types Password wrong | row 'wrong, twice' chen "$NO"
row 'locked (tally), not even asked' chen "$NO" </dev/null
fenced pam-unix
row 'locked (tally), not even asked' chen "$NO" </dev/null
faillock --user chen --reset
types "${PW[@]}" | row 'right, tally emptied' chen "$YES"
sed -i '/^deny/d' /etc/security/faillock.conf

stack_is 'pam_unix + pam_oath (warder-mfa.pam)' </usr/share/doc/warder/examples/warder-mfa.pam
types "${PW[@]}" One-time 000000 | row 'wrong code' chen "$NO"
unix_rows One-time @otp
fenced pam-oath
right_row One-time @otp
used_row One-time
right_row One-time @otp

rm /run/bastion-otp
printf '%s\n' GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ '" DISALLOW_REUSE' '" WINDOW_SIZE 17' \
	'" TOTP_AUTH' >/home/chen/.google_authenticator
chown chen:chen /home/chen/.google_authenticator
chmod 0400 /home/chen/.google_authenticator
stack_is 'pam_unix + pam_google_authenticator' <<'END'
auth     requisite  pam_unix.so nodelay
auth     required   pam_google_authenticator.so
account  required   pam_unix.so
END
types "${PW[@]}" 'Verification code' 000000 | row 'wrong code' chen "$NO"
unix_rows 'Verification code' @otp
fenced pam-google-authenticator
right_row 'Verification code' @otp
used_row 'Verification code'
right_row 'Verification code' @otp

stack_is 'pam_unix + pam_access + pam_time' <<'END'
auth     required  pam_unix.so nodelay
account  required  pam_access.so accessfile=/etc/security/warder-access.conf
account  required  pam_time.so
account  required  pam_unix.so
END
in_access() { echo "-:ALL EXCEPT $1:ALL" >/etc/security/warder-access.conf; }
in_hours() { echo "warder;*;chen;$1" >>/etc/security/time.conf; }
in_access chen
in_hours Al0000-2400
unix_rows
fenced pam-unix
right_row
types "${PW[@]}" | row 'not in access.conf' chen "$NO" in_access fang
in_access chen
sed -i '/^warder;/d' /etc/security/time.conf
types "${PW[@]}" | row 'outside the hours' chen "$NO" in_hours '!Al0000-2400'
sed -i '/^warder;/d' /etc/security/time.conf
right_row

all_rows 50
