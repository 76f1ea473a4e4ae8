# SPDX-License-Identifier: ISC
"""The forms in which a mistake could leave a secret in memory or in a file."""

import base64
import struct

ROUND = [int(word, 16) for word in """
428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5 d807aa98 12835b01 243185be
550c7dc3 72be5d74 80deb1fe 9bdc06a7 c19bf174 e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa
5cb0a9dc 76f988da 983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 06ca6351 14292967 27b70a85
2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85 a2bfe8a1 a81a664b c24b8b70 c76c51a3
d192e819 d6990624 f40e3585 106aa070 19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f
682e6ff3 748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2""".split()]
FIRST = [int(word, 16) for word in "6a09e667 bb67ae85 3c6ef372 a54ff53a 510e527f 9b05688c "
         "1f83d9ab 5be0cd19".split()]


def turned(word, n):
    return (word >> n | word << (32 - n)) & 0xffffffff


def state_after(block):
    """SHA-256 after one block: with it a HMAC can be made without its key."""
    w = list(struct.unpack(">16I", block))
    for i in range(16, 64):
        s0 = turned(w[i - 15], 7) ^ turned(w[i - 15], 18) ^ w[i - 15] >> 3
        s1 = turned(w[i - 2], 17) ^ turned(w[i - 2], 19) ^ w[i - 2] >> 10
        w.append((w[i - 16] + s0 + w[i - 7] + s1) & 0xffffffff)
    a, b, c, d, e, f, g, h = FIRST
    for i in range(64):
        one = h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + (e & f ^ ~e & g) + ROUND[i] + w[i]
        two = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + (a & b ^ a & c ^ b & c)
        a, b, c, d, e, f, g, h = (one + two) & 0xffffffff, a, b, c, (d + one) & 0xffffffff, e, f, g
    return [(x + y) & 0xffffffff for x, y in zip(FIRST, (a, b, c, d, e, f, g, h))]


def forms(kind, value):
    """[(name, bytes)]: each half for itself, so that half a copy is found."""
    half = len(value) // 2
    found = [("first half", value[:half]), ("second half", value[half:])]
    back = value[::-1]
    found += [("turned round", back[:half]), ("turned round", back[half:])]
    for text in (value.hex(), value.hex().upper()):
        found += [("hex", text[:24].encode()), ("hex", text[-24:].encode())]
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + value)
        found.append(("base64", text[4:20]))
        found.append(("base64", base64.urlsafe_b64encode(b"\0" * shift + value)[4:20]))
    found.append(("UTF-16", b"".join(bytes((c, 0)) for c in value[:12])))
    if kind in ("secret", "token"):
        for name, pad in (("inner", 0x36), ("outer", 0x5c)):
            block = bytes(c ^ pad for c in value.ljust(64, b"\0"))
            found.append((f"{name} pad", block[:16]))
            for order in "<>":
                state = struct.pack(order + "8I", *state_after(block))
                found += [(f"{name} state", state[:16]), (f"{name} state", state[16:])]
    return [(name, needle) for name, needle in dict.fromkeys(found) if len(needle) >= 8]
