# SPDX-License-Identifier: ISC
"""Section 6: which votes count, and which seats stay open."""


class Vote:
    """`is_own`: the caller's, which is this request."""

    def __init__(self, person, host, age, level, reason, ticket, is_own=False):
        self.person, self.host, self.age = person, host, age
        self.level, self.reason, self.ticket = level, reason, ticket
        self.is_own = is_own


def standing(case):
    """The votes that count, one for each account."""
    found = [v for v in case.votes() if counts(case, v)]
    found.sort(key=lambda v: (not v.is_own, v.age))
    one = {}
    for vote in found:
        one.setdefault(case.org.account(vote.person), vote)
    return list(one.values())


def counts(case, vote):
    person = vote.person
    if person is None or not person.is_somebody():
        return False
    if not case.org.account(person) or case.org.is_robot(person) is not False:
        return False
    if not case.role_and_permit(person, "pass"):
        return False
    for st in case.policy.of("deny"):
        if st.what in ("self", "user") and case.applies(st.on):
            if case.deny_fits(st, person):
                return False
    return level_of(case, vote) >= 1 and all(
        texts_hold(case, cond, vote)
        for st in case.policy.of("require") if case.applies(st.on)
        for cond in st.conds)


def level_of(case, vote):
    if vote.is_own and case.is_first:
        return case.facts["auth"]["max_level"] or 0
    return vote.level or 0


def texts_hold(case, cond, vote):
    if cond.kind == "mfa":
        return level_of(case, vote) >= cond.level
    if cond.kind == "reason":
        return vote.reason is not None and cond.fits(vote.reason)
    if cond.kind == "ticket":
        return vote.ticket is not None and cond.fits(vote.ticket)
    return True


def fits_seat(case, person, who, votes):
    if case.org.fits(person, who) is True:
        return True
    if who[0] == "role":
        return False
    for giver, _ in case.givers(person, "pass"):
        if giver.uid == case.caller.uid or same_person(case, giver, case.caller):
            continue
        if any(giver.uid == v.person.uid or same_person(case, giver, v.person)
               for v in votes):
            continue
        if case.org.fits(giver, who) is True:
            return True
    return False


def same_person(case, one, two):
    account = case.org.account(one)
    return bool(account) and account == case.org.account(two)


def can_fill(seats, takers, used=()):
    """All of these seats at once? `takers[i]`: who could sit on seat i."""
    if not seats:
        return True
    return any(
        can_fill(seats[1:], takers, used + (who,))
        for who in takers[seats[0]] if who not in used)


def open_seats(case, cond, votes):
    """Numbers of the seats that stay empty, in written order."""
    takers = []
    for seat in cond.seats:
        fitting = [v for v in votes if fits_seat(case, v.person, seat.value, votes)]
        if cond.distinct:
            who = sorted({v.host for v in fitting if v.host})
        else:
            who = [id(v) for v in fitting]
        takers += [who] * seat.count
    filled, empty = [], []
    for seat in range(len(takers)):
        if can_fill(filled + [seat], takers):
            filled.append(seat)
        else:
            empty.append(seat)
    return empty


def missing(case, cond, empty):
    """[{count, of}] of the seats that are open."""
    out, number = [], 0
    for seat in cond.seats:
        n = sum(number <= i < number + seat.count for i in empty)
        number += seat.count
        if n:
            kind, value = seat.value
            out.append({"count": n, "of": "@" + value if kind == "group" else value})
    return out
