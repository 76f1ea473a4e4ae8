#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""hostile.py DATAGRAMS: hostile texts at each place where a text comes in, and
what they make of ledger, syslog and terminal.

TEXTS is the table, the functions named put_… are the places.  Whatever the text
is, an event makes the lines that it makes with an ordinary one; each line is
written anew by a writer of its own and compared byte for byte; each has one
datagram (DATAGRAMS: what arrived at /dev/log, hex, one a line) that names its
hash; and no byte of any screen steers a terminal.  Runs as root in a bastion."""

import hashlib
import http.client
import json
import os
import re
import subprocess
import sys
import time
import unicodedata

import drive

LEDGER = "/var/log/warder/ledger.jsonl"
MEMBERS = """v seq ts mono boot host ev rec sid ref res err user uid acct luid ses tty rhost pid mfa
act org pipe run job gate name src why tick rule glass via pol need have vd key ak kgen ep nonce http
code rid msg ms rev clk sys n h file prev""".split()

TEXTS = {
    "ordinary": "checked on staging",
    "C0": "c0 " + "".join(map(chr, range(1, 32))) + "\x7f end",
    "escapes": "e\x1b[2J\x1b[1;1H\x1b]0;owned\x07\x1b[31mred\x1bP+q\x1b\\ \x1b[?1049h end",
    "new lines": "l\nPassed.\r\n\vv\ff\x85n\u2028l\u2029p end",
    "C1": "c1 " + "".join(map(chr, range(0x80, 0xa0))) + " end",
    "bidi": "b\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c end",
    "zero width": "z\u200b\u200c\u200d\u2060\u2064\ufeff\u00ad\u180e\ufe0f end",
    "tags": "t\U000e0001\U000e0041\U000e007f\ufff9\ufffa\ufffb end",
    "a line of ours": '","ev":"outcome","res":"passed"}\n{"v":1,"seq":1,"ev":"intent',
    "backslashes": '\\"\\u000a\\n\\',
    "formats": "%s%n%99999d $(id) `id` ;| <script>alert(1)</script>&lt; end",
    "wide": "界" * 60,
}
# No UTF-8, so nothing of a text: overlong, surrogates, above the end, cut.
BROKEN = [b"bytes \xff", b"bytes \xc0\xaf", b"bytes \xed\xa0\x80 end", b"bytes \xf4\x90\x80\x80",
          b"bytes \xe7\x95"]
LONG = 1000 * 1000

failures = []


def check(holds, what):
    if not holds:
        failures.append(what)
        print("WRONG:", what, flush=True)
    return holds


# --- what may be on a screen --------------------------------------------------

VISIBLE_FORMATS = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")


# The form of a line leaves these as they are: they hide, and steer nothing.
LEFT_BY_A_LINE = set("\u00ad\u180e")


def steers(char, in_line=False):
    return char != "\n" and char not in VISIBLE_FORMATS and \
        not (in_line and char in LEFT_BY_A_LINE) and \
        unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def tame(raw, where, in_line=False):
    """No byte but text, LF, and how a line of progress is taken back."""
    raw = re.sub(rb"\r+\n", b"\n", raw.replace(b"\r\x1b[K", b""))
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        return check(False, f"{where}: no UTF-8: {error}")
    bad = sorted({f"{ord(c):#x}" for c in text if steers(c, in_line)})
    return check(not bad, f"{where}: {bad} on the screen")


def at_terminal(user, command, steps=()):
    """(exit code, bytes shown) of a command at a terminal of its own."""
    term = drive.Terminal(user, command)
    try:
        code = drive.play(term, steps, 60, False)
    finally:
        term.end()
    return code, term.raw


def without(user, command, stdin=b""):
    who = ["setpriv", "--reuid", user, "--regid", user, "--init-groups"]
    done = subprocess.run((who if user != "root" else []) + command, input=stdin,
                          capture_output=True, check=False, timeout=60,
                          env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/bin:/bin",
                               "LANG": "C.UTF-8", "XDG_RUNTIME_DIR": "/run/user/2101"})
    return done.returncode, done.stdout + done.stderr


# --- what a line is -----------------------------------------------------------

def is_escaped(n):
    return any(first <= n <= last for first, last in (
        (0, 0x1f), (0x7f, 0x9f), (0x61c, 0x61c), (0x200b, 0x200f), (0x2028, 0x202e),
        (0x2060, 0x206f), (0xfeff, 0xfeff), (0xfff9, 0xfffb), (0xe0000, 0xe007f)))


def written(value):
    if isinstance(value, int):
        return str(value)
    out = ""
    for char in value:
        if char in '"\\':
            out += "\\" + char
        elif is_escaped(ord(char)):
            units = char.encode("utf-16-be").hex()
            out += "".join("\\u" + units[i:i + 4] for i in range(0, len(units), 4))
        else:
            out += char
    return f'"{out}"'


def check_line(line, where):
    pairs = json.loads(line, object_pairs_hook=list)
    names = [name for name, _ in pairs]
    check(names == [m for m in MEMBERS if m in names], f"{where}: the order of {names}")
    again = "{" + ",".join(f'"{name}":{written(value)}' for name, value in pairs) + "}\n"
    check(again.encode() == line, f"{where}: written otherwise: {line!r}")
    check(len(line) <= 4096, f"{where}: {len(line)} bytes")
    return dict(pairs)


class Watch:
    """What came to ledger and syslog since it was made."""

    def __init__(self, datagrams):
        self.datagrams = datagrams
        self.ledger_at = os.path.getsize(LEDGER)
        self.syslog_at = os.path.getsize(datagrams)

    def events(self, where):
        with open(LEDGER, "rb") as file:
            file.seek(self.ledger_at)
            new = file.read()
        lines = new.split(b"\n")
        check(lines.pop() == b"", f"{where}: the ledger ends without LF")
        check(len(new.decode().splitlines()) == len(lines),
              f"{where}: a reader sees more lines than there are")
        records = [check_line(line + b"\n", where) for line in lines]
        self.check_syslog([hashlib.sha256(line + b"\n").hexdigest() for line in lines], where)
        return [(r["ev"], r.get("res"), r.get("err")) for r in records], records

    def arrived(self, at_least):
        """Whoever receives them writes them down a moment later than they are sent."""
        for _ in range(100):
            with open(self.datagrams, encoding="ascii") as file:
                file.seek(self.syslog_at)
                new = [bytes.fromhex(line) for line in file.read().split("\n")[:-1]]
            if sum(b'{"checkpoint"' not in message for message in new) >= at_least:
                break
            time.sleep(0.05)
        return new

    def check_syslog(self, heads, where):
        new = self.arrived(len(heads))
        told = []
        for message in new:
            text = message.decode()
            check(len(message) <= 2048, f"{where}: a datagram of {len(message)} bytes")
            check(len(text.splitlines()) == 1 and not any(steers(c, True) or c == "\n" for c in text),
                  f"{where}: a datagram is not one line: {message!r}")
            found = re.fullmatch(r"<\d+>warder-keeper\[\d+\]: @cee: (\{.*\})", text)
            if check(found is not None, f"{where}: a datagram of another form: {message!r}"):
                body = json.loads(found[1])
                if "checkpoint" not in body:
                    told.append(body["head"])
        check(told == heads, f"{where}: {len(told)} datagrams for {len(heads)} lines")


# --- the places ---------------------------------------------------------------

def control(method, path, body):
    with open("/run/sandbox/control", encoding="ascii") as file:
        link = http.client.HTTPConnection(file.read().strip(), timeout=20)
    link.request(method, path, body, {"Content-Type": "application/json"})
    answer = link.getresponse()
    text = answer.read()
    if answer.status != 200:
        raise OSError(f"{path}: {answer.status} {text!r}")
    return json.loads(text)


def new_gate():
    run = control("POST", "/run", json.dumps({"pipeline": "11222", "creator": "187700112244"}))
    return run["run"], f"shop/11222/{run['run']}/9001"


def put_in_run(run, text):
    """Names of job, branch, repository and parameters, as the server tells them."""
    change = {"pipeline": "11222", "run": run, "job": "9001", "name": text, "sources": [
        {"sign": "s", "type": "codeup", "repo": "https://codeup.aliyun.com/" + text,
         "branch": text, "commits": ["2e7c91d4a6f05b38c1d9e7a4f6083b5d2c9a1e70"]}],
        "parameters": [{"key": text, "value": text}]}
    control("POST", "/change", json.dumps(change, ensure_ascii=False).encode(
        errors="surrogateescape"))


def screens(gate, name):
    """Every screen that shows a run; the same texts as documents."""
    shown = b""
    for verb in (["list"], ["show", gate], ["explain", gate]):
        code, raw = at_terminal("chen", ["warder"] + verb)
        tame(raw, f"{name}: {verb[0]} at a terminal")
        check(code == 0, f"{name}: {verb[0]} gave {code}")
        shown += raw
    for verb in (["show", gate, "--plain"], ["show", gate, "--json"], ["explain", gate, "--json"]):
        code, raw = without("chen", ["warder"] + verb)
        tame(raw, f"{name}: {verb}")
        check(code == 0, f"{name}: {verb} gave {code}")
        if "--json" in verb:
            json.loads(raw)
    return shown


def put_in_arguments(name, text, watch):
    for command in (["show", text], ["show", f"shop/{text}/1"], ["list", "--org", text],
                    ["explain-code", text], ["log", text], ["pass", "-e", text, "-m", "x", "1"],
                    ["--" + text], [text], ["explain", "--user", text, "--at", text, "11222"]):
        code, raw = at_terminal("chen", ["warder"] + command)
        tame(raw, f"{name}: warder {command}")
        if name != "ordinary":
            check(code not in (0, 1), f"{name}: warder {command} gave {code}")
    for command in (["policy", "check", "/tmp/" + text], ["ledger", "verify", "/tmp/" + text],
                    ["ledger", "show", text], ["ledger", "export", "--since", text],
                    ["key", "seal", text, "--stdin"], [text]):
        code, raw = without("root", ["warderctl"] + command)
        tame(raw, f"{name}: warderctl {command}")
        check(code not in (0, 1), f"{name}: warderctl {command} gave {code}")
    return watch.events(f"{name} in arguments")[0]


def refused(gate, reason, ticket):
    return without("li", ["warder", "pass", "-n", "-y", "-m", reason, "-t", ticket, gate])


def decides(verb, gate):
    return at_terminal("chen", ["warder", verb, "-y", "-m", TEXTS["ordinary"], gate],
                       ["until Password", "secret chen-horse-7"])


def fault(code, message):
    control("POST", "/fault", json.dumps(
        {"fault": "false", "match": {"method": "POST"}, "args": {"code": code, "message": message}},
        ensure_ascii=False).encode())


# --- the rounds ---------------------------------------------------------------

def all_texts(datagrams):
    events = {}
    run, gate = new_gate()
    for name, text in TEXTS.items():
        print("==", name, flush=True)
        put_in_run(run, text)
        shown = screens(gate, name)
        if "\x1b" in text:
            check(rb"\u{001b}" in shown, f"{name}: the text was not shown at all")
        watch = Watch(datagrams)
        code, raw = refused(gate, text, text[:16])
        tame(raw, f"{name}: refused")
        if "\n" in text:
            check(code == 2 and not watch.events(name)[0], f"{name}: a reason of two lines: {code}")
            code, raw = refused(gate, text.replace("\n", " "), text.replace("\n", " ")[:16])
        check(code == 5, f"{name}: refused with {code}: {raw!r}")
        events[name], records = watch.events(name)
        check(any(r.get("why") == text.replace("\n", " ") for r in records),
              f"{name}: the reason is not on record")
        check(put_in_arguments(name, text, Watch(datagrams)) ==
              (events.get("arguments") or events.setdefault("arguments", [])),
              f"{name}: arguments made lines")
        check(events[name] == events["ordinary"], f"{name}: {events[name]}")


def broken_texts(datagrams):
    run, gate = new_gate()
    for raw_text in BROKEN:
        name, text = repr(raw_text), os.fsdecode(raw_text)
        print("==", name, flush=True)
        watch = Watch(datagrams)
        for reason, ticket in ((text, "CHG-1"), (TEXTS["ordinary"], text)):
            code, raw = refused(gate, reason, ticket)
            check(code == 2 and b"UTF-8" in raw, f"{name}: {code} {raw!r}")
        put_in_arguments(name, text, watch)
        # A server that sends such bytes is not read at all.
        put_in_run(run, text)
        code, raw = at_terminal("chen", ["warder", "show", gate])
        tame(raw, f"{name}: show")
        check(code == 14, f"{name}: read all the same: {code}")
        check(not watch.events(name)[0], f"{name}: a line was made")
        put_in_run(run, TEXTS["ordinary"])


def long_texts(datagrams):
    run, gate = new_gate()
    watch = Watch(datagrams)
    sent = control("GET", "/count", None)
    for reason, ticket in (("x" * 100000, "CHG-1"), ("checked", "x" * 100000)):
        code, raw = refused(gate, reason, ticket)
        check(code == 2 and b"at most" in raw, f"a long argument: {code} {raw[:200]!r}")
    code, raw = without("chen", ["warder", "pass", "-n", "-y", "-m", "-", gate], b"x" * LONG)
    check(code == 2 and b"at most" in raw, f"1 MB on stdin: {code} {raw[:200]!r}")
    check(control("GET", "/count", None) == sent, "something was sent for a long text")
    check(not watch.events("long arguments")[0], "long arguments made lines")
    put_in_run(run, "\x1b" + "界" * 30000)
    screens(gate, "a long name")


def answers(datagrams):
    """What the server says to a decision: a code and a text of each kind."""
    whole = "".join(TEXTS.values())
    events = {}
    for name, message in (("ordinary", TEXTS["ordinary"]), ("all texts at once", whole),
                          ("500 KB", whole * (LONG // 2 // len(whole.encode())))):
        for verb in ("pass", "refuse"):
            print("== the server says", name, "to", verb, flush=True)
            fault("Nobody.Knows\x1b[2J\n" if name != "ordinary" else "Nobody.Knows", message)
            watch = Watch(datagrams)
            code, raw = decides(verb, new_gate()[1])
            tame(raw, f"{verb}: {name}")
            events[name, verb], _ = watch.events(name)
            check(code == 13, f"{verb}: {name}: exit {code}")
            check(len(events[name, verb]) >= 2 and
                  events[name, verb] == events["ordinary", verb],
                  f"{verb}: {name}: {events[name, verb]}")


def records_shown():
    """What was written is read back by everything that reads the ledger."""
    for command in (["ledger", "show"], ["ledger", "show", "--json"], ["ledger", "verify"],
                    ["ledger", "verify", "--json"], ["ledger", "export", "--format", "json"],
                    ["ledger", "export", "--format", "csv"], ["ledger", "export", "--format", "ecs"],
                    ["ledger", "report", "--html", "/tmp/report.html"]):
        code, raw = at_terminal("root", ["warderctl"] + command)
        tame(raw, f"warderctl {command}", "json" in command)
        check(code in (0, 41), f"warderctl {command} gave {code}")
    for options in ([], ["--plain"], ["--json"]):
        code, raw = at_terminal("li", ["warder", "log"] + options)
        tame(raw, f"warder log {options}")
        check(code == 0 and len(raw) > 500, f"warder log {options} gave {code}, {len(raw)} bytes")
    with open("/tmp/report.html", "rb") as file:
        page = file.read()
    tame(page.replace(b"\t", b""), "the page")
    check(b"<script" not in page and b"&lt;script" in page, "the page holds a foreign element")


def main():
    datagrams = sys.argv[1]
    for name in ("chen", "li"):
        os.makedirs(f"/run/user/{drive.pwd.getpwnam(name).pw_uid}", exist_ok=True)
    all_texts(datagrams)
    broken_texts(datagrams)
    long_texts(datagrams)
    answers(datagrams)
    records_shown()
    print(len(TEXTS), "texts,", len(BROKEN), "broken ones;", len(failures), "wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
