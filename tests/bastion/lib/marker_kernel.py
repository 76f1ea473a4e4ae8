# SPDX-License-Identifier: ISC
"""Where the kernel keeps or puts what a process had: queues, cores, swap.

core_pattern is the whole kernel's, no namespace has one of its own, and the
host's is never changed here.  So whether a core could be written is judged by
what decides it: the limit, whether the process may be dumped, and the mark on
the pages that are left out of a dump.  The input queue of a terminal cannot be
read without taking it away from its reader; that one is not looked at.

    marker_kernel.py PID     what would let a core of it be written, a line each"""

import ctypes
import fcntl
import os
import socket
import struct
import sys

libc = ctypes.CDLL(None, use_errno=True)
libc.tee.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_size_t, ctypes.c_uint]
libc.tee.restype = ctypes.c_ssize_t

PIPE_MOST = 1 << 20
MESSAGES_MOST = 4096
SO_PEEK_OFF = 42
PIDFD_GETFD = 438
GET_ROBUST_LIST = {"x86_64": 274, "aarch64": 100}.get(os.uname().machine)
CAPGET, CAPSET = {"x86_64": (125, 126), "aarch64": (90, 91)}.get(os.uname().machine, (0, 0))
CAP_VERSION, CAP_SYS_PTRACE = 0x20080522, 19


# --- queues ----------------------------------------------------------------

def in_pipe(path):
    """What waits in a pipe: the pages are shared with a pipe of ours, not taken."""
    end = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    ours, to = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        fcntl.fcntl(to, 1031, PIPE_MOST)  # F_SETPIPE_SZ
        return os.read(ours, PIPE_MOST) if libc.tee(end, to, PIPE_MOST, 2) > 0 else b""
    finally:
        for fd in (end, ours, to):
            os.close(fd)


def in_socket(pid, number):
    """What waits in a socket, message after message; all of it stays there."""
    process = os.pidfd_open(pid)
    try:
        fd = libc.syscall(PIDFD_GETFD, process, number, 0)
    finally:
        os.close(process)
    if fd < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    data = []
    with socket.socket(fileno=fd) as sock:
        is_local = sock.family == socket.AF_UNIX
        if is_local:
            sock.setsockopt(socket.SOL_SOCKET, SO_PEEK_OFF, 0)
        try:
            for _ in range(MESSAGES_MOST if is_local else 1):
                data.append(sock.recv(PIPE_MOST, socket.MSG_PEEK | socket.MSG_DONTWAIT))
                if not data[-1]:
                    break
        except OSError:  # nothing more, or a socket that only listens
            pass
        finally:
            if is_local:
                sock.setsockopt(socket.SOL_SOCKET, SO_PEEK_OFF, -1)
    return b"".join(data)


def queues(pid):
    """(name, bytes) of each pipe and socket of a process in which something waits."""
    folder = f"/proc/{pid}/fd"
    try:
        numbers = os.listdir(folder)
    except OSError:
        return
    for number in numbers:
        try:
            name = os.readlink(f"{folder}/{number}")
            if name.startswith("pipe:"):
                data = in_pipe(f"{folder}/{number}")
            elif name.startswith("socket:"):
                data = in_socket(pid, int(number))
            else:
                continue
        except OSError:  # gone meanwhile, or not a thread that has its own
            continue
        if data:
            yield name, data


# --- cores -----------------------------------------------------------------

def root_can_read(pid):
    """Whether uid 0 without CAP_SYS_PTRACE may: then the process may be dumped."""
    child = os.fork()
    if child == 0:
        head = struct.pack("=Ii", CAP_VERSION, 0)
        caps = ctypes.create_string_buffer(24)
        code = 2
        if CAPGET and libc.syscall(CAPGET, head, caps) == 0:
            effective = struct.unpack_from("=I", caps, 0)[0] & ~(1 << CAP_SYS_PTRACE)
            struct.pack_into("=I", caps, 0, effective)
            there, size = ctypes.c_void_p(), ctypes.c_size_t()
            if libc.syscall(CAPSET, head, caps) == 0:
                code = libc.syscall(GET_ROBUST_LIST, pid, ctypes.byref(there),
                                    ctypes.byref(size)) == 0
        os._exit(int(code))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0


def core_ways(pid):
    """Words for what would let a core of this process be written."""
    try:
        with open(f"/proc/{pid}/limits", encoding="ascii") as file:
            limit = [x.split()[4:6] for x in file if x.startswith("Max core file size")]
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
            uid = int(next(x for x in file if x.startswith("Uid:")).split()[2])
        owner = os.stat(f"/proc/{pid}/mem").st_uid
    except (OSError, StopIteration):
        return
    if limit != [["0", "0"]]:
        yield f"core limit {limit}"
    # The files of a process that may not be dumped are root's.
    if owner == uid if uid != 0 else root_can_read(pid):
        yield "may be dumped"


# --- pages -----------------------------------------------------------------

def is_swapped(pid, address):
    """Whether this page lies in swap now."""
    page = os.sysconf("SC_PAGE_SIZE")
    try:
        with open(f"/proc/{pid}/pagemap", "rb", buffering=0) as file:
            file.seek(address // page * 8)
            return struct.unpack("=Q", file.read(8))[0] >> 62 & 1 == 1
    except (OSError, struct.error):
        return True


def lacks(flags, swap_kb):
    """What pages that hold a secret lack: "" if they are locked, and in no dump or swap."""
    words = [word for flag, word in (("lo", "not locked"), ("dd", "in cores"))
             if flag not in flags]
    return ", ".join(words + (["in swap"] if swap_kb != 0 else []))


if __name__ == "__main__":
    print(*core_ways(int(sys.argv[1])), sep="\n")
