# SPDX-License-Identifier: ISC
"""Random policies and facts over a small world, from a seed.

A policy is a tree for naive.py and the same thing as text for the C side.
The world is small on purpose: people, gates and instants meet often, and
every field of the facts is sometimes unknown, sometimes at its edge.
"""

import datetime

USERS = {"lin": 2001, "chen": 2002, "fang": 2003, "qiu": 2004, "zhou": 2005,
         "wu": 2006, "root": 0}
GROUPS = ("rm", "dba", "dev")
IDS = ("101", "102", "103", "104")
ORGS = {"shop": "5ebbc021", "ops": "5ebbc022"}
NAMES = {"pipeline": ("web", "支付", "pay-core"), "stage": ("prod", "生产发布"),
         "job": ("人工卡点", "gate")}
NUMBERS = ("11", "22")
ZONES = ("UTC", "Asia/Shanghai", "Europe/Berlin")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
INSTANTS = ("2026-11-25T06:02:11Z", "2026-11-25T02:00:00Z",
            "2026-11-25T09:30:00Z", "2026-11-25T09:29:59Z",
            "2026-11-29T19:00:00Z", "2026-03-29T01:30:00Z",
            "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z",
            "2026-11-24T23:00:00Z", "2026-11-24T16:00:00Z")
KINDS = ("manual", "schedule", "push", "pipeline", "webhook")
LIFTS = ("outside", "during", "trigger", "quorum", "newest", "age", "branch")


