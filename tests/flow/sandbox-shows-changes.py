#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""warder-sandbox's repositories: a number for a path, one commit, what lies
between two, in both families; who may not read them, and what is refused."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True  # the sources may be read-only
from sandbox_client import ACCOUNT, ORG, PAT, Sandbox

TOP, MID, OLD = ("c4d2e9f07b1a3586d0e4f9a2b7c8135e6f0a9d42",
                 "51f3b8a09c7d2e46f18a0b3c5d7e9f2461a8c0de",
                 "9b8a7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b")
SIDE, JOIN = "a" * 40, "b" * 64
NUMBER = "/repository/2835387/commits"
CODEUP = (f"/oapi/v1/codeup/organizations/{ORG}/repositories/"
          f"{ORG}%2Fshop%2Fweb-home")
REGION = "shop.devops.aliyuncs.com"
NARROW = "pt-sandboxToken0123456789abcdef2000"


def scenario():
    """The built-in one, with a branch that joins and a closed repository."""
    program = os.path.join(os.environ.get("builddir", "."), "warder-sandbox")
    if not os.path.exists(program):
        print("skip: there is no", program)
        sys.exit(77)
    tree = json.loads(subprocess.check_output([program, "--print-scenario"]))
    tree["tokens"].append({"token": NARROW, "account": ACCOUNT,
                           "scopes": ["runs:read"]})
    organization = tree["organizations"][0]
    organization["repositories"][0]["commits"] = [
        {"id": JOIN, "title": "joins", "parents": [TOP, SIDE]},
        {"id": SIDE, "title": "aside", "authorEmail": "s@x.example",
         "parents": [OLD], "files": [{"path": "src/home.ts"},
                                     {"path": "b", "change": "deleted"}]},
    ] + organization["repositories"][0]["commits"]
    organization["repositories"].append(
        {"id": "77", "path": "closed", "readers": [], "commits": []})
    file = tempfile.NamedTemporaryFile("w", suffix=".json")
    json.dump(tree, file)
    file.flush()
    return file


