#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Holds acs3-sign and gate-handle against known answers, and then against a
second implementation, written here from the documents alone, with inputs
that nobody chose by hand."""
import hashlib
import hmac
import json
import os
import random
import re
import subprocess
import sys

top = os.environ.get("top_srcdir", ".")
here = os.environ.get("builddir", ".")
failed = 0


def run(tool, value):
    done = subprocess.run(
        [os.path.join(here, "tests/bin", tool)],
        input=json.dumps(value).encode(), capture_output=True)
    return json.loads(done.stdout) if done.returncode == 0 else None


def expect(name, got, want):
    global failed
    if got != want:
        failed += 1
        print(f"FAIL {name}\n  want {want}\n  got  {got}")


def quote(text):
    keep = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
    return "".join(chr(b) if b in keep else f"%{b:02X}" for b in text.encode())


def acs3(v):
    path = "".join(
        part if re.fullmatch("%[0-9A-Fa-f]{2}|/", part) else quote(part)
        for part in re.findall("%[0-9A-Fa-f]{2}|(?s:.)", v["path"])) or "/"
    query = "&".join(
        quote(name) + "=" + quote(value or "") for name, value in
        sorted(v["query"], key=lambda pair: pair[0].encode()))
    signed = sorted(
        (name.lower(), value.strip(" \t")) for name, value in
        v["headers"].items()
        if name.lower() in ("host", "content-type")
        or name.lower().startswith("x-acs-"))
    names = ";".join(name for name, _ in signed)
    lines = "".join(f"{name}:{value}\n" for name, value in signed)
    body = hashlib.sha256(bytes.fromhex(v["bodyHex"])).hexdigest()
    canonical = "\n".join(
        [v["method"], path, query, lines, names, body])
    to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(
        canonical.encode()).hexdigest()
    signature = hmac.new(v["accessKeySecret"].encode(), to_sign.encode(),
                         hashlib.sha256).hexdigest()
    return {
        "canonicalRequest": canonical, "stringToSign": to_sign,
        "authorization": f"ACS3-HMAC-SHA256 Credential={v['accessKeyId']},"
        f"SignedHeaders={names},Signature={signature}"}


def text(value):
    raw = value.encode()
    if len(raw) > 512:
        raw = b"sha256:" + hashlib.sha256(raw).hexdigest().encode()
    return len(raw).to_bytes(2, "big") + raw


def listed(elements):
    unique = sorted(set(elements))
    return len(unique).to_bytes(2, "big") + b"".join(unique)


def cut(value):
    return value.encode()[:512].decode(errors="ignore").encode()


def t(size, raw):
    return len(raw).to_bytes(size, "big") + raw


def gate(v):
    g, c = v["gate"], v["challenge"]
    pre = b"warder/gate/1\n" + b"".join(
        text(g[k]) for k in ("org_id", "pipeline_id", "run_id", "job_id"))
    pre += int(g["start_ms"]).to_bytes(8, "big")
    pre += text(g["stage"]) + text(g["job"])
    pre += bytes([g["trigger"] if g["trigger"] in (1, 2, 3, 5, 6) else 0])
    pre += text(g["trigger_account"])
    pre += listed(text(s["repo"]) + text(s["branch"]) + text(s["commit"])
                  for s in g["sources"])
    pre += listed(
        text(p["name"]) + (b"\1" + text("") if p["hidden"]
                           else b"\0" + text(p["value"]))
        for p in g["parameters"])
    pre += listed(text(i) for i in g["validators"])
    sha = hashlib.sha256(pre).digest()
    letters = "0123456789abcdefghjkmnpqrstvwxyz"
    bits = int.from_bytes(sha[:8], "big") >> 4
    handle = "".join(
        letters[bits >> (55 - 5 * i) & 31] for i in range(12))
    sources = sorted({t(1, s["commit"].encode()) + t(2, cut(s["branch"]))
                      for s in g["sources"]})
    body = bytes.fromhex(c["nonce"]) + bytes([c["verb"]]) + sha
    body += t(1, g["org_id"].encode()) + t(1, c["org_alias"].encode())
    body += t(1, g["pipeline_id"].encode()) + t(2, cut(c["pipeline"]))
    body += t(1, g["run_id"].encode()) + t(1, g["job_id"].encode())
    body += t(2, cut(g["stage"])) + t(2, cut(g["job"]))
    body += bytes([len(sources)]) + b"".join(sources)
    body += t(2, c["reason"].encode())
    body += b"".join(t(1, c[k].encode()) for k in ("ticket", "glass", "ref"))
    return {
        "gate_sha256": sha.hex(),
        "handle": "-".join(handle[i:i + 4] for i in (0, 4, 8)),
        "challenge_digest": hashlib.sha256(
            b"warder/challenge/1\n" + body).hexdigest()}


def odd(rng, longest, low=1):
    chars = "aZ09-_.~ +*%&=/?#'\"\\(){}[]\n\t\x7f\xa0é流水线修🙂\u202e\ufeff"
    return "".join(rng.choice(chars) for _ in range(rng.randint(low, longest)))


def random_request(rng):
    head = {"host": "devops.example:8443", "User-Agent": "x"}
    for _ in range(rng.randint(0, 6)):
        name = rng.choice(["x-acs-", "X-ACS-", "X-Acs-Z", "x-other-"])
        head[name + rng.choice("abcdefgh") + str(len(head))] = \
            rng.choice(["", " ", "\t "]) + odd(rng, 20, 0).strip() + \
            rng.choice(["", " \t", "\t\t"])
    names = {odd(rng, 6) for _ in range(rng.randint(0, 8))}
    path = rng.choice(["", "/", "/a/" + odd(rng, 12).replace("%", "%25"),
                       "/%e6%B5//../x", "/a%2", "/%zz"])
    return {"method": rng.choice(["GET", "POST", "PUT"]), "path": path,
            "query": [[name, rng.choice([None, "", odd(rng, 12)])]
                      for name in names],
            "headers": head, "bodyHex": rng.randbytes(
                rng.randint(0, 40)).hex(),
            "accessKeyId": "LTAI5tTEST", "accessKeySecret": odd(rng, 90)}


def random_gate(rng):
    def name():
        return rng.choice(["", "main", odd(rng, 20), odd(rng, 200),
                           "修" * 170 + "x" * rng.randint(0, 5),
                           "é" * rng.randint(250, 260)])

    commits = ["", "ab" * 20, "0f" * 32]
    return {
        "gate": {
            "org_id": "a1b2c3d4e5f6a7b8c9d0e1f2",
            "pipeline_id": str(rng.randint(1, 2**63 - 1)),
            "run_id": str(rng.randint(1, 99)),
            "job_id": "9223372036854775807",
            "start_ms": str(rng.choice([0, 1, 1767322860000, 2**63 - 1])),
            "stage": name(), "job": name(), "trigger": rng.randint(0, 7),
            "trigger_account": rng.choice(["", "200000000000000101"]),
            "sources": [{"repo": name(), "branch": name(),
                         "commit": rng.choice(commits)}
                        for _ in range(rng.randint(0, 5))] * rng.randint(1, 4),
            "parameters": [{"name": name(), "hidden": rng.random() < .3,
                            "value": name()}
                           for _ in range(rng.randint(0, 20))],
            "validators": [str(rng.randint(1, 30))
                           for _ in range(rng.randint(0, 60))]},
        "challenge": {
            "nonce": rng.randbytes(32).hex(), "verb": rng.randint(1, 2),
            "org_alias": "shop", "pipeline": name(),
            "reason": odd(rng, 60, 0), "ticket": "CHG-1", "glass": "",
            "ref": ""}}


def many(kind, n):
    v = random_gate(random.Random(7))
    v["gate"].update(sources=[], parameters=[], validators=[])
    v["gate"][kind] = {
        "sources": [{"repo": str(i), "branch": "", "commit": ""}
                    for i in range(n)],
        "parameters": [{"name": str(i), "hidden": False, "value": ""}
                       for i in range(n)],
        "validators": [str(i) for i in range(n)]}[kind] * 2
    return v


def main():
    with open(f"{top}/tests/vectors/acs3.json", encoding="utf-8") as file:
        vectors = json.load(file)["vectors"]
    for v in vectors:
        want = {k: v["expected"][k] for k in
                ("canonicalRequest", "stringToSign", "authorization")}
        expect(v["name"], run("acs3-sign", v["input"]), want)
        expect(v["name"] + " here", acs3(v["input"]), want)
    with open(f"{top}/tests/vectors/handle-v1.json", encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    for v in cases:
        want = {k: v["expect"][k] for k in
                ("gate_sha256", "handle", "challenge_digest")}
        expect(v["id"], run("gate-handle", v), want)
        expect(v["id"] + " here", gate(v), want)
    seed = int(os.environ.get("SEED", "20261125"))
    rng = random.Random(seed)
    for i in range(60):
        v = random_request(rng)
        expect(f"request {i} of {seed}", run("acs3-sign", v), acs3(v))
        v = random_gate(rng)
        expect(f"gate {i} of {seed}", run("gate-handle", v), gate(v))
    for kind, cap in (("sources", 16), ("parameters", 256),
                      ("validators", 256)):
        v = many(kind, cap)
        expect(f"{cap} {kind}", run("gate-handle", v), gate(v))
        expect(f"{cap + 1} {kind}", run("gate-handle", many(kind, cap + 1)),
               None)
    expect("not JSON", run("acs3-sign", [1]), None)
    print(f"{len(vectors)} + {len(cases)} known answers, 120 made here, "
          f"{failed} failed")
    sys.exit(1 if failed or len(vectors) < 40 or len(cases) < 12 else 0)


main()
