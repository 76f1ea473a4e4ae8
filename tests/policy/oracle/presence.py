# SPDX-License-Identifier: ISC
"""The part of section 12 that needs to know who there is."""

import gates
import quorum
from people import Org, Person


class Presence:
    def __init__(self, identities):
        users = identities.get("users") or {}
        self.groups = identities.get("groups") or {}
        self.people = [
            Person({"uid": u["uid"], "name": name, "groups": u.get("groups")})
            for name, u in users.items()]

    def exists(self, who):
        kind, value = who
        if kind == "user":
            return any(p.name == value for p in self.people)
        if kind == "uid":
            return any(p.uid == value for p in self.people)
        return kind != "group" or self.groups.get(value) is not None

    def uid(self, who):
        """Of a user that exists."""
        found = [p.uid for p in self.people if who in (
            ("user", p.name), ("uid", p.uid))]
        return found[0] if found else None

    def somebody(self, who):
        """Is there at least one person behind it?"""
        if who[0] == "group":
            return any(p.name in (self.groups.get(who[1]) or ()) and p.uid != 0
                       for p in self.people)
        return self.exists(who)

    def run(self, checker):
        self.checker, self.policy = checker, checker.policy
        self.labels = checker.labels
        self.orgs = [Org(st) for st in self.policy.of("org")]
        self.existence()
        self.passes()
        self.quorums()
        self.reviews()

    def named(self):
        """Every place where a user or group is named."""
        for st in self.policy.statements:
            yield from getattr(st, "who", ())
            if st.kind == "deny" and st.what == "user":
                yield from st.list
            if st.kind == "delegate":
                yield from (st.giver, st.taker)
            if st.kind == "org":
                for line in st.roles + st.robots:
                    yield from line.list
                for line in st.accounts:
                    place = line.place
                    place.who = line.user
                    yield place
            if st.kind == "break-glass":
                for line in st.settings:
                    yield from getattr(line, "who", ())
            for _, cond in self.checker.conditions(st):
                yield from getattr(cond, "seats", ())

    def existence(self):
        seen = set()
        for at in sorted(self.named(), key=self.policy.order):
            who = getattr(at, "who", at.value)
            if who[0] in ("role", "account") or who in seen:
                continue
            seen.add(who)
            if not self.exists(who):
                self.checker.error(
                    "unknown_group" if who[0] == "group" else "unknown_user", at)

    def could(self, org, person):
        return (person.is_somebody() and org.may(person, "pass")
                and org.is_robot(person) is False)

    def candidates(self, org, selectors):
        """Who could pass some gate that one of the selectors could mean."""
        out = []
        for person in self.people:
            if not self.could(org, person):
                continue
            if not org.account(person):
                continue
            for st in self.policy.of("permit"):
                if "pass" in [v.word for v in st.verbs] and any(
                        could_meet(a, b, org.alias)
                        for a in gates.flat(st.on, self.labels)
                        for b in selectors) and self.granted(org, st, person):
                    out.append(person)
                    break
        return out

    def granted(self, org, st, person):
        """Personally: a delegation is over in some days."""
        return any(org.fits(person, w.value) is True for w in st.who)

    def passes(self):
        for st in self.policy.of("permit"):
            if "pass" not in [v.word for v in st.verbs]:
                continue
            selectors = gates.flat(st.on, self.labels)
            touched = [o for o in self.orgs
                       if any(gates.glob_fits(s[0], o.alias) for s in selectors)]
            if touched and not any(
                    o.may(p, "pass") and o.is_robot(p) is False
                    and p.is_somebody() and self.granted(o, st, p)
                    for o in touched for p in self.people):
                self.checker.error("nobody", st)

    def quorums(self):
        for st in self.policy.of("require"):
            for cond in st.conds:
                if cond.kind != "quorum":
                    continue
                for selector in gates.flat(st.on, self.labels):
                    for org in self.orgs:
                        if gates.glob_fits(selector[0], org.alias):
                            self.quorum(org, cond, selector)

    def quorum(self, org, cond, selector):
        accounts = {}
        people = self.candidates(org, [selector])
        for person in people:
            accounts.setdefault(org.account(person), []).append(person)
        takers = []
        for seat in cond.seats:
            fits = [a for a, them in accounts.items() if any(
                org.fits(p, seat.value) is True for p in them)]
            takers += [fits] * seat.count
        if not quorum.can_fill(list(range(len(takers))), takers):
            self.checker.error("nobody", cond)

    def reviews(self):
        for st in self.policy.of("break-glass"):
            has = {line.kind: line for line in st.settings}
            selectors = gates.flat(st.on, self.labels)
            for org in self.orgs:
                if not any(gates.glob_fits(s[0], org.alias) for s in selectors):
                    continue
                fits = lambda p, line: any(
                    org.fits(p, w.value) is True for w in line.who)
                users = [p for p in self.people if self.could(org, p)
                         and fits(p, has["to"])]
                reviewers = [p for p in self.people
                             if p.is_somebody() and org.roles(p)
                             and org.is_robot(p) is False
                             and fits(p, has["review"]) and org.account(p)]
                for user in users:
                    mine = org.account(user)
                    if not any(p.uid != user.uid and mine
                               and org.account(p) != mine for p in reviewers):
                        self.checker.error("one_person", has["review"])


def globs_meet(a, b):
    """Could one name fit both?"""
    if not a or not b:
        return not (a or b).strip("*")
    if a[0] == "*":
        return globs_meet(a[1:], b) or globs_meet(a, b[1:])
    if b[0] == "*":
        return globs_meet(b, a)
    return (a[0] == b[0] or "?" in (a[0], b[0])) and globs_meet(a[1:], b[1:])


def could_meet(a, b, alias):
    if not gates.glob_fits(a[0], alias) or not gates.glob_fits(b[0], alias):
        return False
    for x, y in zip(a[1:], b[1:]):
        if isinstance(x, tuple) or isinstance(y, tuple):
            if isinstance(x, tuple) and isinstance(y, tuple) and x != y:
                return False
        elif not globs_meet(x, y):
            return False
    return True
