#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Holds seal-make and seal-open against the known answers of the sealed
formats, and then against a second implementation of record and cipher,
written here from the documents alone, with records that nobody chose by
hand."""
import hashlib
import json
import os
import random
import subprocess
import sys

top = os.environ.get("top_srcdir", ".")
here = os.environ.get("builddir", ".")
failed = made = 0


def run(tool, value):
    done = subprocess.run(
        [os.path.join(here, "tests/bin", tool)],
        input=json.dumps(value).encode(), capture_output=True)
    return json.loads(done.stdout) if done.returncode == 0 \
        else done.stderr.decode().strip()


def expect(name, got, want):
    global failed, made
    made += 1
    if got != want:
        failed += 1
        print(f"FAIL {name}\n  want {want}\n  got  {got}")


# ---- the cipher: RFC 8439, and the draft that widens its nonce -----------
def rounds(state):
    x = list(state)
    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14),
                           (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12),
                           (2, 7, 8, 13), (3, 4, 9, 14)):
            for to, other, mix, by in ((a, b, d, 16), (c, d, b, 12),
                                       (a, b, d, 8), (c, d, b, 7)):
                x[to] = (x[to] + x[other]) & 0xffffffff
                mixed = x[mix] ^ x[to]
                x[mix] = (mixed << by | mixed >> (32 - by)) & 0xffffffff
    return x


def words(raw):
    return [int.from_bytes(raw[i:i + 4], "little")
            for i in range(0, len(raw), 4)]


def joined(numbers):
    return b"".join(n.to_bytes(4, "little") for n in numbers)


HEAD = words(b"expand 32-byte k")


def seal(key, nonce, plain, data):
    x = rounds(HEAD + words(key) + words(nonce[:16]))
    sub = joined(x[:4] + x[12:])

    def stream(n):
        state = HEAD + words(sub) + [n, 0] + words(nonce[16:])
        return joined(a + b & 0xffffffff for a, b in
                      zip(rounds(state), state))

    out = b"".join(
        bytes(a ^ b for a, b in zip(plain[i:i + 64], stream(1 + i // 64)))
        for i in range(0, len(plain), 64))
    one = stream(0)[:32]
    r = int.from_bytes(one[:16], "little") & \
        0x0ffffffc0ffffffc0ffffffc0fffffff
    text = data + bytes(-len(data) % 16) + out + bytes(-len(out) % 16)
    text += len(data).to_bytes(8, "little") + len(out).to_bytes(8, "little")
    tag = 0
    for i in range(0, len(text), 16):
        tag = (tag + int.from_bytes(text[i:i + 16] + b"\1", "little")) * r
        tag %= (1 << 130) - 5
    tag += int.from_bytes(one[16:], "little")
    return out + (tag & (1 << 128) - 1).to_bytes(16, "little")


# ---- the record ----------------------------------------------------------
def derived(master, number):
    return hashlib.blake2b(
        key=master, digest_size=32, salt=number.to_bytes(8, "little"),
        person=b"warderK1").digest()


def key_id(kek):
    return hashlib.blake2b(
        b"warder key id v1", key=kek, digest_size=16).digest()


def record(master, v):
    kek = derived(bytes.fromhex(master), 1)
    secret, token = (bytes.fromhex(v[k]) for k in
                     ("secret_hex", "token_hex"))
    texts = [v[k].encode() for k in
             ("organization", "credential_id", "endpoint", "name")]
    plain = len(secret).to_bytes(2, "big") + secret
    plain += len(token).to_bytes(2, "big") + token + b"\x80"
    plain += bytes(-len(plain) % 128)
    nonce = bytes.fromhex(v["nonce"])
    data = b"WRD\r\n\x1a\nK" + bytes([0, 1, 0, 128])
    data += bytes(v[k] for k in ("kind", "source", "aead", "api"))
    data += bytes.fromhex(v["store_id"]) + key_id(kek)
    data += bytes.fromhex(v["record_id"])
    data += b"".join(v[k].to_bytes(8, "big") for k in
                     ("generation", "created_ms", "not_after_ms"))
    data += nonce + b"".join(len(t).to_bytes(2, "big") for t in texts)
    data += len(plain).to_bytes(4, "big") + bytes(4) + b"".join(texts)
    return data + seal(kek, nonce, plain, data)


# ---- what is asked -------------------------------------------------------
def changed(raw, how):
    raw = bytearray(raw)
    for at, by in how.get("xor", []):
        raw[at] ^= by
    raw = raw[:how.get("cut_to", len(raw))]
    return bytes(raw) + bytes.fromhex(how.get("append_hex", "")) + \
        bytes(how.get("append_zero_bytes", 0))


def question(vectors, v, raw, **other):
    asked = {"master_key": vectors["master_key"],
             "store_id": v["store_id"], "source": v["source"],
             "now_ms": vectors["now_ms"], "record_id": v["record_id"],
             "generation": v["generation"],
             "organization": v["organization"], "file_hex": raw.hex()}
    if "min_generation" in other:
        other["generation"] = other.pop("min_generation")
    return {**asked, **other}


def refused(word):
    return {"error": word, "secret_hex": "", "token_hex": ""}


def opened(v):
    return {"error": "", "secret_hex": v["secret_hex"],
            "token_hex": v["token_hex"]}


def odd(rng, low, high):
    return "".join(chr(rng.randint(0x21, 0x7e))
                   for _ in range(rng.randint(low, high)))


def random_inputs(rng):
    kind = rng.randint(1, 4)
    secret = 32 if kind == 4 else rng.choice(
        [1, 123, 124, 125, 256, rng.randint(1, 256)])
    token = rng.choice([1, 2048, rng.randint(1, 2048)]) if kind == 2 else 0
    return {
        "kind": kind, "source": rng.randint(1, 3), "aead": 1,
        "api": {1: 1, 2: 1, 3: rng.randint(2, 3), 4: 0}[kind],
        "store_id": rng.randbytes(16).hex(),
        "record_id": rng.randbytes(16).hex(),
        "generation": rng.choice([1, 2**53 - 1, rng.randint(1, 2**53 - 1)]),
        "created_ms": rng.randint(0, 2**52),
        "not_after_ms": rng.randint(2**51, 2**52)
        if kind == 2 or rng.random() < .5 else 0,
        "nonce": rng.randbytes(24).hex(),
        "organization": odd(rng, 1, 64) if kind < 4 else "",
        "credential_id": odd(rng, 0 if kind == 3 else 1, 64),
        "endpoint": odd(rng, 1, 259) if kind < 4 else "",
        "name": odd(rng, 1, 64), "secret_hex": rng.randbytes(secret).hex(),
        "token_hex": rng.randbytes(token).hex()}


def known(vectors):
    files = {}
    for r in vectors["records"]:
        v, raw = r["inputs"], bytes.fromhex(r["file_hex"])
        files[r["id"]] = v, raw
        expect(r["id"] + " made", run("seal-make", {
            "master_key": vectors["master_key"], "inputs": v}),
            {"file_hex": r["file_hex"]})
        expect(r["id"] + " here", record(vectors["master_key"], v), raw)
        expect(r["id"] + " opened",
               run("seal-open", question(vectors, v, raw)), opened(v))
        expect(r["id"] + " listed", hashlib.blake2b(
            raw, digest_size=32).hexdigest(), r["blake2b_256"])
    for bad in vectors["bad_records"]:
        v, raw = files[bad["of"]]
        asked = question(vectors, v, changed(raw, bad),
                         **bad.get("open_with", {}))
        expect(bad["id"], run("seal-open", asked), opened(v)
               if bad["expect"] == "ok" else refused(bad["expect"]))
    return files


def the_list(vectors, files):
    """MANIFEST as it is written, made here of the records above."""
    m = vectors["manifest"]["inputs"]
    master = bytes.fromhex(vectors["master_key"])
    raw = b"WRD\r\n\x1a\nM" + bytes([0, 1, 0, 64, m["source"], 0])
    raw += len(m["entries"]).to_bytes(2, "big")
    raw += bytes.fromhex(m["store_id"]) + key_id(derived(master, 1))
    raw += m["store_generation"].to_bytes(8, "big")
    raw += m["written_ms"].to_bytes(8, "big")
    hashes = {(v["record_id"], v["generation"]):
              hashlib.blake2b(file, digest_size=32).digest()
              for v, file in files.values()}
    for e in m["entries"]:
        raw += bytes.fromhex(e["record_id"])
        raw += e["generation"].to_bytes(8, "big")
        raw += bytes([e["kind"], e["state"]]) + bytes(6)
        raw += hashes[e["record_id"], e["generation"]]
    raw += hashlib.blake2b(
        raw, key=derived(master, 2), digest_size=32).digest()
    expect("manifest here", raw.hex(), vectors["manifest"]["file_hex"])


def unknown(vectors, seed):
    rng = random.Random(seed)
    for i in range(40):
        name, v = f"record {i} of {seed}", random_inputs(rng)
        master = rng.randbytes(32).hex()
        raw = record(master, v)
        expect(name, run("seal-make", {"master_key": master, "inputs": v}),
               {"file_hex": raw.hex()})
        asked = question(vectors, v, raw, master_key=master, now_ms=1)
        expect(name + " opened", run("seal-open", asked), opened(v))
        for change, word in (
                ({"master_key": rng.randbytes(32).hex()}, "key_master"),
                ({"store_id": rng.randbytes(16).hex()}, "key_store"),
                ({"source": v["source"] % 3 + 1}, "key_source"),
                ({"record_id": rng.randbytes(16).hex()}, "key_swapped"),
                ({"organization": v["organization"] + "x"}, "key_swapped"),
                ({"generation": v["generation"] + 1}, "key_rollback"),
                ({"file_hex": raw[:rng.randrange(len(raw))].hex()},
                 "key_length")):
            expect(f"{name} with {change}",
                   run("seal-open", {**asked, **change}), refused(word))
        if v["not_after_ms"]:
            late = {**asked, "now_ms": v["not_after_ms"]}
            expect(name + " late", run("seal-open", late),
                   refused("key_expired"))


def never_sealed(vectors):
    usual = vectors["records"][0]["inputs"]
    for change in ({"kind": 0}, {"kind": 5}, {"kind": 2}, {"source": 0},
                   {"source": 4}, {"aead": 2}, {"api": 2}, {"generation": 0},
                   {"generation": 2**53}, {"organization": ""},
                   {"organization": "o" * 65}, {"credential_id": ""},
                   {"endpoint": "e" * 260}, {"name": "a b"},
                   {"name": "a\0b"}, {"secret_hex": ""},
                   {"secret_hex": "61" * 257}, {"token_hex": "61"}):
        expect(f"not sealed: {change}", run("seal-make", {
            "master_key": vectors["master_key"],
            "inputs": {**usual, **change}}), "key_field")
    expect("a short master key", run("seal-make", {
        "master_key": "00" * 31, "inputs": usual}), "master_key")


def main():
    path = f"{top}/tests/vectors/keyrecord-v1.json"
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    files = known(vectors)
    the_list(vectors, files)
    unknown(vectors, int(os.environ.get("SEED", "20261125")))
    never_sealed(vectors)
    enough = len(files) == 7 and len(vectors["bad_records"]) >= 44
    print(f"{len(files)} + {len(vectors['bad_records'])} known answers, "
          f"{made} comparisons, {failed} failed")
    sys.exit(1 if failed or not enough else 0)


main()
