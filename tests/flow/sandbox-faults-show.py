#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Every fault of warder-sandbox: what the client sees, whether the gate moved,
and what the journal says."""

import json
import sys
import time
import unittest

sys.dont_write_bytecode = True  # the sources may be read-only
from sandbox_client import GATE, ORG, RUN, Sandbox


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = Sandbox()

    @classmethod
    def tearDownClass(cls):
        assert cls.s.stop() == 0

    def setUp(self):
        self.s.control("/reset", {})

    def arm(self, fault, match=None, times=1, **args):
        self.s.control("/fault", {
            "fault": fault, "args": args, "times": times,
            "match": match or {"action": "PassPipelineValidate"}})

    def passes(self, fault, moved, timeout=5, **args):
        """One pass under that fault; the gate moved or did not."""
        self.arm(fault, **args)
        answer = self.s.call("PassPipelineValidate", GATE + "/pass",
                             timeout=timeout)
        line = self.s.control("/journal")[-1]
        self.assertEqual(line["fault"], fault)
        self.assertEqual(line["effect"], "passed" if moved else "none")
        self.assertEqual(line["verdict"], "ok")
        self.assertEqual(self.s.status(), "SUCCESS" if moved else "WAITING")
        gate = self.s.control("/count")["gates"][f"{ORG}/10877/2291/8744"]
        self.assertEqual((gate["posts"], gate["passed"]), (1, int(moved)))
        return answer

    def test_no_answer_before_or_after_acting(self):
        for fault, moved, end in (("close-before", False, "eof"),
                                  ("reset-before", False, "reset"),
                                  ("close-after", True, "eof"),
                                  ("reset-after", True, "reset")):
            with self.subTest(fault):
                self.setUp()
                answer = self.passes(fault, moved)
                self.assertEqual((answer.raw, answer.end), (b"", end))
                self.assertEqual([x["status"] for x in
                                  self.s.control("/journal")
                                  if x["fault"]][-1], 0)

    def test_a_body_ends_early(self):
        answer = self.passes("cut-body", True, n=5)
        self.assertEqual((answer.status, answer.body), (200, b'{"req'))
        self.assertFalse(answer.is_whole)

    def test_a_length_is_too_large_or_too_small(self):
        answer = self.passes("long-length", True, n=7)
        self.assertEqual(int(answer.headers["content-length"]),
                         len(answer.body) + 7)
        self.setUp()
        answer = self.passes("extra-bytes", True)
        self.assertLess(int(answer.headers["content-length"]),
                        len(answer.body))

    def test_an_answer_comes_late_or_byte_by_byte(self):
        start = time.monotonic()
        answer = self.passes("delay", True, ms=300)
        self.assertTrue(answer.is_whole)
        self.assertGreaterEqual(time.monotonic() - start, 0.3)
        self.setUp()
        start = time.monotonic()
        answer = self.passes("drip", True, ms=1)
        self.assertTrue(answer.json["success"])
        self.assertGreaterEqual(time.monotonic() - start, 0.3)

    def test_a_waiting_answer_holds_up_nobody_else(self):
        self.arm("delay", ms=5000)
        answer = self.s.call("PassPipelineValidate", GATE + "/pass",
                             timeout=1)
        self.assertEqual((answer.raw, answer.end), (b"", "timeout"))
        start = time.monotonic()
        self.assertEqual(self.s.status(), "SUCCESS")
        self.assertLess(time.monotonic() - start, 3)

    def test_no_json(self):
        for fault, status, kind in (("html-200", 200, "text/html"),
                                    ("html-502", 502, "text/html"),
                                    ("xml-400", 400, "text/xml"),
                                    ("empty-200", 200, "application/json"),
                                    ("status-204", 204, "application/json")):
            for acts in (False, True):
                with self.subTest(fault, acts=acts):
                    self.setUp()
                    answer = self.passes(fault, acts, acts=acts)
                    self.assertEqual(answer.status, status)
                    self.assertTrue(
                        answer.headers["content-type"].startswith(kind))
                    with self.assertRaises(ValueError):
                        self.assertIsNone(answer.json)

    def test_success_false_with_and_without_a_code(self):
        answer = self.passes("false", False, code="InvalidUser.NotFound",
                             status=400)
        self.assertEqual((answer.status, answer.json["errorCode"],
                          answer.json["success"]),
                         (400, "InvalidUser.NotFound", False))
        self.setUp()
        answer = self.passes("false-nothing", True, acts=True)
        self.assertEqual((answer.status, answer.json["errorCode"],
                          answer.json["success"]), (200, '""', False))

    def test_a_request_id_of_ones_own_choice(self):
        answer = self.passes("false", False, request_id="i\x1b[2J")
        self.assertEqual(answer.json["requestId"], "i\x1b[2J")
        self.setUp()
        answer = self.passes("5xx", False, request_id="gateway")
        self.assertEqual(answer.json["RequestId"], "gateway")
        self.setUp()
        answer = self.passes("false", False, header_id="in the head")
        self.assertNotIn("requestId", answer.json)
        self.assertIn(b"in the head", answer.raw)

    def test_success_true_beside_a_code(self):
        answer = self.passes("contradiction", False)
        self.assertEqual((answer.json["success"], answer.json["errorCode"]),
                         (True, "Forbidden.AccessDenied"))

    def test_success_and_nothing_ever_moves(self):
        answer = self.passes("stuck", False)
        self.assertIs(answer.json["success"], True)
        time.sleep(0.3)
        self.assertEqual(self.s.status(), "WAITING")

    def test_a_late_move(self):
        for fault, end in (("late", True), ("late-silent", False)):
            with self.subTest(fault):
                self.setUp()
                self.arm(fault, ms=400)
                answer = self.s.call("PassPipelineValidate", GATE + "/pass")
                self.assertEqual(answer.raw != b"", end)
                came = self.s.control("/journal")[-1]["ms"]
                time.sleep(0.5)
                job = self.s.job()
                self.assertEqual(job["status"], "SUCCESS")
                self.assertGreaterEqual(job["endTime"], came + 400)
                count = self.s.control("/count")["gates"]
                self.assertEqual(
                    count[f"{ORG}/10877/2291/8744"]["passed"], 1)

    def test_server_faults(self):
        answer = self.passes("5xx", False, status=503)
        self.assertEqual((answer.status, answer.json["Code"]),
                         (503, "ServiceUnavailable"))
        self.setUp()
        answer = self.passes("5xx-acted", True)
        self.assertEqual((answer.status, answer.json["Code"]),
                         (500, "InternalError"))

    def test_a_fresh_nonce_is_called_used(self):
        for fault, moved in (("nonce-used", False),
                             ("nonce-used-acted", True)):
            self.setUp()
            answer = self.passes(fault, moved)
            self.assertEqual((answer.status, answer.json["Code"]),
                             (400, "SignatureNonceUsed"))

    def test_throttling(self):
        answer = self.passes("throttle", False, ms=2500)
        self.assertEqual((answer.json["Code"],
                          answer.headers["x-acs-retry-after"]),
                         ("Throttling.User", "2500"))
        self.setUp()
        answer = self.passes("throttle-bare", False)
        self.assertEqual(answer.json["Code"], "Throttling.User")
        self.assertNotIn("x-acs-retry-after", answer.headers)

    def test_a_redirect_leads_back_to_the_journal(self):
        answer = self.passes("redirect", False, status=307)
        self.assertEqual(answer.status, 307)
        self.assertEqual(answer.headers["location"],
                         f"https://{self.s.host}/redirected")
        self.s.raw(b"POST /redirected HTTP/1.1\r\nHost: x\r\n"
                   b"Connection: close\r\nContent-Length: 0\r\n\r\n")
        self.assertEqual(self.s.control("/journal")[-1]["target"],
                         "/redirected")

    def test_success_of_another_type(self):
        for form, raw in (("string", "true"), ("one", 1), ("null", None),
                          ("object", {})):
            self.setUp()
            answer = self.passes("types", False, success=form)
            self.assertEqual(answer.json["success"], raw)
            self.assertIsNot(answer.json["success"], True)
        self.setUp()
        self.assertNotIn("success",
                         self.passes("types", False, success="absent").json)
        self.setUp()
        self.assertEqual(self.passes("types", True, acts=True).json["success"],
                         "true")

    def reads(self, fault, **args):
        self.arm(fault, {"action": "GetPipelineRun"}, **args)
        return self.s.call("GetPipelineRun", RUN)

    def test_members_of_another_type_in_a_run(self):
        body = self.reads("types", disable="string-false").body
        self.assertIn(b'"disable":"false"', body)
        body = self.reads("types", disable="zero").body
        self.assertIn(b'"disable":0', body)
        body = self.reads("types", ids="float").body
        self.assertIn(b'"id":8744.0,', body)
        body = self.reads("types", ids="text").body
        self.assertIn(b'"pipelineRunId":"2291"', body)
        body = self.reads("types", stages="object").body
        self.assertIn(b'"stages":{}', body)

    def test_each_form_of_saying_nothing(self):
        seen = {json.dumps(self.reads("nothing", form=i).json.get(
            "errorCode", "absent")) for i in range(8)}
        self.assertEqual(len(seen), 8)

    def test_another_run_and_a_vanished_job(self):
        run = self.reads("other-run").json["pipelineRun"]
        self.assertNotEqual(run["pipelineRunId"], 2291)
        run = self.reads("vanish").json["pipelineRun"]
        self.assertNotIn("8744", json.dumps(run))
        answer = self.passes("vanish", False)
        self.assertEqual(answer.json["errorCode"], "Sandbox.JobNotFound")

    def test_what_a_careful_reader_refuses(self):
        for fault, piece in (("dup-keys", b'"success":true,"requestId"'),
                             ("nul", b"\\u0000"), ("bad-utf8", b"\xff"),
                             ("surrogate", b"\\ud83d"), ("control", b"\x1b"),
                             ("deep", b"[" * 1000)):
            with self.subTest(fault):
                self.setUp()
                answer = self.passes(fault, False)
                self.assertIn(piece, answer.body)
                self.assertTrue(answer.is_whole)
        self.setUp()
        answer = self.passes("bom", True, acts=True)
        self.assertTrue(answer.body.startswith(b"\xef\xbb\xbf{"))

    def test_a_clock_that_is_off_and_an_unasked_encoding(self):
        answer = self.reads("clock", s=-3600)
        hour = time.strftime("%d %b %Y %H:", time.gmtime(time.time() - 3600))
        self.assertIn(hour, answer.headers["date"])
        self.assertEqual(self.reads("gzip").headers["content-encoding"],
                         "gzip")

    def test_broken_http(self):
        answer = self.passes("status-line", False)
        self.assertTrue(answer.raw.startswith(b"HTTQ/"))
        self.setUp()
        answer = self.passes("huge-headers", False, n=200)
        self.assertGreater(len(answer.raw), 200_000)
        for fault in ("endless", "endless-headers"):
            self.setUp()
            answer = self.passes(fault, False)
            self.assertEqual(answer.end, "endless")
            self.assertEqual(b"\r\n\r\n" in answer.raw, fault == "endless")

    def test_a_fault_meets_the_nth_fitting_request_only(self):
        self.arm("5xx", {"action": "GetPipelineRun", "run": "2291",
                         "nth": 2}, times=2)
        other = RUN.replace("2291", "2290")
        seen = [self.s.call("GetPipelineRun", path).status
                for path in (RUN, other, RUN, RUN, RUN)]
        self.assertEqual(seen, [200, 200, 500, 500, 200])

    def test_a_fault_can_be_armed_for_good_and_cleared(self):
        self.arm("5xx", {"method": "GET"}, times=0)
        self.assertEqual([self.s.call("GetPipelineRun", RUN).status
                          for _ in range(3)], [500] * 3)
        self.s.control("/fault", {"clear": True})
        self.assertEqual(self.s.call("GetPipelineRun", RUN).status, 200)

    def test_every_connection_has_its_own_number(self):
        since = len(self.s.control("/journal"))
        for _ in range(3):
            self.s.call("GetPipelineRun", RUN)
        lines = self.s.control(f"/journal?since={since}")
        self.assertEqual(len({x["connection"] for x in lines}), 3)
        self.assertEqual([x["seq"] for x in lines],
                         list(range(since + 1, since + 4)))


if __name__ == "__main__":
    unittest.main()
