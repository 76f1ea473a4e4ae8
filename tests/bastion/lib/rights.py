#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""rights.py LIBEXEC STDERR [NAME=STDERR...]: what the listener of each service
and a worker of it are, while a connection is there that says nothing.

Connects as whoever may, finds the worker by the other end of that connection,
and compares ids, groups, capabilities, filters, limits, who may look inside
and every descriptor with what the architecture gives them.  STDERR is the log
that they may write to; %s in it stands for the service, and NAME has one of its
own.  Prints a line for each process and exits 1 if one has more or less."""

import grp
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import time

RUN = "/run/warder"
# DAC_READ_SEARCH, SETGID, SETUID, AUDIT_WRITE
PAM_CAPS = 1 << 2 | 1 << 6 | 1 << 7 | 1 << 29


class Service:
    def __init__(self, name, sock, caller, user, group, caps, keyline=False,
                 wakes_itself=False):
        self.name, self.path, self.caller = name, f"{RUN}/{sock}.sock", caller
        self.uid = pwd.getpwnam(user).pw_uid
        self.gid = grp.getgrnam(group).gr_gid
        self.caps, self.keyline, self.wakes_itself = caps, keyline, wakes_itself


SERVICES = [
    Service("warderd", "warder", "chen", "warder", "warder", 0),
    Service("warder-keeper", "keeper", "warder", "warder-keeper", "adm", 0, keyline=True),
    Service("warder-keeper", "keeper", "root", "warder-keeper", "adm", 0, keyline=True),
    Service("warder-pam", "pam", "warder-keeper", "root", "root", PAM_CAPS),
    Service("warder-courier", "courier", "warder-keeper", "warder-courier", "warder-courier", 0,
            wakes_itself=True),
]
bad = 0


def wrong(what):
    global bad
    bad += 1
    print(f"  WRONG: {what}")


def want(what, have, wanted):
    if have != wanted:
        wrong(f"{what} is {have!r}, not {wanted!r}")


def idle_connection(service):
    """A child that is the caller and connected: (pid, inode of its end)."""
    out, into = os.pipe()
    pid = os.fork()
    if pid != 0:
        os.close(into)
        with os.fdopen(out) as told:
            inode = told.read()
        if not inode:
            sys.exit(f"{service.caller} cannot connect to {service.path}")
        return pid, int(inode)
    try:
        user = pwd.getpwnam(service.caller)
        os.setgroups([])
        os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
        os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sock.connect(service.path)
        os.write(into, str(os.fstat(sock.fileno()).st_ino).encode())
        os.close(into)
        signal.pause()
    finally:
        os._exit(1)


def unix_sockets():
    """{inode: (state, path, inode of the other end)}"""
    lines = subprocess.run(["ss", "-xaHn"], capture_output=True, text=True, check=True).stdout
    found = {}
    for line in lines.splitlines():
        _, state, _, _, path, inode, _, other = line.split()[:8]
        found[int(inode)] = (state, path, int(other))
    return found


def descriptors(pid):
    """{fd: what it is}; a socket is its inode"""
    found = {}
    for fd in os.listdir(f"/proc/{pid}/fd"):
        link = os.readlink(f"/proc/{pid}/fd/{fd}")
        inode = re.fullmatch(r"socket:\[(\d+)\]", link)
        found[int(fd)] = int(inode[1]) if inode else link
    return found


def find_worker(service, inode):
    """Whoever holds the other end, once it has put up its own filter."""
    for _ in range(200):
        other = unix_sockets()[inode][2]
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                holds = other != 0 and other in descriptors(pid).values()
                if holds and own_filters(pid) == 2:
                    return int(pid)
            except OSError:
                pass
        time.sleep(0.05)
    sys.exit(f"{service.name}: no worker with a filter of its own for a connection by {service.caller}")


def status(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return {name: value.strip() for name, _, value in (line.partition(":") for line in file)}


def own_filters(pid):
    """Beside those that hold for everybody here: a container has some."""
    return int(status(pid)["Seccomp_filters"]) - int(status("self")["Seccomp_filters"])


def settled(pid):
    """Its descriptors, once it opens no more."""
    before, now = None, descriptors(pid)
    while before != now:
        time.sleep(0.1)
        before, now = now, descriptors(pid)
    return now


def check_rights(pid, service, filters):
    have = status(pid)
    want("Uid", have["Uid"].split(), [str(service.uid)] * 4)
    want("Gid", have["Gid"].split(), [str(service.gid)] * 4)
    # Its own group; root's may be left away as well.
    groups = have["Groups"].split()
    if groups != [str(service.gid)] and not (service.uid == 0 and groups == []):
        wrong(f"groups {groups}")
    for name in ("CapEff", "CapPrm", "CapBnd"):
        want(name, int(have[name], 16), service.caps)
    for name in ("CapInh", "CapAmb"):
        want(name, int(have[name], 16), 0)
    want("NoNewPrivs", have["NoNewPrivs"], "1")
    want("Seccomp", have["Seccomp"], "2")
    want("its filters", own_filters(pid), filters)
    want("Umask", have["Umask"], "0077")
    want("TracerPid", have["TracerPid"], "0")
    with open(f"/proc/{pid}/limits", encoding="ascii") as file:
        core = [line.split()[4:6] for line in file if line.startswith("Max core file size")]
    want("core limit", core, [["0", "0"]])
    want("folder", os.readlink(f"/proc/{pid}/cwd"), "/")
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        want("terminal", file.read().rpartition(")")[2].split()[4], "0")


def reads(pid, service):
    """Whether an equal of the service, ids and capabilities, can look into pid."""
    names = {2: "dac_read_search", 6: "setgid", 7: "setuid", 29: "audit_write"}
    kept = "".join(f",+{name}" for bit, name in names.items() if service.caps >> bit & 1)
    done = subprocess.run(
        ["setpriv", "--reuid", str(service.uid), "--regid", str(service.gid), "--clear-groups",
         "--inh-caps=-all", f"--bounding-set=-all{kept}", "head", "-c", "1", f"/proc/{pid}/maps"],
        capture_output=True, check=False)
    return done.returncode == 0 and len(done.stdout) == 1


def check_shut(pid, service):
    for name in ("mem", "maps", "environ", "fd", "root"):
        want(f"owner of {name}", os.lstat(f"/proc/{pid}/{name}").st_uid, 0)
    if reads(pid, service):
        wrong("an equal can look into it: it is dumpable")


def drop_own(have, sockets):
    """What leads nowhere but to itself: libcurl wakes itself up by it."""
    inodes = set(have.values())
    for fd, what in list(have.items()):
        if what == "anon_inode:[eventfd]" or (
                isinstance(what, int) and sockets[what][2] in inodes):
            del have[fd]


def check_descriptors(pid, service, stderr, rest, sockets):
    """`rest` beside the first three: [(fd or description, check of what it is)]"""
    have = descriptors(pid)
    want("descriptor 0", have.pop(0, None), "/dev/null")
    want("descriptor 1", have.pop(1, None), "/dev/null")
    want("descriptor 2", have.pop(2, None), stderr)
    for name, is_it in rest:
        found = [fd for fd, what in sorted(have.items())
                 if (not isinstance(name, int) or fd == name) and is_it(what, sockets)]
        if not found:
            wrong(f"no {name} among {have}")
        else:
            del have[found[0]]
    if service.wakes_itself:
        drop_own(have, sockets)
    if have:
        wrong(f"too much: { {fd: sockets.get(what, what) for fd, what in have.items()} }")


def end_of(inode):
    return lambda what, sockets: isinstance(what, int) and sockets[what][2] == inode


def door_of(path):
    return lambda what, sockets: isinstance(what, int) and sockets[what][:2] == ("LISTEN", path)


def named(name):
    return lambda what, sockets: what == name


def check_worker(pid, inode, listener, service, stderr, sockets):
    rest = [(3, end_of(inode))]
    if service.keyline:
        lines = [what for what in descriptors(listener).values() if isinstance(what, int)]
        rest.append((4, lambda what, socks: isinstance(what, int) and socks[what][2] in lines))
    check_rights(pid, service, 2)
    check_shut(pid, service)
    check_descriptors(pid, service, stderr, rest, sockets)
    with open(f"/proc/{pid}/environ", "rb") as file:
        want("environment", file.read().strip(b"\0"), b"")


def check_listener(pid, worker, service, stderr, libexec, sockets):
    rest = [("its socket", door_of(service.path)),
            ("its program", named(f"{libexec}/{service.name}")),
            ("signals", named("anon_inode:[signalfd]"))]
    if service.keyline:
        rest.append(("key line", end_of(descriptors(worker)[4])))
    check_rights(pid, service, 1)
    check_shut(pid, service)
    check_descriptors(pid, service, stderr, rest, sockets)


def check_service(service, libexec, stderr):
    client, inode = idle_connection(service)
    try:
        worker = find_worker(service, inode)
        listener = int(status(worker)["PPid"])
        for pid in (worker, listener):
            want("program", os.readlink(f"/proc/{pid}/exe"), f"{libexec}/{service.name}")
        settled(worker)
        sockets = unix_sockets()
        print(f"{service.name}, worker {worker} of {service.caller}")
        check_worker(worker, inode, listener, service, stderr, sockets)
        print(f"{service.name}, listener {listener}")
        check_listener(listener, worker, service, stderr, libexec, sockets)
    finally:
        os.kill(client, signal.SIGKILL)
        os.waitpid(client, 0)
    for _ in range(200):
        if not os.path.exists(f"/proc/{worker}/exe"):
            return
        time.sleep(0.05)
    wrong("the worker stays though its connection has gone")


def check_the_looking(service):
    """An equal can look into what is dumpable, or the look proves nothing."""
    sleeper = subprocess.Popen(
        ["setpriv", "--reuid", str(service.uid), "--regid", str(service.gid), "--clear-groups",
         "--inh-caps=-all", "--bounding-set=-all", "sleep", "60"])
    try:
        for _ in range(100):
            if reads(sleeper.pid, service):
                return
            time.sleep(0.05)
        wrong(f"an equal of {service.name} cannot look into anything")
    finally:
        sleeper.kill()
        sleeper.wait()


def main():
    libexec, stderr = sys.argv[1:3]
    own = dict(one.split("=", 1) for one in sys.argv[3:])
    for service in SERVICES:
        check_the_looking(service)
        check_service(service, libexec,
                      own.get(service.name, stderr.replace("%s", service.name)))
    print(f"{2 * len(SERVICES)} looks, {bad} wrong")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
