#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""hostile_others.py DATAGRAMS PART [ARGUMENTS]: the texts of hostile.py, brought
in by others than the caller: commits, people, request ids, PAM, policies, and
what reconciling finds.  Runs as root in a bastion; exit 1 if one got through."""

import copy
import json
import os
import sys
import time

import hostile
from hostile import (BROKEN, LONG, TEXTS, Watch, at_terminal, check, control, decides, new_gate,
                     tame, without)

ORDINARY = "ordinary"
# Nothing of these may stand in a policy; the others are words and quotation.
NEVER_IN_A_POLICY = ("C0", "escapes", "new lines", "C1", "bidi", "zero width", "tags")
PAY, WEB = "shop/11222/1187/9001", "shop/10877/2291/8744"


def kinds():
    """Each text by its name; what is no UTF-8 as Python has it in a str."""
    yield from TEXTS.items()
    yield "broken", " ".join(os.fsdecode(raw) for raw in BROKEN)
    yield "long", "long \x1b[2J\u202e界" * (LONG // 2 // 15)


def post(path, order):
    return control("POST", path, json.dumps(order, ensure_ascii=False).encode(
        errors="surrogateescape"))


def shown(user, command, where, codes, is_json=False):
    """One command at a terminal: it steers nothing; its exit code is one of these."""
    code, raw = at_terminal(user, command)
    tame(raw, where)
    check(code in codes, f"{where}: {command} gave {code}: {raw[-300:]!r}")
    if is_json:
        try:
            json.loads(raw)
        except ValueError as error:
            check(False, f"{where}: {command}: {error}")
    return code, raw


def same_as_ordinary(events, name):
    check(events[name] and events[name] == events[ORDINARY], f"{name}: {events[name]}")


# --- PAM ----------------------------------------------------------------------

STYLES = ((4, b"info-text "), (3, b"error-text "), (1, b"secret-ask "), (2, b"open-ask "))


def conversation(datagrams, name, texts):
    """One pass, in which PAM says and asks each of these in each style.  What is
    shown of one ends after 512 bytes."""
    with open("/etc/security/hostile", "w", encoding="ascii") as file:
        for text in texts:
            for style, mark in STYLES:
                file.write(f"{style} {(mark + os.fsencode(text)).hex()}\n")
    watch = Watch(datagrams)
    code, raw = at_terminal(
        "chen", ["warder", "pass", "-y", "-m", TEXTS[ORDINARY], new_gate()[1]],
        ["until secret-ask", "secret x", "until open-ask", "type x"] * len(texts) +
        ["until Password", "secret chen-horse-7"])
    tame(raw, f"PAM: {name}")
    check(code == 0, f"PAM: {name}: exit {code}: {raw!r}")
    for _, mark in STYLES:
        check(raw.count(b"| " + mark) == len(texts), f"PAM: {name}: {mark} was not shown")
    escapes = sum("\x1b" in text for text in texts) * len(STYLES)
    check(raw.count(rb"\u{001b}") >= escapes, f"PAM: {name}: not shown: {raw!r}")
    return watch.events(f"PAM: {name}")[0]


def pam(datagrams):
    hostile_ones = [""]
    for name, text in kinds():
        if name in TEXTS and len(os.fsencode(hostile_ones[-1] + text)) < 480:
            hostile_ones[-1] += text
        else:
            hostile_ones.append(text * (1 + (name == "long")))
    events = {ORDINARY: conversation(datagrams, ORDINARY, [TEXTS[ORDINARY]])}
    events["all"] = conversation(datagrams, "all", hostile_ones)
    same_as_ordinary(events, "all")


# --- request ids --------------------------------------------------------------

def request_ids(datagrams):
    events = {}
    for n, (name, text) in enumerate(kinds()):
        # A head has no line ends, and takes no tabs from this server.
        head = "".join(c for c in text if c not in "\r\n\t")[:8000]
        orders = [{"fault": "false", "args": {
            "status": 403, "code": "Forbidden.AccessDenied", member: value}}
            for member, value in (("request_id", text), ("header_id", head))]
        for order, options in zip(orders, ([], ["--json"])):
            post("/fault", dict(order, match={"action": "GetPipelineRun"}, times=0))
            shown("chen", ["warder", "show", PAY] + options, f"request ids: {name}", (6, 14),
                  bool(options))
            post("/fault", {"clear": True})
        post("/fault", dict(orders[n % 2], match={"method": "POST"}))
        watch = Watch(datagrams)
        code, raw = decides("pass", new_gate()[1])
        where = f"request ids: {name}, {list(orders[n % 2]['args'])[-1]}"
        tame(raw, where)
        events[name], records = watch.events(where)
        if name in (ORDINARY, "backslashes"):
            check(any(text == r.get("rid") for r in records), f"{where}: not on record")
        # An answer that is no UTF-8 was not read; what came of it is found out.
        if name == "broken":
            check([e[0] for e in events[name]] == [e[0] for e in events[ORDINARY]],
                  f"{where}: {events[name]}")
        else:
            check(code == 6, f"{where}: exit {code}: {raw[-300:]!r}")
            same_as_ordinary(events, name)


# --- policies -----------------------------------------------------------------

def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# Where in the bastion's policy the text goes: what it stands in place of.
PLACES = {
    "a comment": ("# chen, fang", lambda t: "# " + t),
    "an alias": ("org shop", lambda t: "org " + quoted(t)),
    "an owner": ("owner   lin", lambda t: "owner " + quoted(t)),
    "a because": ('"you started this run"', quoted),
    "a reason's pattern": ('".{8,}"', quoted),
    "a place": ("shop/web-home/*/*", lambda t: quoted(f"shop/{t}/*/*")),
}
SEEN_FIRST = ("a comment", "an alias", "a because")
POLICY = "/etc/warder/policy"
INSTALLED = "/etc/warder/policy.installed"


def read(path):
    with open(path, "rb") as file:
        return file.read()


def in_force(where):
    """It was taken, so it is shown by all that shows a policy."""
    for command in (["policy", "show"], ["policy", "diff", POLICY]):
        shown("root", ["warderctl"] + command, where, (0, 42))
    shown("root", ["warderctl", "policy", "diff", "--json", POLICY], where, (0, 42), True)
    for command in (["list"], ["whoami"], ["show", PAY], ["explain", PAY]):
        code, raw = at_terminal("fang", ["warder"] + command)
        tame(raw, f"{where}: {command}")
        check(code != 1, f"{where}: {command} gave 1")
    code, raw = without("fang", ["warder", "pass", "-n", "-y", "-m", TEXTS[ORDINARY],
                                 PAY])
    tame(raw, f"{where}: denied")
    check(code != 0, f"{where}: passed")


def one_policy(datagrams, name, text, place, plain):
    where = f"policy: {name} as {place}"
    old, make = PLACES[place]
    file = "/run/hostile.policy"
    with open(file, "wb") as out:
        out.write(plain.replace(old, make(text), 1).encode(errors="surrogateescape"))
    before = read(INSTALLED)
    if place == "a comment":
        shown("root", ["warderctl", "policy", "check", "--json", file], where, (0, 21, 42), True)
    watch = Watch(datagrams)
    code, raw = shown("root", ["warderctl", "policy", "install", "-y", file], where, (0, 21))
    events = [event[0] for event in watch.events(where)[0]]
    check(events == (["policy.install"] if code == 0 else []), f"{where}: {events}")
    if name in NEVER_IN_A_POLICY or name == "broken":
        check(code == 21 and read(INSTALLED) == before, f"{where}: it is in force")
        check(b"[encoding]" in raw or b"[syntax]" in raw, f"{where}: not said why: {raw!r}")
        check(b"the policy in force stays" in raw, f"{where}: {raw!r}")
    if code != 0 or read(INSTALLED) == before:
        return 0
    if name in (ORDINARY, "formats", "a line of ours"):
        in_force(where)
    shown("root", ["warderctl", "policy", "install", "-y", POLICY], where, (0,))
    return 1


def policies(datagrams):
    plain, taken = read(POLICY).decode(), 0
    for place, (old, _) in PLACES.items():
        assert old in plain, place
        for name, text in kinds():
            # Characters are looked at before words, whatever those are.
            if name in NEVER_IN_A_POLICY and place not in SEEN_FIRST:
                continue
            taken += one_policy(datagrams, name, text, place, plain)
    check(taken > 2, f"{taken} policies were taken")


# --- people -------------------------------------------------------------------

def people(datagrams):
    """Ids, so texts: nobody knows who that is, and the run is nobody's to pass."""
    run, gate = new_gate()
    events = {}
    for name, text in kinds():
        pieces = [text[i:i + 8] for i in range(0, min(len(text), 160), 8)]
        post("/change", {"pipeline": "11222", "run": run, "job": "9001", "creator": text[:48],
                         "validators": pieces})
        where = f"people: {name}"
        options = ["--json"] if len(events) % 2 else []
        shown("chen", ["warder", "show", gate] + options, where,
              (14,) if name == "broken" else (0,), bool(options))
        watch = Watch(datagrams)
        code, raw = without("chen", ["warder", "pass", "-n", "-y", "-m", TEXTS[ORDINARY], gate])
        tame(raw, where)
        check(code == (14 if name == "broken" else 5), f"{where}: exit {code}: {raw!r}")
        events[name], _ = watch.events(where)
        if name == "broken":
            check(not events[name], f"{where}: {events[name]}")
        else:
            same_as_ordinary(events, name)


