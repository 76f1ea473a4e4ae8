#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The service side of warder-sandbox: runs, gates, lists, and who may what."""

import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True  # the sources may be read-only
from sandbox_client import ACCOUNT, GATE, ORG, PAY, RUN, SECRET, Sandbox

ORG_PATH = f"/organization/{ORG}"


def until(what, seconds=3):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return False


class Gates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = Sandbox()

    @classmethod
    def tearDownClass(cls):
        assert cls.s.stop() == 0

    def setUp(self):
        self.s.control("/reset", {})

    def passes(self, gate=GATE):
        return self.s.call("PassPipelineValidate", gate + "/pass")

    def refuses(self, gate=GATE):
        return self.s.call("RefusePipelineValidate", gate + "/refuse")

    def count(self, gate="10877/2291/8744"):
        return self.s.control("/count")["gates"][f"{ORG}/{gate}"]

    def test_a_second_pass_is_refused(self):
        self.assertIs(self.passes().json["success"], True)
        again = self.passes()
        self.assertEqual(again.status, 200)
        self.assertIs(again.json["success"], False)
        self.assertEqual(again.json["errorCode"], "Sandbox.GateNotWaiting")
        self.assertEqual(self.count(),
                         {"posts": 2, "passed": 1, "refused": 0, "half": 0})

    def test_of_many_at_once_one_passes(self):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: self.passes(), range(8)))
        self.assertEqual(sorted(a.json["success"] for a in answers),
                         [False] * 7 + [True])
        self.assertEqual(self.count(),
                         {"posts": 8, "passed": 1, "refused": 0, "half": 0})

    def test_a_gate_that_is_not_reached_does_not_move(self):
        answer = self.passes(RUN + "/jobs/8747")
        self.assertEqual(answer.json["errorCode"], "Sandbox.GateNotWaiting")
        self.assertEqual(self.s.status("8747"), "INIT")

    def test_what_is_missing_is_named(self):
        path = f"{ORG_PATH}/pipelines/10877/pipelineRuns"
        for gate, code, status in (
                (GATE.replace(ORG, "other"), "InvalidOrganization.NotFound", 404),
                (GATE.replace("10877", "999"), "InvalidPipeline.NotFound", 404),
                (GATE.replace("2291", "999"), "InvalidPipelineRun.NotFound", 404),
                (path + "/2291/jobs/1", "Sandbox.JobNotFound", 404)):
            answer = self.passes(gate)
            self.assertEqual((answer.status, answer.json["errorCode"]),
                             (status, code))
            self.assertIs(answer.json["success"], False)
            self.assertEqual(self.s.control("/journal")[-1]["verdict"], code)

    def test_who_is_no_validator_is_denied_and_sees_it(self):
        self.s.control("/change", {"pipeline": "10877", "run": "2291",
                                   "job": "8744", "validators": ["42"]})
        actions = self.s.job()["actions"]
        self.assertEqual([a["disable"] for a in actions], [True, True])
        self.assertEqual(actions[0]["params"]["validators"], ["42"])
        answer = self.passes()
        self.assertEqual((answer.status, answer.json["errorCode"]),
                         (403, "Forbidden.AccessDenied"))
        self.assertEqual(self.s.status(), "WAITING")

    def test_a_pass_moves_the_gate_and_the_run_goes_on(self):
        self.assertEqual([(a["type"], a["disable"])
                          for a in self.s.job()["actions"]],
                         [("PassPipelineValidate", False),
                          ("RefusePipelineValidate", False)])
        self.assertIs(self.passes().json["success"], True)
        job = self.s.job()
        self.assertEqual((job["status"], job["actions"]), ("SUCCESS", []))
        self.assertGreater(job["endTime"], job["startTime"])
        self.assertTrue(until(lambda: self.s.status("8747") == "WAITING"))
        after = self.s.job("8745")
        self.assertEqual(after["startTime"], job["endTime"] + 100)
        self.assertEqual(after["endTime"], job["endTime"] + 200)
        self.assertEqual(self.s.status("8746"), "SUCCESS")
        second = self.s.job("8747")
        self.assertEqual(second["name"], job["name"])
        self.assertEqual(second["actions"][1]["type"],
                         "RefusePipelineValidator")
        self.assertIs(self.passes(RUN + "/jobs/8747").json["success"], True)
        self.assertTrue(until(lambda: self.s.run()["status"] == "SUCCESS"))
        line = [x for x in self.s.control("/journal") if x["effect"] != "none"]
        self.assertEqual([x["effect"] for x in line[-2:]], ["passed"] * 2)

    def test_a_refusal_ends_the_run(self):
        self.assertIs(self.refuses(PAY + "/jobs/9001").json["success"], True)
        time.sleep(0.3)
        run = self.s.run(PAY)
        self.assertEqual(run["status"], "FAIL")
        self.assertEqual(self.s.status("9001", PAY), "FAIL")
        self.assertEqual(self.s.status("9002", PAY), "INIT")
        self.assertEqual(self.count("11222/1187/9001")["refused"], 1)
        self.assertEqual(self.s.control("/journal")[-1]["effect"], "none")

    def test_somebody_else_may_decide_first(self):
        r = self.s.control("/decide", {"pipeline": "10877", "run": "2291",
                                       "job": "8744", "verb": "refuse",
                                       "account": "187700112233"})
        self.assertEqual(r, {"effect": "refused"})
        self.assertEqual(self.s.run()["modifierAccountId"], "187700112233")
        self.assertEqual(self.passes().json["errorCode"],
                         "Sandbox.GateNotWaiting")

    def test_a_new_run_waits_at_its_gate(self):
        r = self.s.control("/run", {"pipeline": "11222", "creator": "77",
                                    "commits": ["ab" * 20]})
        self.assertEqual(r["run"], "1188")
        path = PAY.replace("1187", "1188")
        self.assertTrue(until(lambda: self.s.status("9001", path) == "WAITING"))
        run = self.s.run(path)
        self.assertEqual(run["creatorAccountId"], "77")
        self.assertEqual(json.loads(run["sources"][0]["data"]["commint"]),
                         [{"commitId": "ab" * 20}])

    def test_a_live_run_can_change(self):
        self.s.control("/change", {"pipeline": "10877", "run": "2291",
                                   "commits": ["cd" * 20], "parameters":
                                   [{"key": "A", "value": "b"}]})
        run = self.s.run()
        self.assertIn("cd" * 20, run["sources"][0]["data"]["commint"])
        self.assertEqual(run["globalParams"], [{"key": "A", "value": "b"}])
        before = self.s.job()["startTime"]
        self.s.control("/change", {"pipeline": "10877", "run": "2291",
                                   "job": "8744", "retry": True})
        self.assertGreater(self.s.job()["startTime"], before)
        self.s.control("/change", {"pipeline": "10877", "run": "2291",
                                   "delete": True})
        self.assertEqual(self.s.call("GetPipelineRun", RUN).status, 404)

    def test_lists_have_pages(self):
        path = ORG_PATH + "/pipelines"
        first = self.s.call("ListPipelines", path, "maxResults=1").json
        self.assertEqual([p["pipelineId"] for p in first["pipelines"]], [10877])
        self.assertEqual(first["totalCount"], 2)
        last = self.s.call("ListPipelines", path,
                           "maxResults=1&nextToken=" + first["nextToken"]).json
        self.assertEqual([p["pipelineName"] for p in last["pipelines"]],
                         ["pay-core"])
        self.assertEqual(last["nextToken"], "")
        bad = self.s.call("ListPipelines", path, "nextToken=nonsense")
        self.assertEqual(bad.json["errorCode"], "InvalidParam.ParamNotPresent")

    def test_lists_can_be_narrowed(self):
        path = ORG_PATH + "/pipelines"
        self.refuses(PAY + "/jobs/9001")
        waiting = self.s.call("ListPipelines", path,
                              "statusList=WAITING%2CRUNNING").json
        self.assertEqual([p["pipelineName"] for p in waiting["pipelines"]],
                         ["web-home"])
        runs = self.s.call("ListPipelineRuns",
                           path + "/10877/pipelineRuns").json["pipelineRuns"]
        self.assertEqual([(r["pipelineRunId"], r["status"]) for r in runs],
                         [(2291, "WAITING"), (2290, "SUCCESS")])

    def test_people_and_roles_are_served(self):
        members = self.s.call("ListOrganizationMembers",
                              ORG_PATH + "/members").json["members"]
        names = {m["organizationMemberName"]: m["accountId"] for m in members}
        self.assertEqual(names["chen"], "187700112233")
        one = self.s.call("GetOrganizationMember",
                          ORG_PATH + "/members/187700112277").json["member"]
        self.assertEqual((one["organizationMemberName"], one["state"]),
                         ("li", "normal"))
        roles = self.s.call("ListResourceMembers", ORG_PATH +
                            "/pipeline/11222/members").json["resourceMembers"]
        self.assertIn({"accountId": "187700112244", "roleName": "owner",
                       "username": "fang"}, roles)
        joined = self.s.call("ListJoinedOrganizations", "/users/joinedOrgs")
        self.assertEqual(joined.json["organizations"],
                         [{"id": ORG, "name": "shop", "isOrgAdmin": True}])
        pipeline = self.s.call("GetPipeline", ORG_PATH +
                               "/pipelines/10877").json["pipeline"]
        self.assertEqual((pipeline["name"], pipeline["envId"]),
                         ("web-home", 2))


