# SPDX-License-Identifier: ISC
"""A second evaluator of the policy language, as plain as can be.

It works on a policy as a tree (world.py writes the same tree as text for the
C side) and on the facts document.  Nothing is prepared, indexed or shared:
each question is asked anew.  None is "unknown" everywhere.
"""

import datetime
import ipaddress
import itertools
import re
import zoneinfo

from naive_people import ROLES, Person, all_of, any_of, get


def reading_order(place):
    return place[0] != "policy", place


class Request:
    def __init__(self, policy, facts, lost=()):
        self.policy, self.facts, self.lost = policy, facts, set(lost)
        self.people = facts.get("people") or []
        self.verb, self.phase = facts["verb"], facts["phase"]
        self.org = policy["orgs"].get(get(facts, "request", "org"))
        self.actor = self.person(get(facts, "actor", "uid"))
        self.reasons, self.rules, self.via = [], [], []
        self.before_quorum = None

    def person(self, uid):
        return Person(self, next((p for p in self.people if p["uid"] == uid),
                                 None) if uid is not None else None)

    def lines(self, *words):
        return [line for line in self.policy["lines"] if line["word"] in words]

    def permits(self):
        return [p for p in self.lines("permit")
                if self.verb in p["verbs"] and self.on(p) is True]

    # --- gates and times

    def part(self, glob, name):
        if glob == "*":
            return True
        if not name or "/" in name or "\u202e" in name:
            return None
        pattern = "".join(".*" if c == "*" else "." if c == "?"
                          else re.escape(c) for c in glob)
        return re.fullmatch(pattern, name, re.S) is not None

    def selector(self, text):
        org, pipeline, stage, job = text.split("/")
        if pipeline.startswith("id:"):
            number = get(self.facts, "request", "pipeline")
            is_pipeline = None if number is None else number == pipeline[3:]
        else:
            is_pipeline = self.part(pipeline,
                                    get(self.facts, "gate", "pipeline"))
        return all_of((self.part(org, get(self.facts, "request", "org")),
                       is_pipeline,
                       self.part(stage, get(self.facts, "gate", "stage")),
                       self.part(job, get(self.facts, "gate", "job"))))

    def on(self, line):
        return any_of(self.selector(text) for target in line["on"]
                      for text in self.policy["labels"].get(target, [target]))

    def now(self):
        if get(self.facts, "clock", "synced") is not True:
            return None
        text = get(self.facts, "clock", "now")
        return text and datetime.datetime.fromisoformat(text[:-1] + "+00:00")

    def is_day(self, first, last):
        if self.now() is None:
            return False
        zone = zoneinfo.ZoneInfo(self.policy["timezone"])
        return first <= self.now().astimezone(zone).date().isoformat() <= last

    def is_in(self, name, as_opening):
        del as_opening  # the events here are in UTC, where nothing is twice
        if self.now() is None:
            return None
        if name in self.policy["calendars"]:
            events = self.policy["calendars"][name]
            return None if events is None else any(
                start <= self.now().strftime("%Y%m%dT%H%M%SZ") < end
                for start, end in events)
        hours, zone = self.policy["windows"][name]
        wall = self.now().astimezone(zoneinfo.ZoneInfo(
            zone or self.policy["timezone"]))
        clock, today = wall.strftime("%H:%M"), wall.weekday()
        for days, start, end in hours:
            if start < end and today in days and start <= clock < end:
                return True
            if start > end and ((today in days and clock >= start) or
                                ((today - 1) % 7 in days and clock < end)):
                return True
        return False

    def account_of(self, author):
        if author.isdigit():
            return author
        return next((id for _, id, addresses in self.org["accounts"]
                     if author.lower() in (a.lower() for a in addresses)),
                    None)

    # --- conditions

    def level(self, least, fresh=None):
        if self.phase == "first":
            top = get(self.facts, "auth", "max_level")
            return top is not None and top >= least
        level, age = (get(self.facts, "auth", name)
                      for name in ("level", "age_s"))
        return (level is not None and level >= least and
                (fresh is None or (age is not None and age <= fresh)))

    def holds(self, condition):
        kind, value = condition[0], condition[1:]
        gate, session = self.facts.get("gate"), self.facts.get("session")
        if kind == "mfa":
            return self.level(*value)
        if kind in ("reason", "ticket"):
            text = get(self.facts, "request", kind)
            return text is not None and re.fullmatch(value[0], text, re.S)
        if kind == "newest":
            return get(gate, "newest") is True
        if kind == "age":
            waiting = get(gate, "waiting_s")
            synced = get(self.facts, "clock", "synced")
            return (synced is True and waiting is not None
                    and waiting <= value[0])
        if kind == "tty":
            return bool(get(session, "tty"))
        if kind == "source":
            return self.comes_from(get(session, "source"), value[0])
        sources = get(gate, "sources")
        return bool(sources) and all(
            source.get("branch") and any(
                re.fullmatch("".join(
                    "[^/]*" if c == "*" else "[^/]" if c == "?"
                    else re.escape(c) for c in glob), source["branch"])
                for glob in value[0])
            for source in sources)

    @staticmethod
    def comes_from(source, nets):
        if not source:
            return False
        if source == "local":
            return "local" in nets
        try:
            address = ipaddress.ip_address(source)
        except ValueError:
            return False
        return any(address in ipaddress.ip_network(net)
                   for net in nets if net != "local"
                   and (":" in net) == (":" in source))

    # --- votes

    def counts(self, person, level, reason, ticket):
        if not (person.name and person.account
                and person.is_robot() is False
                and level is not None and level >= 1
                and person.role_is_enough("pass") and person.permits()[0]):
            return False
        for line in self.lines("deny"):
            if (line["kind"] in ("self", "user") and self.on(line) is not False
                    and person.is_denied(line) is not False):
                return False
        for line in self.lines("require"):
            if self.on(line) is False:
                continue
            for condition in line["conditions"]:
                if condition[0] == "mfa" and level < condition[1]:
                    return False
                text = {"reason": reason, "ticket": ticket}
                if condition[0] in text and not (
                        text[condition[0]] is not None and re.fullmatch(
                            condition[1], text[condition[0]], re.S)):
                    return False
        return True

    def votes(self):
        """One a person: (person, host)."""
        own = "max_level" if self.phase == "first" else "level"
        found = []
        if self.counts(self.actor, get(self.facts, "auth", own),
                       get(self.facts, "request", "reason"),
                       get(self.facts, "request", "ticket")):
            found.append((self.actor, get(self.facts, "session", "host"), -1))
        handle = get(self.facts, "gate", "handle")
        for vote in self.facts.get("votes") or []:
            voter = self.person(vote.get("uid"))
            if (handle is not None and vote.get("handle") == handle
                    and vote.get("age_s") is not None
                    and vote["age_s"] <= 86400
                    and self.counts(voter, vote.get("level"),
                                    vote.get("reason"), vote.get("ticket"))):
                found.append((voter, vote.get("host"), vote["age_s"]))
        latest = {}
        for person, host, age in found:
            if (person.account not in latest
                    or age < latest[person.account][2]):
                latest[person.account] = (person, host, age)
        return list(latest.values())

    def may_sit(self, person, seat, votes):
        if seat in ROLES:
            return person.has_role(seat) is True
        if person.is_principal(seat) is True:
            return True
        seated = [self.actor] + [voter for voter, _, _ in votes]
        for _, giver in person.givers():
            if giver.is_principal(seat) is True and not any(
                    other.entry is not None and other.entry is giver.entry
                    or (giver.account is not None
                        and other.account == giver.account)
                    for other in seated):
                return True
        return False

    def can_fill(self, seats, votes, is_distinct):
        """Whether all these seats can be filled at once: every way is tried."""
        fitting = [[i for i, (person, host, _) in enumerate(votes)
                    if not (is_distinct and host is None)
                    and self.may_sit(person, seat, votes)] for seat in seats]
        for choice in itertools.product(*fitting):
            if len(set(choice)) != len(choice):
                continue
            hosts = [votes[i][1] for i in choice]
            if not is_distinct or len(set(hosts)) == len(hosts):
                return True
        return not seats

    def open_seats(self, seats, votes, is_distinct):
        """Empty when they are filled in written order, with re-seating."""
        full = []
        for seat in seats:
            if self.can_fill(full + [seat], votes, is_distinct):
                full.append(seat)
        return len(seats) - len(full)

    # --- the steps

    def refuse(self, code, line=None):
        self.reasons.append((code, line))

    def is_early(self):
        request = self.facts.get("request") or {}
        wanted = ["org"] + (["pipeline", "run", "job"]
                            if self.verb != "review" else [])
        if (any(not request.get(name) for name in wanted)
                or (self.verb == "review" and request.get("review") is None)
                or (request.get("break_glass") is not None
                    and self.verb != "pass")):
            return "usage"
        entry = self.actor.entry
        if (entry is None or entry["uid"] in (4294967295, 65534)
                or not self.actor.name
                or any_of(self.actor.has_role(role, org)
                          for org in self.policy["orgs"].values()
                          for role in ROLES) is not True):
            return "user_unknown"
        if self.org is None:
            return "org_unknown"
        if self.actor.is_robot() is not False:
            return "robot"
        if any_of(self.actor.has_role(role) for role in ROLES) is not True:
            return ("subject_not_in_org" if get(self.facts, "actor", "named")
                    else "not_in_org")
        return None

    def found(self):
        return {"gate": None, "nothing": "no_pipeline", "pipeline": "no_run"
                }.get(get(self.facts, "gate", "found"), "no_gate")

    def check_role(self):
        lines, self.via = self.actor.permits()
        self.rules += lines
        if lines and self.actor.role_is_enough(self.verb):
            return
        is_admin = any_of((self.actor.has_role("owner"),
                           self.actor.has_role("admin"))) is True
        if self.verb == "view" or is_admin:
            self.refuse("no_permit")
        else:
            self.refuse("role_member" if self.actor.has_role("member") is True
                        else "role_viewer")

    def uses(self, block):
        return [use for use in self.facts.get("break_glass") or []
                if use.get("name") in (None, block["name"])]

    def glass(self):
        name = get(self.facts, "request", "break_glass")
        if name is None:
            return None, ()
        block = next((b for b in self.lines("break-glass")
                      if b["name"] == name), None)
        if block is None or self.on(block) is not True:
            self.refuse("bg_unknown")
            return None, ()
        is_known = self.facts.get("break_glass") is not None
        before = len(self.reasons)
        if self.actor.fits(block["to"]) is not True:
            self.refuse("bg_not_you", block)
        if not is_known or sum(1 for use in self.uses(block) if use.get("age_s") is None
               or use["age_s"] < block["per"]) >= block["most"]:
            self.refuse("bg_limit", block)
        if not is_known or any(use.get("reviewed") is not True
               and (use.get("age_s") is None
                    or use["age_s"] > block["within"])
               for use in self.uses(block)):
            self.refuse("bg_overdue", block)
        if len(self.reasons) > before:
            return block, ()
        self.rules.append(block)
        return block, block["lifts"]

    def check_denials(self, lifts):
        for line in self.lines("deny"):
            if self.verb != "pass" and line["kind"] != "user":
                continue
            if line["kind"] in lifts or self.on(line) is False:
                continue
            if self.actor.is_denied(line) is not False:
                code = line["kind"]
                if code in ("outside", "during"):
                    code = ("calendar" if line["name"]
                            in self.policy["calendars"] else "window")
                self.refuse(code, line)

    def check_requirements(self, block, lifts):
        if self.verb == "view":
            return
        if not self.level(1):
            self.refuse("mfa")
        kinds = {"pass": ("mfa", "reason", "ticket", "newest", "age", "tty",
                          "source", "branch"),
                 "refuse": ("mfa", "reason", "tty", "source")}[self.verb]
        for line in self.policy["lines"]:
            if line["word"] == "require" and self.on(line) is not False:
                asks = [(line, lifts)]
            elif block is not None and line is block:
                asks = [(ask, ()) for ask in block["asks"]]
            else:
                continue
            for ask, lifted in asks:
                applied = [c for c in ask["conditions"]
                           if c[0] in kinds and c[0] not in lifted]
                if applied:
                    self.rules.append(ask)
                for condition in applied:
                    if not self.holds(condition):
                        self.refuse(condition[0], ask)

    def check_quorums(self, lifts):
        self.before_quorum = len(self.reasons)
        if self.verb != "pass" or "quorum" in lifts:
            return
        votes = self.votes()
        for line in self.lines("require"):
            quorums = [c for c in line["conditions"] if c[0] == "quorum"]
            if not quorums or self.on(line) is False:
                continue
            self.rules.append(line)
            for _, seats, is_distinct in quorums:
                if not self.open_seats(seats, votes, is_distinct):
                    continue
                if self.actor.account is None:
                    self.refuse("no_account", line)
                elif any(self.may_sit(self.actor, seat, votes)
                         for seat in seats):
                    self.refuse("quorum", line)
                else:
                    self.refuse("no_seat", line)

    def check_review(self):
        uses = self.facts.get("break_glass") or []
        number = self.facts["request"]["review"]
        use = uses[number] if number < len(uses) else None
        block = use and next((b for b in self.lines("break-glass")
                              if b["name"] == use.get("name")), None)
        if not block:
            self.refuse("bg_unknown")
            return
        user = self.person(use.get("uid"))
        if self.actor.fits(block["by"]) is not True:
            self.refuse("no_permit")
        if self.actor.account is None:
            self.refuse("no_account")
        if (user.entry is None or user.entry is self.actor.entry
                or user.account is None or self.actor.account is None
                or user.account == self.actor.account):
            self.refuse("self")
        if not self.level(1):
            self.refuse("mfa")
        self.rules.append(block)

    def decide(self):
        early = self.is_early()
        if early is None and self.verb == "review":
            self.check_review()
        elif early is None and self.found() is None:
            self.check_role()
            block, lifts = self.glass()
            self.check_denials(lifts)
            self.check_requirements(block, lifts)
            if (self.verb != "view"
                    and get(self.facts, "gate", "key_may") is not True):
                self.refuse("key_not_validator")
            self.check_quorums(lifts)
        else:
            self.refuse(early or self.found())
        return self.answer()

    def answer(self):
        codes = [code for code, _ in self.reasons]
        verdict, first = "deny", 0
        if not codes:
            verdict = "permit"
        elif self.before_quorum == 0 and "quorum" in codes:
            verdict, first = "pending", codes.index("quorum")
        lines = ([line for _, line in self.reasons if line] if codes
                 else self.rules)
        return {"verdict": verdict,
                "local_code": codes[first] if codes else "",
                "blocking": codes,
                "rules": sorted({(line["file"], line["line"])
                                 for line in lines}, key=reading_order),
                "via": self.via if not codes else None}