# --- a world whose every name is hostile ---------------------------------------

def world_texts(kind):
    if kind == "texts":
        return list(TEXTS.items())
    return [pair for pair in kinds() if pair[0] == kind]


def hostile_commits(texts, base):
    ids = [f"{0xabc000 + n:040x}" for n in range(len(texts))] + [base]
    return [{"id": ids[n], "title": text, "authorName": text, "authorEmail": text,
             "committerEmail": text, "parents": [ids[n + 1]],
             "files": [{"path": text, "change": "new"}]} for n, (_, text) in enumerate(texts)]


def world(kind, plain, ret):
    doc = json.loads(read(plain))
    org, texts = doc["organizations"][0], world_texts(kind)
    home, pay = org["pipelines"][:2]
    base = org["repositories"][0]["commits"][-1]
    commits = hostile_commits(texts, base["id"])
    org["repositories"][0]["commits"] = commits + [base]
    home["runs"][-1]["sources"][0]["commits"] = [commits[0]["id"]]
    for n, (_, text) in enumerate(texts):
        one = copy.deepcopy(pay)
        one.update(id=str(20000 + n), name=text)
        for stage in one["runs"][-1]["stages"]:
            stage["name"] = text
            for job in stage["jobs"]:
                job["name"] = text
                if "gate" in job:
                    job["gate"]["validators"].append(text[:16])
        org["pipelines"].append(one)
        org["members"].append({"account": f"18770099{n:04}", "name": text, "role": "member",
                               "roleId": f"b{n:023x}", "roleName": text})
    with open(ret, "wb") as file:
        file.write(json.dumps(doc, ensure_ascii=False).encode(errors="surrogateescape"))


