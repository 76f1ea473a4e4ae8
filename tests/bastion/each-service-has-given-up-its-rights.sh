#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
#
# Listener and worker of each service, under a connection that says nothing:
# ids, groups, capabilities, no new privileges, filters, no core, not to be
# looked into, and no descriptor but those they may hold.  Once as systemd
# starts them, once by hand, as root.
#
# Nothing in /proc tells what Landlock allows.  The courier can be made to try:
# OpenSSL's configuration, which it may read, names a file that it may not.
# Desk and keeper offer no such way in; what the same call shuts for them is
# shown by tests/unit/test_fences: only_what_is_listed_can_be_opened.

none_runs() { [ -z "$(ps -C warderd,warder-keeper,warder-pam,warder-courier -o pid=)" ]; }

say "started through their sockets"
python3 -I "$BASTION_LIB/rights.py" "$(service_dir)" "$BASTION_LOGS/services.log"

say "the courier and a file that everybody may read"
conf=/etc/ssl/openssl.cnf outside=/run/outside/more.cnf
install -d -m 0755 /run/outside
echo 'x = 1' >$outside
[ -f $conf ] || fail "no $conf"
sed -i "1i .include $outside" $conf
unread() { touch -a -d @1000000000 $conf $outside; }
was_read() { [ "$(stat -c %X "$1")" != 1000000000 ]; }
unread
setpriv --reuid warder-courier --regid warder-courier --clear-groups \
	python3 -I -c 'import ssl; ssl.create_default_context()'
for file in $conf $outside; do
	was_read "$file" || fail "its user without its fences does not read $file"
done
unread
exits 0 passes chen >/dev/null
was_read $conf || fail "the courier read no configuration: this shows nothing"
! was_read $outside || fail "the courier read $outside"
sed -i 1d $conf
posts 1		# not before: what asks for it has OpenSSL in it too

stop services
until_true 10 none_runs || fail "services stay"
rm -f "$RUN"/*.sock
say "started by hand"
# What whoever starts them has open is not theirs.
exec 4</etc/shadow
BASTION_START=listen start_services
exec 4<&-
python3 -I "$BASTION_LIB/rights.py" "$(service_dir)" "$BASTION_LOGS/%s.log"