class World:
    def __init__(self, rng):
        self.rng = rng

    # --- small choices

    def one(self, *choices):
        return self.rng.choice(choices)

    def some(self, choices, least=1, most=3):
        choices = list(choices)
        n = min(len(choices), self.rng.randint(least, most))
        return self.rng.sample(choices, n)

    def often(self, percent):
        return self.rng.random() * 100 < percent

    def principal(self):
        if self.often(40):
            return "@" + self.one(*GROUPS)
        if self.often(8):
            return "uid:%d" % self.one(*USERS.values())
        return self.one(*USERS)

    def people(self, most=3):
        return list(dict.fromkeys(self.principal()
                                  for _ in range(self.rng.randint(1, most))))

    def who(self):
        roles = self.some(("owner", "admin", "member", "viewer"), 0, 2)
        return roles + (self.people() if self.often(60) or not roles else [])

    # --- a policy

    def glob(self, name):
        if self.often(50):
            return "*"
        if self.often(30):
            return name[0] + "*"
        return "?" * len(name) if self.often(10) else name

    def selector(self):
        pipeline = (("id:" + self.one(*NUMBERS)) if self.often(25)
                    else self.glob(self.one(*NAMES["pipeline"])))
        return "/".join((self.one("shop", "shop", "*", "ops"), pipeline,
                         self.glob(self.one(*NAMES["stage"])),
                         self.glob(self.one(*NAMES["job"]))))

    def on(self, policy):
        if policy["labels"] and self.often(40):
            return [self.one(*policy["labels"])]
        return list(dict.fromkeys(self.selector()
                                  for _ in range(self.rng.randint(1, 2))))

    def org(self, alias):
        roles = {role: [] for role in ("owner", "admin", "member", "viewer")}
        for role in roles:
            if self.often(75):
                roles[role] = self.people(2)
        if self.often(70):
            roles["admin"] = list(dict.fromkeys(roles["admin"]
                                                + ["@rm", "@dba"]))
        accounts = []
        for user in self.some(USERS, 2, 7):
            accounts.append((user, self.one(*IDS), [user + "@x.example"]
                             if self.often(70) else []))
        robots = self.people(1) if self.often(10) else []
        if self.often(20):
            robots.append(self.one(*IDS))
        return {"alias": alias, "strict": self.often(70), "roles": roles,
                "accounts": accounts, "robots": robots}

    def condition(self, is_glass=False):
        kinds = ["mfa", "reason", "ticket", "tty", "source"]
        if not is_glass:
            kinds += ["newest", "age", "branch", "quorum", "quorum"]
        kind = self.one(*kinds)
        if kind == "mfa":
            return (kind, self.rng.randint(1, 3), self.one(None, 60, 300))
        if kind == "reason":
            return (kind, self.one(".{4,}", "[a-z ]+", "fix|hot fix"))
        if kind == "ticket":
            return (kind, self.one("CHG-[0-9]{2,4}", "(CHG|INC)-[0-9]+"))
        if kind == "age":
            return (kind, self.one(60, 3600))
        if kind == "source":
            return (kind, self.some(("local", "10.8.0.0/16", "192.0.2.1",
                                     "2001:db8::/32")))
        if kind == "branch":
            return (kind, self.some(("main", "release/*", "?ain", "*")))
        if kind == "quorum":
            seats = []
            for seat in self.some(["@" + g for g in GROUPS]
                                  + ["owner", "admin"], 1, 2):
                seats += [seat] * self.rng.randint(1, 2)
            return (kind, seats, self.often(30))
        return (kind,)

    def conditions(self, is_glass=False):
        found = [self.condition(is_glass)
                 for _ in range(self.rng.randint(1, 3))]
        return [c for i, c in enumerate(found) if c not in found[:i]]

    def deny(self, policy):
        kind = self.one("self", "self", "user", "trigger", "outside", "during")
        line = {"word": "deny", "kind": kind}
        if kind == "self":
            line["parts"] = self.some(("trigger", "commit-author"), 1, 2)
        elif kind == "user":
            line["who"] = self.who()
        elif kind == "trigger":
            line["kinds"] = self.some(KINDS, 1, 2)
        else:
            line["name"] = self.one("day", "night", "cn", "gone")
        return dict(line, on=self.on(policy))

    def date(self):
        day = datetime.date(2026, 11, 25)
        return (day + datetime.timedelta(
            days=self.rng.randint(-2, 2))).isoformat()

    def line(self, policy, number):
        word = self.rng.choices(
            ("permit", "require", "deny", "delegate", "break-glass"),
            (30, 24, 18, 14, 14))[0]
        if word == "permit":
            return {"word": word, "verbs": self.some(
                ("pass", "refuse", "view"), 1, 3), "on": self.on(policy),
                "to": self.who()}
        if word == "require":
            return {"word": word, "conditions": self.conditions(),
                    "on": self.on(policy)}
        if word == "deny":
            return self.deny(policy)
        if word == "delegate":
            first, through = sorted((self.date(), self.date()))
            users = self.some(USERS, 2, 2)
            return {"word": word, "giver": users[0], "taker": users[1],
                    "on": self.on(policy), "from": first, "through": through}
        return {"word": word, "name": "bg%d" % (number % 2),
                "on": self.on(policy), "to": self.who(),
                "asks": [{"word": "require", "on": [],
                          "conditions": self.conditions(True)}
                         for _ in range(self.rng.randint(0, 1))],
                "lifts": self.some(LIFTS, 1, 5), "by": self.who(),
                "within": self.one(3600, 86400), "most": self.one(1, 2),
                "per": self.one(86400, 2592000)}

    def hours(self):
        days = self.some(range(7), 1, 5)
        start, end = self.some(("00:00", "02:00", "10:00", "14:00", "17:30",
                                "23:00"), 2, 2)
        return [(sorted(days), start, end)]

    def policy(self):
        policy = {"timezone": self.one(*ZONES), "labels": {},
                  "orgs": {alias: self.org(alias) for alias in ORGS},
                  "windows": {"day": (self.hours(), None),
                              "night": (self.hours(), self.one(*ZONES))},
                  "calendars": {"cn": [("20261125T060000Z",
                                        "20261125T070000Z")],
                                "gone": None}, "lines": []}
        for name in self.some(("prod", "money"), 0, 2):
            policy["labels"][name] = [self.selector() for _ in range(2)]
        for number in range(self.rng.randint(3, 12)):
            policy["lines"].append(self.line(policy, number))
        # Else hardly anything would come as far as the later steps.
        if self.often(60):
            policy["lines"].insert(0, {
                "word": "permit", "verbs": ["pass", "refuse", "view"],
                "on": ["*/*/*/*"], "to": ["owner", "admin"]})
        return policy

    # --- facts

    def maybe(self, value, percent=6):
        return None if self.often(percent) else value

    def person(self, name):
        groups = self.some(GROUPS, 0, 3)
        return {"uid": USERS[name], "name": self.maybe(name, 3),
                "groups": self.maybe(groups, 6)}

    def vote(self, handle):
        return {"uid": self.maybe(self.one(*USERS.values()), 3),
                "handle": self.one(handle, handle, handle, "other"),
                "host": self.maybe(self.one("b1", "b2", "b3"), 8),
                "age_s": self.maybe(self.one(5, 300, 86400, 86401), 4),
                "level": self.maybe(self.one(0, 1, 2, 3, 3), 4),
                "reason": self.maybe(self.one("fix", "checked it", "no"), 10),
                "ticket": self.maybe(self.one("CHG-12", "INC-7", ""), 10)}

    def use(self):
        return {"name": self.maybe(self.one("bg0", "bg1"), 5),
                "uid": self.maybe(self.one(*USERS.values()), 5),
                "age_s": self.maybe(self.one(10, 3600, 3601, 86400, 2592000),
                                    5),
                "reviewed": self.maybe(self.often(60), 5)}

    def source(self):
        return {"repo": "r", "branch": self.maybe(
            self.one("main", "release/1", "dev", "release/1/x")),
            "commit": "1", "authors": self.maybe(
                [self.one("wu@x.example", "CHEN@X.example", "101",
                          "nobody@x.example")
                 for _ in range(self.rng.randint(0, 2))], 10)}

    def request(self, verb):
        request = {"org": self.maybe(self.one(*["shop"] * 12, "ops", "ops",
                                              "none"), 1),
                   "pipeline": self.maybe(self.one(*NUMBERS), 1),
                   "run": "1", "job": "2",
                   "reason": self.maybe(self.one("fix", "hot fix", "A",
                                                 "checked on staging"), 15),
                   "ticket": self.maybe(self.one("CHG-12", "INC-1", "x"), 15)}
        if verb == "pass" and self.often(25):
            request["break_glass"] = self.one("bg0", "bg1", "bg0", "bg1",
                                              "bg9")
        if verb == "review":
            request["review"] = self.maybe(self.rng.randint(0, 2), 4)
        return request

    def gate(self):
        return {"found": self.rng.choices(
            ("gate", "nothing", "pipeline", "run", None), (92, 2, 2, 2, 2))[0],
            "pipeline": self.maybe(self.one(*NAMES["pipeline"]), 5),
            "stage": self.maybe(self.one(*NAMES["stage"], "a/b"), 5),
            "job": self.maybe(self.one(*NAMES["job"]), 5),
            "handle": self.maybe("h", 3),
            "key_may": self.maybe(self.often(93), 2),
            "newest": self.maybe(self.often(80)),
            "waiting_s": self.maybe(self.one(5, 60, 61, 3600, 3601)),
            "trigger": self.maybe(self.one(*KINDS, "manual", "manual")),
            "trigger_account": self.maybe(self.one(*IDS)),
            "sources": self.maybe([self.source() for _ in range(
                self.rng.randint(0, 2))])}

    def facts(self):
        verb = self.rng.choices(("pass", "refuse", "view", "review"),
                                (70, 14, 8, 8))[0]
        names = self.some(USERS, 3, 7)
        handle = "h"
        return {"schema": "warder.facts/1", "verb": verb,
                "phase": self.one("final", "final", "first"),
                "clock": {"now": self.maybe(self.one(*INSTANTS), 3),
                          "synced": self.maybe(self.often(95), 3)},
                "actor": {"uid": self.maybe(USERS[self.one(*names)], 2),
                          "named": self.often(10)},
                "people": [self.person(name) for name in names],
                "session": {"tty": self.maybe(self.one("pts/1", "")),
                            "source": self.maybe(self.one(
                                "local", "10.8.3.4", "192.0.2.1", "",
                                "2001:db8::7", "a-terminal")),
                            "host": self.maybe(self.one("b1", "b2"))},
                "auth": {"level": self.maybe(self.rng.randint(0, 3)),
                         "age_s": self.maybe(self.one(5, 60, 61, 301)),
                         "max_level": self.maybe(self.one(1, 2, 3))},
                "request": self.request(verb), "gate": self.gate(),
                "votes": [self.vote(handle) for _ in range(
                    self.rng.randint(0, 5))],
                "break_glass": [self.use() for _ in range(
                    self.rng.randint(0, 3))]}