def commits_shown(datagrams, kind):
    gate, codes = WEB, {"texts": (0,), "broken": (25,), "long": (14, 25)}[kind]
    for options in ([], ["--json"], ["--plain"]):
        _, raw = shown("chen", ["warder", "show", gate] + options, f"commits: {kind}", codes,
                       options == ["--json"])
    if kind == "texts":
        check(raw.count(rb"\u{001b}") >= 4, f"commits: not shown: {raw!r}")
        check(raw.count(b"checked on staging") >= 4, "commits: the ordinary one is not shown")
    for command in (["list"], ["list", "--json"], ["explain", gate]):
        shown("chen", ["warder"] + command, f"{kind}: {command}", (0, 14, 25))
    watch = Watch(datagrams)
    code, raw = without("chen", ["warder", "pass", "-n", "-y", "-m", TEXTS[ORDINARY], gate])
    tame(raw, f"commits: {kind}")
    events, _ = watch.events(f"commits: {kind}")
    # An answer of many MB is not read at all, so there is nothing to decide about.
    check((code, [e[0] for e in events]) in [(5, ["denied"])] + [(14, [])] * (kind == "long"),
          f"commits: {kind}: exit {code}, {events}")


def reconciles(datagrams, where, code, expected):
    watch = Watch(datagrams)
    shown("root", ["warderctl", "ledger", "reconcile"], where, code)
    events, _ = watch.events(where)
    told = [e[:2] for e in events if e[:2] in (("ledger.read", "noted"), ("foreign", "around"))]
    check(len(told) == len(expected) and set(told) == set(expected), f"{where}: {events}")


