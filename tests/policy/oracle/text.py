# SPDX-License-Identifier: ISC
"""Section 1 of the policy language: bytes become lines, lines become words."""

LINE_MAX = 4096
WORD_MAX = 1024


class PolicyError(Exception):
    """The first error, which ends the reading."""

    def __init__(self, code, file, line, col):
        super().__init__("%s:%d:%d: %s" % (file, line, col, code))
        self.code, self.file, self.line, self.col = code, file, line, col


class Token:
    """kind: `word`, `string`, or one of `{` `}` `,`. `end`: column behind."""

    def __init__(self, kind, text, file, line, col, end):
        self.kind, self.text = kind, text
        self.file, self.line, self.col, self.end = file, line, col, end

    def __repr__(self):
        return "%s(%r %d:%d)" % (self.kind, self.text, self.line, self.col)


def is_refused(char):
    c = ord(char)
    return (
        (c < 0x20 and char not in "\t\n")
        or 0x7F <= c <= 0x9F
        or c in (0xAD, 0x061C, 0xFEFF)
        or 0x200B <= c <= 0x200F
        or 0x2028 <= c <= 0x202E
        or 0x2060 <= c <= 0x206F
        or c == 0x180E
        or 0xFFF9 <= c <= 0xFFFB
        or 0xE0000 <= c <= 0xE007F
    )


def decode(raw, file, line):
    """One line as text, or `encoding` at its first character that may not be."""
    bad = None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as e:
        text = raw[: e.start].decode("utf-8")
        bad = len(text) + 1
    for i, char in enumerate(text):
        if is_refused(char):
            raise PolicyError("encoding", file, line, i + 1)
    if bad is not None:
        raise PolicyError("encoding", file, line, bad)
    return text


def cut_string(text, start, file, line):
    """The string that opens at `start`; its text and where it ends."""
    out, i = [], start + 1
    while i < len(text) and text[i] != '"':
        if text[i] == "\\":
            if i + 1 >= len(text):
                break
            if text[i + 1] not in '"\\':
                raise PolicyError("syntax", file, line, i + 1)
            i += 1
        out.append(text[i])
        i += 1
    if i >= len(text) or text[i] != '"':
        raise PolicyError("syntax", file, line, start + 1)
    if not out:
        raise PolicyError("syntax", file, line, start + 1)
    i += 1
    if i < len(text) and text[i] not in " \t#{},":
        raise PolicyError("syntax", file, line, i + 1)
    return "".join(out), i


def cut(text, file, line):
    tokens, i = [], 0
    while i < len(text):
        char = text[i]
        if char in " \t":
            i += 1
            continue
        if char == "#":
            break
        start = i
        if char in "{},":
            kind, word, i = char, char, i + 1
        elif char == '"':
            kind = "string"
            word, i = cut_string(text, i, file, line)
        else:
            kind = "word"
            while i < len(text) and text[i] not in " \t#{},":
                if text[i] == '"':
                    raise PolicyError("syntax", file, line, i + 1)
                i += 1
            word = text[start:i]
        if len(word.encode()) > WORD_MAX:
            raise PolicyError("limit", file, line, start + 1)
        tokens.append(Token(kind, word, file, line, start + 1, i + 1))
    return tokens


def statements(file, data):
    """The words of each statement, lines joined. An error comes when its
    line is reached, so that an earlier statement is parsed before."""
    raws = data.split(b"\n")
    if raws and raws[-1] == b"":
        raws.pop()
    joined = []
    for number, raw in enumerate(raws, 1):
        if len(raw) > LINE_MAX:
            raise PolicyError("limit", file, number, 1)
        text = decode(raw, file, number)
        goes_on = text.endswith("\\")
        if goes_on:
            text = text[:-1]
        joined += cut(text, file, number)
        if goes_on:
            continue
        if joined:
            yield joined
        joined = []
    if joined:
        yield joined
