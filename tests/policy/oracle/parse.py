# SPDX-License-Identifier: ISC
"""The files of a policy become a list of statements."""

import fnmatch

import lines
import values
from lines import At, Cursor
from text import PolicyError, statements

LIMITS = {"org": 256, "window": 256, "calendar": 64, "break-glass": 64,
          "delegate": 4096}
OPENING = ("version", "timezone")
LIMIT_STATEMENTS = 200000
PLAIN = {
    "label": lines.label, "window": lines.window, "calendar": lines.calendar,
    "permit": lines.permit, "require": lines.require, "deny": lines.deny,
    "delegate": lines.delegate, "org": lines.org, "break-glass": lines.glass,
}
BLOCKS = {"org": lines.org_line, "break-glass": lines.glass_line}
LACKS = {"org": ("key", "mirror"),
         "break-glass": ("to", "lifts", "review", "at-most")}


class Policy:
    def __init__(self):
        self.zone = None
        self.statements, self.files, self.includes = [], ["policy"], []
        self.calendars = {}

    def of(self, kind):
        return [s for s in self.statements if s.kind == kind]

    def order(self, at):
        """Reading order: file, line, column."""
        return (self.files.index(at.file), at.line, at.col)


def label_line(cur, st):
    st.selectors += cur.many(cur.selector)


def close_block(st, token):
    if st.kind == "label" and not st.selectors:
        raise PolicyError("syntax", token.file, token.line, token.col)
    if st.kind not in LACKS:
        return
    there = [line.kind for line in st.settings]
    for setting in LACKS[st.kind]:
        if setting not in there:
            raise PolicyError("syntax", token.file, token.line, token.col)


def statement(policy, cur):
    """One statement; a block is returned open."""
    token = cur.keyword(*PLAIN)
    st = At(token, kind=token.text)
    st.words = [(t.kind, t.text) for t in cur.tokens]
    st.brace = None
    if len(policy.statements) >= LIMIT_STATEMENTS:
        cur.fail("limit")
    if len(policy.of(st.kind)) >= LIMITS.get(st.kind, LIMIT_STATEMENTS):
        raise PolicyError("limit", token.file, token.line, token.col)
    PLAIN[st.kind](cur, st)
    if st.kind in BLOCKS or (st.kind == "label" and not st.selectors):
        st.brace = cur.take("{")
    cur.end()
    policy.statements.append(st)
    return st


def in_block(st, cur):
    """True: this line closed it."""
    if cur.peek().kind == "}":
        token = cur.take("}")
        cur.end()
        close_block(st, token)
        return True
    BLOCKS.get(st.kind, label_line)(cur, st)
    cur.end()
    return False


def read_file(policy, file, data, is_main):
    block, begun = None, 0
    for tokens in statements(file, data):
        cur = Cursor(tokens)
        if block is not None:
            if in_block(block, cur):
                block = None
        elif is_main and begun < 2 and not cur.is_word(OPENING[begun]):
            raise PolicyError("syntax", file, 1, 1)
        elif is_main and begun == 0:
            cur.keyword("version")
            cur.keyword("1")
            cur.end()
        elif is_main and begun == 1:
            cur.keyword("timezone")
            policy.zone = cur.value(values.zone)
            cur.end()
        elif cur.is_word("include"):
            token = cur.take("word")
            if not is_main:
                raise PolicyError("include", file, token.line, token.col)
            policy.includes.append(cur.value(
                lambda t: values.path(t, True), kinds=("word", "string")))
            cur.end()
        else:
            block = statement(policy, cur)
            block = block if block.brace is not None else None
        begun += 1
    if block is not None:
        at = block.brace
        raise PolicyError("syntax", file, at.line, at.col)
    if is_main and begun < 2:
        raise PolicyError("syntax", file, 1, 1)


def included(files, path):
    """The files that an include finds, in byte order."""
    if "*" not in path:
        return [path]
    folder, _, last = path.rpartition("/")
    found = []
    for name in files:
        there, _, base = name.rpartition("/")
        if there != folder or base.startswith(".") or name == "policy":
            continue
        if fnmatch.fnmatchcase(base, last.replace("[", "[[]").replace("?", "[?]")):
            found.append(name)
    return sorted(found, key=lambda n: n.encode())


def parse(main, files):
    """`main`: bytes. `files`: path to bytes, None: cannot be read."""
    policy = Policy()
    policy.twice = []
    read_file(policy, "policy", main, True)
    for include in policy.includes:
        for path in included(files, include.value):
            if path in policy.files:
                policy.twice.append(include)
                continue
            if files.get(path) is None:
                raise PolicyError(
                    "include", include.file, include.line, include.col)
            policy.files.append(path)
            read_file(policy, path, files[path], False)
    for st in policy.of("calendar"):
        policy.calendars[st.path.value] = files.get(st.path.value)
    return policy
