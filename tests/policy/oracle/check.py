# SPDX-License-Identifier: ISC
"""Section 12: what is wrong with a policy that can be read."""

import gates
import timing
from people import lower
from presence import Presence

CODES = {
    "bad_role": "InvalidResourceRole.NotFound",
    "unknown_user": "InvalidUser.ResourceMemberNotExists",
    "unknown_group": "InvalidUser.ResourceMemberNotExists",
    "no_owner": "InvalidUser.ResourceMemberCouldNotDeleteOwner",
    "below_admin": "Forbidden.UserNotAdminOrOwner",
}


def code_of(local_code):
    return CODES.get(local_code, "InvalidParam.ParamNotPresent")


class Checker:
    def __init__(self, policy, identities):
        self.policy, self.found = policy, []
        self.labels = gates.labels_of(policy)
        self.presence = Presence(identities) if identities is not None else None

    def error(self, code, at):
        self.found.append((self.policy.order(at), code, at))

    def twice(self, places, key=lambda p: p.value):
        seen = set()
        for at in places:
            if key(at) in seen:
                self.error("duplicate", at)
            seen.add(key(at))

    def in_order(self, *kinds):
        return sorted((s for s in self.policy.statements if s.kind in kinds),
                      key=self.policy.order)

    def names(self):
        """Things that have a name, and whether some line uses it."""
        used_labels, used_times, p = set(), set(), self.policy
        for st in p.statements:
            for target in getattr(st, "on", ()):
                if target.kind != "label":
                    continue
                used_labels.add(target.value)
                if target.value not in self.labels:
                    self.error("undefined", target)
            if st.kind == "deny" and st.what in ("outside", "during"):
                used_times.add(st.name.value)
                if st.name.value not in [
                        x.name.value for x in p.of("window") + p.of("calendar")]:
                    self.error("undefined", st.name)
        for st in p.statements:
            if st.kind == "label" and st.name.value not in used_labels:
                self.error("unused", st.name)
            if st.kind in ("window", "calendar") and st.name.value not in used_times:
                self.error("unused", st.name)
        self.twice([s.alias for s in p.of("org")])
        self.twice([s.id for s in p.of("org")])
        self.twice([s.name for s in p.of("label")])
        self.twice([s.name for s in self.in_order("window", "calendar")])
        self.twice([s.name for s in p.of("break-glass")])
        for at in p.twice:
            self.error("duplicate", at)
        for zone in [p.zone] + [w.zone for w in p.of("window")]:
            if zone is not None and timing.zone_of(zone.value) is None:
                self.error("undefined", zone)

    def lists(self):
        """A word twice in one list."""
        for st in self.policy.statements:
            self.twice(getattr(st, "on", []))
            if st.kind == "label":
                self.twice(st.selectors)
            if st.kind == "permit":
                self.twice(st.verbs, lambda v: v.word)
                self.twice(st.who)
            if st.kind == "deny" and st.what in ("self", "trigger", "user"):
                self.twice(st.list, lambda v: getattr(v, "value", v.word))
            if st.kind == "window":
                for days, times in st.hours:
                    self.twice(days, lambda d: d.word)
                    self.twice(times, lambda t: t.word)
            if st.kind == "break-glass":
                self.twice(st.settings, lambda s: s.kind)
                for line in st.settings:
                    self.twice(getattr(line, "who", []))
                    self.twice(getattr(line, "list", []), lambda v: v.word)
            for line in [st] + getattr(st, "requires", []):
                self.twice(getattr(line, "conds", []), lambda c: c.words)
            for _, cond in self.conditions(st):
                self.twice(getattr(cond, "nets", []))
                self.twice(getattr(cond, "globs", []))
                self.twice(getattr(cond, "seats", []))

    def conditions(self, st):
        if st.kind == "require":
            return [(st, c) for c in st.conds]
        if st.kind == "break-glass":
            return [(line, c) for line in st.requires for c in line.conds]
        return []

    def org(self, st):
        self.twice(st.settings, lambda s: s.kind)
        self.twice([p for line in st.roles for p in line.list])
        self.twice([p for line in st.robots for p in line.list])
        self.twice([line.place for line in st.accounts], lambda p: p.value[0])
        known = {}
        for line in st.accounts:
            own = set()
            for author in line.authors:
                address = lower(author.value)
                if known.setdefault(address, line.id) != line.id or address in own:
                    self.error("duplicate", author)
                own.add(address)
        owners = [p for line in st.roles if line.kind == "owner" for p in line.list]
        if not owners or (self.presence and not any(
                self.presence.somebody(p.value) for p in owners)):
            self.error("no_owner", st)
        roots = [("user", "root"), ("uid", 0)]
        if not any(line.user in roots for line in st.accounts):
            for line in st.roles:
                for at in line.list:
                    if at.value in roots:
                        self.error("root_person", at)

    def selectors(self):
        aliases = [s.alias.value for s in self.policy.of("org")]
        for st in self.policy.statements:
            for at in getattr(st, "on", []) + getattr(st, "selectors", []):
                if at.kind == "selector" and not any(
                        gates.glob_fits(at.value[0], a) for a in aliases):
                    self.error("unreachable", at)

    def permits(self):
        permits = self.in_order("permit")
        for i, st in enumerate(permits):
            mine = gates.flat(st.on, self.labels)
            for who in st.who:
                touches_strict = any(
                    gates.glob_fits(s[0], o.alias.value)
                    for s in mine for o in self.policy.of("org")
                    if any(x.kind == "mirror" and x.strict for x in o.settings))
                verbs = [v.word for v in st.verbs]
                if who.value == ("role", "viewer") and (
                        "pass" in verbs or "refuse" in verbs):
                    self.error("below_admin", who)
                elif who.value == ("role", "member") and "pass" in verbs and touches_strict:
                    self.error("below_admin", who)
            # A line that stands there twice is told as that, and one on an
            # unknown label may be about more than what another one grants.
            if st.words in [o.words for o in permits[:i]] or any(
                    t.kind == "label" and t.value not in self.labels for t in st.on):
                continue
            for k, other in enumerate(permits):
                if k == i or other.words == st.words:
                    continue
                if self.covers(other, st) and (k < i or not self.covers(st, other)):
                    self.error("unreachable", st)
                    break

    def covers(self, big, small):
        a, b = gates.flat(big.on, self.labels), gates.flat(small.on, self.labels)
        words = lambda st: {v.word for v in st.verbs}
        names = lambda st: {w.value for w in st.who}
        return bool(b) and words(small) <= words(big) and names(small) <= names(big) and all(
            any(all(p == "*" or p == q for p, q in zip(x, y)) for x in a) for y in b)

    def giver_of(self, st):
        """A name and its number are one person, where that is known."""
        known = self.presence.uid(st.giver.value) if self.presence else None
        return st.giver.value if known is None else known

    def same_lines(self):
        self.twice(self.in_order("permit", "require", "deny"),
                   lambda s: tuple(s.words))
        given = self.in_order("delegate")
        for i, st in enumerate(given):
            if any(self.giver_of(o) == self.giver_of(st)
                   and o.first <= st.last and st.first <= o.last
                   for o in given[:i]):
                self.error("duplicate", st.giver)

    def quorums(self):
        for st in self.policy.of("require"):
            for cond in st.conds:
                if cond.kind == "quorum" and cond.count < 2:
                    self.error("one_person", cond)

    def run(self):
        self.names()
        self.lists()
        for st in self.policy.of("org"):
            self.org(st)
        self.selectors()
        self.permits()
        self.same_lines()
        self.quorums()
        if self.presence is not None:
            self.presence.run(self)
        out = []
        for order, code, at in sorted(self.found, key=lambda f: (f[0], f[1])):
            entry = (at.file, at.line, at.col, code)
            if entry not in out:
                out.append(entry)
        return out


def check(policy, identities):
    """(file, line, col, local code) of each error, in order."""
    return Checker(policy, identities).run()
