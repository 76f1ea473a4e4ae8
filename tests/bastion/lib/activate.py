#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""activate.py UNIT_FOLDER: socket activation from warder's own unit files, for
a bastion that has no systemd as its first process.

Makes the sockets as the .socket files say, and at the first connection starts
the service as its .service file says: user, groups, capabilities, umask, state
and log folders, credentials, limits, LISTEN_FDS.  Of the rest (namespaces,
filters) nothing is imitated: the services fence themselves in.  A service that
ends is started again by the next connection.  Drop-ins are read from
/etc/systemd/system/UNIT.d/.  SIGTERM ends all."""

import ctypes
import glob
import grp
import os
import pwd
import resource
import select
import shutil
import signal
import socket
import sys

CAPS = {"CAP_DAC_READ_SEARCH": 2, "CAP_SETGID": 6, "CAP_SETUID": 7, "CAP_AUDIT_WRITE": 29}
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 24, 38
libc = ctypes.CDLL(None, use_errno=True)


def read_unit(path):
    """{name: [values]}; an empty value forgets the ones before, as in systemd."""
    found = {}
    files = [path] + sorted(glob.glob(f"/etc/systemd/system/{os.path.basename(path)}.d/*.conf"))
    for file in files:
        with open(file, encoding="utf-8") as lines:
            for line in lines:
                name, eq, value = line.strip().partition("=")
                if not eq or name.startswith(("#", ";")):
                    continue
                if value == "":
                    found[name] = [""]
                else:
                    found.setdefault(name, []).append(value)
    return found


def one(unit, name, default=""):
    return unit.get(name, [default])[-1]


def make_socket(unit):
    path = one(unit, "ListenSequentialPacket")
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        os.makedirs(folder)
        os.chmod(folder, int(one(unit, "DirectoryMode", "0755"), 8))
    if os.path.lexists(path):
        os.unlink(path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    old = os.umask(0o777)
    sock.bind(path)
    os.umask(old)
    os.chown(path, pwd.getpwnam(one(unit, "SocketUser", "root")).pw_uid, 0)
    os.chmod(path, int(one(unit, "SocketMode", "0666"), 8))
    sock.listen(int(one(unit, "Backlog", "128")))
    return sock


def prctl(option, value):
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def keep_caps(unit):
    keep = one(unit, "CapabilityBoundingSet", "all")
    if keep == "all":
        return
    kept = {CAPS[word] for word in keep.split()}
    with open("/proc/sys/kernel/cap_last_cap", encoding="ascii") as file:
        last = int(file.read())
    for cap in range(last + 1):
        if cap not in kept:
            prctl(PR_CAPBSET_DROP, cap)


def folders(unit, uid, gid):
    for name, base in (("StateDirectory", "/var/lib"), ("LogsDirectory", "/var/log")):
        if not one(unit, name):
            continue
        path = f"{base}/{one(unit, name)}"
        os.makedirs(path, exist_ok=True)
        os.chown(path, uid, gid)
        os.chmod(path, int(one(unit, name + "Mode", "0755"), 8))


def credentials(name, unit, uid, env):
    wanted = [w for w in unit.get("LoadCredential", []) if w]
    if not wanted:
        return
    base = f"/run/credentials/{name}.service"
    shutil.rmtree(base, ignore_errors=True)
    os.makedirs(base)
    for word in wanted:
        ident, _, source = word.partition(":")
        shutil.copyfile(source, f"{base}/{ident}")
        os.chown(f"{base}/{ident}", uid, -1)
        os.chmod(f"{base}/{ident}", 0o400)
    os.chown(base, uid, -1)
    os.chmod(base, 0o500)
    env["CREDENTIALS_DIRECTORY"] = base


def run(name, unit, sock):
    """In the child: becomes the service, or ends with 126."""
    user = pwd.getpwnam(one(unit, "User", "root"))
    gid = grp.getgrnam(one(unit, "Group")).gr_gid if one(unit, "Group") else user.pw_gid
    env = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
           "LANG": "C.UTF-8", "LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid()),
           "LISTEN_FDNAMES": f"{name}.socket", "USER": user.pw_name}
    folders(unit, user.pw_uid, gid)
    credentials(name, unit, user.pw_uid, env)
    for word, limit in (("LimitCORE", resource.RLIMIT_CORE),
                        ("LimitMEMLOCK", resource.RLIMIT_MEMLOCK)):
        if one(unit, word):
            value = int(one(unit, word).replace("M", "")) * (1 << 20 if "M" in one(unit, word) else 1)
            resource.setrlimit(limit, (value, value))
    os.umask(int(one(unit, "UMask", "0022"), 8))
    os.setsid()
    os.chdir("/")
    null = os.open("/dev/null", os.O_RDWR)
    os.dup2(null, 0)
    fd = os.dup(sock.fileno())
    os.dup2(fd, 3)
    os.closerange(4, 1024)
    os.set_inheritable(3, True)
    keep_caps(unit)
    os.initgroups(user.pw_name, gid)
    os.setresgid(gid, gid, gid)
    os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    if one(unit, "NoNewPrivileges") == "yes":
        prctl(PR_SET_NO_NEW_PRIVS, 1)
    for num in (signal.SIGTERM, signal.SIGINT, signal.SIGPIPE):
        signal.signal(num, signal.SIG_DFL)
    command = one(unit, "ExecStart").split()
    os.execve(command[0], command, env)


def start(name, unit, sock):
    pid = os.fork()
    if pid == 0:
        try:
            run(name, unit, sock)
        except Exception as error:      # the child must never go on as a second parent
            os.write(2, f"activate: {name}: {error}\n".encode())
        os._exit(126)
    os.write(2, f"activate: {name} started, pid {pid}\n".encode())
    return pid


def main():
    folder = sys.argv[1]
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    services, running, failed = {}, {}, {}
    for path in sorted(glob.glob(f"{folder}/warder*.socket")):
        name = os.path.basename(path)[:-len(".socket")]
        services[name] = (read_unit(f"{folder}/{name}.service"), make_socket(read_unit(path)))
    try:
        for name, (unit, sock) in services.items():
            if one(unit, "WantedBy") == "multi-user.target":
                running[name] = start(name, unit, sock)
        while True:
            idle = {s[1]: n for n, s in services.items() if n not in running}
            for sock in select.select(list(idle), [], [], 0.1)[0]:
                name = idle[sock]
                if failed.get(name, 0) < 20:
                    running[name] = start(name, *services[name])
            for name, pid in list(running.items()):
                ended, status = os.waitpid(pid, os.WNOHANG)
                if ended:
                    os.write(2, f"activate: {name} ended, {os.waitstatus_to_exitcode(status)}\n".encode())
                    failed[name] = failed.get(name, 0) + 1
                    del running[name]
    finally:
        for pid in running.values():
            os.kill(pid, signal.SIGTERM)


if __name__ == "__main__":
    main()
