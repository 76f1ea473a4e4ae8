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

# The five cases of a password in /etc/shadow. A success is among them, so
# that warder's own count never comes to five. More that is asked: as arguments.
right_row() { types "${PW[@]}" "$@" | row right chen "$YES"; }
unix_rows() {
	types Password wrong | row wrong chen "$NO"
	right_row "$@"
	types "${PW[@]}" "$@" | row 'locked (usermod -L)' chen "$NO" is_locked chen
	is_well chen
	types "${PW[@]}" "$@" | row expired chen "$EXPIRED" is_expired chen
	is_well chen
	types "${PW[@]}" "$@" | row must-change chen "$CHANGE" must_change chen
	is_well chen
}

stack_is 'pam_unix' <<'END'
auth     required  pam_unix.so
account  required  pam_unix.so
END
unix_rows

all_rows 5
