#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The courier between a keeper and warder-sandbox: what is signed arrives as
it was, answers become typed pieces, and every fault of the server ends as
what it is: one POST or none, and never a guess."""

import sys
import time
import unittest

sys.dont_write_bytecode = True  # the sources may be read-only
from courier_client import (ABSENT, FALSE, PASS, READ_DONE, REFUSE,
                            TRUE, Courier, boot_ms, read_done, sign)
from sandbox_client import GATE, ORG, RUN, Sandbox

PIPELINES = f"/organization/{ORG}/pipelines"


class Carries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = Sandbox()

    @classmethod
    def tearDownClass(cls):
        assert cls.s.stop() == 0

    def setUp(self):
        self.s.control("/reset", {})
        self.seen = len(self.s.control("/journal"))

    def courier(self, **more):
        conf = {"ca_file": self.s.ca, "endpoint": self.s.host}
        conf.update(more)
        return Courier(conf.items())

    def journal(self):
        return self.s.control("/journal")[self.seen:]

    def posts(self):
        return [x for x in self.journal() if x.get("method") == "POST"]

    def arm(self, fault, times=1, action="PassPipelineValidate", **args):
        self.s.control("/fault", {"fault": fault, "args": args,
                                  "times": times, "match":
                                  {} if action is None else
                                  {"action": action}})

    def read(self, what, action, path, query="", **more):
        with self.courier() as c:
            id = c.read(what, *sign(self.s, action, path, query), **more)
            return c.answer(id)

    def act(self, verb=PASS, conf=(), **more):
        action, word = {PASS: ("PassPipelineValidate", "/pass"),
                        REFUSE: ("RefusePipelineValidate", "/refuse")}[verb]
        with self.courier(**dict(conf)) as c:
            id = c.act(verb, *sign(self.s, action, GATE + word), **more)
            items, done = c.answer(id)
        self.assertEqual(items, [])
        return done

    # -- reads

    def test_a_run_comes_in_typed_pieces(self):
        items, done = self.read("run", "GetPipelineRun", RUN)
        self.assertEqual((done["sent"], done["curl"], done["http"],
                          done["readable"], done["code"]),
                         (1, 0, 200, 1, ""))
        self.assertLess(abs(done["date"] / 1000 - time.time()), 5)
        kinds = [x["kind"] for x in items]
        self.assertEqual(kinds[0], "run")
        self.assertEqual((items[0]["pipeline"], items[0]["run"]),
                         ("10877", "2291"))
        gate = kinds.index("job", [x.get("id") for x in items].index("8744"))
        self.assertEqual(items[gate]["status"], "WAITING")
        self.assertEqual([(x["kind"], x.get("type"), x.get("may"))
                          for x in items[gate + 1:]
                          if x["kind"] == "action"][:2],
                         [("action", 1, TRUE), ("action", 2, TRUE)])
        self.assertEqual(items[gate + 2]["kind"], "validator")
        commits = [x["commit"] for x in items if x["kind"] == "source"]
        self.assertTrue(commits and all(len(c) in (40, 64) for c in commits))

    def test_lists_end_with_a_page_end(self):
        for what, action, path, query, kind in (
                ("pipelines", "ListPipelines", PIPELINES,
                 "maxResults=30", "pipeline"),
                ("runs", "ListPipelineRuns", PIPELINES +
                 "/10877/pipelineRuns", "maxResults=30", "run"),
                ("members", "ListOrganizationMembers",
                 f"/organization/{ORG}/members", "maxResults=30", "member"),
                ("resource members", "ListResourceMembers",
                 f"/organization/{ORG}/pipeline/10877/members", "",
                 "member"),
                ("organizations", "ListJoinedOrganizations",
                 "/users/joinedOrgs", "", "organization")):
            with self.subTest(what):
                items, done = self.read(what, action, path, query)
                self.assertEqual((done["readable"], done["code"]), (1, ""))
                self.assertGreater(len(items), 1)
                self.assertEqual({x["kind"] for x in items[:-1]}, {kind})
                self.assertEqual(items[-1], {"kind": "page end", "token": "",
                                             "complete": 1})

    def test_what_was_signed_is_what_arrives(self):
        items, done = self.read("pipeline", "GetPipeline",
                                PIPELINES + "/10877")
        self.assertEqual([x["kind"] for x in items], ["pipeline"])
        line = self.journal()[-1]
        self.assertEqual((line["method"], line["target"], line["verdict"]),
                         ("GET", PIPELINES + "/10877", "ok"))
        names = [n.lower() for n, _ in line["headers"]]
        self.assertEqual(len(names), len(set(names)))
        self.assertIn(["Accept", "application/json"], line["headers"])
        for name in ("content-type", "expect", "accept-encoding", "cookie",
                     "connection", "transfer-encoding"):
            self.assertNotIn(name, names)

    def test_many_reads_share_connections(self):
        with self.courier(list_parallel=3) as c:
            ids = [c.read("run", *sign(self.s, "GetPipelineRun", RUN))
                   for _ in range(30)]
            over = set()
            while len(over) < len(ids):
                number, id, body = c.recv()
                if number == READ_DONE:
                    done = read_done(body, False)
                    self.assertEqual((done["http"], done["readable"]),
                                     (200, 1))
                    over.add(id)
            self.assertEqual(over, set(ids))
        self.assertLessEqual(
            len({x["connection"] for x in self.journal()}), 3)

    def test_a_server_s_error_is_read_and_no_piece_comes(self):
        items, done = self.read("run", "GetPipelineRun",
                                RUN.replace("2291", "99999"))
        self.assertEqual(items, [])
        self.assertEqual((done["http"], done["readable"], done["code"]),
                         (404, 1, "InvalidPipelineRun.NotFound"))
        self.assertTrue(done["message"] and done["request_id"])

    def test_a_small_cap_ends_a_read(self):
        items, done = self.read("run", "GetPipelineRun", RUN, cap=100)
        self.assertEqual((items, done["readable"], done["curl"]),
                         ([], 0, 23))

    def test_a_cancelled_read_ends(self):
        self.arm("delay", action="GetPipelineRun", ms=8000)
        with self.courier(list_parallel=1) as c:
            first = c.read("run", *sign(self.s, "GetPipelineRun", RUN))
            second = c.read("run", *sign(self.s, "GetPipelineRun", RUN))
            time.sleep(0.5)
            start = time.monotonic()
            c.cancel(second)
            self.assertEqual(c.answer(second)[1]["sent"], 0)
            c.cancel(first)
            self.assertEqual(c.answer(first)[1]["curl"], 42)
            c.cancel(first)
            c.cancel(77)
            self.assertLess(time.monotonic() - start, 2)
            third = c.read("run", *sign(self.s, "GetPipelineRun", RUN))
            self.assertEqual(c.answer(third)[1]["http"], 200)

    # -- the POST

    def test_a_pass_and_a_refusal_are_carried(self):
        for verb, effect in ((PASS, "passed"), (REFUSE, "refused")):
            with self.subTest(effect):
                self.setUp()
                done = self.act(verb)
                self.assertEqual(
                    (done["sent"], done["curl"], done["http"],
                     done["readable"], done["success"], done["bare"],
                     done["code"], done["connections"]),
                    (1, 0, 200, 1, TRUE, ABSENT, "", 1))
                line, = self.posts()
                self.assertEqual((line["verdict"], line["effect"],
                                  line["body"]), ("ok", effect, ""))
                headers = {n.lower(): v for n, v in line["headers"]}
                self.assertEqual(headers["content-length"], "0")
                self.assertNotIn("content-type", headers)
                self.assertNotIn("expect", headers)

    def test_a_post_has_a_connection_of_its_own(self):
        with self.courier() as c:
            for _ in range(2):
                id = c.read("run", *sign(self.s, "GetPipelineRun", RUN))
                c.answer(id)
            id = c.act(PASS, *sign(self.s, "PassPipelineValidate",
                                   GATE + "/pass"))
            self.assertEqual(c.answer(id)[1]["success"], TRUE)
            id = c.read("run", *sign(self.s, "GetPipelineRun", RUN))
            self.assertEqual(c.answer(id)[1]["http"], 200)
        post, = self.posts()
        reads = [x["connection"] for x in self.journal()
                 if x.get("method") == "GET"]
        self.assertNotIn(post["connection"], reads)
        self.assertEqual(len(set(reads)), 1)

    def test_one_post_whatever_dies_when(self):
        """Also after reads that left a connection behind."""
        for fault, curl in (("close-before", (52, 56)),
                            ("reset-before", (52, 55, 56)),
                            ("close-after", (52, 56)),
                            ("reset-after", (52, 55, 56)),
                            ("long-length", (18, 28, 56)),
                            ("cut-body", (18, 56))):
            with self.subTest(fault):
                self.setUp()
                self.arm(fault, times=5, **({"n": 5} if fault == "cut-body"
                                            else {}))
                with self.courier(answer_timeout="3s") as c:
                    c.answer(c.read("run", *sign(
                        self.s, "GetPipelineRun", RUN)))
                    id = c.act(PASS, *sign(self.s, "PassPipelineValidate",
                                           GATE + "/pass"))
                    _, done = c.answer(id)
                self.assertEqual((done["sent"], done["readable"],
                                  done["success"]), (1, 0, ABSENT))
                self.assertIn(done["curl"], curl)
                self.assertEqual(len(self.posts()), 1)

    def test_a_late_answer_is_unknown_and_ends_in_time(self):
        self.arm("delay", ms=6000)
        start = time.monotonic()
        done = self.act(conf={"answer_timeout": "2s"})
        self.assertLess(time.monotonic() - start, 4)
        self.assertEqual((done["sent"], done["curl"], done["readable"]),
                         (1, 28, 0))
        self.assertEqual(len(self.posts()), 1)

    def test_what_is_not_understood_is_not_readable(self):
        for fault, http in (("html-200", 200), ("html-502", 502),
                            ("xml-400", 400), ("empty-200", 200),
                            ("status-204", 204), ("dup-keys", 200),
                            ("nul", 200), ("deep", 200), ("bad-utf8", 200),
                            ("bom", 200), ("surrogate", 200),
                            ("control", 200), ("gzip", 200)):
            with self.subTest(fault):
                self.setUp()
                self.arm(fault)
                done = self.act()
                self.assertEqual(
                    (done["sent"], done["http"], done["readable"],
                     done["success"], done["code"]),
                    (1, http, 0, ABSENT, ""))
                self.assertEqual(len(self.posts()), 1)

    def test_the_envelope_is_told_as_it_is(self):
        for fault, args, success, code in (
                ("false", {"code": "Forbidden.AccessDenied", "status": 403},
                 FALSE, "Forbidden.AccessDenied"),
                ("false-nothing", {}, FALSE, ""),
                ("contradiction", {"code": "InvalidPipeline.NotFound"},
                 TRUE, "InvalidPipeline.NotFound"),
                ("nonce-used", {}, ABSENT, "SignatureNonceUsed"),
                ("stuck", {}, TRUE, "")):
            with self.subTest(fault):
                self.setUp()
                self.arm(fault, **args)
                done = self.act()
                self.assertEqual((done["readable"], done["success"],
                                  done["code"]), (1, success, code))

    def test_only_the_word_true_is_true(self):
        for form in ("string", "one", "null", "object", "absent"):
            with self.subTest(form):
                self.setUp()
                self.arm("types", success=form)
                self.assertEqual(self.act()["success"], ABSENT)

    def test_a_code_that_says_nothing_is_none(self):
        for form in range(8):
            with self.subTest(form):
                self.setUp()
                self.arm("nothing", form=form)
                done = self.act()
                self.assertEqual((done["success"], done["code"],
                                  done["message"]), (TRUE, "", ""))

    def test_a_throttle_tells_how_long(self):
        self.arm("throttle", ms=1500)
        done = self.act()
        self.assertEqual((done["http"], done["code"], done["retry_after"]),
                         (400, "Throttling.User", 1500))

    def test_a_redirect_is_not_followed(self):
        for status in (301, 302, 303, 307, 308):
            with self.subTest(status):
                self.setUp()
                self.arm("redirect", status=status)
                done = self.act()
                self.assertEqual((done["sent"], done["http"],
                                  done["success"]), (1, status, ABSENT))
                self.assertEqual(len(self.journal()), 1)

    def test_answers_without_end_end(self):
        for fault, args in (("endless", {}), ("endless-headers", {}),
                            ("huge-headers", {"n": 300}),
                            ("status-line", {})):
            with self.subTest(fault):
                self.setUp()
                self.arm(fault, **args)
                start = time.monotonic()
                done = self.act(conf={"answer_timeout": "6s"})
                self.assertLess(time.monotonic() - start, 8)
                self.assertEqual((done["sent"], done["readable"]), (1, 0))
                self.assertEqual(len(self.posts()), 1)

    def test_after_start_before_nothing_is_sent(self):
        done = self.act(start_before=boot_ms() - 1)
        self.assertEqual((done["sent"], done["curl"], done["http"]),
                         (0, 42, 0))
        self.assertEqual(self.posts(), [])

    def test_a_certificate_not_to_be_believed_is_sent_nothing(self):
        for kind in ("unknown-ca", "wrong-name", "expired"):
            with self.subTest(kind):
                self.setUp()
                self.s.control("/fault", {"fault": "tls-bad", "times": 2,
                                          "args": {"kind": kind}})
                done = self.act()
                self.assertEqual((done["sent"], done["curl"], done["http"]),
                                 (0, 60, 0))
                self.assertEqual(self.posts(), [])

    def test_a_second_act_ends_the_connection(self):
        self.arm("delay", ms=1500)
        with self.courier() as c:
            for _ in range(2):
                c.act(PASS, *sign(self.s, "PassPipelineValidate",
                                  GATE + "/pass"))
            self.assertIsNone(c.recv())
            self.assertEqual(c.wait()[0], 1)
        time.sleep(0.3)
        self.assertLessEqual(len(self.posts()), 1)


if __name__ == "__main__":
    unittest.main()
