#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The courier between a keeper and warder-sandbox in the token family: the
header is the credential, answers are bare, one POST or none, and the outcome
is by what came and never by a guess."""

import sys
import unittest

sys.dont_write_bytecode = True  # the sources may be read-only
from courier_client import (ABSENT, FALSE, PASS, REFUSE, TOKEN, TRUE,
                            Courier)
from sandbox_client import ACCOUNT, FLOW, ORG, PAT, Sandbox

PIPE = FLOW + "/pipelines/10877"
RUN = PIPE + "/runs/2291"
JOB = PIPE + "/pipelineRuns/2291/jobs/8744"
MEMBERS = f"/oapi/v1/platform/organizations/{ORG}/members"


class Carries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = Sandbox("--pipelines", "70")

    @classmethod
    def tearDownClass(cls):
        assert cls.s.stop() == 0

    def setUp(self):
        self.s.control("/reset", {})
        self.seen = len(self.s.control("/journal"))

    def journal(self):
        return self.s.control("/journal")[self.seen:]

    def posts(self):
        return [x for x in self.journal() if x.get("method") == "POST"]

    def courier(self):
        return Courier({"ca_file": self.s.ca,
                        "endpoint": self.s.host}.items())

    @staticmethod
    def headers(token=PAT):
        return [("x-yunxiao-token", token), ("User-Agent", "warder")]

    def read(self, what, path, token=PAT):
        with self.courier() as c:
            return c.answer(c.read(what, self.s.host, path,
                                   self.headers(token), api=TOKEN))

    def act(self, verb=PASS, token=PAT, path=None):
        path = path or JOB + ("/pass" if verb == PASS else "/refuse")
        with self.courier() as c:
            items, done = c.answer(c.act(verb, self.s.host, path,
                                         self.headers(token), api=TOKEN))
        self.assertEqual(items, [])
        return done

    def arm(self, fault, action="PassPipelineValidate", **args):
        self.s.control("/fault", {"fault": fault, "args": args,
                                  "match": {"action": action}})

    # -- reads

    def test_a_bare_run_comes_in_the_same_pieces(self):
        items, done = self.read("run", RUN)
        self.assertEqual((done["sent"], done["http"], done["readable"],
                          done["code"]), (1, 200, 1, ""))
        signed = ["run", "source", "stage", "job"]
        self.assertEqual([k for k in dict.fromkeys(x["kind"] for x in items)
                          if k in signed], signed)
        self.assertEqual((items[0]["pipeline"], items[0]["run"],
                          items[0]["creator"]),
                         ("10877", "2291", "187700112266"))
        at = next(i for i, x in enumerate(items) if x.get("id") == "8744")
        self.assertEqual(
            [(x["kind"], x.get("type"), x.get("may"), x.get("id"))
             for x in items[at + 1:at + 4]],
            [("action", 1, TRUE, None), ("validator", None, None, ACCOUNT),
             ("action", 2, TRUE, None)])

    def test_what_arrives_is_what_the_family_wants(self):
        self.read("run", RUN)
        self.act()
        for line in self.journal():
            self.assertEqual(line["verdict"], "ok")
            names = [n.lower() for n, _ in line["headers"]]
            self.assertEqual(len(names), len(set(names)))
            for one in (["Accept", "application/json"],
                        ["Content-Type", "application/json"],
                        ["x-yunxiao-token", PAT]):
                self.assertIn(one, line["headers"])
            self.assertFalse([n for n in names if n.startswith("x-acs-")
                              or n in ("authorization", "expect",
                                       "cookie")])
            self.assertEqual(line["body"], "")

    def test_lists_go_on_by_their_headers(self):
        for what, path, kind, pages in (
                ("pipelines", FLOW + "/pipelines", "pipeline", 3),
                ("runs", PIPE + "/runs", "run", 1),
                ("members", MEMBERS, "member", 1)):
            seen = set()
            for page in range(1, pages + 1):
                items, done = self.read(
                    what, f"{path}?page={page}&perPage=30")
                self.assertEqual((done["readable"], done["code"]), (1, ""))
                self.assertEqual({x["kind"] for x in items[:-1]}, {kind})
                last = page == pages
                self.assertEqual(items[-1], {
                    "kind": "page end", "complete": 1 if last else 0,
                    "token": "" if last else str(page + 1)})
                ids = {x.get("id") or x.get("run") or x.get("account")
                       for x in items[:-1]}
                self.assertFalse(ids & seen)
                seen |= ids

    def test_people_have_user_ids(self):
        items, _ = self.read("members", MEMBERS + "?page=1&perPage=30")
        people = {x["account"]: x for x in items[:-1]}
        self.assertEqual(len(people), 6)
        roles, _ = self.read(
            "resource members",
            FLOW + "/resourceMembers/resourceTypes/pipeline/resourceIds"
            "/10877")
        self.assertEqual(len(roles), 6)
        for one in roles[:-1]:
            self.assertRegex(one["account"], "^[0-9a-f]{24}$")
            self.assertEqual(one["name"], people[one["account"]]["name"])
        me, done = self.read("whoami", "/oapi/v1/platform/user")
        self.assertEqual([(x["kind"], x["name"]) for x in me],
                         [("member", "warder"), ("organization", "")])
        self.assertEqual(me[1]["id"], ORG)

    def test_a_pipeline_has_its_name_and_no_webhook(self):
        items, _ = self.read("pipeline", PIPE)
        self.assertEqual([(x["kind"], x["name"]) for x in items],
                         [("pipeline", "web-home")])
        self.assertNotIn("webhook", str(items))

    def test_a_refusal_comes_with_its_code(self):
        items, done = self.read("run", RUN, token="pt-unknown-token-000000")
        self.assertEqual(items, [])
        self.assertEqual((done["http"], done["code"], done["message"]),
                         (401, "InvalidTokenError",
                          "This token is not known."))
        self.assertEqual(done["readable"], 1)

    # -- decisions

    def test_the_bare_word_is_told_as_one(self):
        done = self.act()
        self.assertEqual((done["sent"], done["readable"], done["bare"],
                          done["success"], done["code"]),
                         (1, 1, TRUE, ABSENT, ""))
        self.assertEqual(done["connections"], 1)
        done = self.act(REFUSE, path=JOB.replace("10877", "11222").replace(
            "2291", "1187").replace("8744", "9001") + "/refuse")
        self.assertEqual(done["bare"], TRUE)
        self.assertEqual([x["effect"] for x in self.posts()],
                         ["passed", "refused"])

    def test_every_kind_of_answer(self):
        # fault, its arguments -> readable, bare, success, code
        for fault, args, want in (
                ("false-nothing", {}, (1, FALSE, ABSENT, "")),
                ("types", {}, (0, ABSENT, ABSENT, "")),
                ("types", {"success": "one"}, (0, ABSENT, ABSENT, "")),
                ("types", {"success": "absent"}, (0, ABSENT, ABSENT, "")),
                ("types", {"success": "object"}, (1, ABSENT, ABSENT, "")),
                ("false", {}, (1, ABSENT, FALSE, "Forbidden.AccessDenied")),
                ("contradiction", {},
                 (1, ABSENT, TRUE, "Forbidden.AccessDenied")),
                ("nothing", {}, (1, ABSENT, TRUE, "")),
                ("dup-keys", {}, (0, ABSENT, ABSENT, "")),
                ("nul", {}, (0, ABSENT, ABSENT, "")),
                ("bom", {}, (0, ABSENT, ABSENT, "")),
                ("extra-bytes", {}, None),
                ("empty-200", {}, (0, ABSENT, ABSENT, "")),
                ("html-200", {}, (0, ABSENT, ABSENT, "")),
                ("gzip", {}, (0, ABSENT, ABSENT, "")),
                ("cut-body", {}, (0, ABSENT, ABSENT, "")),
                ("close-after", {}, (0, ABSENT, ABSENT, "")),
                ("redirect", {"status": 307}, (0, ABSENT, ABSENT, "")),
                ("5xx", {}, (1, ABSENT, ABSENT, "InternalServerError")),
                ("throttle", {"ms": 7000},
                 (1, ABSENT, ABSENT, "TooManyRequests"))):
            with self.subTest((fault, args)):
                self.setUp()
                self.arm(fault, **args)
                done = self.act()
                self.assertEqual(done["sent"], 1)
                if want is not None:
                    self.assertEqual(
                        (done["readable"], done["bare"], done["success"],
                         done["code"]), want)
                if fault == "throttle":
                    self.assertEqual(done["retry_after"], 7000)
                self.assertEqual(len(self.posts()), 1)
                self.assertEqual(len({x["connection"] for x in self.posts()}),
                                 1)

    def test_a_token_that_is_refused_moves_nothing(self):
        done = self.act(token="pt-unknown-token-000000")
        self.assertEqual((done["http"], done["code"], done["bare"]),
                         (401, "InvalidTokenError", ABSENT))
        self.assertEqual([x["effect"] for x in self.posts()], ["none"])


if __name__ == "__main__":
    unittest.main()
