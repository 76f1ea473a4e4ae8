#!/bin/bash
# SPDX-License-Identifier: ISC
# level: ready
# minutes: 15
#
# Control bytes, escape sequences, line separators, bidi, zero width, tags, what
# is no UTF-8, and long texts, as reason, ticket, gate, file name, and in all that
# the server tells: one event makes the lines that it makes with an ordinary text,
# each with one datagram, and no screen, document or page steers a terminal.
# The texts and the places stand in lib/hostile.py.

stop_syslog
python3 -I "$BASTION_LIB/logd.py" /dev/log /var/log/auth.log /run/bastion/datagrams &
echo $! >/run/bastion/syslog.pid
until_true 5 test -S /dev/log -a -e /run/bastion/datagrams
sed -i 's/^confirm_timeout.*/confirm_timeout 1s/' /etc/warder/warder.conf

# The search sees what it looks for.
python3 -c '
import sys
sys.path.insert(0, sys.argv[1])
import hostile
assert hostile.tame(b"ok\r\n", "")
for bad in (b"\x1b[2J", b"\x9b", "\u202e".encode(), "\u2028".encode(), b"\rx", b"\t", "\u00ad".encode()):
    assert not hostile.tame(bad, "as it has to be"), bad
' "$BASTION_LIB"
PYTHONPATH=$BASTION_LIB python3 "$BASTION_LIB/hostile.py" /run/bastion/datagrams ||
	fail 'a hostile text got through'
# Those that the server left unknown stay open.
exits 41 warderctl ledger verify >/dev/null