class Shows(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.file = scenario()
        cls.s = Sandbox("--scenario", cls.file.name)

    @classmethod
    def tearDownClass(cls):
        assert cls.s.stop() == 0
        cls.file.close()

    def repository(self, identity, organization=ORG):
        return self.s.call("GetRepository", "/repository/get",
                           f"identity={identity}"
                           f"&organizationId={organization}")

    def compare(self, start, end, more=""):
        return self.s.call("GetCompareDetail", NUMBER + "/compare/detail",
                           f"from={start}{more}&organizationId={ORG}&to={end}")

    def commit(self, sha, query="&showSignature=true"):
        return self.s.call("GetRepositoryCommit", f"{NUMBER}/{sha}",
                           f"organizationId={ORG}{query}")

    def code(self, answer, status, code):
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.json["errorCode"], code)

    def test_a_repository_is_found_by_path_and_by_number(self):
        for identity in f"{ORG}%2Fshop%2Fweb-home", "2835387":
            found = self.repository(identity).json["repository"]
            self.assertEqual(found["id"], 2835387)
            self.assertEqual(found["pathWithNamespace"],
                             f"{ORG}/shop/web-home")

    def test_what_is_not_there_is_told(self):
        self.code(self.repository(f"{ORG}%2Fshop"), 404,
                  "Sandbox.RepositoryNotFound")
        self.code(self.repository("shop%2Fweb-home"), 404,
                  "Sandbox.RepositoryNotFound")
        self.code(self.repository("2835387", "5ebbc0228123212b59bbbbbb"), 404,
                  "InvalidOrganization.NotFound")
        self.code(self.s.call("GetRepository", "/repository/get",
                              "identity=2835387"), 400,
                  "InvalidParam.ParamNotPresent")
        self.code(self.commit("c" * 40), 404, "Sandbox.CommitNotFound")
        self.code(self.commit("main"), 404, "Sandbox.CommitNotFound")
        self.code(self.compare(OLD, "c" * 40), 404, "Sandbox.CommitNotFound")

    def test_who_is_no_reader_reads_nothing(self):
        self.code(self.repository("77"), 403, "Forbidden.AccessDenied")
        self.code(self.s.call("GetCompareDetail",
                              "/repository/77/commits/compare/detail",
                              f"from={OLD}&organizationId={ORG}&to={TOP}"),
                  403, "Forbidden.AccessDenied")

    def test_a_commit_is_shown_with_its_signature_if_asked(self):
        found = self.commit(TOP).json["result"]
        self.assertEqual(found["title"], "首页活动横幅")
        self.assertEqual(found["authorEmail"], "wu@shop.example")
        self.assertEqual(found["parentIds"], [MID])
        self.assertEqual(found["signature"]["verificationStatus"], "verified")
        self.assertNotIn("signature", self.commit(TOP, "").json["result"])
        self.assertNotIn("signature", self.commit(MID).json["result"])
        # As a documented sample has it.
        self.assertEqual(self.commit(MID).json["result"]["authorEmail"],
                         "fang@shop.example\n")

    def test_what_the_scenario_leaves_out_is_left_out(self):
        found = self.commit(JOIN).json["result"]
        for name in "authorEmail", "committerEmail", "authorName":
            self.assertNotIn(name, found)

    def test_a_comparison_has_what_one_side_lacks(self):
        def ids(start, end):
            return [c["id"] for c in
                    self.compare(start, end).json["result"]["commits"]]
        self.assertEqual(ids(OLD, TOP), [TOP, MID])
        self.assertEqual(ids(MID, TOP), [TOP])
        self.assertEqual(ids(TOP, OLD), [])
        self.assertEqual(ids(TOP, TOP), [])
        self.assertEqual(ids(TOP, JOIN), [JOIN, SIDE])
        self.assertEqual(ids(SIDE, TOP), [TOP, MID])

    def test_a_comparison_names_each_file_once(self):
        files = self.compare(OLD, JOIN).json["result"]["diffs"]
        self.assertEqual([f["newPath"] for f in files],
                         ["src/home.ts", "b", "src/banner.ts",
                          "tests/dates.ts"])
        self.assertEqual(files[1]["deletedFile"], True)
        self.assertEqual(files[2]["newFile"], True)
        self.assertEqual((files[3]["renamedFile"], files[3]["oldPath"]),
                         (True, "tests/date.ts"))
        two = self.compare(OLD, JOIN, "&maxDiffByte=10&maxDiffFile=2")
        self.assertEqual(len(two.json["result"]["diffs"]), 2)
        self.assertEqual(len(two.json["result"]["commits"]), 4)

    def test_a_wrong_parameter_is_refused(self):
        for more in ("&maxDiffFile=0", "&maxDiffFile=x", "&maxDiffByte=-1",
                     "&mergeBase=yes"):
            self.code(self.compare(OLD, TOP, more), 400,
                      "InvalidParam.ParamNotPresent")
        self.code(self.s.call("GetCompareDetail", NUMBER + "/compare/detail",
                              f"from={OLD}&organizationId={ORG}"), 400,
                  "InvalidParam.ParamNotPresent")
        self.code(self.commit(TOP, "&showSignature=1"), 400,
                  "InvalidParam.ParamNotPresent")
        # A path is no number in the signed API.
        self.code(self.s.call("GetRepositoryCommit",
                              f"/repository/{ORG}%2Fshop%2Fweb-home"
                              f"/commits/{TOP}", f"organizationId={ORG}"),
                  400, "InvalidParam.ParamNotPresent")

    def test_the_token_api_shows_the_same_bare(self):
        found = self.s.token(f"{CODEUP}/commits/{TOP}").json
        self.assertEqual((found["id"], found["committerEmail"]),
                         (TOP, "wu@shop.example"))
        self.assertNotIn("signature", found)
        found = self.s.token(f"{CODEUP}/compares?from={OLD}&straight=true"
                             f"&to={TOP}").json
        self.assertEqual([c["id"] for c in found["commits"]], [TOP, MID])
        self.assertEqual(len(found["diffs"]), 3)
        numbered = CODEUP.replace(f"{ORG}%2Fshop%2Fweb-home", "2835387")
        self.assertEqual(self.s.token(f"{numbered}/commits/{TOP}").status, 200)
        self.assertEqual(
            self.s.token(f"{CODEUP}/compares?from={OLD}&straight=1&to={TOP}")
            .status, 400)

    def test_the_region_edition_has_its_own_path(self):
        path = CODEUP.replace(f"/organizations/{ORG}", "")
        self.assertEqual(self.s.token(f"{path}/commits/{TOP}").status, 404)
        self.assertEqual(
            self.s.token(f"{path}/commits/{TOP}", host=REGION).json["id"],
            TOP)

    def test_a_token_needs_the_scope(self):
        answer = self.s.token(f"{CODEUP}/commits/{TOP}", token=NARROW)
        self.assertEqual((answer.status, answer.json["errorCode"]),
                         (403, "Forbidden"))
        self.assertEqual(
            self.s.token(f"{CODEUP}/commits/{TOP}", token=PAT).status, 200)


if __name__ == "__main__":
    unittest.main()
