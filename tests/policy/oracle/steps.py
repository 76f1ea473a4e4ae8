# SPDX-License-Identifier: ISC
"""The twelve steps, and what is told of them."""

from decide import CODES, DENIED, EXEMPT, NOBODY, Case, Person
from gates import flat, labels_of, part_fits
import quorum

ARGUMENTS = {"review": ("review",)}


def step_1(case):
    request = case.facts["request"]
    needed = ("org",) + ARGUMENTS.get(case.verb, ("pipeline", "run", "job"))
    if any(request[key] is None for key in needed):
        return "usage"
    if request["break_glass"] is not None and case.verb != "pass":
        return "usage"
    return None


def step_2(case):
    caller = case.caller
    if caller is None or not caller.is_somebody():
        return "user_unknown"
    return None if any(org.roles(caller) for org in case.orgs) else "user_unknown"


def step_3(case):
    found = [o for o in case.orgs if o.alias == case.facts["request"]["org"]]
    case.org = found[0] if found else None
    return None if found else "org_unknown"


def step_4(case):
    return None if case.org.is_robot(case.caller) is False else "robot"


def step_5(case):
    case.roles = case.org.roles(case.caller)
    if case.roles:
        return None
    named = case.facts["actor"]["named"]
    return "subject_not_in_org" if named is True else "not_in_org"


def step_6(case):
    if case.verb == "review":
        return None
    return {"gate": None, "nothing": "no_pipeline", "pipeline": "no_run"}.get(
        case.facts["gate"]["found"], "no_gate")


def step_7(case):
    own, given = case.permits(case.caller, case.verb)
    if case.org.may(case.caller, case.verb) and (own or given):
        for st in own or [st for _, *pair in given for st in pair]:
            case.shown.append(st)
        if not own:
            given.sort(key=lambda one: case.policy.order(one[2]))
            case.via = list(dict.fromkeys(giver.name for giver, _, _ in given))
        return
    highest = case.org.roles(case.caller)[0]
    if case.verb != "view" and highest in ("member", "viewer"):
        case.refuse("role_" + highest, 7)
    else:
        case.refuse("no_permit", 7)


def settings(st):
    return {line.kind: line for line in st.settings}


def step_8(case):
    asked = case.facts["request"]["break_glass"]
    if asked is None:
        return
    found = [st for st in case.policy.of("break-glass")
             if st.name.value == asked and case.surely(st.on)]
    if not found:
        case.refuse("bg_unknown", 8)
        return
    case.glass = st = found[0]
    before = len(case.reasons)
    has = settings(st)
    if not any(case.org.fits(case.caller, w.value) is True for w in has["to"].who):
        case.refuse("bg_not_you", 8, st, 1)
    uses = case.facts["break_glass"]
    mine = [u for u in uses or [] if u["name"] is None or u["name"] == asked]
    inside = [u for u in mine
              if u["age_s"] is None or u["age_s"] < has["at-most"].span]
    if uses is None or len(inside) >= has["at-most"].count:
        case.refuse("bg_limit", 8, st, 2)
    if uses is None or any(
            u["reviewed"] is not True
            and (u["age_s"] is None or u["age_s"] > has["review"].span)
            for u in mine):
        case.refuse("bg_overdue", 8, st, 3)
    if len(case.reasons) == before:
        case.lifts = [w.word for w in has["lifts"].list]
        case.shown.append(st)


def step_9(case):
    for st in case.policy.of("deny"):
        if not case.applies(st.on) or st.what in case.lifts:
            continue
        if st.what == "user":
            fits = case.deny_fits(st, case.caller)
        elif case.verb != "pass":
            continue
        elif st.what == "self":
            fits = case.deny_fits(st, case.caller)
        elif st.what == "trigger":
            kind = case.facts["gate"]["trigger"]
            fits = kind is None or kind in [k.word for k in st.list]
        elif st.what == "outside":
            fits = case.in_force(st.name.value, False) is not True
        else:
            fits = case.in_force(st.name.value, True) is not False
        if fits:
            code = st.what
            if code in ("outside", "during"):
                is_window = any(w.name.value == st.name.value
                                for w in case.policy.of("window"))
                code = "window" if is_window else "calendar"
            case.refuse(code, 9, st)


def asked_conditions(case):
    """(line, place in it, condition), without quorum and what is set aside."""
    lines = [st for st in case.policy.of("require") if case.applies(st.on)]
    if case.glass is not None:
        lines += case.glass.requires
    for st in sorted(lines, key=case.policy.order):
        for place, cond in enumerate(st.conds):
            if cond.kind in EXEMPT[case.verb] or cond.kind in case.lifts:
                continue
            yield st, place, cond


