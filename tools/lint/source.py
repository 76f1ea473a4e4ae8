#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""source.py TOP: what no compiler checks in warder's own C files.

Floors and who may include which library, banned calls, lengths, guards, the
licence line. Prints `file:line: what`, exits 1 if there was anything."""

import os
import re
import subprocess
import sys

FLOORS = {
    "src/base": 0,
    "src/wire": 1, "src/confine": 1, "src/yunxiao": 1, "src/seal": 1,
    "src/ledger": 1, "src/state": 1, "policy": 1,
    "src/serve": 2, "src/names": 2,
    "pam": 3, "src/client": 3, "src/desk": 3, "src/keeper": 3,
    "src/courier": 3, "src/ctl": 3, "src/sandbox": 3,
}

# A system header that only these folders may include.
ONLY_IN = {
    r"security/": {"pam"},
    r"curl/": {"src/courier"},
    r"cjson/|cJSON\.h": {"src/courier", "src/ctl", "src/client", "src/sandbox"},
    r"sqlite3\.h": {"src/state"},
    r"seccomp\.h|linux/landlock\.h": {"src/confine"},
    r"microhttpd\.h|gnutls/": {"src/sandbox"},
    r"syslog\.h": set(),
}

BANNED = {
    "strcpy", "strcat", "stpcpy", "sprintf", "vsprintf", "gets", "strtok",
    "atoi", "atol", "atoll", "atof", "system", "popen", "alloca", "syslog",
    "mktemp", "tmpnam", "tempnam", "signal", "rand", "srand", "vfork",
    "strncpy", "asctime", "ctime", "gmtime", "localtime",
}
BANNED_PREFIX = ("crypto_core_",)

# These two folders are pure: bytes in, bytes out.
PURE = {"policy", "src/yunxiao"}
IMPURE = {
    "open", "openat", "fopen", "fdopen", "read", "write", "socket", "connect",
    "printf", "fprintf", "dprintf", "perror", "puts", "time", "clock_gettime",
    "gettimeofday", "getenv", "getrandom", "exit", "_exit", "fork",
}

# In a call that sets a mode; elsewhere such a number is a mask to check with.
SETUID_BIT = re.compile(
    r"\bS_IS[UG]ID\b|\b(?:f?chmod(?:at)?|mkdir(?:at)?|open(?:at)?|creat)\s*\(.*\b0[2-7][0-7]{3}\b")
FILE_MAX = 500
FUNCTION_MAX = 60


GENERATED = {"configure", "configure~", "Makefile.in", "aclocal.m4",
             "config.h.in", "config.h.in~"}


def tracked(top):
    """Paths below `top`: what git knows, or in a tarball what is there."""
    got = subprocess.run(["git", "-C", top, "ls-files"],
                         capture_output=True, text=True, check=False)
    if got.returncode == 0 and got.stdout:
        return [p for p in got.stdout.split("\n")
                if p and os.path.exists(os.path.join(top, p))]
    found = []
    for folder, names, files in os.walk(top):
        names[:] = [n for n in names
                    if not n.startswith(("_", "autom4te", "build-aux", ".git"))]
        found += [os.path.relpath(os.path.join(folder, f), top)
                  for f in files if f not in GENERATED]
    return sorted(found)


def blank(text):
    """The same lines without comments, strings and characters."""
    token = re.compile(
        r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    keep = lambda m: re.sub(r"[^\n]", " ", m.group(0))
    out, last = [], 0
    for m in token.finditer(text):
        line = text.rfind("\n", 0, m.start()) + 1
        if text[line:m.start()].lstrip().startswith("#include"):
            continue
        out += [text[last:m.start()], keep(m)]
        last = m.end()
    return "".join(out) + text[last:]


def folder_of(path):
    """The folder of the tree that a file belongs to, or None (tests)."""
    folder = os.path.dirname(path)
    return folder if folder in FLOORS else None


def target_of(include):
    head = include.split("/")[0]
    for folder in ("src/" + head, head):
        if folder in FLOORS:
            return folder
    return None


class Lint:
    def __init__(self, top):
        self.top = top
        self.bad = 0
        self.allowed = self.read_allowed()
        self.used = set()

    def say(self, path, line, what):
        print(f"{path}:{line}: {what}")
        self.bad += 1

    def read_allowed(self):
        allowed = {}
        path = os.path.join(self.top, "tools/longest.allow")
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                words = line.split(None, 2)
                if line.startswith("#") or not words:
                    continue
                if len(words) < 3:
                    self.say("tools/longest.allow", 1, f"no reason: {line.strip()}")
                    continue
                allowed[(words[0], words[1])] = words[2]
        return allowed

    def may_be_long(self, path, name):
        self.used.add((path, name))
        return (path, name) in self.allowed

    def includes(self, path, text):
        own = folder_of(path)
        if own is None:
            return
        for n, line in enumerate(text.split("\n"), 1):
            m = re.match(r'\s*#\s*include\s*(["<])([^">]+)', line)
            if m is None:
                continue
            if m.group(1) == "<":
                for pattern, folders in ONLY_IN.items():
                    if re.match(pattern, m.group(2)) and own not in folders:
                        self.say(path, n, f"<{m.group(2)}> does not belong into {own}")
                continue
            target = target_of(m.group(2))
            if target is not None and target != own and FLOORS[target] >= FLOORS[own]:
                self.say(path, n, f"{own} is not above {target}")
            if target is None and m.group(2) != "config.h":
                self.say(path, n, f'"{m.group(2)}" is in no folder of the tree')

    def calls(self, path, code):
        own = folder_of(path)
        for n, line in enumerate(code.split("\n"), 1):
            if line.lstrip().startswith("#"):
                continue
            for m in re.finditer(r"(?<![\w.>])([A-Za-z_]\w*)\s*\(", line):
                name = m.group(1)
                if name in BANNED or name.startswith(BANNED_PREFIX):
                    self.say(path, n, f"{name}() is banned")
                if own in PURE and name in IMPURE:
                    self.say(path, n, f"{name}(): {own} does no input or output")
            if SETUID_BIT.search(line):
                self.say(path, n, "a setuid or setgid bit")

    def functions(self, path, code):
        """A body is what stands between a { and a } in the first column."""
        start, name = None, "?"
        for n, line in enumerate(code.split("\n"), 1):
            m = re.match(r"([A-Za-z_]\w*)\s*\(", line)
            if start is None and m:
                name = m.group(1)
            if line.startswith("{"):
                start = n
            elif line.startswith("}") and start is not None:
                length = n - start - 1
                if length > FUNCTION_MAX and not self.may_be_long(path, name):
                    self.say(path, start, f"{name}() has {length} lines")
                start = None

    def length(self, path, text):
        lines = text.count("\n")
        if lines > FILE_MAX and not self.may_be_long(path, "-"):
            self.say(path, lines, f"{lines} lines, at most {FILE_MAX}")

    def head(self, path, text):
        if "SPDX-License-Identifier: ISC" not in "\n".join(text.split("\n")[:3]):
            self.say(path, 1, "no SPDX line")
        if not path.endswith(".h") or folder_of(path) is None:
            return
        guard = "WARDER_" + re.sub(r"[^A-Z0-9]", "_", re.sub(r"^src/", "", path).upper())
        if f"#ifndef {guard}\n#define {guard}\n" not in text:
            self.say(path, 1, f"the guard is not {guard}")

    def file(self, path):
        with open(os.path.join(self.top, path), encoding="utf-8") as f:
            text = f.read()
        self.head(path, text)
        self.length(path, text)
        if path.endswith((".c", ".h")):
            code = blank(text)
            self.includes(path, text)
            self.calls(path, code)
            self.functions(path, code)


def main():
    lint = Lint(sys.argv[1])
    for path in tracked(sys.argv[1]):
        if path.endswith((".c", ".h", ".sh", ".py")):
            lint.file(path)
    for path, name in sorted(set(lint.allowed) - lint.used):
        lint.say("tools/longest.allow", 1, f"{path} {name} is short: remove it")
    return 1 if lint.bad else 0


if __name__ == "__main__":
    sys.exit(main())
