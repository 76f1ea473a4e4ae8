# SPDX-License-Identifier: ISC
"""Random facts: most are good, a few fields are unknown or borderline."""

import copy
import datetime

import timing
import world as w

CALLERS = ["chen"] * 4 + ["fang"] * 2 + ["qiu"] * 3 + ["zhou"] * 3 + ["wu"] * 3 + [
    "lin"] * 3 + ["fang", "qiu", "he", "王芳", "zhao", "chen-adm"]
ODD = ["sun", "ci", "root", "1000"]


def moment(rng, policy):
    """An instant; often at, just before or just after an edge of a window."""
    if policy["instants"] and rng.randrange(2):
        at = rng.choice(policy["instants"])
        at += datetime.timedelta(seconds=rng.choice([-1, 0, 0, 1, 1800, -1800]))
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")
    if policy["edges"] and rng.randrange(3):
        minute = rng.choice(policy["edges"])
        zone = timing.zone_of(rng.choice(policy["zones"]))
        day = rng.choice([datetime.datetime(2026, 11, 23), datetime.datetime(2026, 3, 27),
                          datetime.datetime(2026, 10, 23)])
        at = day + datetime.timedelta(days=rng.randrange(8), minutes=minute)
        at = at.replace(tzinfo=zone).astimezone(timing.UTC)
        at += datetime.timedelta(seconds=rng.choice([-1, 0, 0, 1, 600]))
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return rng.choice(w.INSTANTS + 12 * w.INSTANTS[:1])


def base(rng, policy):
    number = rng.choice(list(w.PIPELINES))
    return {
        "schema": "warder.facts/1", "phase": "final", "verb": "pass",
        "clock": {"now": moment(rng, policy), "synced": True},
        "actor": {"uid": w.USERS[rng.choice(ODD if rng.randrange(20) == 0 else CALLERS)][0]},
        "session": {"tty": "pts/3", "source": "10.8.3.4", "host": "bastion-1"},
        "auth": {"level": 2, "age_s": 40, "max_level": 2},
        "request": {"org": "shop", "pipeline": number, "run": "1187", "job": "9001",
                    "reason": w.REASON, "ticket": rng.choice(w.TICKETS[:2])},
        "gate": {
            "found": "gate", "pipeline": w.PIPELINES[number],
            "stage": rng.choice(w.STAGES), "job": rng.choice(w.JOBS),
            "handle": w.HANDLE, "key_may": True, "newest": True, "waiting_s": 360,
            "trigger": "manual", "trigger_account": rng.choice(["106", "108", "102"]),
            "sources": [{"repo": "web/home", "branch": rng.choice(w.BRANCHES[:2]),
                         "commit": "9f31c2a", "authors": ["he@shop.example"]}]},
        "votes": votes(rng), "break_glass": [],
    }


def votes(rng):
    likely = ["chen", "fang", "qiu", "zhou", "wu", "chen-adm", "lin"]
    voters = rng.sample(likely if rng.randrange(3) else list(w.USERS),
                        rng.choice([0, 1, 1, 2, 2, 3, 4]))
    ages = rng.sample([10, 300, 301, 4000, 86399, 86400, 86401, 90000], len(voters))
    return [vote(rng, name, age) for name, age in zip(voters, ages)]


def vote(rng, name, age):
    out = {"uid": w.USERS[name][0], "handle": w.HANDLE,
           "host": rng.choice(w.HOSTS), "age_s": age, "level": 2,
           "reason": w.REASON, "ticket": w.TICKETS[0]}
    if rng.randrange(5) == 0:
        field = rng.choice(["handle", "host", "age_s", "level", "reason", "ticket", "uid"])
        out[field] = rng.choice({
            "handle": [None, "cd" * 32], "host": [None], "age_s": [None],
            "level": [None, 1, 3], "reason": [None, "ok"],
            "ticket": [None, "INC-1"], "uid": [None, 4242]}[field])
    return out


def uses(rng, policy):
    names = policy["glasses"] + ["other"]
    users = [u[0] for u in w.USERS.values()]
    return [{"name": rng.choice(names), "uid": rng.choice(users + [None]),
             "age_s": rng.choice([5, 3599, 3600, 3601, 43199, 43200, 86400, 86401,
                                  2591999, 2592000, None]),
             "reviewed": rng.choice([True, True, True, False, None])}
            for _ in range(rng.choice([0, 0, 1, 1, 2, 3]))]