def step_10(case):
    if case.verb in ("pass", "refuse"):
        if not case.level_holds(1):
            case.refuse("mfa", 10)
    for st, place, cond in asked_conditions(case):
        if cond.kind == "quorum":
            continue
        case.shown.append(st)
        holds = case.holds(cond)
        missing = case.missing
        if cond.kind == "mfa":
            missing["mfa"] = max(missing["mfa"], cond.level)
            if cond.fresh is not None:
                missing["fresh_s"] = min(missing["fresh_s"] or cond.fresh, cond.fresh)
        elif cond.kind in ("reason", "ticket") and not holds:
            missing[cond.kind].append(cond.pattern)
        if not holds:
            case.refuse(cond.kind, 10, st, place)


def step_11(case):
    if case.verb in ("pass", "refuse") and case.facts["gate"]["key_may"] is not True:
        case.refuse("key_not_validator", 11)


def step_12(case):
    asked = [x for x in asked_conditions(case) if x[2].kind == "quorum"]
    votes = quorum.standing(case) if asked else []
    for st, place, cond in asked:
        case.shown.append(st)
        empty = quorum.open_seats(case, cond, votes)
        if not empty:
            continue
        case.missing["quorum"].append(
            {"file": st.file, "line": st.line,
             "open": quorum.missing(case, cond, empty)})
        if not case.org.account(case.caller):
            code = "no_account"
        elif any(quorum.fits_seat(case, case.caller, seat.value, votes)
                 for seat in cond.seats):
            code = "quorum"
        else:
            code = "no_seat"
        case.refuse(code, 12, st, place)


def review(case):
    uses, index = case.facts["break_glass"], case.facts["request"]["review"]
    use = uses[index] if uses is not None and index < len(uses) else None
    found = [st for st in case.policy.of("break-glass")
             if use is not None and st.name.value == use["name"]]
    # A block of other organizations alone is none of this one.
    if not found or not any(
            part_fits(parts[0], case.org.alias) for parts in
            flat(found[0].on, labels_of(case.policy))):
        case.refuse("bg_unknown")
        return
    case.shown.append(found[0])
    by = settings(found[0])["review"].who
    account = case.org.account(case.caller)
    if not any(case.org.fits(case.caller, w.value) is True for w in by):
        case.refuse("no_permit")
    if not account:
        case.refuse("no_account")
    user = case.people.get(use["uid"])
    theirs = case.org.account(user) if user is not None else None
    if use["uid"] == case.caller.uid or not account or not theirs or account == theirs:
        case.refuse("self")
    if not case.level_holds(1):
        case.refuse("mfa")


def decide(policy, facts, lost_groups=()):
    case = Case(policy, facts, lost_groups)
    for step in (step_1, step_2, step_3, step_4, step_5, step_6):
        code = step(case)
        if code is not None:
            case.refuse(code)
            return document(case)
    if case.verb == "review":
        review(case)
        return document(case)
    for step in (step_7, step_8, step_9, step_10, step_11, step_12):
        step(case)
    return document(case)


def code_of(reason):
    return CODES.get(reason.local_code, (DENIED, 5))


def rules(policy, lines):
    out = []
    for st in sorted(lines, key=policy.order):
        at = {"file": st.file, "line": st.line, "col": st.col}
        if at["line"] not in [o["line"] for o in out if o["file"] == st.file]:
            out.append(at)
    return out


def document(case):
    def place(reason):
        at = (1,) + case.policy.order(reason.st) if reason.st else (0,)
        return (reason.step,) + at + (reason.place,)

    if case.facts["verb"] != "review":
        case.reasons.sort(key=place)
    told = case.reasons
    verdict, primary = "deny", told[0] if told else None
    if not told:
        verdict = "permit"
    elif all(r.step == 12 for r in told) and "quorum" in [r.local_code for r in told]:
        verdict = "pending"
        primary = [r for r in told if r.local_code == "quorum"][0]
    code, leave = code_of(primary) if primary else ("", 0)
    if verdict == "permit":
        lines = case.shown
    else:
        lines = [r.st for r in told if r.st is not None]
    return {
        "verdict": verdict, "code": code, "exit": leave,
        "local_code": primary.local_code if primary else "",
        "rules": rules(case.policy, lines),
        "blocking": [r.local_code for r in told],
        "missing": case.missing,
        "roles": case.roles,
        "via": case.via,
    }
