# SPDX-License-Identifier: ISC
"""Somebody whose sockets a hostile desk gets hold of: listens on a path, and
makes a pair that the next program inherits.  usage: person.py PATH UID
PROGRAM...; becomes UID for PROGRAM, which gets PATH and the two numbers."""

import os
import socket
import sys
import threading

path, uid, program = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
maker = int(os.environ["MAKER"])

# The pair and the listener belong to the person.
os.seteuid(maker)
listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
if os.path.exists(path):
    os.unlink(path)
listener.bind(path)
os.chmod(path, 0o666)
listener.listen(4)
mine, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
os.seteuid(0)

for end in (mine, other):
    os.set_inheritable(end.fileno(), True)
child = os.fork()
if child == 0:
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
    os.execvp(program[0], program + [path, str(mine.fileno()), str(other.fileno())])
threading.Thread(target=lambda: [listener.accept() for _ in range(4)], daemon=True).start()
_, status = os.waitpid(child, 0)
os._exit(os.waitstatus_to_exitcode(status))