def people(rng):
    out = []
    for name, (uid, groups) in w.USERS.items():
        entry = {"uid": uid, "name": name, "groups": list(groups)}
        lucky = rng.randrange(60)
        if name == "root":
            entry["groups"] = rng.sample(w.GROUPS, rng.choice([0, 1, 2]))
        if lucky == 0:
            entry["groups"] = None
        elif lucky == 1:
            entry["name"] = None
        elif lucky == 2:
            continue
        out.append(entry)
    return out


VALUES = {
    "phase": ["first"], "clock.now": [None], "clock.synced": [None, False],
    "actor.uid": [None, 4242, 65534, 4294967295], "actor.named": [True, False],
    "session.tty": [None, ""], "session.host": [None, "bastion-2"],
    "session.source": [None, "local", "2001:db8::7", "10.9.0.1", "192.0.2.255", "tty1"],
    "auth.level": [None, 0, 1, 3], "auth.age_s": [None, 89, 90, 91, 300, 301],
    "auth.max_level": [None, 0, 1, 3],
    "request.org": [None, "ops", "ops", "nosuch"], "request.pipeline": [None, "7"],
    "request.run": [None], "request.job": [None], "request.reason": w.REASONS + [None],
    "request.ticket": w.TICKETS + [None],
    "gate.found": [None, "nothing", "pipeline", "run"],
    "gate.pipeline": [None, "pay/core", "payx", "web-h"], "gate.job": [None, "a/b"],
    "gate.stage": [None, "prod", "第批", "第22批", "a\u202eb", ""],
    "gate.handle": [None], "gate.key_may": [None, False], "gate.newest": [None, False],
    "gate.waiting_s": [None, 359, 360, 361, 86400, 86401, 3600],
    "gate.trigger": [None, "schedule", "push", "pipeline", "webhook"],
    "gate.trigger_account": [None, "102", "101", "120", "103"],
}

# They end the decision early.
RARE = ("actor.uid", "request.org", "request.pipeline", "request.run",
        "request.job", "gate.found")


def set_field(facts, path, value):
    at = facts
    *folders, last = path.split(".")
    for name in folders:
        at = at[name]
    if value is None and len(last) % 2:
        at.pop(last, None)
    else:
        at[last] = value


def sources(rng):
    authors = ["chen@shop.example", "WU@shop.example", "he@shop.example", "104",
               "120", "me@laptop.example", "", "wf@shop.example"]
    return rng.choice([None, [], None] + 5 * [[
        {"repo": "r", "commit": "1",
         "branch": rng.choice(w.BRANCHES + [None]),
         "authors": rng.choice([None, [], *([rng.sample(authors, 2)] * 6)])}
        for _ in range(rng.randint(1, 3))]])


def facts(rng, policy):
    out = base(rng, policy)
    verb = rng.choice(["pass"] * 12 + ["refuse"] * 3 + ["view"] * 2
                      + ["review"] * (3 if policy["glasses"] else 1))
    if rng.randrange(12) == 0:
        out["actor"]["named"] = True
    out["verb"] = verb
    if "identities" not in policy["case"] or rng.randrange(4) == 0:
        out["people"] = people(rng)
    if policy["glasses"]:
        out["break_glass"] = uses(rng, policy)
    if policy["glasses"] and verb == "pass" and rng.randrange(2):
        out["request"]["break_glass"] = rng.choice(
            policy["glasses"] * 8 + ["nosuch"])
    if verb == "review":
        out["request"]["review"] = rng.choice([0, 0, 0, 1, 2])
    if rng.randrange(30) == 0:
        out["break_glass"] = None
        if rng.randrange(2):
            del out["break_glass"]
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2, 3])):
        path = rng.choice(list(VALUES))
        if path in RARE and rng.randrange(5):
            continue
        set_field(out, path, rng.choice(VALUES[path]))
    if rng.randrange(3) == 0:
        out["gate"]["sources"] = sources(rng)
    if rng.randrange(60) == 0:
        broken(rng, out)
    return copy.deepcopy(out)


def broken(rng, facts):
    """Facts that are not of the form."""
    change = rng.randrange(6)
    if change == 0:
        facts["actor"]["uid"] = 4294969298
    elif change == 1:
        facts["colour"] = "red"
    elif change == 2:
        facts["gate"]["waiting_s"] = "360"
    elif change == 3:
        facts["gate"]["trigger"] = "cron"
    elif change == 4:
        facts.pop("phase", None)
    else:
        facts["votes"] = [{"uid": 2002, "voice": True}]
