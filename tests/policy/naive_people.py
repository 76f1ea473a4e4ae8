# SPDX-License-Identifier: ISC
"""People, as the naive evaluator sees them: who they are by the policy, for
whom they stand in, what is theirs.  None is "unknown" everywhere."""

ROLES = ("owner", "admin", "member", "viewer")


def all_of(values):
    values = list(values)
    if any(v is False for v in values):
        return False
    return None if any(v is None for v in values) else True


def any_of(values):
    values = list(values)
    if any(v is True for v in values):
        return True
    return None if any(v is None for v in values) else False


def get(facts, *path):
    for name in path:
        if facts is None:
            return None
        facts = facts.get(name)
    return facts


class Person:
    """One person of the facts, or somebody who is not among them."""

    def __init__(self, request, entry):
        self.request, self.entry = request, entry

    @property
    def name(self):
        return self.entry.get("name") if self.entry else None

    def is_principal(self, text, is_gift=True):
        """What is a gift is nothing to root through a group."""
        if self.entry is None:
            return None
        if text.startswith("uid:"):
            return self.entry["uid"] == int(text[4:])
        if not text.startswith("@"):
            return None if self.name is None else self.name == text
        if self.entry["uid"] == 0 and is_gift:
            return False
        groups = self.entry.get("groups")
        if groups is None or text[1:] in self.request.lost:
            return None
        return text[1:] in groups

    def has_role(self, role, org=None):
        org = org or self.request.org
        return any_of(self.is_principal(p) for p in org["roles"][role])

    def accounts(self):
        """Ids of account lines that surely mean this person."""
        return {id if self.is_principal(who) is True else None
                for who, id, _ in self.request.org["accounts"]
                if self.is_principal(who) is not False}

    @property
    def account(self):
        ids = self.accounts()
        return ids.pop() if len(ids) == 1 else None

    def is_robot(self):
        robots = self.request.org["robots"]
        by_name = any_of(self.is_principal(p, False) for p in robots
                         if not p.isdigit())
        ids = [p for p in robots if p.isdigit()]
        if not ids:
            return by_name
        if len(self.accounts()) > 1 or None in self.accounts():
            return any_of((by_name, None))
        return True if self.account in ids else by_name

    def fits(self, who, is_gift=True):
        return any_of(self.has_role(w) if w in ROLES
                      else self.is_principal(w, is_gift) for w in who)

    def role_is_enough(self, verb):
        admin = self.has_role("owner") or self.has_role("admin")
        member = self.has_role("member") is True
        if verb == "pass":
            return admin is True or (member and not self.request.org["strict"])
        viewer = verb == "view" and self.has_role("viewer") is True
        return verb == "review" or admin is True or member or viewer

    def givers(self):
        """(line, person) of each delegation to this person in force."""
        found = []
        for line in self.request.lines("delegate"):
            if (self.is_principal(line["taker"]) is not True
                    or not self.request.is_day(line["from"], line["through"])
                    or self.request.on(line) is not True):
                continue
            giver = Person(self.request, next(
                (p for p in self.request.people
                 if Person(self.request, p).is_principal(line["giver"])
                 is True), None))
            if (giver.name and giver.is_robot() is False
                    and giver.role_is_enough(self.request.verb)):
                found.append((line, giver))
        return found

    def permits(self):
        """The lines that permit it, and for whom they stand in."""
        own = [p for p in self.request.permits()
               if self.fits(p["to"]) is True]
        if own:
            return own, []
        lines, via = [], []
        for line, giver in self.givers():
            lent = [p for p in self.request.permits()
                    if any_of(giver.is_principal(w) for w in p["to"]
                              if w not in ROLES) is True]
            if lent:
                lines += lent + [line]
                via.append(giver.name)
        return lines, via

    def owns(self, account):
        """Whether an account is theirs, or of one for whom they stand in."""
        if account is None:
            return None
        mine = [self] + [giver for _, giver in self.givers()]
        is_mine = any_of(None if p.account is None else p.account == account
                         for p in mine)
        if is_mine is not True and self.is_robots(account):
            return None
        return is_mine

    def is_robots(self, account):
        robots = self.request.org["robots"]
        return account in robots or any(
            id == account and who in robots
            for who, id, _ in self.request.org["accounts"])

    def started(self):
        kind = get(self.request.facts, "gate", "trigger")
        if kind == "schedule":
            return False
        if kind is None:
            return None
        return self.owns(get(self.request.facts, "gate", "trigger_account"))

    def wrote(self):
        sources = get(self.request.facts, "gate", "sources")
        if not sources:
            return None
        answers = []
        for source in sources:
            if not source.get("authors"):
                answers.append(None)
            for author in source.get("authors") or []:
                answers.append(self.owns(self.request.account_of(author)))
        return any_of(answers)

    def is_denied(self, line):
        kind = line["kind"]
        if kind == "self":
            return any_of({"trigger": self.started,
                           "commit-author": self.wrote}[part]()
                          for part in line["parts"])
        if kind == "user":
            return any_of(p.fits(line["who"], False) for p in
                          [self] + [giver for _, giver in self.givers()])
        if kind == "trigger":
            how = get(self.request.facts, "gate", "trigger")
            return None if how is None else how in line["kinds"]
        is_in = self.request.is_in(line["name"], kind == "outside")
        if kind == "during" or is_in is None:
            return is_in
        return not is_in
