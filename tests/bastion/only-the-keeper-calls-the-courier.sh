#!/bin/bash
# SPDX-License-Identifier: ISC
# level: installed
#
# The courier between its own user and the keeper's: whoever else connects is
# closed unread; what a worker is while it carries, and that it goes with its
# connection.

start_sandbox
write_conf
install -d -m 0755 "$RUN" /run/client
cp "$BASTION_TOP"/tests/flow/{courier,sandbox}_client.py /run/client/
by_hand warder-courier "$(service_dir)/warder-courier" --listen "$RUN/courier.sock"
until_true 10 test -S "$RUN/courier.sock" || {
	show_logs
	fail "the courier does not listen"
}

cat >/run/client/call.py <<'END'
import socket, sys
sys.dont_write_bytecode = True
sys.path.insert(0, "/run/client")
from courier_client import PASS, TRUE, Courier, sign
from sandbox_client import GATE, RUN, Sandbox

who = sys.argv[1]
sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
sock.settimeout(20)
try:
    sock.connect("/run/warder/courier.sock")
except PermissionError:
    sys.exit("not allowed to connect")
if who != "keeper":
    try:
        sock.send(b"x" * 16)
        answer = sock.recv(16384)
    except (BrokenPipeError, ConnectionResetError):
        answer = b""
    sys.exit("answered" if answer else "closed unread")

sandbox = Sandbox.__new__(Sandbox)
sandbox.host = open("/run/sandbox/https").read().strip()
call = Courier.__new__(Courier)
call.sock, call.id = sock, 0
items, done = call.answer(call.read("run", *sign(
    sandbox, "GetPipelineRun", RUN)))
assert done["http"] == 200 and items[0]["kind"] == "run", done
_, done = call.answer(call.act(PASS, *sign(
    sandbox, "PassPipelineValidate", GATE + "/pass")))
assert done["success"] == TRUE and done["connections"] == 1, done
print("passed", flush=True)
sys.stdin.readline()
END

for who in chen warder warder-courier warder-sandbox; do
	said=$(as "$who" python3 -I /run/client/call.py other 2>&1) || :
	[ "$said" = "not allowed to connect" ] || fail "$who: $said"
done
said=$(python3 -I /run/client/call.py other 2>&1) || :
[ "$said" = "closed unread" ] || fail "root: $said"
posts 0

mkfifo /run/client/hold
as warder-keeper python3 -I /run/client/call.py keeper </run/client/hold \
	>/run/client/said 2>&1 &
exec 9>/run/client/hold
until_true 20 test -s /run/client/said
[ "$(cat /run/client/said)" = passed ] || {
	cat /run/client/said
	show_logs
	fail "the keeper's request was not carried"
}
posts 1

listener=$(cat /run/bastion/warder-courier.pid)
worker=$(pgrep -u warder-courier -P "$listener") || fail "no worker"
# shows NAME VALUE: of the worker's status
shows() {
	grep -q "^$1:[[:space:]]*$2\$" "/proc/$worker/status" ||
		fail "worker: $(grep "^$1:" "/proc/$worker/status"), not $2"
}
courier=$(id -u warder-courier)
shows Uid "${courier}[[:space:]]${courier}[[:space:]]${courier}[[:space:]]${courier}"
shows Groups "$(id -g warder-courier) *"
shows CapPrm 0000000000000000
shows CapBnd 0000000000000000
shows NoNewPrivs 1
shows Seccomp 2
as warder-courier cat "/proc/$worker/environ" >/dev/null 2>&1 &&
	fail "the worker can be read by its own uid"
for fd in "/proc/$worker/fd/"*; do
	case $(readlink "$fd") in
	/dev/null | socket:* | pipe:* | anon_inode:* | /var/log/bastion/*) ;;
	*) fail "the worker holds $(readlink "$fd")" ;;
	esac
done
exec 9>&-
until_true 10 gone "$worker" || fail "the worker outlives its connection"
say "one caller, one worker, one POST"