SCENARIO = {
    "keys": [
        {"id": "LTAI1", "secret": SECRET, "account": "1"},
        {"id": "LTAI2", "secret": SECRET, "account": "2"},
        {"id": "LTAI3", "secret": SECRET, "account": "3"},
        {"id": "LTAIoff", "secret": SECRET, "account": "1", "active": False},
        {"id": "LTAInew", "secret": SECRET, "account": "9",
         "registered": False},
        {"id": "STS.1", "secret": SECRET, "account": "1", "token": "tok"},
    ],
    "organizations": [{
        "id": "org1", "name": "one",
        "members": [{"account": "1", "name": "a", "role": "admin"},
                    {"account": "2", "name": "b", "role": "member"},
                    {"account": "3", "name": "c", "state": "blocked"}],
        "pipelines": [{
            "id": "9223372036854775807", "name": "big",
            "runs": [{
                "id": "9007199254740993", "creator": "2", "trigger": 2,
                "says": "RUNNING", "startedAgo": 60,
                "stages": [
                    {"name": "s", "jobs": [
                        {"id": "1", "name": "x", "gate": {
                            "method": "and", "validators": ["1", "2"]}},
                        {"id": "2", "name": "x", "gate": {
                            "validators": ["2"], "waits": "SWITCH_MANUAL",
                            "admins": True}}]},
                    {"name": "t", "jobs": [
                        {"id": "3", "name": "y", "manual": True}]}]}]}]}]}

