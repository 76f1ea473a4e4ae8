#!/bin/bash
# SPDX-License-Identifier: ISC
# level: installed
# minutes: 25
#
# Keeper, courier, desk and pam killed at every step of a decision: no POST
# without its intent, no gate with two, and what is left open is settled to
# what the server knows. `make check-kills` has ten thousand rounds and more.

rounds=${BASTION_ROUNDS:-1000}

echo '#define _GNU_SOURCE' >/tmp/config.h
cc -O2 -I/tmp -o /usr/local/bin/kill-at \
	"$BASTION_TOP/tests/bin/kill-at.c" -lseccomp
start_sandbox
# Nobody is asked anything, or each round would wait for a person.
printf '%s required pam_permit.so\n' auth account >/etc/pam.d/warder
make_warder
{
	sed '/^confirm_timeout/d' /etc/warder/warder.conf
	echo 'confirm_timeout 300ms'
	echo 'auth_failures 100'
} >/tmp/warder.conf
cat /tmp/warder.conf >/etc/warder/warder.conf
python3 -I "$BASTION_LIB/kills.py" /usr/local/bin/kill-at "$rounds" \
	2>/tmp/wrong || {
	show_logs
	cat /tmp/wrong
	exit 1
}
