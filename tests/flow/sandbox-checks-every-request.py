#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The gateway side of warder-sandbox: which requests it lets through."""

import datetime
import http.client
import ssl
import sys
import time
import unittest

sys.dont_write_bytecode = True  # the sources may be read-only
from sandbox_client import (ACCOUNT, GATE, KEY, ORG, RUN, SECRET,
                            Sandbox)


def minutes_off(n):
    when = datetime.datetime.now(datetime.timezone.utc)
    when += datetime.timedelta(minutes=n)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


class Gateway(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = Sandbox()

    @classmethod
    def tearDownClass(cls):
        assert cls.s.stop() == 0

    def setUp(self):
        self.s.control("/reset", {})

    def refused(self, status, code, answer):
        self.assertEqual((answer.status, answer.json["Code"]), (status, code))
        self.assertEqual(answer.json["RequestId"],
                         answer.headers["x-acs-request-id"])
        line = self.s.control("/journal")[-1]
        self.assertEqual(line["verdict"], code)
        self.assertEqual(line["effect"], "none")
        self.assertEqual(line["status"], status)
        self.assertEqual(self.s.status(), "WAITING")

    def test_a_wrong_secret_is_refused(self):
        self.refused(400, "SignatureDoesNotMatch", self.s.call(
            "PassPipelineValidate", GATE + "/pass", secret=SECRET + "x"))

    def test_an_unknown_key_is_refused(self):
        self.refused(404, "InvalidAccessKeyId.NotFound", self.s.call(
            "PassPipelineValidate", GATE + "/pass", key=KEY + "9"))

    def test_a_nonce_is_good_once(self):
        nonce = "0123456789abcdef0123456789abcdef"
        first = self.s.call("GetPipelineRun", RUN, x_acs_signature_nonce=nonce)
        self.assertEqual(first.status, 200)
        self.refused(400, "SignatureNonceUsed", self.s.call(
            "PassPipelineValidate", GATE + "/pass",
            x_acs_signature_nonce=nonce))

    def test_a_nonce_of_a_bad_signature_is_not_spent(self):
        nonce = "f" * 32
        self.s.call("GetPipelineRun", RUN, secret="wrong",
                    x_acs_signature_nonce=nonce)
        again = self.s.call("GetPipelineRun", RUN, x_acs_signature_nonce=nonce)
        self.assertEqual(again.status, 200)

    def test_dates_beyond_fifteen_minutes_are_refused(self):
        for off in (-16, 16):
            self.refused(400, "InvalidTimeStamp.Expired", self.s.call(
                "PassPipelineValidate", GATE + "/pass",
                x_acs_date=minutes_off(off)))

    def test_dates_within_fifteen_minutes_are_taken(self):
        for off in (-14, 14):
            answer = self.s.call("GetPipelineRun", RUN,
                                 x_acs_date=minutes_off(off))
            self.assertEqual(answer.status, 200)

    def test_a_date_of_another_form_is_refused(self):
        for date in ("2026-02-30T00:00:00Z", "2026-1-02T03:04:05Z",
                     "Thu, 01 Jan 2026 00:00:00 GMT",
                     "2026-01-02T03:04:05+00:00"):
            self.refused(400, "InvalidTimeStamp.Format", self.s.call(
                "GetPipelineRun", RUN, x_acs_date=date))

    def test_the_clock_can_be_set_off(self):
        self.s.control("/clock", {"offset_ms": 16 * 60 * 1000})
        answer = self.s.call("GetPipelineRun", RUN)
        self.assertEqual(answer.json["Code"], "InvalidTimeStamp.Expired")
        shown = datetime.datetime.strptime(
            answer.headers["date"], "%a, %d %b %Y %H:%M:%S GMT")
        off = shown - datetime.datetime.utcnow()
        self.assertAlmostEqual(off.total_seconds(), 960, delta=5)

    def test_a_body_that_was_not_signed_is_refused(self):
        self.refused(400, "SignatureDoesNotMatch", self.s.call(
            "PassPipelineValidate", GATE + "/pass", body=b"{}"))

    def test_a_header_that_is_not_signed_is_refused(self):
        for line in ("Content-Type: application/json", "X-Acs-Extra: 1"):
            self.refused(400, "IncompleteSignature", self.s.call(
                "PassPipelineValidate", GATE + "/pass", extra=[line]))

    def test_a_header_that_came_twice_is_refused(self):
        self.refused(400, "InvalidParameter", self.s.call(
            "PassPipelineValidate", GATE + "/pass",
            extra=["X-Acs-Signature-Nonce: other"]))

    def test_a_missing_header_is_refused(self):
        for name in ("x_acs_date", "x_acs_signature_nonce",
                     "x_acs_content_sha256"):
            self.refused(400, "MissingParameter", self.s.call(
                "PassPipelineValidate", GATE + "/pass", **{name: None}))

    def test_the_path_must_be_the_actions_own(self):
        self.refused(404, "InvalidApi.NotFound", self.s.call(
            "RefusePipelineValidate", GATE + "/pass"))
        self.refused(404, "InvalidApi.NotFound", self.s.call(
            "GetPipelineRun", RUN + "/"))

    def test_the_method_must_be_the_actions_own(self):
        self.refused(400, "UnsupportedHTTPMethod", self.s.call(
            "PassPipelineValidate", GATE + "/pass", method="GET"))

    def test_an_unknown_action_or_version_is_refused(self):
        self.refused(404, "InvalidAction.NotFound", self.s.call(
            "SkipPipelineJobRun", GATE + "/skip"))
        self.refused(404, "NoSuchVersion", self.s.call(
            "GetPipelineRun", RUN, x_acs_version="2020-01-01"))

    def test_the_signature_is_over_the_raw_target(self):
        # The same run, written with an escape: another canonical path is
        # signed here than the one that it stands for.
        escaped = RUN.replace("2291", "229%31")
        answer = self.s.call("GetPipelineRun", escaped)
        self.assertEqual(answer.json["Code"], "SignatureDoesNotMatch")
        line = self.s.control("/journal")[-1]
        self.assertEqual(line["target"], escaped)

    def test_a_query_is_part_of_the_signature(self):
        good = self.s.call("ListPipelines", f"/organization/{ORG}/pipelines",
                           "maxResults=30&statusList=WAITING%2CRUNNING")
        self.assertEqual(good.status, 200)
        unsorted = self.s.call(
            "ListPipelines", f"/organization/{ORG}/pipelines",
            "statusList=WAITING&maxResults=30")
        self.assertEqual(unsorted.json["Code"], "SignatureDoesNotMatch")

    def test_the_journal_holds_the_request_as_it_came(self):
        since = len(self.s.control("/journal"))
        self.s.call("GetPipelineRun", RUN, extra=["X-Marker: Aa:bB"])
        lines = self.s.control(f"/journal?since={since}")
        self.assertEqual(len(lines), 1)
        line = lines[0]
        self.assertEqual(line["seq"], since + 1)
        self.assertEqual(line["method"], "GET")
        self.assertEqual(line["target"], RUN)
        self.assertEqual(line["tls"], "TLS1.3")
        self.assertEqual(line["headers"][0], ["host", self.s.host])
        self.assertIn(["X-Marker", "Aa:bB"], line["headers"])
        self.assertEqual(line["body"], "")
        self.assertEqual(line["ids"], {"organization": ORG, "job": None,
                                       "pipeline": "10877", "run": "2291"})
        self.assertEqual(line["verdict"], "ok")
        with open(self.s.dir + "/journal.jsonl", encoding="utf-8") as f:
            self.assertEqual(len(f.readlines()), since + 1)

    def test_a_connection_without_a_request_gets_a_line(self):
        since = len(self.s.control("/journal"))
        self.s.raw(b"", timeout=0.1)
        for _ in range(50):
            lines = self.s.control(f"/journal?since={since}")
            if lines:
                break
            time.sleep(0.02)
        self.assertEqual([x["verdict"] for x in lines], ["no-request"])

    def test_a_dropped_connection_carries_nothing(self):
        since = len(self.s.control("/journal"))
        self.s.control("/fault", {"fault": "drop-connection"})
        answer = self.s.call("PassPipelineValidate", GATE + "/pass")
        self.assertEqual(answer.raw, b"")
        self.assertEqual(
            [x for x in self.s.control(f"/journal?since={since}")
             if x["method"]], [])
        self.assertEqual(self.s.status(), "WAITING")

    def test_a_bad_certificate_is_shown_on_demand(self):
        since = len(self.s.control("/journal"))
        for kind, why in (("unknown-ca", "unable to get local issuer|"
                                         "self.signed"),
                          ("wrong-name", "Hostname mismatch"),
                          ("expired", "certificate has expired")):
            self.s.control("/fault", {"fault": "tls-bad",
                                      "args": {"kind": kind}})
            with self.assertRaisesRegex(ssl.SSLCertVerificationError, why):
                self.s.call("PassPipelineValidate", GATE + "/pass")
        self.assertEqual(self.s.status(), "WAITING")
        self.assertEqual({x["method"] for x in
                          self.s.control(f"/journal?since={since}")},
                         {None, "GET"})

    def test_only_loopback_is_bound(self):
        with open("/proc/net/tcp", encoding="ascii") as f:
            rows = [line.split() for line in f.readlines()[1:]]
        port = f"{self.s.address[1]:04X}"
        where = {row[1].split(":")[0] for row in rows
                 if row[1].endswith(":" + port) and row[3] == "0A"}
        self.assertEqual(where, {"0100007F"})

    def test_an_order_that_is_misspelt_is_refused(self):
        for path, body in (("/fault", {"fault": "dely"}),
                           ("/fault", {"fault": "delay",
                                       "match": {"pipline": "1"}}),
                           ("/change", {"pipeline": "10877", "run": "2291",
                                        "commit": []}),
                           ("/clock", {})):
            link = http.client.HTTPConnection(
                self.s.control_url.removeprefix("http://"), timeout=5)
            link.request("POST", path, str(body).replace("'", '"'))
            self.assertEqual(link.getresponse().status, 400)
            link.close()

    def test_the_keys_stay_out_of_what_control_prints(self):
        self.s.call("GetPipelineRun", RUN)
        everything = str(self.s.control("/state")) + str(
            self.s.control("/journal"))
        self.assertIn(ACCOUNT, everything)
        self.assertNotIn(SECRET, everything)


if __name__ == "__main__":
    unittest.main()
