#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Marker secrets: made, and looked for.

    marker.py make DIR               secrets of this machine, drawn anew
    marker.py derive DIR MASTER      the two keys that come of a master key
    marker.py trace DIR REPORT [--calls PROGRAM]... [--crash PROGRAM KIND SIGNAL]
              [--pid PID]... -- COMMAND...
    marker.py scan DIR [--but PID]... [--skip PATH]... [--below PATH]...

The secrets lie in DIR (0700), one a file, and no shell ever holds one.

`trace` runs COMMAND, whose exit code it gives, and follows it, the processes
named by --pid and all that they start.  When a program of warder ends, and with
--calls PROGRAM (or all) at each of its system calls that hands bytes over or
starts something, the memory of that process is read and searched for each
secret; at its end in every form that a mistake could leave it in.  May hold it, by
ALLOWED: pages that are locked, in no core and not in swap, or, for two stated
exceptions, any that are not in swap.  Who holds one must have a core limit of 0
and not be dumpable, and at its end none may wait in its pipes and sockets.
marker_kernel.py says how that is seen, and what cannot be.  REPORT gets
`held PROGRAM KIND N`, how many such looks saw it where it may be; `leak …` for
every other place, once each; `end PROGRAM PID STATUS core|-`.  --crash sends
PROGRAM a signal at the first such call that it makes while it holds KIND; for
`-`, a few calls after its start.

