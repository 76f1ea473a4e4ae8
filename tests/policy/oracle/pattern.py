# SPDX-License-Identifier: ISC
"""Section 8: patterns, rewritten for Python's own matcher."""

import re

CLASSES = {
    "alpha": "A-Za-z", "digit": "0-9", "alnum": "A-Za-z0-9", "upper": "A-Z",
    "lower": "a-z", "space": " \\t\\n\\v\\f\\r",
    "punct": "!-/:-@\\[-`{-~", "xdigit": "0-9A-Fa-f",
}
ESCAPED = ".[]()|*+?{}^$\\"


class BadPattern(Exception):
    pass


class Reader:
    def __init__(self, text):
        self.text, self.at = text, 0

    def peek(self):
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self):
        char = self.peek()
        if not char:
            raise BadPattern
        self.at += 1
        return char

    def alternatives(self):
        out, size = [], 0
        while True:
            part, n = self.sequence()
            out.append(part)
            size += n
            if self.peek() != "|":
                return "(?:" + "|".join(out) + ")", size
            self.take()

    def sequence(self):
        out, size = [], 0
        while self.peek() and self.peek() not in "|)":
            atom, n = self.atom()
            if self.peek() and self.peek() in "*+?{":
                repeat, times = self.repeat()
                atom, n = "(?:" + atom + ")" + repeat, n * times
                if self.peek() and self.peek() in "*+?{":
                    raise BadPattern
            out.append(atom)
            size += n
        if not out:
            raise BadPattern
        return "".join(out), size

    def repeat(self):
        char = self.take()
        if char != "{":
            return char, 1
        found = re.compile(r"([0-9]+)(,([0-9]*))?}").match(self.text, self.at)
        if not found:
            raise BadPattern
        low = int(found[1])
        high = int(found[3]) if found[3] else low
        if low > 255 or high > 255 or high < low:
            raise BadPattern
        self.at = found.end()
        return "{" + found[0], max(high, 1)

    def atom(self):
        char = self.take()
        if char == "(":
            inner = self.alternatives()
            if self.take() != ")":
                raise BadPattern
            return inner
        if char == "[":
            return self.bracket(), 1
        if char == ".":
            return ".", 1
        if char == "\\":
            char = self.take()
            if char not in ESCAPED:
                raise BadPattern
            return re.escape(char), 1
        if char in "*+?{}]^$":
            raise BadPattern
        return re.escape(char), 1

    def bracket(self):
        out = []
        if self.peek() == "^":
            self.take()
            out.append("^")
        first = True
        while first or self.peek() != "]":
            first = False
            if self.text.startswith("[:", self.at):
                end = self.text.find(":]", self.at)
                word = self.text[self.at + 2 : end]
                if end < 0 or word not in CLASSES:
                    raise BadPattern
                out.append(CLASSES[word])
                self.at = end + 2
                continue
            low = high = self.take()
            after = self.text[self.at + 1 : self.at + 2]
            if self.peek() == "-" and after not in ("", "]"):
                self.take()
                high = self.take()
                if high < low:
                    raise BadPattern
            out.append(re.escape(low) + "-" + re.escape(high))
        self.take()
        return "[" + "".join(out) + "]"


def compile_pattern(text):
    """A function from text to bool, or None: a bad pattern."""
    reader = Reader(text)
    try:
        if len(text) > 200:
            raise BadPattern
        out, size = reader.alternatives()
        if reader.peek() or size > 4000:
            raise BadPattern
    except BadPattern:
        return None
    made = re.compile(out, re.DOTALL)
    return lambda given: made.fullmatch(given) is not None
