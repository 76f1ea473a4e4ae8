# SPDX-License-Identifier: ISC
"""Random policies: most are valid, some have a word that is wrong."""

import datetime

import timing
import world as w

ROLES = ["owner", "admin", "member", "viewer"]
SELECTORS = [
    "shop/*/*/*", "shop/*/生产*/*", "shop/*/prod*/*", "shop/id:11222/*/*",
    "shop/pay-*/*/*", "shop/web-home/*/*", "shop/支付核心/*/*", "*/*/*/*",
    "shop/*/第?批/*", "shop/*/*/人工卡点", "shop/*/test/approve", "sho?/id:11301/*/*",
    "shop/web-????/*/*", "shop/*/*d*/*", "ops/*/*/*",
]


class Maker:
    def __init__(self, rng):
        self.rng = rng
        self.lines, self.after = [], []
        self.labels, self.times, self.glasses = {}, {}, []
        self.files, self.zones, self.edges = {}, [], []
        self.fenced, self.instants, self.zone = [], [], rng.choice(w.ZONES)

    def often(self, percent):
        return self.rng.randrange(100) < percent

    def some(self, things, low, high):
        things = list(things)
        return self.rng.sample(things, min(len(things), self.rng.randint(low, high)))

    def user(self, name):
        forms = ["%s", "%s", "%s", "user:%s", '"%s"', "uid"]
        if name == "1000":
            forms = ["user:%s", "uid"]
        form = self.rng.choice(forms)
        return "uid:%d" % w.USERS[name][0] if form == "uid" else form % name

    def group(self, name):
        return self.rng.choice(["@%s", "@%s", "group:%s"]) % name

    def names(self, low, high):
        """Different users and groups, each in one of its forms."""
        things = [("u", n) for n in w.USERS] + 2 * [("g", g) for g in w.GROUPS]
        found = dict.fromkeys(self.some(things, low, high))
        return [self.user(n) if k == "u" else self.group(n) for k, n in found]

    def who(self, roles, percent=70):
        found = self.some(roles, 1, 2) if self.often(percent) else []
        if not found or self.often(25):
            found += self.names(1, 2)
        return " ".join(dict.fromkeys(found))

    def targets(self):
        """Selectors or labels; a label is defined when it is first used."""
        if self.often(40):
            return self.rng.choice(SELECTORS[:4] + SELECTORS[:1])
        out = []
        for selector in self.some(SELECTORS[:14], 1, 2):
            if self.often(50):
                name = self.rng.choice(["prod", "money", "核心", "all-of-it"])
                self.labels.setdefault(name, self.some(SELECTORS[:14], 1, 3))
                out.append('"%s"' % name if self.often(10) else name)
            else:
                out.append('"%s"' % selector if self.often(10) else selector)
        return " ".join(dict.fromkeys(out))

    def org(self, alias, strict, letter):
        lines = ["org %s id %s {" % (alias, letter * 8), "  key %s-1" % alias,
                 "  mirror yunxiao %s" % ("strict" if strict else "advisory")]
        pool = [self.group(g) for g in w.GROUPS[:6]]
        pool += [self.user(u) for u in w.USERS if u not in ("root", "ci", "sun")]
        roles = {r: [] for r in ROLES}
        if alias == "shop" and self.often(88):
            roles = {"owner": ["lin"], "admin": ["@rm", "@dba", "@oncall"],
                     "member": ["@dev", "@发布组"], "viewer": ["@audit"]}
            pool = [p for p in pool if p not in sum(roles.values(), [])
                    and p not in ("user:lin", '"lin"', "uid:2001")
                    and not p.startswith("group:")]
        else:
            roles["owner"] = [pool.pop(self.rng.randrange(len(pool)))]
        for person in self.some(pool, 0, 4):
            roles[self.rng.choice(ROLES)].append(person)
        if self.often(10):
            roles["admin"].append(self.rng.choice(["root", "uid:0"]))
        for role in ROLES:
            if roles[role]:
                lines.append("  %s %s" % (role, " ".join(roles[role])))
        for name, number in w.ACCOUNTS.items():
            if name != "root" and self.often(6):
                continue
            mails = [] if self.often(25) or name in ("chen-adm",) else [
                "%s@shop.example" % ("wf" if name == "王芳" else name)]
            user = self.rng.choice([name, name, "uid:%d" % w.USERS[name][0]])
            lines.append("  account %s=%s %s" % (user, number, " ".join(mails)))
        if self.often(3):
            lines.append("  account uid:2003=199")
        if self.often(80):
            lines.append("  robot %s" % " ".join(
                [w.ROBOT] + self.some(["@bots", "ci", "119"], 0, 2)))
        return lines + ["}"]

    def time_name(self):
        name = self.rng.choice(["day", "night", "edge", "cn", "冻结"])
        if name not in self.times:
            self.times[name] = (
                self.calendar(name) if name in ("cn", "冻结") else self.window(name))
        return name

    def window(self, name):
        def hours():
            days = self.rng.choice(
                ["mon..fri", "sat..mon", "mon..sun", "wed", "fri sat", "sun", "mon..sun"])
            pairs = []
            for _ in range(self.rng.randint(1, 2)):
                start, end = self.rng.sample(range(0, 96), 2)
                pairs.append((start * 15, end * 15))
            if self.often(20):
                pairs = [self.rng.choice([(600, 1050), (1320, 120), (0, 1440), (135, 165), (60, 180)])]
            self.edges += [m for p in pairs for m in p]
            return days + " " + " ".join(dict.fromkeys(
                "%02d:%02d-%02d:%02d" % (a // 60, a % 60, b // 60, b % 60)
                for a, b in pairs))
        zone = ""
        if self.often(40):
            zone = " in " + self.rng.choice(w.ZONES)
            self.zones.append(zone[4:])
        return "window %s %s%s" % (
            name, ", ".join(hours() for _ in range(self.rng.randint(1, 2))), zone)

    def calendar(self, name):
        path = "calendars/%s.ics" % ("cn" if name == "cn" else "z")
        if not self.often(10):
            self.files[path] = self.ics()
        return "calendar %s %s" % (name, path)

    def ics(self):
        out = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//shop//freeze//EN"]
        for n in range(self.rng.randint(0, 3)):
            out += self.event(n)
        out.append("END:VCALENDAR")
        if self.often(4):
            out.pop(self.rng.randrange(len(out)))
        return "".join(line + "\r\n" for line in out)

    def event(self, n):
        start = datetime.datetime.strptime(
            self.rng.choice(w.INSTANTS), "%Y-%m-%dT%H:%M:%SZ")
        start -= datetime.timedelta(minutes=self.rng.choice([0, 15, 60, 90, 600, 4000]))
        if self.often(50):
            start -= datetime.timedelta(days=7 * self.rng.randint(1, 60))
        length = self.rng.choice([1800, 3600, 7200, 43200, 172800, 1])
        kind = self.rng.choice(["utc", "zone", "floating", "day"])
        mark = self.rng.choice(w.ZONES[:5])
        if self.often(35):
            mark, text = self.rng.choice(w.JUMPS)
            start, kind = datetime.datetime.fromisoformat(text), "zone"
            if self.often(50):
                start -= datetime.timedelta(minutes=self.rng.choice([30, 60, 7 * 1440]))
        form = {"utc": ":%Y%m%dT%H%M%SZ", "floating": ":%Y%m%dT%H%M%S",
                "zone": ";TZID=" + mark + ":%Y%m%dT%H%M%S",
                "day": ";VALUE=DATE:%Y%m%d"}[kind]
        if kind == "day":
            length = 86400 * self.rng.randint(1, 13)
        if kind == "day":
            start = start.replace(hour=0, minute=0, second=0)
        self.note(start, kind, mark)
        self.note(start + datetime.timedelta(seconds=length), kind, mark)
        out = ["BEGIN:VEVENT", "UID:%d@shop.example" % n, "DTSTAMP:20260101T000000Z",
               "DTSTART" + start.strftime(form)]
        if self.often(70):
            out.append("DTEND" + (start + datetime.timedelta(seconds=length)).strftime(form))
        elif kind != "day":
            out.append("DURATION:PT%dS" % length)
        if self.often(40):
            out.append("RRULE:" + self.rule(start, kind))
        if self.often(5):
            out.append("STATUS:CANCELLED")
        return out + ["END:VEVENT"]

    def note(self, at, kind, mark):
        """The edge of an event: facts are to be just there."""
        name = {"utc": "UTC", "zone": mark}.get(kind, self.zone)
        for fold in (0, 1):
            for days in (0, 7):
                edge = at + datetime.timedelta(days=days)
                self.instants.append(edge.replace(
                    tzinfo=timing.zone_of(name), fold=fold).astimezone(timing.UTC))

    def rule(self, start, kind):
        freq = self.rng.choice(["DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "YEARLY"])
        rule = "FREQ=" + freq
        if self.often(30):
            rule += ";INTERVAL=%d" % self.rng.randint(1, 4)
        if self.often(25):
            rule += ";COUNT=%d" % self.rng.randint(1, 80)
        elif self.often(25):
            until = start + datetime.timedelta(days=self.rng.randint(0, 500))
            rule += ";UNTIL=" + until.strftime({
                "day": "%Y%m%d", "floating": "%Y%m%dT%H%M%S"}.get(kind, "%Y%m%dT%H%M%SZ"))
        if freq == "WEEKLY" and self.often(50):
            own = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
            days = {own[start.weekday()]} | set(self.some(own, 0, 2))
            rule += ";BYDAY=" + ",".join(d for d in own if d in days)
        return rule

    def condition(self, kind):
        rng = self.rng
        if kind == "mfa":
            return "mfa %d%s" % (rng.choice([1, 2, 2, 3]), rng.choice(["", " fresh 5m", " fresh 90s"]))
        if kind in w.PATTERNS:
            return '%s "%s"' % (kind, rng.choice(w.PATTERNS[kind]))
        if kind == "age":
            return "age " + rng.choice(["24h", "6m", "1d", "359s", "3600s"])
        if kind == "source":
            return "source " + " ".join(self.some(
                ["10.8.0.0/16", "local", "2001:db8::/32", "10.8.3.4", "192.0.2.0/24"], 1, 3))
        if kind == "branch":
            return "branch " + " ".join(self.some(
                ["main", "release/*", "dev", "热*", "release/*/*", "ma?n", "*"], 1, 3))
        if kind == "quorum":
            return self.quorum()
        return kind

    def quorum(self):
        seats = self.some(["@rm", "@dba", "@dev", "admin", "owner", "member"], 1, 2)
        counts = [self.rng.choice([1, 1, 1, 2]) for _ in seats]
        if sum(counts) < 2:
            counts[0] = 2
        return "quorum %s%s" % (
            " + ".join("%d %s" % x for x in zip(counts, seats)),
            " distinct hosts" if self.often(25) else "")

    def require(self):
        kinds = ["mfa", "reason", "ticket", "newest", "age", "tty", "source",
                 "branch", "quorum"]
        kinds = self.some(kinds, 1, 3)
        if self.often(25):
            kinds = ["quorum"] + [k for k in kinds[:1] if k != "quorum"]
        conds = [self.condition(k) for k in kinds]
        return "require %s on %s" % (", ".join(conds), self.targets())

    def deny(self):
        kind = self.rng.choice(["self", "outside", "during", "trigger", "user", "self"])
        if kind == "self":
            what = " ".join(self.some(["trigger", "commit-author"], 1, 2))
        elif kind == "trigger":
            what = " ".join(self.some(["schedule", "push", "pipeline", "webhook"], 1, 2))
        elif kind == "user":
            what = " ".join(self.names(1, 2)) if self.often(85) else "viewer"
        else:
            what = self.time_name()
        why = self.rng.choice(["", "", ' because "so it is"', ' because "年假"'])
        return "deny %s %s on %s%s" % (kind, what, self.targets(), why)

    def permit(self, wide=False):
        verbs = self.rng.choice(["pass", "pass, refuse", "pass, refuse", "refuse", "view", "pass, refuse, view"])
        roles = ["owner", "admin"]
        if verbs == "view":
            roles = ROLES
        elif "pass" not in verbs:
            roles = ROLES[:3]
        elif not self.strict and self.often(50):
            roles = ROLES[:3]
        if wide:
            return "permit %s on shop/*/*/* to %s" % (
                self.rng.choice(["pass, refuse, view", "pass, refuse"]),
                self.rng.choice(["owner admin", "admin", "admin @dba", "@rm @dba owner"]
                                if not self.fenced else ["@rm", "@dba chen", "chen lin qiu"]))
        return "permit %s on %s to %s" % (verbs, self.targets(), self.who(roles, 60))

    def glass(self):
        name = self.rng.choice(["night", "应急"])
        if name in self.glasses:
            return []
        self.glasses.append(name)
        out = ["break-glass %s on %s {" % (name, self.targets()),
               "  to %s" % self.who(["owner", "admin"]),
               "  lifts %s" % " ".join(self.some(
                   ["outside", "during", "trigger", "quorum", "newest", "age", "branch"], 1, 5)),
               "  review by %s within %s" % (
                   self.who(["owner", "admin", "viewer"]), self.rng.choice(["24h", "1h"])),
               "  at-most %d per %s" % (self.rng.randint(1, 3), self.rng.choice(["30d", "12h"]))]
        if self.often(40):
            out.insert(2, "  require %s" % ", ".join(
                self.condition(k) for k in self.some(["mfa", "reason", "ticket", "tty", "source"], 1, 2)))
        return out + ["}"]

    def delegate(self):
        giver, taker = self.rng.sample([u for u in w.USERS if u != "root"], 2)
        if self.often(80):
            giver = self.rng.choice(["chen", "chen", "qiu", "zhou", "lin"])
            taker = self.rng.choice(["wu", "wu", "zhou", "fang", "chen-adm", "lin"])
        # Now and then a second one of the same giver, maybe by number.
        if (giver in self.fenced and self.often(70)) or giver == taker:
            return []
        self.fenced.append(giver)
        first = datetime.date(2026, 11, 25) - datetime.timedelta(
            days=self.rng.choice([0, 0, 1, 4, 30, 250, -1]))
        last = first + datetime.timedelta(days=self.rng.choice([0, 1, 5, 91, 91]))
        return ["delegate %s to %s on %s from %s through %s" % (
            self.user(giver), self.user(taker),
            self.targets() if self.often(50) else "shop/*/*/*", first, last)]

    def make(self):
        rng = self.rng
        self.strict = self.often(70)
        given = []
        if self.often(45):
            given = [self.delegate() for _ in range(rng.choice([1, 1, 2]))]
        body = [[self.permit(wide=True)]] if self.often(85) else []
        body += [[self.permit()] for _ in range(rng.randint(0 if body else 1, 2))]
        body += [[self.require()] for _ in range(rng.choice([0, 0, 1, 1, 2, 3]))]
        body += [[self.deny()] for _ in range(rng.choice([0, 0, 1, 1, 2]))]
        if self.often(35):
            body += [self.glass() for _ in range(rng.choice([1, 1, 2]))]
        body += given
        body.append(self.org("shop", self.strict, "5"))
        if self.often(40):
            body.append(self.org("ops", self.often(50), "6"))
        elif any("ops/" in line for lines in body for line in lines):
            body.append(self.org("ops", True, "6"))
        for name, selectors in self.labels.items():
            body.append(["label %s %s" % (name, " ".join(selectors))]
                        if self.often(70) else
                        ["label %s {" % name] + ["\t" + s for s in selectors] + ["}"])
        body += [[line] for line in self.times.values()]
        unique = []
        for lines in body:
            if lines and lines not in unique:
                unique.append(lines)
        rng.shuffle(unique)
        return unique


def dressed(rng, line):
    """The same line with other blanks, over several lines, with a comment."""
    words = line.split(" ")
    if '"' in line or "#" in line or words[-1] in ("{", "}"):
        return line
    change = rng.randrange(4)
    if change == 0 and "," in line:
        return line.replace(", ", rng.choice([",", " , ", "\t,", " ,"]))
    if change == 1:
        at = rng.randint(1, len(words))
        return " ".join(words[:at]) + " \\\n" + " ".join(words[at:])
    if change == 2:
        return line + rng.choice(["#", "  # 发布", " #\t{ }, x", "\t"])
    return rng.choice(["\t", "  "]) + line.replace(" ", rng.choice(["  ", "\t"]))


def spoil(rng, text):
    """One word wrong, or one line not there or there twice: the place of the
    error is compared too."""
    lines = text.split("\n")
    if rng.randrange(2):
        names = ("label", "window", "calendar", "deny", "require", "permit")
        likely = [i for i, line in enumerate(lines) if line.startswith(names)]
        at = rng.choice(likely if likely and rng.randrange(2)
                        else range(2, len(lines)))
        lines[at:at + 1] = rng.choice([[], [lines[at]] * 2])
        return "\n".join(lines)
    at = rng.randrange(len(lines))
    words = lines[at].split(" ")
    i = rng.randrange(len(words))
    words[i:i + 1] = rng.choice([
        [], [], [words[i]] * 2, ["allow"], ["2"], ["owner"], ["on"], ["@1000"],
        ["x:y"], ["{"], ["on", "nowhere"], ["on", '"prod"'], ["}"], [","], ['"*/x"'], ["1000"], ["uid:65534"], ["a/b/c/d"],
        ["shop/**/x/y"], ['"unclosed'], ["\u202e"], ["生产\u200b"], ["25:00-26:00"],
        ["2026-02-30"], ["400d"], ["mon..xyz"], ["UTC"], ["-x"], ['"^(a"'], ["to"]])
    lines[at] = " ".join(words)
    return "\n".join(lines)


def include(rng, maker, blocks):
    """Some of the statements stand in other files."""
    moved = {}
    for path in rng.choice([["a.policy"], ["policy.d/10-a.policy", "policy.d/20-乙.policy"]]):
        take = blocks[: rng.randint(0, 3)]
        del blocks[: len(take)]
        moved[path] = "".join("\n".join(lines) + "\n" for lines in take)
    maker.files.update(moved)
    line = "include a.policy" if "a.policy" in moved else "include policy.d/*.policy"
    blocks.insert(rng.randint(0, len(blocks)), [line])


def identities(rng):
    """The people of the host, sometimes without one of them."""
    users = {name: {"uid": uid, "groups": list(groups)}
             for name, (uid, groups) in w.USERS.items()}
    users["root"]["groups"] = rng.sample(w.GROUPS, rng.choice([0, 1, 2]))
    groups = {g: [n for n, u in users.items() if g in u["groups"]]
              for g in w.GROUPS}
    if rng.randrange(5) == 0:
        del users[rng.choice(list(users))]
    return {"users": users, "groups": groups}


def policy(rng):
    maker = Maker(rng)
    blocks = maker.make()
    zone = maker.zone
    if maker.often(25):
        include(rng, maker, blocks)
    lines = ["version 1", "timezone " + zone]
    for statement in blocks:
        if maker.often(15):
            lines.append(rng.choice(["", "# 注释", "\t# x"]))
        if maker.often(20):
            at = rng.randrange(len(statement))
            statement = list(statement)
            statement[at] = dressed(rng, statement[at])
        lines += statement
    text = "\n".join(lines) + "\n"
    if maker.often(10):
        text = spoil(rng, text)
    case = {"policy": text, "files": maker.files}
    if maker.often(15):
        case["identities"] = identities(rng)
    return {"case": case, "zone": zone, "zones": [zone] + maker.zones,
            "edges": maker.edges, "glasses": maker.glasses,
            "instants": maker.instants}
