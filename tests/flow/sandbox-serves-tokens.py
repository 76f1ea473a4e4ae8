#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""warder-sandbox as the token API: one header instead of a signature, bare
answers, pages in headers, errors of its own, the region edition by its host;
and the same world behind it as behind the signed API."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True  # the sources may be read-only
from sandbox_client import ACCOUNT, FLOW, ORG, PAT, STS, Sandbox
from sandbox_client import RUN as SIGNED_RUN

PIPE = FLOW + "/pipelines/10877"
RUN = PIPE + "/runs/2291"
JOB = PIPE + "/pipelineRuns/2291/jobs/8744"
MEMBERS = f"/oapi/v1/platform/organizations/{ORG}/members"
REGION = "shop.devops.aliyuncs.com"
NARROW, GONE, OFF, STRANGER, SHORT = (
    f"pt-sandboxToken0123456789abcdef100{n}" for n in range(5))


def scenario():
    """The built-in one, with more tokens, a dead STS key and parameters."""
    program = os.path.join(os.environ.get("builddir", "."), "warder-sandbox")
    if not os.path.exists(program):
        print("skip: there is no", program)
        sys.exit(77)
    tree = json.loads(subprocess.check_output([program, "--print-scenario"]))
    tree["tokens"] += [
        {"token": NARROW, "account": ACCOUNT,
         "scopes": ["pipelines:read", "runs:read"]},
        {"token": GONE, "account": ACCOUNT, "livesFor": 0},
        {"token": OFF, "account": ACCOUNT, "active": False},
        {"token": STRANGER, "account": "120300009999"},
        {"token": SHORT, "account": ACCOUNT, "livesFor": 60}]
    tree["keys"].append({"id": "STS.SANDBOXKEY0003", "secret": STS[1],
                         "token": STS[2], "account": ACCOUNT,
                         "livesFor": 0})
    web = tree["organizations"][0]["pipelines"][0]
    web["runs"][1]["parameters"] = [
        {"key": "BUILD_EXECUTOR", "value": "wu"},
        {"key": "DB", "value": "hidden-value", "encrypted": True},
        {"key": "KEY", "value": "hidden-value", "masked": True}]
    file = tempfile.NamedTemporaryFile("w", suffix=".json")
    json.dump(tree, file)
    file.flush()
    return file


