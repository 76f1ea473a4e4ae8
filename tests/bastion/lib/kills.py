#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""kills.py KILL-AT ROUNDS | kills.py --add-up FILE...: decisions during which services are killed, at
every step of each, and what must hold of server, ledger and client then.

A round is one `warder pass` or `refuse` of a gate of its own and one kill or
two: of the worker, of its listener, or both, right before or after a step.
First every step of an undisturbed decision, then drawn ones, with faults of
the server and two services at a time.  After each round every POST must have
its intent in the ledger, no gate two POSTs, and the client's exit code must
not lie.  Every BATCH rounds the keeper is killed and starts anew, itself
killed at its steps now and then: each open intent must be settled to what the
server knows.  Every EPOCH rounds the ledger must verify, and all begins anew.

BASTION_SEED repeats a run, BASTION_SHARE=I/N takes the I-th of N shares."""

import calendar
import collections
import json
import os
import random
import select
import subprocess
import sys
import time

# Under -I nothing beside a script is found by itself; nothing is left there.
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from kills_world import SERVICES, Ledger, Server, Services, Store, Tracer, Wrong

BATCH, EPOCH = 45, 90
CLIENT_S = 120
STALE_S = 1020      # a signed request of before is not taken any more
UID, GID, GROUPS = 2101, 2101, [2111]
ENV = {"HOME": "/home/chen", "USER": "chen", "LOGNAME": "chen",
       "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8",
       "XDG_RUNTIME_DIR": f"/run/user/{UID}"}
# What the server may do with the POST, or with one of the reads.
FAULTS = [("delay", "POST", {"ms": 60}), ("close-before", "POST", {}),
          ("close-after", "POST", {}), ("reset-after", "POST", {}),
          ("cut-body", "POST", {}), ("5xx-acted", "POST", {}),
          ("throttle", "POST", {"ms": 100}), ("stuck", "POST", {}),
          ("late-silent", "POST", {"ms": 100}), ("nonce-used-acted", "POST", {}),
          ("delay", "GET", {"ms": 40}), ("close-before", "GET", {}),
          ("5xx", "GET", {})]
# Exit codes that do not say that nothing was sent: moved, moved already, the
# other way, accepted, unknown, refused by the server, not recorded, left.
MAY_BE_SENT = {0, 6, 9, 10, 12, 13, 15, 23, 24}
AS_ASKED = {"pass": "passed", "refuse": "stopped"}
EFFECT = {"passed": "passed", "refused": "stopped", "none": "waiting"}

Aim = collections.namedtuple("Aim", "service at when scope")
Plan = collections.namedtuple("Plan", "verb fault aims")


def plans_of_all(steps, rng, share):
    """First every step, the worker alone, of a pass; then the same with other
    verbs and scopes, in turn with drawn ones."""
    sweeps = []
    for verb, scope in (("pass", "worker"), ("pass", "both"),
                        ("refuse", "worker"), ("pass", "listener"),
                        ("refuse", "both")):
        plans = [Plan(verb, None, [Aim(name, n, when, scope)])
                 for name in SERVICES
                 for n in range(1, len(steps[verb][name]) + 2)
                 for when in ("before", "after")]
        # The same in every share, before it is shared out.
        random.Random(scope + verb).shuffle(plans)
        sweeps.append(plans[share[0]::share[1]])
    yield from sweeps[0]
    for plan in sum(sweeps[1:], []):
        yield plan
        yield drawn(steps, rng)
    while True:
        yield drawn(steps, rng)


def drawn(steps, rng):
    verb = rng.choice(("pass", "pass", "refuse"))
    names = rng.sample(SERVICES, rng.choice((1, 1, 2)))
    # More of the later steps: in the earlier ones people only look.
    aims = [Aim(name, max(rng.randint(1, len(steps[verb][name]) + 1) for _ in range(2)),
                rng.choice(("before", "after")),
                rng.choice(("worker", "worker", "both", "listener")))
            for name in names]
    return Plan(verb, rng.choice([None] + FAULTS), aims)


class Totals:
    """What is counted; of several shares they add up."""

    def __init__(self):
        self.count, self.killed = collections.Counter(), collections.Counter()
        self.exits, self.slowest = collections.Counter(), 0

    def add(self, other):
        for name in ("count", "killed", "exits"):
            getattr(self, name).update(other[name])
        self.slowest = max(self.slowest, other["slowest"])

    def tell(self):
        print("\nkills by service and step (before, after):")
        for name in (*SERVICES, "keeper's start"):
            calls = collections.defaultdict(dict)
            for what, n in self.killed.items():
                service, call, when = what.split("/")
                if service == name:
                    calls[call][when] = n
            scopes = calls.pop("scope", {})
            total = sum(sum(whens.values()) for whens in calls.values())
            print(f"  {name}: {total}",
                  *(f"({scope} {n})" for scope, n in sorted(scopes.items())))
            for call, whens in sorted(calls.items()):
                print(f"    {call:12} {whens.get('before', 0):6} {whens.get('after', 0):6}")
        for what, n in sorted(self.count.items()):
            print(f"{what}: {n}")
        print("exit codes:", ", ".join(
            f"{code} ×{n}" for code, n in sorted(self.exits.items(), key=lambda e: int(e[0]))))
        print(f"slowest decision: {self.slowest:.1f} s")


class Game:
    def __init__(self, kill_at):
        self.rng = random.Random()
        self.tracer = Tracer(kill_at)
        self.services = Services(self.tracer, kill_at, "/var/log/bastion/services.log")
        self.server = Server()
        os.mkdir("/run/kills")
        self.store = Store("/run/kills")
        self.ledger, self.rounds, self.truth = None, {}, {}
        self.totals = Totals()
        self.torn = []
        self.start_step = 0

    # --- one store's life ------------------------------------------------------

    def begin(self):
        self.store.put_back()
        self.server.call("POST", "/reset", {})
        self.server.clear()
        self.ledger, self.rounds, self.torn = Ledger(), {}, []
        self.services.begin()

    def end(self):
        self.settle()
        self.services.end()
        done = subprocess.run(["/usr/local/sbin/warderctl", "ledger", "verify"],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Wrong(f"verify: {done.returncode} {done.stdout} {done.stderr}")
        self.ledger.read()
        if self.ledger.gaps() != self.torn:
            raise Wrong(f"torn lines of {self.torn} bytes are reported as {self.ledger.gaps()}")
        self.totals.count["torn lines, all reported"] += len(self.torn)
        self.totals.count["ledgers that verify"] += 1

    # --- one round -------------------------------------------------------------

    def ask(self, verb, run):
        """One client; who is gone meanwhile is started again."""
        begun = time.monotonic()
        with subprocess.Popen(
                ["/usr/local/bin/warder", "--json", verb, "-y", "-n", "-m", "checked on staging",
                 f"shop/11222/{run}/9001"], env=ENV, user=UID, group=GID,
                extra_groups=GROUPS, cwd="/", start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT) as client:
            said, out = b"", client.stdout.fileno()
            while True:
                # Each time: that one is gone may have been told with an order's ok.
                self.services.tend()
                ready = select.select([out, self.tracer.fd], [], [], 1)[0]
                if self.tracer.fd in ready:
                    self.tracer.read(0)
                if out in ready:
                    piece = os.read(out, 65536)
                    if not piece:
                        break
                    said += piece
                if time.monotonic() - begun > CLIENT_S:
                    tell_processes()
                    client.kill()
                    raise Wrong(f"the client hangs: {said}")
            code = client.wait()
        self.services.quiet()
        self.totals.slowest = max(self.totals.slowest, time.monotonic() - begun)
        return code, said.decode(errors="replace")

    def count_steps(self):
        """{verb: {service: the steps of an undisturbed decision}}"""
        found = {}
        self.begin()
        for verb in AS_ASKED:
            for name in SERVICES:
                self.tracer.order("aim", name, 0, "before", "worker")
            code, said = self.ask(verb, self.server.new_run())
            if code != 0:
                raise Wrong(f"undisturbed, {verb} ends with {code}: {said}")
            found[verb] = dict(self.tracer.steps)
            self.tracer.steps.clear()
        self.server.posts()
        self.services.end()
        return found

    def play(self, plan):
        run = self.server.new_run()
        if plan.fault:
            self.server.fault(plan.fault[0], plan.fault[1], plan.fault[2], run=run)
        for aim in plan.aims:
            self.tracer.order("aim", *aim)
        self.tracer.hits.clear()
        code, said = self.ask(plan.verb, run)
        for aim in plan.aims:
            self.tracer.order("off", aim.service)
        if plan.fault:
            self.server.clear()
        self.rounds[run] = {"plan": plan, "exit": code, "said": said, "posts": [],
                            "hits": list(self.tracer.hits), "moved": None}
        for name, _, call, when, scope in self.tracer.hits:
            self.totals.killed[f"{name}/{call}/{when}"] += 1
            self.totals.killed[f"{name}/scope/{scope}"] += 1
        self.totals.count["rounds"] += 1
        self.totals.count["rounds with a kill"] += bool(self.tracer.hits)
        self.totals.count["rounds with two kills"] += len(self.tracer.hits) > 1
        self.totals.exits[str(code)] += 1
        self.check_round(run)
        if self.rng.random() < 1 / 40:
            n = self.rng.randint(1, 900)
            if self.ledger.tear(n):
                self.torn.append(n)

    def check_round(self, run):
        this = self.rounds[run]
        self.ledger.read()
        for post in self.server.posts():
            self.check_post(post)
        verb, code, posts = this["plan"].verb, this["exit"], this["posts"]
        if len(posts) > 1:
            raise Wrong(f"{len(posts)} POSTs for run {run}: {this}")
        effects = [EFFECT[post["effect"]] for post in posts]
        if code == 0 and effects != [AS_ASKED[verb]]:
            raise Wrong(f"exit 0, and nothing moved: {this}")
        if code not in MAY_BE_SENT and posts:
            raise Wrong(f"exit {code} after a POST: {this}")
        if code in (9, 10):
            raise Wrong(f"somebody else's doing, where there is nobody: {this}")
        if effects and effects[0] != "waiting":
            this["moved"] = effects[0]
        for line in self.answers_of(run):
            self.check_outcome(line, this)

    def check_post(self, post):
        run = post["ids"]["run"]
        nonce = dict((k.lower(), v) for k, v in post["headers"])["x-acs-signature-nonce"]
        intents = [i for i in self.ledger.intents.values() if i["nonce"] == nonce]
        if len(intents) != 1 or intents[0]["run"] != run or \
                not post["target"].split("?")[0].endswith("/" + intents[0]["act"]):
            raise Wrong(f"a POST without its intent: {post}, {intents}")
        stamp = time.strptime(intents[0]["ts"][:19], "%Y-%m-%dT%H:%M:%S")
        written = calendar.timegm(stamp) * 1000 + int(intents[0]["ts"][20:23])
        if written > post["ms"]:
            raise Wrong(f"an intent after its POST: {post}, {intents}")
        self.rounds[run]["posts"].append(post)
        self.totals.count["POSTs"] += 1

    def answers_of(self, run):
        return [line for seq, intent in self.ledger.intents.items() if intent["run"] == run
                for line in self.ledger.answers.get(seq, ())]

    @staticmethod
    def check_outcome(line, this):
        """An outcome says what the server knows of this round's gate."""
        res, posts = line["res"], this["posts"]
        bad = line["ev"] == "outcome" and (
            res in ("passed", "stopped") and this["moved"] != res or
            res == "unsent" and posts or
            res in ("rejected", "throttled") and (not posts or this["moved"]) or
            res == "unconfirmed" and not posts)
        if bad:
            raise Wrong(f"outcome {res}: {line}, {this}")

    # --- what a start makes of it ----------------------------------------------

    def settle(self):
        """Twice: as it is, and with the server's clock far enough on."""
        self.ledger.read()
        waiting = []
        for intent in self.ledger.open():
            run = intent["run"]
            if self.rounds[run]["moved"] is None:
                self.somebody_else(run)
            if self.rounds[run]["moved"] is None:
                waiting.append(run)
        self.killed_starts()
        self.services.restart_keeper()
        self.check_settled(waiting, may_wait=False)
        if waiting:
            self.stays_shut(self.rng.choice(waiting))
            self.server.fault("clock", "GET", {"s": STALE_S, "acts": True}, times=0)
            self.killed_starts()
            self.services.restart_keeper()
            self.check_settled([], may_wait=True)
            self.opens_again(waiting)
            self.server.clear()
        self.hold_against_the_server()

    def somebody_else(self, run):
        """Now and then another one decides, or the run goes away."""
        what = self.rng.choice(("", "", "pass", "refuse", "delete"))
        ids = {"pipeline": "11222", "run": run}
        if what == "delete":
            self.server.call("POST", "/change", {**ids, "delete": True})
            self.rounds[run]["moved"] = "vanished"
        elif what:
            self.server.call("POST", "/decide", {**ids, "job": "9001", "verb": what,
                                                 "account": "187700112244"})
            self.rounds[run]["moved"] = AS_ASKED[what]

    def killed_starts(self):
        """The first worker, killed at some of its steps, one after the other."""
        if not self.ledger.open():
            return
        for _ in range(3):
            self.start_step = self.start_step % 120 + 1
            when = self.rng.choice(("before", "after"))
            self.tracer.hits.clear()
            self.tracer.order("aim", "warder-keeper", self.start_step, when, "worker")
            self.services.restart_keeper()
            self.tracer.order("off", "warder-keeper")
            for _, _, call, hit_when, _ in self.tracer.hits:
                self.totals.killed[f"keeper's start/{call}/{hit_when}"] += 1
                self.totals.count["kills while settling"] += 1

    def check_settled(self, waiting, may_wait):
        for line in self.ledger.read():
            if line["ev"] != "settle":
                continue
            intent = self.ledger.intents[line["ref"]]
            moved = self.rounds[intent["run"]]["moved"]
            true = "waits" if moved is None else \
                "vanished" if moved == "vanished" else \
                "moved" if moved == AS_ASKED[intent["act"]] else "turned"
            if line["res"] != true or true == "waits" and not may_wait:
                raise Wrong(f"settled to {line['res']}, not {true}: {self.rounds[intent['run']]}")
            self.totals.count["settled: " + true] += 1
        left = {intent["run"] for intent in self.ledger.open()}
        if left - set(waiting):
            raise Wrong(f"not settled: {[(r, self.rounds[r]) for r in left - set(waiting)]}")

    def stays_shut(self, run):
        if run not in {intent["run"] for intent in self.ledger.open()}:
            return
        code, said = self.ask("pass", run)
        if code != 15 or self.server.posts():
            raise Wrong(f"an open intent, and exit {code}: {said}")
        self.totals.count["gates with an open intent, refused with 15"] += 1

    def opens_again(self, waiting):
        """One that nothing was sent for: passed, by a POST of its own."""
        for run in waiting:
            this = self.rounds[run]
            if this["posts"] or this["moved"]:
                continue
            code, said = self.ask("pass", run)
            this["plan"], this["exit"], this["said"] = Plan("pass", None, []), code, said
            if code != 0:
                raise Wrong(f"settled as waiting, and then exit {code}: {this}")
            self.check_round(run)
            self.totals.count["settled as waiting, then passed"] += 1
            return

    def hold_against_the_server(self):
        """What was followed in its journal is how its gates stand."""
        stands = self.server.gates()
        for run, this in self.rounds.items():
            want = this["moved"] or "waiting"
            if stands.get(run, "vanished") != want:
                raise Wrong(f"{run} is {stands.get(run)}, not {want}: {this}")

    # --- the whole -------------------------------------------------------------

    def add_up(self):
        self.totals.count["intents"] += len(self.ledger.intents)
        for answers in self.ledger.answers.values():
            for line in answers:
                if line["ev"] == "outcome":
                    self.totals.count["outcomes"] += 1
                    self.totals.count["outcome: " + line["res"]] += 1

    def run(self, rounds, seed, share):
        self.rng.seed(f"{seed}/{share[0]}")
        steps = self.count_steps()
        for verb, of in steps.items():
            print(f"steps of an undisturbed {verb}:",
                  ", ".join(f"{name} {len(of[name])}" for name in SERVICES), flush=True)
        plans = plans_of_all(steps, self.rng, share)
        begun, plan = time.monotonic(), None
        try:
            while self.totals.count["rounds"] < rounds:
                self.begin()
                for _ in range(min(EPOCH, rounds - self.totals.count["rounds"])):
                    plan = next(plans)
                    self.play(plan)
                    if self.totals.count["rounds"] % BATCH == 0:
                        self.settle()
                self.end()
                self.add_up()
                print(f"{self.totals.count['rounds']} rounds, {time.monotonic() - begun:.0f} s")
                # So that one that is interrupted counts, too.
                print(json.dumps(vars(self.totals)), flush=True)
        except Wrong:
            print("in round", self.totals.count["rounds"], plan, flush=True)
            raise
        self.totals.tell()
        print(json.dumps(vars(self.totals)))


def tell_processes():
    """Who waits for what, when nobody should."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        told = []
        for name in ("cmdline", "wchan", "syscall", "stat"):
            try:
                with open(f"/proc/{pid}/{name}", encoding="utf-8", errors="replace") as file:
                    told.append(file.read().replace("\0", " ").strip())
            except OSError as error:
                told.append(str(error))
        print(pid, *told, flush=True)


def add_up(files):
    """The last line of each share's output, added."""
    totals = Totals()
    for name in files:
        with open(name, encoding="utf-8") as file:
            totals.add(json.loads(file.read().splitlines()[-1]))
    totals.tell()


def main():
    if sys.argv[1] == "--add-up":
        add_up(sys.argv[2:])
        return
    kill_at, rounds = sys.argv[1], int(sys.argv[2])
    seed = int(os.environ.get("BASTION_SEED") or time.time_ns() % 10**9)
    share = [int(n) for n in (os.environ.get("BASTION_SHARE") or "0/1").split("/")]
    print(f"seed {seed}, share {share[0]} of {share[1]}, {rounds} rounds", flush=True)
    Game(kill_at).run(rounds, seed, share)


if __name__ == "__main__":
    main()
