# SPDX-License-Identifier: ISC
"""Section 4: how a request is decided, step by step."""

import ipaddress

import gates
import ical
import quorum
import timing
from people import NOBODY, Org, Person, any_of
from quorum import Vote

DENIED = "Forbidden.AccessDenied"
CODES = {
    "usage": ("InvalidParam.ParamNotPresent", 2),
    "user_unknown": ("InvalidUser.NotFound", 5),
    "robot": ("InvalidUser.NotFound", 5),
    "org_unknown": ("InvalidOrganization.NotFound", 11),
    "not_in_org": ("Forbidden.UserNotInCurrentOrganization", 5),
    "subject_not_in_org": ("InvalidUser.UserNotInCurrentOrganization", 5),
    "no_pipeline": ("InvalidPipeline.NotFound", 11),
    "no_run": ("InvalidPipelineRun.NotFound", 11),
    "no_gate": ("InvalidPipelineRun.NotFound", 11),
    "role_member": ("Forbidden.UserNotAdminOrOwner", 5),
    "role_viewer": ("Forbidden.UserNotAdminOrOwner", 5),
    "key_not_validator": (DENIED, 6),
    "quorum": ("", 8),
}
EXEMPT = {"pass": (), "refuse": ("ticket", "newest", "age", "branch", "quorum"),
          "view": ("mfa", "reason", "tty", "source", "ticket", "newest", "age",
                   "branch", "quorum")}


class Reason:
    def __init__(self, local_code, step=0, st=None, place=0):
        self.local_code, self.step, self.st, self.place = local_code, step, st, place