# --- the tree as text; each line learns where it stands


def span(seconds):
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds % size == 0:
            return "%d%s" % (seconds // size, unit)
    return "%ds" % seconds


def condition_text(condition):
    kind, value = condition[0], condition[1:]
    if kind == "mfa":
        return "mfa %d" % value[0] + (" fresh " + span(value[1])
                                      if value[1] else "")
    if kind in ("reason", "ticket"):
        return '%s "%s"' % (kind, value[0])
    if kind == "age":
        return "age " + span(value[0])
    if kind in ("source", "branch"):
        return kind + " " + " ".join(value[0])
    if kind == "quorum":
        seats = ["%d %s" % (value[0].count(seat), seat)
                 for seat in dict.fromkeys(value[0])]
        return "quorum " + " + ".join(seats) + (
            " distinct hosts" if value[1] else "")
    return kind


def conditions_text(conditions):
    return ", ".join(condition_text(c) for c in conditions)


def deny_text(line):
    what = {"self": lambda: " ".join(line["parts"]),
            "user": lambda: " ".join(line["who"]),
            "trigger": lambda: " ".join(line["kinds"])}.get(
                line["kind"], lambda: line["name"])()
    return "deny %s %s" % (line["kind"], what)


def line_texts(line):
    on = " on " + " ".join(line["on"])
    if line["word"] == "permit":
        return ["permit " + ", ".join(line["verbs"]) + on
                + " to " + " ".join(line["to"])]
    if line["word"] == "require":
        return ["require " + conditions_text(line["conditions"]) + on]
    if line["word"] == "deny":
        return [deny_text(line) + on]
    if line["word"] == "delegate":
        return ["delegate %s to %s%s from %s through %s" % (
            line["giver"], line["taker"], on, line["from"], line["through"])]
    return (["break-glass %s%s {" % (line["name"], on)]
            + ["require " + conditions_text(ask["conditions"])
               for ask in line["asks"]]
            + ["to " + " ".join(line["to"]),
               "lifts " + " ".join(line["lifts"]),
               "review by %s within %s" % (" ".join(line["by"]),
                                           span(line["within"])),
               "at-most %d per %s" % (line["most"], span(line["per"])), "}"])


def org_texts(org):
    texts = ["org %s id %s {" % (org["alias"], ORGS[org["alias"]]), "key k",
             "mirror yunxiao " + ("strict" if org["strict"] else "advisory")]
    texts += [role + " " + " ".join(people)
              for role, people in org["roles"].items() if people]
    texts += ["account %s=%s %s" % (user, id, " ".join(addresses))
              for user, id, addresses in org["accounts"]]
    if org["robots"]:
        texts.append("robot " + " ".join(org["robots"]))
    return texts + ["}"]


def head_texts(policy):
    texts = ["version 1", "timezone " + policy["timezone"]]
    for org in policy["orgs"].values():
        texts += org_texts(org)
    for name, selectors in policy["labels"].items():
        texts.append("label %s %s" % (name, " ".join(selectors)))
    for name, (hours, zone) in policy["windows"].items():
        texts.append("window %s %s%s" % (name, ", ".join(
            "%s %s-%s" % (" ".join(DAYS[d] for d in days), start, end)
            for days, start, end in hours), " in " + zone if zone else ""))
    for name in policy["calendars"]:
        texts.append("calendar %s %s.ics" % (name, name))
    return texts


def place(line, file, number):
    """The place of a line, and those of a block's own `require` lines."""
    line["file"], line["line"] = file, number
    for offset, ask in enumerate(line.get("asks", ()), 1):
        ask["file"], ask["line"] = file, number + offset


def case(policy, facts, included=0):
    """As a case; the last `included` lines stand in a file of their own."""
    texts, more = head_texts(policy), []
    if included:
        texts.append("include more.policy")
    at_main = len(policy["lines"]) - included
    for number, line in enumerate(policy["lines"]):
        to, file = ((texts, "policy") if number < at_main
                    else (more, "more.policy"))
        place(line, file, len(to) + 1)
        to += line_texts(line)
    events = "".join("BEGIN:VEVENT\r\nUID:%d\r\nDTSTART:%s\r\nDTEND:%s\r\n"
                     "END:VEVENT\r\n" % (i, start, end) for i, (start, end)
                     in enumerate(policy["calendars"]["cn"]))
    return {"name": "random", "policy": "\n".join(texts) + "\n",
            "files": {"more.policy": "\n".join(more) + "\n", "gone.ics": None,
                      "cn.ics": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + events
                      + "END:VCALENDAR\r\n"}, "facts": facts}