`scan` searches all processes (memory, queues, arguments, environment) but PIDs, with
the same rules, and all files below PATHs; it prints what it finds, exit 1."""

import argparse
import ctypes
import hashlib
import json
import os
import secrets
import signal
import stat
import struct
import sys

# Under -I nothing beside a script is found by itself; nothing is left there.
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from marker_forms import forms
from marker_kernel import core_ways, is_swapped, lacks, queues

KINDS = ("secret", "token", "password", "master", "kek", "mac")
LOCKED, ANY, ALIVE = "locked pages", "any memory", "any memory, but at its end none"
ALLOWED = {
    "warder-keeper": {kind: LOCKED for kind in ("secret", "token", "master", "kek", "mac")},
    "warderctl": {kind: LOCKED for kind in ("secret", "token", "master", "kek", "mac")},
    "warder": {"password": LOCKED},
    # libpam and its modules keep copies of their own; pam_end() wipes them.
    "warder-pam": {"password": ALIVE},
    # The token is what this kind of key sends: keys.md 7 states it.
    "warder-courier": {"token": ANY},
}

# --- forms -----------------------------------------------------------------

def needles(folder):
    """{kind: [(form, bytes)]} of what lies there."""
    found = {}
    for kind in KINDS:
        path = os.path.join(folder, kind)
        if os.path.exists(path):
            with open(path, "rb") as file:
                found[kind] = forms(kind, file.read())
    return found


# --- memory ----------------------------------------------------------------

class Gone(Exception):
    pass


def program_of(pid):
    try:
        path = os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return ""
    return os.path.basename(path.removesuffix(" (deleted)"))


def mappings(pid):
    """(first, length, name, what it lacks) of what is there and was ever touched."""
    try:
        with open(f"/proc/{pid}/smaps", encoding="utf-8", errors="replace") as file:
            lines = file.readlines()
    except OSError as error:
        raise Gone from error
    head, there, swap = None, False, 0
    for line in lines:
        if line.startswith("VmFlags:"):
            first, last = (int(x, 16) for x in head[0].split("-"))
            name = head[5].strip() if len(head) > 5 else "anonymous"
            is_file = len(head) > 5 and head[5].startswith("/") and "w" not in head[1]
            if there and not is_file and name not in ("[vvar]", "[vsyscall]"):
                yield first, last - first, name or "anonymous", lacks(line.split(), swap)
            there, swap = False, 0
        elif line[0] in "0123456789abcdef" and "-" in line.split(" ", 1)[0]:
            head = line.split(None, 5)
        elif line.startswith(("Rss:", "Swap:")) and line.split()[1] != "0":
            there = True
            swap += int(line.split()[1]) if line.startswith("Swap:") else 0


def written(pid):
    """(first, length) of what it can write to: where copies are, and quick to tell."""
    try:
        with open(f"/proc/{pid}/maps", "rb") as file:
            lines = file.readlines()
    except OSError as error:
        raise Gone from error
    for line in lines:
        head = line.split(None, 2)
        if head[1][1:2] == b"w":
            first, last = (int(x, 16) for x in head[0].split(b"-"))
            yield first, last - first


def read_parts(mem, parts):
    for first, length in parts:
        try:
            yield os.pread(mem, length, first)
        except OSError:
            continue


def held(pid, wanted, forms_of):
    """Yields (kind, form, place, what it lacks) of each secret in a process."""
    try:
        mem = os.open(f"/proc/{pid}/mem", os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise Gone from error
    try:
        if forms_of is halves:
            data = b"|".join(read_parts(mem, written(pid)))
            if not any(needle in data for kind in wanted for _, needle in halves(wanted[kind])):
                return
        for first, length, name, lack in list(mappings(pid)):
            for data in read_parts(mem, [(first, length)]):
                for kind in wanted:
                    for form, needle in forms_of(wanted[kind]):
                        at = data.find(needle)
                        if at >= 0:
                            # Exactly this page, where others may be there.
                            if is_swapped(pid, first + at) and "in swap" not in lack:
                                lack += ", in swap"
                            yield kind, form, f"{name}+{at:#x}", lack
    finally:
        os.close(mem)


def everything(found):
    return found


def halves(found):
    return found[:2]


def waiting(pid, wanted):
    """Yields (kind, form, queue) of each secret that waits in a pipe or socket."""
    for name, data in queues(pid):
        for kind in wanted:
            for form, needle in wanted[kind]:
                if needle in data:
                    yield kind, form, name


def is_allowed(program, kind, lack, at_end=False):
    rule = ALLOWED.get(program, {}).get(kind)
    if rule == LOCKED:
        return lack == ""
    return "in swap" not in lack and (rule == ANY or rule == ALIVE and not at_end)


# --- following -------------------------------------------------------------

PTRACE_CONT, PTRACE_SYSCALL = 7, 24
PTRACE_GETEVENTMSG, PTRACE_SEIZE, PTRACE_LISTEN = 0x4201, 0x4206, 0x4208
PTRACE_GET_SYSCALL_INFO = 0x420e
SYSGOOD, FORK, VFORK, CLONE, EXEC, EXIT = 1, 2, 4, 8, 0x10, 0x40
EVENT_EXEC, EVENT_EXIT, EVENT_STOP = 4, 6, 128
WALL = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long
ENTRY = 1
# write sendto sendmsg clone execve execveat fsync fdatasync futex clone3 exit_group
CALLS = {"x86_64": {1, 44, 46, 56, 59, 322, 74, 75, 149, 202, 435, 231},
         "aarch64": {64, 206, 211, 220, 221, 228, 281, 82, 83, 98, 435, 94}}.get(os.uname().machine)
LOCKS = (149, 228)  # mlock, of either
FEW = 8


def ptrace(request, pid, addr=0, data=0):
    return libc.ptrace(request, pid, addr, data)


class Tracer:
    def __init__(self, wanted, report, crash, calls):
        self.wanted, self.crash = wanted, crash
        self.report, self.calls = report, calls + (crash[:1] if crash else [])
        self.seen, self.counts, self.looks = set(), {}, {}
        self.programs, self.crashed, self.shut = {}, set(), set()

    def say(self, text):
        self.report.write(text + "\n")
        self.report.flush()

    def seize(self, pid):
        if ptrace(PTRACE_SEIZE, pid, 0, SYSGOOD | FORK | VFORK | CLONE | EXEC | EXIT) != 0:
            raise OSError(ctypes.get_errno(), f"cannot follow process {pid}")

    def is_ours(self, pid):
        if pid not in self.programs:
            self.programs[pid] = program_of(pid)
        name = self.programs[pid]
        return name.startswith("warder") and name != "warder-sandbox"

    def look(self, pid, when, forms_of):
        """Which kinds it holds; tells of those that it must not, unless `when` is None."""
        program, kinds = self.programs[pid], set()
        self.looks[program] = self.looks.get(program, 0) + 1
        try:
            for kind, form, place, lack in held(pid, self.wanted, forms_of):
                kinds.add(kind)
                if when is None or is_allowed(program, kind, lack, when == "at its end"):
                    continue
                self.leak(program, f"{kind} ({form})", place, f"{when}: {lack}")
        except Gone:
            pass
        if forms_of is everything:
            for kind, form, queue in waiting(pid, self.wanted):
                self.leak(program, f"{kind} ({form})", queue, when)
        if kinds and when and (pid not in self.shut or forms_of is everything):
            self.shut.add(pid)
            for way in core_ways(pid):
                self.leak(program, "/".join(sorted(kinds)), "a core", f"{when}: {way}")
        for kind in kinds:
            key = (program, kind)
            self.counts[key] = self.counts.get(key, 0) + 1
        return kinds

    def leak(self, program, what, place, when):
        mark = (program, what, place.split("+")[0].split(":[")[0], when)
        if mark not in self.seen:
            self.seen.add(mark)
            self.say(f"leak {program} {what} in {place} {when}")

    def syscall(self, pid):
        info = ctypes.create_string_buffer(88)
        ptrace(PTRACE_GET_SYSCALL_INFO, pid, 88, ctypes.addressof(info))
        if info.raw[0] != ENTRY:
            return 0
        number = struct.unpack_from("=Q", info.raw, 24)[0]
        if CALLS is not None and number not in CALLS:
            return 0
        # The child of a fork begins with locking what it has got.
        kinds = self.look(pid, None if number in LOCKS else f"at system call {number}", halves)
        return self.crashes(pid, kinds)

    def crashes(self, pid, kinds):
        """The signal to deal it now, or 0."""
        if self.crash is None or self.programs[pid] != self.crash[0]:
            return 0
        if self.crash[1] == "-" and self.looks[self.programs[pid]] < FEW:
            return 0
        if self.crash[1] != "-" and self.crash[1] not in kinds:
            return 0
        number, self.crash = int(self.crash[2]), None
        self.say(f"crash {self.programs[pid]} {pid} by {signal.Signals(number).name}")
        self.crashed.add(pid)
        os.kill(pid, number)
        return 0

    def stopped(self, pid, status):
        """Handles one stop and lets it go on."""
        sig, event = os.WSTOPSIG(status), status >> 16
        if event == EVENT_EXEC:
            self.programs.pop(pid, None)
            self.shut.discard(pid)
        ours, deal = self.is_ours(pid), 0
        by_call = ours and ("all" in self.calls or self.programs[pid] in self.calls)
        go = PTRACE_SYSCALL if by_call else PTRACE_CONT
        if event == EVENT_EXIT:
            if ours:
                # Who is killed half-way wipes nothing, and neither does libpam.
                self.look(pid, "when it crashed" if pid in self.crashed else "at its end",
                          everything)
        elif event == EVENT_STOP:
            if sig in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
                go = PTRACE_LISTEN
        elif event == 0 and sig == signal.SIGTRAP | 0x80:
            if ours:
                self.syscall(pid)
        elif event == 0:
            deal = sig
        ptrace(go, pid, 0, deal)

    def ended(self, pid, status):
        program = self.programs.pop(pid, "")
        if program.startswith("warder"):
            how = os.waitstatus_to_exitcode(status)
            core = "core" if os.WCOREDUMP(status) else "-"
            self.say(f"end {program} {pid} {how} {core}")

    def run(self, command_pid):
        code = None
        while code is None:
            pid, status = os.waitpid(-1, WALL)
            if os.WIFSTOPPED(status):
                self.stopped(pid, status)
                continue
            self.ended(pid, status)
            if pid == command_pid:
                code = os.waitstatus_to_exitcode(status)
        for (program, kind), n in sorted(self.counts.items()):
            self.say(f"held {program} {kind} {n}")
        for program, n in sorted(self.looks.items()):
            self.say(f"looks {program} {n}")
        return code


def start(command):
    """Not before it is followed; returns its pid and what lets it go."""
    ready, go = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(go)
        os.read(ready, 1)
        try:
            os.execvp(command[0], command)
        except OSError as error:
            os.write(2, f"marker: {command[0]}: {error}\n".encode())
        os._exit(127)
    os.close(ready)
    return pid, go


def threads_of(pid):
    """The process, its threads, and all that it has started."""
    found = [int(t) for t in os.listdir(f"/proc/{pid}/task")]
    for task in list(found):
        with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
            for child in file.read().split():
                found += threads_of(int(child))
    return found


def trace(args):
    with open(args.report, "a", encoding="utf-8") as report:
        tracer = Tracer(needles(args.folder), report, args.crash, args.calls)
        pid, go = start(args.command)
        tracer.seize(pid)
        for other in args.pid:
            for task in threads_of(other):
                tracer.seize(task)
                # Only a stop makes it go on from call to call.
                ptrace(0x4207, task)
        os.write(go, b"x")
        os.close(go)
        code = tracer.run(pid)
    return code if code >= 0 else 128 - code


# --- all places ------------------------------------------------------------

def search_file(path, wanted):
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return
    for kind, found in wanted.items():
        for form, needle in found:
            if needle in data:
                yield f"{path}: {kind} ({form})"
                break


def search_processes(wanted, but):
    for name in sorted(filter(str.isdigit, os.listdir("/proc")), key=int):
        pid = int(name)
        if pid in but or pid == os.getpid():
            continue
        program = program_of(pid)
        for part in ("cmdline", "environ"):
            yield from search_file(f"/proc/{pid}/{part}", wanted)
        try:
            for kind, form, place, lack in held(pid, wanted, everything):
                if not is_allowed(program, kind, lack):
                    yield f"memory of {program} ({pid}), {place}, {lack}: {kind} ({form})"
        except Gone:
            continue
        for kind, form, queue in waiting(pid, wanted):
            yield f"queue of {program} ({pid}), {queue}: {kind} ({form})"


def is_since(path, drawn):
    try:
        there = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISREG(there.st_mode) and there.st_ctime >= drawn


def search_files(wanted, places, skip, drawn):
    for place in places:
        for folder, inside, files in os.walk(place):
            inside[:] = [d for d in inside if os.path.join(folder, d) not in skip]
            for file in files:
                path = os.path.join(folder, file)
                if path not in skip and is_since(path, drawn):
                    yield from search_file(path, wanted)


def scan(args):
    wanted, found = needles(args.folder), []
    found += search_processes(wanted, set(args.but))
    drawn = os.stat(os.path.join(args.folder, "secret")).st_mtime
    found += search_files(wanted, args.below, set(args.skip) | {args.folder}, drawn)
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


# --- making ----------------------------------------------------------------

def keep(folder, name, data):
    path = os.path.join(folder, name)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)


def word(n):
    letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "".join(secrets.choice(letters) for _ in range(n)).encode()


def make(args):
    os.makedirs(args.folder, mode=0o700, exist_ok=True)
    secret, token, password = word(30), b"pt-" + word(37), word(24)
    for name, data in (("secret", secret), ("token", token), ("password", password)):
        keep(args.folder, name, data)
    keep(args.folder, "seal-secret", b"LTAI5tSANDBOXKEY0001\n" + secret + b"\n")
    keep(args.folder, "seal-token", b"\n" + token + b"\n")
    keep(args.folder, "chpasswd", b"chen:" + password + b"\n")
    scenario = json.load(sys.stdin)
    scenario["keys"][0]["secret"] = secret.decode()
    scenario["tokens"][0]["token"] = token.decode()
    keep(args.folder, "scenario.json", json.dumps(scenario).encode())
    return 0


def derive(args):
    with open(args.master, "rb") as file:
        master = file.read()
    keep(args.folder, "master", master)
    for number, name in ((1, "kek"), (2, "mac")):
        keep(args.folder, name, hashlib.blake2b(
            key=master, digest_size=32, salt=struct.pack("<QQ", number, 0),
            person=b"warderK1".ljust(16, b"\0")).digest())
    return 0


def main():
    parser = argparse.ArgumentParser()
    verbs = parser.add_subparsers(required=True)
    for name, serve in (("make", make), ("derive", derive), ("trace", trace), ("scan", scan)):
        verb = verbs.add_parser(name)
        verb.set_defaults(serve=serve)
        verb.add_argument("folder")
        if name == "derive":
            verb.add_argument("master")
        if name == "trace":
            verb.add_argument("report")
            verb.add_argument("--crash", nargs=3)
            verb.add_argument("--calls", action="append", default=[])
            verb.add_argument("--pid", type=int, action="append", default=[])
            verb.add_argument("command", nargs="+")
        if name == "scan":
            verb.add_argument("--but", type=int, action="append", default=[])
            verb.add_argument("--skip", action="append", default=[])
            verb.add_argument("--below", action="append", default=[])
    args = parser.parse_args()
    return args.serve(args)


if __name__ == "__main__":
    sys.exit(main())