class Case:
    def __init__(self, policy, facts, lost_groups):
        self.policy, self.facts, self.lost = policy, facts, lost_groups
        self.verb = facts["verb"]
        self.is_first = facts["phase"] == "first"
        self.people = {p["uid"]: Person(p) for p in facts["people"]}
        self.orgs = [Org(st, lost_groups) for st in policy.of("org")]
        self.gate = gates.Gate(facts, gates.labels_of(policy))
        self.caller = self.people.get(facts["actor"]["uid"])
        self.org = self.glass = None
        self.lifts, self.reasons, self.shown, self.roles = (), [], [], []
        self.via = []
        self.missing = {"mfa": 0, "fresh_s": 0, "reason": [], "ticket": [],
                        "quorum": []}
        now = facts["clock"]["now"]
        self.now = timing.instant(now) if now and facts["clock"]["synced"] else None

    def refuse(self, *args):
        self.reasons.append(Reason(*args))

    # -- where and when --

    def surely(self, targets):
        return self.gate.fits(targets) is True

    def applies(self, targets):
        return self.gate.fits(targets) is not False

    def in_force(self, name, is_freeze):
        """The window or calendar of that name, now; None: unknown."""
        if self.now is None:
            return None
        for st in self.policy.of("window"):
            if st.name.value == name:
                return timing.window_in_force(st, self.now, self.policy.zone.value)
        for st in self.policy.of("calendar"):
            if st.name.value == name:
                data = self.policy.calendars[st.path.value]
                return ical.in_force(
                    data, self.now, self.policy.zone.value, is_freeze)
        return None

    # -- who --

    def givers(self, taker, verb):
        """Those whom `taker` stands in for on this gate, each with the line."""
        zone = timing.zone_of(self.policy.zone.value)
        if self.now is None or zone is None:
            return []
        today = timing.wall(self.now, zone).date()
        out = []
        for st in self.policy.of("delegate"):
            if not self.surely(st.on) or not st.first <= today <= st.last:
                continue
            if self.org.fits(taker, st.taker.value) is not True:
                continue
            for giver in self.people.values():
                if (self.org.fits(giver, st.giver.value) is True
                        and giver.is_somebody()
                        and self.org.may(giver, verb)
                        and self.org.is_robot(giver) is False):
                    out.append((giver, st))
        return out

    def permits(self, person, verb):
        """(lines that fit personally, givers with those that fit through them
        and the line by which they give)"""
        own, given = [], []
        for st in self.policy.of("permit"):
            if verb not in [v.word for v in st.verbs] or not self.surely(st.on):
                continue
            if any(self.org.fits(person, w.value) is True for w in st.who):
                own.append(st)
            for giver, line in self.givers(person, verb):
                if any(w.value[0] != "role" and self.org.fits(giver, w.value) is True
                       for w in st.who):
                    given.append((giver, st, line))
        return own, given

    def role_and_permit(self, person, verb):
        own, given = self.permits(person, verb)
        return self.org.may(person, verb) and bool(own or given)

    def deny_fits(self, st, person):
        """`deny self` and `deny user`, with the bans of those stood in for."""
        group = [person] + [g for g, _ in self.givers(person, self.verb)]
        if st.what == "user":
            return any(self.org.fits(p, w.value, gives=False) is not False
                       for p in group for w in st.list)
        mine = [self.org.account(p) or None for p in group]
        return any(self.is_mine(mine, part.word) is not False for part in st.list)

    def is_mine(self, mine, part):
        gate = self.facts["gate"]
        if part == "trigger":
            if gate["trigger"] == "schedule":
                return False
            if gate["trigger"] is None:
                return None
            accounts = [gate["trigger_account"]]
        else:
            accounts = self.authors()
        return any_of(self.one_is_mine(mine, account) for account in accounts)

    def one_is_mine(self, mine, account):
        if account is not None and account in mine:
            return True
        if account is None or self.org.is_robot_account(account) or None in mine:
            return None
        return False

    def authors(self):
        sources = self.facts["gate"]["sources"]
        if not sources:
            return [None]
        out = []
        for source in sources:
            if not source["authors"]:
                out.append(None)
            for author in source["authors"] or []:
                out.append(None if author is None
                           else self.org.account_of_author(author))
        return out

    def votes(self):
        f = self.facts
        out = [Vote(self.caller, f["session"]["host"], 0, f["auth"]["level"],
                    f["request"]["reason"], f["request"]["ticket"], True)]
        for v in f["votes"]:
            if v["handle"] is None or v["handle"] != self.gate.handle:
                continue
            if v["age_s"] is None or v["age_s"] > 86400:
                continue
            out.append(Vote(self.people.get(v["uid"]), v["host"], v["age_s"],
                            v["level"], v["reason"], v["ticket"]))
        return out

    # -- conditions --

    def level_holds(self, level, fresh=None):
        auth = self.facts["auth"]
        if self.is_first:
            return auth["max_level"] is not None and auth["max_level"] >= level
        if auth["level"] is None or auth["level"] < level:
            return False
        return fresh is None or (auth["age_s"] is not None and auth["age_s"] <= fresh)

    def holds(self, cond):
        f = self.facts
        if cond.kind == "mfa":
            return self.level_holds(cond.level, cond.fresh)
        if cond.kind in ("reason", "ticket"):
            text = f["request"][cond.kind]
            return text is not None and cond.fits(text)
        if cond.kind == "newest":
            return f["gate"]["newest"] is True
        if cond.kind == "age":
            waiting = f["gate"]["waiting_s"]
            return (self.facts["clock"]["synced"] is True
                    and waiting is not None and waiting <= cond.span)
        if cond.kind == "tty":
            return bool(f["session"]["tty"])
        if cond.kind == "source":
            return any(in_net(f["session"]["source"], n.value) for n in cond.nets)
        sources = f["gate"]["sources"]
        return bool(sources) and all(
            s["branch"] is not None
            and any(gates.glob_fits(g.value, s["branch"]) for g in cond.globs)
            for s in sources)


def in_net(source, net):
    if source == "local" or net == "local":
        return source == net
    try:
        return ipaddress.ip_address(source or "") in net
    except ValueError:
        return False
