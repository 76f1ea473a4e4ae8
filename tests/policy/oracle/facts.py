# SPDX-License-Identifier: ISC
"""Section 9: the facts document, held to its form. Absent is unknown."""

import re


class BadFacts(Exception):
    pass


def number(low, high):
    def check(value):
        if isinstance(value, bool) or not isinstance(value, int):
            raise BadFacts
        if not low <= value <= high:
            raise BadFacts
        return value
    return check


def text(value):
    if not isinstance(value, str) or len(value.encode()) > 4096:
        raise BadFacts
    return value


def boolean(value):
    if not isinstance(value, bool):
        raise BadFacts
    return value


def digits(value):
    if not re.fullmatch(r"[0-9]{1,20}", text(value)):
        raise BadFacts
    return value


def instant(value):
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text(value)):
        raise BadFacts
    return value


def one_of(*words):
    def check(value):
        if value not in words:
            raise BadFacts
        return value
    return check


def many(one, limit):
    def check(value):
        if not isinstance(value, list) or len(value) > limit:
            raise BadFacts
        return [one(entry) for entry in value]
    return check


def fields(**form):
    def check(value):
        if not isinstance(value, dict):
            raise BadFacts
        for key in value:
            if key not in form:
                raise BadFacts
        return {key: None if value.get(key) is None else one(value[key])
                for key, one in form.items()}
    return check


UID = number(0, 4294967295)
SECONDS = number(0, 2 ** 53)
LEVEL = number(0, 2 ** 31)
FORM = fields(
    schema=one_of("warder.facts/1"),
    phase=one_of("first", "final"),
    verb=one_of("pass", "refuse", "view", "review"),
    clock=fields(now=instant, synced=boolean),
    actor=fields(uid=UID, named=boolean),
    people=many(fields(uid=UID, name=text, groups=many(text, 65536)), 4096),
    session=fields(tty=text, source=text, host=text),
    auth=fields(level=LEVEL, age_s=SECONDS, max_level=LEVEL),
    request=fields(org=text, pipeline=digits, run=digits, job=digits,
                   reason=text, ticket=text, break_glass=text,
                   review=number(0, 1 << 31)),
    gate=fields(
        found=one_of("nothing", "pipeline", "run", "gate"), pipeline=text,
        stage=text, job=text, handle=text, key_may=boolean, newest=boolean,
        waiting_s=SECONDS,
        trigger=one_of("manual", "schedule", "push", "pipeline", "webhook"),
        trigger_account=digits,
        sources=many(fields(repo=text, branch=text, commit=text,
                            authors=many(text, 1024)), 64)),
    votes=many(fields(uid=UID, handle=text, host=text, age_s=SECONDS,
                      level=LEVEL, reason=text, ticket=text), 256),
    break_glass=many(fields(name=text, uid=UID, age_s=SECONDS,
                            reviewed=boolean), 1024),
)
NEEDED = ("schema", "phase", "verb")


def people_of(identities):
    users = (identities or {}).get("users") or {}
    return [{"uid": entry["uid"], "name": name, "groups": entry.get("groups")}
            for name, entry in users.items()]


def read(document, identities):
    """Every field there, None where unknown. BadFacts."""
    if isinstance(document, dict) and "people" not in document:
        document = dict(document, people=people_of(identities))
    facts = FORM(document)
    if any(facts[key] is None for key in NEEDED):
        raise BadFacts
    for key in ("clock", "actor", "session", "auth", "request", "gate"):
        if facts[key] is None:
            facts[key] = FORM({key: {}})[key]
    for key in ("people", "votes"):
        facts[key] = facts[key] or []
    people = facts["people"]
    names = [p["name"] for p in people if p["name"]]
    if any(p["uid"] is None for p in people):
        raise BadFacts
    if len({p["uid"] for p in people}) < len(people) or len(set(names)) < len(names):
        raise BadFacts
    return facts
