#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A person at a terminal.

    drive.py [--user NAME] [--seconds N] [--quiet] -- COMMAND...   < steps
    drive.py [--user NAME] --interactive -- COMMAND...

Runs COMMAND as NAME in a session with a pseudo-terminal of its own, shows on
stdout what that terminal shows, and plays the steps read from stdin, one on a
line (# begins a comment line):

    expect TEXT   wait until the screen shows TEXT, after what was matched before
    until TEXT    the same, but if the command ends first, the rest is left out
    await FILE    wait until FILE is there: somebody else has a turn
    type TEXT     type TEXT and Enter; the terminal must echo
    secret TEXT   the same, but the terminal must not echo
    key C         one key: ^C, ^D, ^Z, ^\\
    wait SECONDS  sit there
    hangup        close the terminal

In TEXT of type and secret: @otp is chen's next one-time code, @screen:REGEX
the first group of the last place of the screen that fits REGEX, @file:PATH
what that file holds.

The exit code is COMMAND's (128 + signal); 99 says that the play went wrong: a
step did not come in time, was left over, echo was wrong, or the terminal was
not given back the way it was.  --interactive joins the caller's terminal to it
instead of playing steps."""

import argparse
import fcntl
import os
import pwd
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import tty

WRONG = 99
KEYS = {"^C": b"\x03", "^D": b"\x04", "^Z": b"\x1a", "^\\": b"\x1c"}
ESCAPES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|[()][A-Z0-9]|[=>])")
SEED_FILE = "/var/lib/oath/users.oath"
USED_FILE = "/run/bastion-otp"


class Wrong(Exception):
    pass


class Ended(Wrong):
    """The command ended before it showed what was expected."""


def next_code():
    """A code counts once, so each one comes from a later step of the clock."""
    with open(SEED_FILE, encoding="ascii") as file:
        seed = file.readline().split()[3]
    now = int(time.time()) // 30
    try:
        with open(USED_FILE, encoding="ascii") as file:
            now = max(now, int(file.read()) + 1)
    except FileNotFoundError:
        pass
    with open(USED_FILE, "w", encoding="ascii") as file:
        file.write(str(now))
    when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now * 30))
    # The seed goes by stdin: it is nobody's argument.
    done = subprocess.run(["oathtool", "--totp", "--now", when, "-"], input=seed,
                          capture_output=True, text=True, check=True)
    return done.stdout.strip()


def become(user):
    """What sshd or login does for a session, without PAM: ids, groups, home."""
    who = pwd.getpwnam(user)
    try:
        with open("/proc/self/loginuid", "w", encoding="ascii") as file:
            file.write(str(who.pw_uid))
    except OSError:
        pass        # no audit in this kernel, or the login is fixed already
    os.initgroups(user, who.pw_gid)
    os.setresgid(who.pw_gid, who.pw_gid, who.pw_gid)
    os.setresuid(who.pw_uid, who.pw_uid, who.pw_uid)
    os.chdir(who.pw_dir)
    return {"HOME": who.pw_dir, "USER": user, "LOGNAME": user,
            "SHELL": who.pw_shell, "XDG_RUNTIME_DIR": f"/run/user/{who.pw_uid}"}


def child(slave, user, command):
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8",
           "TERM": os.environ.get("TERM", "dumb")}
    if user == "root":
        env["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    for name in ("LC_ALL", "TZ"):
        if name in os.environ:
            env[name] = os.environ[name]
    try:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for fd in (0, 1, 2):
            os.dup2(slave, fd)
        os.closerange(3, 1024)
        for num in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGPIPE):
            signal.signal(num, signal.SIG_DFL)
        env.update(become(user))
        os.execvpe(command[0], command, env)
    except OSError as error:
        os.write(2, f"drive: {command[0]}: {error}\n".encode())
    os._exit(127)


class Terminal:
    def __init__(self, user, command, size=(40, 100)):
        self.master, self.slave = os.openpty()
        who = pwd.getpwnam(user)
        os.fchown(self.slave, who.pw_uid, 5)
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("4H", *size, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        self.screen, self.matched, self.raw = "", 0, b""
        self.open = True
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.master)
            child(self.slave, user, command)
        self.pidfd = os.pidfd_open(self.pid)

    def read(self, seconds, show=True):
        """True if the screen changed; False on silence or the command's end."""
        fds = [self.master, self.pidfd] if self.open else [self.pidfd]
        ready = select.select(fds, [], [], seconds)[0]
        if self.open and self.master in ready:
            try:
                piece = os.read(self.master, 65536)
            except OSError:
                piece = b""
            if piece:
                self.take(piece, show)
                return True
        return False

    def take(self, piece, show):
        self.raw += piece
        if show:
            sys.stdout.buffer.write(piece.replace(b"\r\n", b"\n"))
            sys.stdout.buffer.flush()
        text = self.raw.decode("utf-8", "replace")
        self.screen = ESCAPES.sub("", text).replace("\r", "")

    def echoes(self):
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def ended(self):
        return bool(select.select([self.pidfd], [], [], 0)[0])

    def expect(self, text, deadline, show):
        while True:
            at = self.screen.find(text, self.matched)
            if at >= 0:
                self.matched = at + len(text)
                return
            left = deadline - time.monotonic()
            if left <= 0:
                raise Wrong(f"waited in vain for “{text}”")
            if not self.read(min(left, 0.2), show) and self.ended():
                while self.read(0, show):
                    pass
                if self.screen.find(text, self.matched) < 0:
                    raise Ended(f"the command ended before it showed “{text}”")

    def answer(self, word):
        if word == "@otp":
            return next_code()
        if word.startswith("@file:"):
            with open(word[6:], encoding="utf-8") as file:
                return file.read()
        if word.startswith("@screen:"):
            found = re.findall(word[8:], self.screen)
            if not found:
                raise Wrong(f"nothing on the screen fits {word[8:]}")
            return found[-1]
        return word

    def type(self, word, secret, deadline, show):
        # A person is slower than the program that is about to read.
        while self.echoes() == secret:
            if time.monotonic() > deadline or self.ended():
                raise Wrong("a secret would be shown" if secret else
                            "what is typed is not shown")
            self.read(0.02, show)
        self.read(0.1, show)
        os.write(self.master, self.answer(word).encode() + b"\n")

    def wait_end(self, deadline, show):
        while not self.ended():
            if time.monotonic() > deadline:
                raise Wrong("the command does not end; it may wait for an answer")
            self.read(0.2, show)
        while self.read(0, show):
            pass
        status = os.waitpid(self.pid, 0)[1]
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def check_given_back(self):
        now = termios.tcgetattr(self.slave)
        if now[3] & (termios.ECHO | termios.ICANON | termios.ISIG) != \
                self.before[3] & (termios.ECHO | termios.ICANON | termios.ISIG):
            raise Wrong("the terminal was not given back as it was")
        # What was typed ahead must not reach the shell as a command.
        left = struct.unpack("i", fcntl.ioctl(self.slave, termios.FIONREAD, b"\0" * 4))[0]
        if left:
            raise Wrong(f"{left} typed bytes were left for the shell")

    def end(self):
        if self.pid:
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


def play(term, steps, seconds, show):
    for line in steps:
        verb, _, rest = line.partition(" ")
        deadline = time.monotonic() + seconds
        if verb == "expect":
            term.expect(rest, deadline, show)
        elif verb == "until":
            try:
                term.expect(rest, deadline, show)
            except Ended:
                break
        elif verb == "await":
            while not os.path.exists(rest):
                if time.monotonic() > deadline:
                    raise Wrong(f"waited in vain for {rest}")
                if not term.read(0.05, show) and term.ended():
                    break
        elif verb in ("type", "secret"):
            term.type(rest, verb == "secret", deadline, show)
        elif verb == "key":
            term.read(0.1, show)
            os.write(term.master, KEYS[rest])
        elif verb == "wait":
            until = time.monotonic() + float(rest)
            while (left := until - time.monotonic()) > 0:
                term.read(left, show)
        elif verb == "hangup":
            os.close(term.slave)
            os.close(term.master)
            term.open = False
        else:
            raise Wrong(f"no such step: {line}")
    code = term.wait_end(time.monotonic() + seconds, show)
    if term.open:
        term.check_given_back()
    return code


def join(term):
    """The caller's own terminal, for as long as the command runs."""
    here = os.isatty(0)
    before = termios.tcgetattr(0) if here else None

    def resize(*_):
        size = fcntl.ioctl(0, termios.TIOCGWINSZ, b"\0" * 8)
        fcntl.ioctl(term.master, termios.TIOCSWINSZ, size)

    try:
        if here:
            resize()
            signal.signal(signal.SIGWINCH, resize)
            tty.setraw(0)
        sources = [0, term.master, term.pidfd]
        while not term.ended():
            ready = select.select(sources, [], [])[0]
            if 0 in ready:
                typed = os.read(0, 4096)
                if typed:
                    os.write(term.master, typed)
                else:
                    os.write(term.master, b"\x04")
                    sources.remove(0)
            if term.master in ready:
                os.write(1, os.read(term.master, 65536))
        while select.select([term.master], [], [], 0)[0]:
            os.write(1, os.read(term.master, 65536))
    finally:
        if here:
            termios.tcsetattr(0, termios.TCSADRAIN, before)
    return os.waitstatus_to_exitcode(os.waitpid(term.pid, 0)[1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--user", default="root")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--interactive", action="store_true")
    parser.add_argument("command", nargs="+")
    args = parser.parse_args()
    show = not args.quiet
    if args.interactive:
        code = join(Terminal(args.user, args.command))
        return code if code >= 0 else 128 - code
    steps = [s for s in (line.strip() for line in sys.stdin) if s and s[0] != "#"]
    term = Terminal(args.user, args.command)
    try:
        code = play(term, steps, args.seconds, show)
    except Wrong as wrong:
        print(f"\ndrive: {wrong}", file=sys.stderr)
        if not show:
            print(term.screen, file=sys.stderr)
        code = WRONG
    finally:
        term.end()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