BIG = "/organization/org1/pipelines/9223372036854775807/pipelineRuns/" \
      "9007199254740993"


class OwnScenario(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
            json.dump(SCENARIO, f)
            f.flush()
            cls.s = Sandbox("--scenario", f.name)

    @classmethod
    def tearDownClass(cls):
        assert cls.s.stop() == 0

    def setUp(self):
        self.s.control("/reset", {})

    def passes(self, job, key, **more):
        return self.s.call("PassPipelineValidate", f"{BIG}/jobs/{job}/pass",
                           key=key, **more).json

    def seen(self, key):
        raw = self.s.call("GetPipelineRun", BIG, key=key)
        jobs = raw.json["pipelineRun"]["stages"][0]["stageInfo"]["jobs"]
        return raw, {j["id"]: j for j in jobs}

    def test_an_inactive_key_and_a_stranger_are_refused(self):
        off = self.s.call("GetPipelineRun", BIG, key="LTAIoff")
        self.assertEqual(off.json["Code"], "InvalidAccessKeyId.Inactive")
        new = self.s.call("GetPipelineRun", BIG, key="LTAInew")
        self.assertEqual(new.json["errorCode"], "InvalidUser.NotFound")
        blocked = self.s.call("GetPipelineRun", BIG, key="LTAI3")
        self.assertEqual(blocked.json["errorCode"],
                         "Forbidden.UserNotInCurrentOrganization")

    def test_a_temporary_key_needs_its_token(self):
        none = self.s.call("GetPipelineRun", BIG, key="STS.1")
        self.assertEqual(none.json["Code"], "MissingSecurityToken")
        other = self.s.call("GetPipelineRun", BIG, key="STS.1",
                            x_acs_security_token="tik")
        self.assertEqual(other.json["Code"],
                         "InvalidSecurityToken.MismatchWithAccessKey")
        good = self.s.call("GetPipelineRun", BIG, key="STS.1",
                           x_acs_security_token="tok")
        self.assertEqual(good.status, 200)

    def test_ids_of_64_bits_come_out_whole(self):
        raw, _ = self.seen("LTAI1")
        self.assertIn(b'"pipelineId":9223372036854775807', raw.body)
        self.assertIn(b'"pipelineRunId":9007199254740993', raw.body)

    def test_with_method_and_every_validator_must_pass(self):
        self.assertIs(self.passes(1, "LTAI1")["success"], True)
        raw, jobs = self.seen("LTAI1")
        self.assertEqual(jobs[1]["status"], "WAITING")
        self.assertIs(jobs[1]["actions"][0]["disable"], True)
        self.assertIs(self.seen("LTAI2")[1][1]["actions"][0]["disable"], False)
        self.assertEqual(raw.json["pipelineRun"]["status"], "RUNNING")
        self.assertEqual(self.passes(1, "LTAI1")["errorCode"],
                         "Forbidden.AccessDenied")
        self.assertIs(self.passes(1, "LTAI2")["success"], True)
        self.assertEqual(self.seen("LTAI1")[1][1]["status"], "SUCCESS")
        effects = [x["effect"] for x in self.s.control("/journal")
                   if x["effect"] not in (None, "none")]
        self.assertEqual(effects[-2:], ["half", "passed"])

    def test_a_gate_for_admins_wants_one(self):
        _, jobs = self.seen("LTAI2")
        self.assertEqual(jobs[2]["status"], "SWITCH_MANUAL")
        self.assertIs(jobs[2]["actions"][0]["disable"], True)
        self.assertEqual(self.passes(2, "LTAI2")["errorCode"],
                         "Forbidden.UserNotAdminOrOwner")

    def test_a_job_started_by_hand_is_no_gate(self):
        for job in (1, 2):
            self.s.control("/decide", {
                "pipeline": "9223372036854775807", "run": "9007199254740993",
                "job": str(job), "verb": "pass", "account": "1"})
        self.s.control("/decide", {
            "pipeline": "9223372036854775807", "run": "9007199254740993",
            "job": "1", "verb": "pass", "account": "2"})
        stage = self.seen("LTAI1")[0].json["pipelineRun"]["stages"][1]
        self.assertEqual(stage["stageInfo"]["status"], "SWITCH_MANUAL")
        job = stage["stageInfo"]["jobs"][0]
        self.assertEqual((job["status"], job["actions"][0]["type"]),
                         ("INIT", "ExecutePipelineJobRun"))


class Start(unittest.TestCase):
    program = os.path.join(os.environ.get("builddir", "."), "warder-sandbox")

    def outcome(self, *arguments):
        p = subprocess.run([self.program, *arguments], capture_output=True,
                           text=True, timeout=10, check=False)
        return p.returncode, p.stdout, p.stderr

    def test_a_misspelt_scenario_is_refused_with_its_place(self):
        bad = json.loads(json.dumps(SCENARIO))
        gate = bad["organizations"][0]["pipelines"][0]["runs"][0]["stages"][0][
            "jobs"][1]["gate"]
        gate["methd"] = gate.pop("waits")
        with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
            json.dump(bad, f)
            f.flush()
            status, out, err = self.outcome("--scenario", f.name)
        self.assertEqual((status, out), (1, ""))
        self.assertIn("scenario.organizations[0].pipelines[0].runs[0]."
                      "stages[0].jobs[1].gate.methd", err)

    def test_the_built_in_scenario_can_be_printed_and_used(self):
        status, out, _ = self.outcome("--print-scenario")
        self.assertEqual(status, 0)
        with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
            f.write(out)
            f.flush()
            s = Sandbox("--scenario", f.name)
        self.assertEqual(s.status(), "WAITING")
        self.assertIn(ACCOUNT, out)
        self.assertEqual(s.stop(), 0)

    def scripted(self, *steps):
        scenario = json.loads(self.outcome("--print-scenario")[1])
        scenario["script"] = [
            {"after": after, "order": order, "body": body}
            for after, order, body in steps]
        file = tempfile.NamedTemporaryFile("w", suffix=".json")
        json.dump(scenario, file)
        file.flush()
        return file

    def test_a_script_is_played_by_the_clock(self):
        gate = {"pipeline": "10877", "run": "2291", "job": "8744"}
        with self.scripted(
                (0, "/fault", {"fault": "5xx", "match": {"pipeline": "11222"}}),
                (700, "/decide", {**gate, "verb": "refuse",
                                  "account": "187700112244"})) as file:
            s = Sandbox("--scenario", file.name)
        self.assertEqual(s.call("GetPipelineRun", PAY, method="GET").status, 500)
        self.assertEqual(s.call("GetPipelineRun", PAY, method="GET").status, 200)
        self.assertEqual(s.status(), "WAITING")
        self.assertTrue(until(lambda: s.status() == "FAIL"))
        # A reset plays it again from its beginning.
        s.control("/reset", {})
        self.assertEqual(s.status(), "WAITING")
        self.assertEqual(s.stop(), 0)

    def test_a_script_that_cannot_be_played_is_refused(self):
        for steps, why in (([(5, "/clock", {}), (4, "/clock", {})], "times"),
                           ([(0, "/reset", {})], "anew"),
                           ([(0, "/dance", {})], "no such order")):
            with self.scripted(*steps) as file:
                status, out, err = self.outcome("--scenario", file.name)
            self.assertEqual((status, out), (1, ""))
            self.assertIn(why, err)

    def test_a_crowd_waits_runs_and_is_over(self):
        s = Sandbox("--pipelines", "70", "--waiting", "3", "--running", "40")
        seen, token = [], ""
        while True:
            query = "maxResults=30" + (f"&nextToken={token}" if token else "")
            page = s.call("ListPipelines", ORG_PATH + "/pipelines",
                          query + "&statusList=WAITING%2CRUNNING").json
            seen += [p["pipelineName"] for p in page["pipelines"]]
            token = page.get("nextToken")
            if not token:
                break
        self.assertEqual(len(seen), 3 + 40 + 2)
        self.assertEqual(len(set(seen)), len(seen))
        self.assertIn("service-0000", seen)
        self.assertEqual(s.stop(), 0)
        self.assertEqual(self.outcome("--pipelines", "2", "--waiting", "3")[0], 2)

    def test_other_arguments_are_refused(self):
        for arguments in (["--port", "65536"], ["--port", "x"], ["--host"],
                          ["0.0.0.0"], ["--step-ms", "-1"]):
            self.assertEqual(self.outcome(*arguments)[0], 2)


if __name__ == "__main__":
    unittest.main()