class Serves(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.file = scenario()
        cls.s = Sandbox("--scenario", cls.file.name)

    @classmethod
    def tearDownClass(cls):
        assert cls.s.stop() == 0
        cls.file.close()

    def setUp(self):
        self.s.control("/reset", {})
        self.seen = len(self.s.control("/journal"))

    def arm(self, fault, action=None, **args):
        self.s.control("/fault", {
            "fault": fault, "args": args,
            "match": {} if action is None else {"action": action}})

    def no(self, code, status, path, **more):
        answer = self.s.token(path, **more)
        self.assertEqual((answer.status, answer.json["errorCode"]),
                         (status, code))
        texts = {"errorMessage", "errorDescription", "message"}
        self.assertEqual(len(texts & set(answer.json)), 1)
        line = self.s.control("/journal")[-1]
        self.assertEqual((line["verdict"], line["effect"]), (code, "none"))
        return answer.json

    def job(self):
        run = self.s.token(RUN).json
        return next(j for stage in run["stages"]
                    for j in stage["stageInfo"]["jobs"] if j["id"] == 8744)

    # -- who is refused, and how

    def test_a_token_is_checked_before_anything_else(self):
        for path in (RUN, JOB + "/pass", FLOW + "/pipelines", MEMBERS,
                     "/oapi/v1/platform/user"):
            with self.subTest(path):
                self.no("Unauthorized", 401, path, token=None)
                self.no("InvalidTokenError", 401, path, token="pt-x")
                self.no("InvalidTokenError", 401, path, token=OFF)
                self.no("ExpiredTokenError", 401, path, token=GONE)
        self.no("Unauthorized", 401, RUN, extra=["X-Yunxiao-Token: " + PAT])
        self.assertEqual(self.s.control("/count")["gates"][
            f"{ORG}/10877/2291/8744"], {"posts": 4, "passed": 0,
                                        "refused": 0, "half": 0})

    def test_a_token_runs_out_while_it_is_used(self):
        self.assertEqual(self.s.token(RUN, token=SHORT).status, 200)
        self.s.control("/clock", {"offset_ms": 61_000})
        self.no("ExpiredTokenError", 401, RUN, token=SHORT)
        self.assertEqual(self.s.token(RUN).status, 200)

    def test_scopes(self):
        self.assertEqual(self.s.token(RUN, token=NARROW).status, 200)
        self.no("Forbidden", 403, JOB + "/pass", token=NARROW)
        self.no("Forbidden", 403, MEMBERS, token=NARROW)

    def test_whoever_is_outside_is_told_so(self):
        why = self.no("Forbidden.InvalidUser.UserNotInCurrentOrganization",
                      403, RUN, token=STRANGER)
        self.assertIn("errorDescription", why)
        self.no("InvalidOrganization.NotFound", 404,
                RUN.replace(ORG, "0" * 24))
        self.no("InvalidPipeline.NotFound", 404,
                RUN.replace("10877", "10878"))
        self.no("InvalidPipelineRun.NotFound", 404,
                RUN.replace("2291", "2292"))

    def test_paths_and_methods(self):
        self.no("InvalidApi.NotFound", 404, FLOW + "/nothing")
        # A run is read below runs, decided below pipelineRuns.
        self.no("InvalidApi.NotFound", 404, PIPE + "/pipelineRuns/2291")
        self.no("InvalidApi.NotFound", 404, PIPE + "/runs/2291/jobs/8744/pass")
        # An older schema has pass as GET: that never passes anything.
        self.no("UnsupportedHTTPMethod", 400, JOB + "/pass", method="GET")
        self.no("BadRequest", 400, RUN, body=b"{}")
        self.assertEqual(self.job()["status"], "WAITING")

    # -- reads

    def test_a_run_is_bare_and_says_more(self):
        run = self.s.token(RUN).json
        self.assertNotIn("success", run)
        self.assertEqual((run["pipelineId"], run["pipelineRunId"]),
                         (10877, 2291))
        self.assertEqual(run["creatorAccountId"], "187700112266")
        self.assertRegex(run["creator"], "^[0-9a-f]{24}$")
        self.assertNotEqual(run["creator"], run["creatorAccountId"])
        self.assertEqual([p["key"] for p in run["globalParams"]],
                         ["BUILD_EXECUTOR", "DB", "KEY"])
        gate = self.job()
        self.assertEqual(gate["jobSign"], "job_8744")
        self.assertEqual(gate["actions"][0]["params"]["validators"],
                         [ACCOUNT])
        self.assertEqual(self.s.token(PIPE + "/runs/latestPipelineRun").json
                         ["pipelineRunId"], 2291)

    def test_both_families_show_one_world(self):
        signed = self.s.run()
        bare = self.s.token(RUN).json
        for name in ("status", "triggerMode", "createTime", "sources",
                     "creatorAccountId"):
            self.assertEqual(signed[name], bare[name], name)

    def test_lists_are_arrays_with_pages_in_headers(self):
        for path, n in ((FLOW + "/pipelines", 2), (PIPE + "/runs", 2),
                        (MEMBERS, 6)):
            with self.subTest(path):
                whole = self.s.token(path)
                self.assertEqual(len(whole.json), n)
                self.assertEqual((whole.headers["x-page"],
                                  whole.headers["x-total"],
                                  whole.headers["x-total-pages"]),
                                 ("1", str(n), "1"))
                self.assertNotIn("x-next-page", whole.headers)
                first = self.s.token(path + "?perPage=1&page=1")
                self.assertEqual(first.json, whole.json[:1])
                self.assertEqual((first.headers["x-next-page"],
                                  first.headers["x-total-pages"]),
                                 ("2", str(n)))
                beyond = self.s.token(path + f"?perPage=1&page={n + 1}")
                self.assertEqual(beyond.json, [])
                for bad in ("perPage=31", "perPage=0", "page=0", "page=x"):
                    self.no("BadRequest", 400, f"{path}?{bad}")

    def test_runs_end_by_the_misspelt_name(self):
        first, second = self.s.token(PIPE + "/runs").json
        ids = [r["pipelineRunId"] for r in (first, second)]
        self.assertEqual(ids, [2291, 2290])
        self.assertIsNone(first["endTime"])
        end = second["startTime"] + 1000
        by = self.s.token(f"{PIPE}/runs?endTme={end:.0f}").json
        self.assertEqual([r["pipelineRunId"] for r in by], [2290])
        by = self.s.token(f"{PIPE}/runs?endTime={end:.0f}").json
        self.assertEqual(len(by), 2)

    def test_pipelines_and_people(self):
        row = self.s.token(FLOW + "/pipelines?statusList=WAITING,RUNNING"
                           "&pipelineName=web").json
        self.assertEqual([(p["pipelineId"], p["pipelineName"],
                           p["createAccountId"]) for p in row],
                         [(10877, "web-home", "187700112233")])
        self.assertNotIn("creatorAccountId", row[0])
        self.assertEqual(self.s.token(PIPE).json["name"], "web-home")
        roles = self.s.token(
            FLOW + "/resourceMembers/resourceTypes/pipeline/resourceIds/10877"
        ).json
        people = {p["userId"]: p for p in self.s.token(MEMBERS).json}
        self.assertEqual({r["role"] for r in roles},
                         {"owner", "admin", "member"})
        for role in roles:
            self.assertIn(role["userId"], people)
        me = self.s.token("/oapi/v1/platform/user").json
        self.assertEqual((me["name"], me["lastOrganization"]),
                         ("warder", ORG))
        self.assertEqual(people[me["id"]]["status"], "ENABLED")

    # -- decisions

    def test_pass_and_refuse_answer_with_one_word(self):
        answer = self.s.token(JOB + "/pass")
        self.assertEqual((answer.status, answer.body), (200, b"true"))
        self.assertEqual(self.job()["status"], "SUCCESS")
        again = self.s.token(JOB + "/pass").json
        self.assertEqual((again["errorCode"], again["success"]),
                         ("Sandbox.GateNotWaiting", False))
        refuse = JOB.replace("10877", "11222").replace(
            "2291", "1187").replace("8744", "9001") + "/refuse"
        self.assertEqual(self.s.token(refuse).body, b"true")
        lines = [x for x in self.s.control("/journal")[self.seen:]
                 if x["method"] == "POST"]
        self.assertEqual([(x["action"], x["effect"]) for x in lines],
                         [("PassPipelineValidate", "passed"),
                          ("PassPipelineValidate", "none"),
                          ("RefusePipelineValidate", "refused")])

    def test_the_region_edition_is_found_by_its_host(self):
        path = RUN.replace(f"/organizations/{ORG}", "")
        self.no("InvalidApi.NotFound", 404, path)
        port = self.s.host.split(":")[1]
        for host in (REGION, f"{REGION}:{port}", REGION.upper()):
            answer = self.s.token(path, host=host)
            self.assertEqual(answer.json["pipelineRunId"], 2291)
        self.no("InvalidApi.NotFound", 404, path, host="x" + REGION)
        self.no("InvalidApi.NotFound", 404, path, host=REGION + "x")
        pass_it = JOB.replace(f"/organizations/{ORG}", "") + "/pass"
        self.assertEqual(self.s.token(pass_it, host=REGION).body, b"true")
        line = self.s.control("/journal")[-1]
        self.assertEqual(line["ids"]["organization"], ORG)
        self.assertEqual(self.s.call("GetPipelineRun", path).status, 404)

    # -- faults reach this family too, in its own shapes

    def test_faults(self):
        for fault, args, status, body in (
                ("false-nothing", {}, 200, b"false"),
                ("types", {}, 200, b'"true"'),
                ("types", {"success": "one"}, 200, b"1"),
                ("types", {"success": "absent"}, 200, b"null"),
                ("types", {"success": "object"}, 200, b"{}"),
                ("empty-200", {}, 200, b""),
                ("stuck", {}, 200, b"true")):
            with self.subTest((fault, args)):
                self.arm(fault, "PassPipelineValidate", **args)
                answer = self.s.token(JOB + "/pass")
                self.assertEqual((answer.status, answer.body), (status, body))
                self.assertEqual(self.job()["status"], "WAITING")
        for fault, status, code in (
                ("throttle", 429, "TooManyRequests"),
                ("throttle-bare", 429, "TooManyRequests"),
                ("5xx", 500, "InternalServerError"),
                ("false", 200, "Forbidden.AccessDenied"),
                ("contradiction", 200, "Forbidden.AccessDenied")):
            with self.subTest(fault):
                self.arm(fault, "PassPipelineValidate")
                answer = self.s.token(JOB + "/pass")
                self.assertEqual((answer.status, answer.json["errorCode"]),
                                 (status, code))
                self.assertEqual("x-acs-retry-after" in answer.headers,
                                 fault == "throttle")
        self.arm("close-after", "PassPipelineValidate")
        self.assertEqual(self.s.token(JOB + "/pass").raw, b"")
        self.assertEqual(self.job()["status"], "SUCCESS")

    def test_faults_in_reads(self):
        self.arm("other-run", "GetPipelineRun")
        self.assertEqual(self.s.token(RUN).json["pipelineRunId"], 12291)
        self.arm("vanish", "GetPipelineRun")
        self.assertNotIn(b"8744", self.s.token(RUN).body)
        self.arm("types", "GetPipelineRun", disable="string-false")
        self.assertEqual(self.job()["actions"][0]["disable"], "false")
        for fault in ("dup-keys", "nul", "bad-utf8", "surrogate", "control",
                      "bom", "deep"):
            for path in (RUN, PIPE + "/runs"):
                with self.subTest((fault, path)):
                    whole = self.s.token(path).body
                    self.arm(fault)
                    spoilt = self.s.token(path).body
                    self.assertGreater(len(spoilt), len(whole))
        self.arm("dup-keys")
        self.assertEqual(self.s.token(JOB + "/pass").body.count(b"success"),
                         3)

    # -- temporary keys of the signed API

    def test_a_temporary_key_needs_its_token(self):
        def read(**more):
            answer = self.s.call("GetPipelineRun", SIGNED_RUN, **more)
            return answer.status, answer.json.get("Code", "ok")
        id, secret, token = STS
        self.assertEqual(read(key=id, secret=secret,
                              x_acs_security_token=token), (200, "ok"))
        self.assertEqual(read(key=id, secret=secret),
                         (400, "MissingSecurityToken"))
        self.assertEqual(
            read(key=id, secret=secret, x_acs_security_token="other"),
            (400, "InvalidSecurityToken.MismatchWithAccessKey"))
        self.assertEqual(
            read(key="STS.SANDBOXKEY0003", secret=secret,
                 x_acs_security_token=token),
            (400, "InvalidSecurityToken.Expired"))
        self.assertEqual(read(x_acs_security_token=token),
                         (400, "InvalidSecurityToken.MismatchWithAccessKey"))


if __name__ == "__main__":
    unittest.main()