def reconcile(datagrams, kind):
    """Each name once on record: as it waits, and once it was decided elsewhere."""
    texts = world_texts(kind)
    if kind != "texts":
        for options in ([], ["--json"]):
            shown("root", ["warderctl", "ledger", "reconcile"] + options, kind, (14, 25),
                  bool(options))
        return
    # The two pipelines of the plain world wait as well; what waited in the world
    # before is gone.
    reconciles(datagrams, "waiting", (0, 42), [("ledger.read", "noted")] * (len(texts) + 2))
    reconciles(datagrams, "still waiting", (0,), [])
    for n in range(len(texts)):
        post("/decide", {"pipeline": str(20000 + n), "run": "1187", "job": "9001",
                         "verb": "pass", "account": "187700112233"})
    reconciles(datagrams, "decided", (42,), [("foreign", "around")] * len(texts))
    reconciles(datagrams, "once more", (0,), [])
    _, raw = shown("root", ["warderctl", "ledger", "reconcile", "--json"], "as a document", (0,),
                   True)
    names = [f["name"] for f in json.loads(raw)["findings"]]
    for text in TEXTS.values():
        check(any(text[:8] in found for found in names), f"not found as it is: {text!r}")


def records():
    """All those lines, read back."""
    for command in (["show"], ["show", "--json"], ["verify", "--json"], ["export", "--format", "json"],
                    ["export", "--format", "csv"], ["export", "--format", "ecs"],
                    ["report", "--html", "/tmp/report.html"]):
        code, raw = at_terminal("root", ["warderctl", "ledger"] + command)
        tame(raw, f"ledger {command}", "json" in command)
        check(code in (0, 41) and (command[0] != "export" or len(raw) > 10000),
              f"ledger {command} gave {code}, {len(raw)} bytes")
    for options in ([], ["--plain"], ["--json"]):
        code, raw = at_terminal("chen", ["warder", "log"] + options)
        tame(raw, f"warder log {options}")
        check(code == 0 and len(raw) > 500, f"warder log {options} gave {code}, {len(raw)} bytes")
    page = read("/tmp/report.html")
    tame(page.replace(b"\t", b""), "the page")
    check(b"<script" not in page, "the page holds a foreign element")


def all_names(datagrams, kind):
    commits_shown(datagrams, kind)
    reconcile(datagrams, kind)
    for command in (["policy", "drift"], ["key", "check"], ["doctor"]):
        for options in ([], ["--json"]) if kind == "texts" else ([],):
            code, raw = at_terminal("root", ["warderctl"] + command + options)
            tame(raw, f"{kind}: {command + options}")
            check(code not in (1, 2) and len(raw) > 20, f"{kind}: {command + options} gave {code}")
    if kind == "texts":
        records()


def main():
    datagrams, part, rest = sys.argv[1], sys.argv[2], sys.argv[3:]
    for name in ("chen", "li", "fang"):
        os.makedirs(f"/run/user/{hostile.drive.pwd.getpwnam(name).pw_uid}", exist_ok=True)
    # What the keeper has to say of its own start is said by then.
    without("chen", ["warder", "show", PAY])
    if part == "world":
        world(*rest)
        return 0
    begin = time.monotonic()
    {"pam": pam, "request-ids": request_ids, "policies": policies, "people": people,
     "names": all_names}[part](datagrams, *rest)
    print(f"{part} {rest}: {len(hostile.failures)} wrong, {time.monotonic() - begin:.0f} s", flush=True)
    return 1 if hostile.failures else 0


if __name__ == "__main__":
    sys.exit(main())
