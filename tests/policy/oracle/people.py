# SPDX-License-Identifier: ISC
"""Section 5: who somebody is. Answers are True, False or None: unknown."""

NOBODY = (65534, 4294967295)


def any_of(answers):
    """Yes if one is yes, no if all are no, else unknown."""
    answers = list(answers)
    if True in answers:
        return True
    return None if None in answers else False


def lower(text):
    """ASCII letters only."""
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)


class Person:
    def __init__(self, entry):
        self.uid, self.name = entry["uid"], entry.get("name")
        self.groups = entry.get("groups")

    def is_somebody(self):
        return bool(self.name) and self.uid not in NOBODY


class Org:
    """One org block, as it looks at people."""

    def __init__(self, st, lost_groups=()):
        self.alias, self.st = st.alias.value, st
        self.strict = any(s.kind == "mirror" and s.strict for s in st.settings)
        self.lost = lost_groups

    def fits(self, person, who, gives=True):
        """Is `person` what a policy calls `who`? What `gives` something is
        not had by uid 0 through a group."""
        kind, value = who
        if kind == "role":
            return self.role(person, value, gives)
        if kind == "uid":
            return person.uid == value
        if kind == "user":
            return None if not person.name else person.name == value
        if person.uid == 0 and gives:
            return False
        if person.groups is not None and value in person.groups:
            return True
        return None if person.groups is None or value in self.lost else False

    def role(self, person, role, gives=True):
        return any_of(
            self.fits(person, who.value)
            for line in self.st.roles if line.kind == role
            for who in line.list)

    def roles(self, person):
        """Those that are sure, highest first."""
        return [r for r in ("owner", "admin", "member", "viewer")
                if self.role(person, r) is True]

    def account(self, person):
        """The account id; False: no line; None: unknown."""
        ids, unsure = set(), False
        for line in self.st.accounts:
            fits = self.fits(person, line.user)
            if fits is True:
                ids.add(line.id)
            elif fits is None:
                unsure = True
        if len(ids) > 1 or unsure:
            return None
        return ids.pop() if ids else False

    def listed_robots(self):
        return [who.value for line in self.st.robots for who in line.list]

    def is_robot(self, person):
        account = self.account(person)
        answers = []
        for kind, value in self.listed_robots():
            if kind != "account":
                answers.append(self.fits(person, (kind, value), gives=False))
            elif account is None:
                answers.append(None)
            else:
                answers.append(account == value)
        return any_of(answers)

    def is_robot_account(self, account):
        robots = self.listed_robots()
        return ("account", account) in robots or any(
            line.id == account and line.user in robots
            for line in self.st.accounts)

    def account_of_author(self, author):
        if author.isascii() and author.isdigit():
            return author
        ids = {line.id for line in self.st.accounts
               for known in line.authors if lower(known.value) == lower(author)}
        return ids.pop() if len(ids) == 1 else None

    def may(self, person, verb):
        """A role that is high enough for the verb."""
        roles = self.roles(person)
        enough = {"pass": ["owner", "admin"],
                  "refuse": ["owner", "admin", "member"],
                  "view": ["owner", "admin", "member", "viewer"]}[verb]
        if verb == "pass" and not self.strict:
            enough = enough + ["member"]
        return any(r in enough for r in roles)
