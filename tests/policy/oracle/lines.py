# SPDX-License-Identifier: ISC
"""Section 2: one statement's words become its parts, left to right."""

import pattern
import values
from text import PolicyError

VERBS = ("pass", "refuse", "view")
PARTS = ("trigger", "commit-author")
KINDS = ("manual", "schedule", "push", "pipeline", "webhook")
LIFTS = ("outside", "during", "trigger", "quorum", "newest", "age", "branch")
IN_GLASS = ("mfa", "reason", "ticket", "tty", "source")


class At:
    """A place in the text, with whatever stands there."""

    def __init__(self, token, **parts):
        self.file, self.line, self.col = token.file, token.line, token.col
        self.word = token.text
        self.__dict__.update(parts)


class Cursor:
    def __init__(self, tokens):
        self.tokens, self.at = tokens, 0

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def is_word(self, *words):
        token = self.peek()
        return token is not None and token.kind == "word" and token.text in words

    def fail(self, code="syntax"):
        token = self.peek()
        if token is not None:
            raise PolicyError(code, token.file, token.line, token.col)
        last = self.tokens[-1]
        raise PolicyError("syntax", last.file, last.line, last.end)

    def take(self, *kinds):
        token = self.peek()
        if token is None or token.kind not in kinds:
            self.fail()
        self.at += 1
        return token

    def keyword(self, *words):
        if not self.is_word(*words):
            self.fail()
        return self.take("word")

    def value(self, form, code="bad_value", kinds=("word",)):
        """The next word's value, by the function of its class."""
        token = self.peek()
        if token is not None and token.kind == "string" and kinds == ("word",):
            self.fail("bad_value")
        token = self.take(*kinds)
        found = (
            form(token.text, token.kind == "string")
            if form in (values.person, values.user)
            else form(token.text)
        )
        if found is None:
            raise PolicyError(code, token.file, token.line, token.col)
        return At(token, value=found)

    def end(self):
        if self.peek() is not None:
            self.fail()

    # -- parts that several statements share --

    def name(self):
        return self.value(values.name)

    def person(self):
        return self.value(values.person, kinds=("word", "string"))

    def user(self):
        return self.value(values.user, kinds=("word", "string"))

    def who(self):
        if self.is_word(*values.ROLES):
            token = self.take("word")
            return At(token, value=("role", token.text))
        return self.person()

    def many(self, one, *stops):
        """One or more, up to a stop word or the end."""
        found = [one()]
        while self.peek() is not None and not self.is_word(*stops):
            if self.peek().kind not in ("word", "string"):
                break
            found.append(one())
        return found

    def target(self):
        token = self.take("word", "string")
        if "/" in token.text:
            found = values.selector(token.text)
            kind = "selector"
        else:
            found = values.name(token.text, token.kind == "string")
            kind = "label"
        if found is None:
            raise PolicyError("bad_value", token.file, token.line, token.col)
        return At(token, kind=kind, value=found)

    def selector(self):
        found = self.value(values.selector, kinds=("word", "string"))
        found.kind = "selector"
        return found

    def on(self, *stops):
        self.keyword("on")
        return self.many(self.target, *stops)

    def because(self):
        if not self.is_word("because"):
            return None
        self.take("word")
        return self.take("string").text

    def commas(self, one):
        found = [one()]
        while self.peek() is not None and self.peek().kind == ",":
            self.take(",")
            found.append(one())
        return found


def condition(cur, allowed=None):
    words = ("mfa", "reason", "ticket", "newest", "age", "tty", "source",
             "branch", "quorum")
    begin = cur.at
    token = cur.keyword(*(allowed or words))
    kind = token.text
    cond = At(token, kind=kind)
    if kind == "mfa":
        cond.level = cur.value(lambda t: values.whole(t, 1, 4)).value
        cond.fresh = None
        if cur.is_word("fresh"):
            cur.take("word")
            cond.fresh = cur.value(values.span).value
    elif kind in ("reason", "ticket"):
        found = cur.value(pattern.compile_pattern, "bad_pattern", ("string",))
        cond.fits, cond.pattern = found.value, found.word
    elif kind == "age":
        cond.span = cur.value(values.span).value
    elif kind == "source":
        cond.nets = cur.many(lambda: cur.value(values.net), "on")
    elif kind == "branch":
        cond.globs = cur.many(
            lambda: cur.value(values.glob, kinds=("word", "string")), "on")
    elif kind == "quorum":
        quorum(cur, cond)
    cond.words = tuple(t.text for t in cur.tokens[begin:cur.at])
    return cond


def quorum(cur, cond):
    def seats():
        count = cur.value(lambda t: values.whole(t, 1, 16))
        if cur.is_word(*values.ROLES):
            token = cur.take("word")
            of = At(token, value=("role", token.text))
        else:
            of = cur.value(values.group)
        of.count = count.value
        cond.count += of.count
        if cond.count > 16:
            raise PolicyError("limit", count.file, count.line, count.col)
        return of

    cond.count = 0
    cond.seats = [seats()]
    while cur.is_word("+"):
        cur.take("word")
        cond.seats.append(seats())
    cond.distinct = cur.is_word("distinct")
    if cond.distinct:
        cur.take("word")
        cur.keyword("hosts")


def permit(cur, st):
    st.verbs = cur.commas(lambda: At(cur.keyword(*VERBS)))
    st.on = cur.on("to")
    cur.keyword("to")
    st.who = cur.many(cur.who)


def require(cur, st):
    st.conds = cur.commas(lambda: condition(cur))
    st.on = cur.on()


def deny(cur, st):
    st.what = cur.keyword("self", "outside", "during", "trigger", "user").text
    if st.what == "self":
        st.list = cur.many(lambda: At(cur.keyword(*PARTS)), "on")
    elif st.what == "trigger":
        st.list = cur.many(lambda: At(cur.keyword(*KINDS)), "on")
    elif st.what == "user":
        st.list = cur.many(cur.who, "on")
    else:
        st.name = cur.name()
    st.on = cur.on("because")
    st.because = cur.because()


def delegate(cur, st):
    st.giver = cur.user()
    cur.keyword("to")
    st.taker = cur.user()
    st.on = cur.on("from")
    cur.keyword("from")
    st.first = cur.value(values.date).value
    cur.keyword("through")
    token = cur.peek()
    st.last = cur.value(values.date).value
    if not 0 <= (st.last - st.first).days < 92:
        raise PolicyError("bad_value", token.file, token.line, token.col)
    st.because = cur.because()


def window(cur, st):
    def hours():
        days = [cur.value(values.days)]
        while cur.peek() is not None and values.days(cur.peek().text):
            days.append(cur.value(values.days))
        times = [cur.value(values.times)]
        while cur.peek() is not None and cur.peek().text[0].isdigit():
            times.append(cur.value(values.times))
        return days, times

    st.name = cur.name()
    st.hours = cur.commas(hours)
    st.zone = None
    if cur.is_word("in"):
        cur.take("word")
        st.zone = cur.value(values.zone)


def calendar(cur, st):
    st.name = cur.name()
    st.path = cur.value(values.path, kinds=("word", "string"))


def label(cur, st):
    """Its selectors; those of a block are added by the lines that follow."""
    st.name = cur.name()
    st.selectors = []
    if cur.peek() is None or cur.peek().kind != "{":
        st.selectors = cur.many(cur.selector)


def org(cur, st):
    st.alias = cur.value(values.alias)
    cur.keyword("id")
    st.id = cur.value(values.orgid)
    st.settings, st.roles, st.accounts, st.robots = [], [], [], []


def org_line(cur, st):
    token = cur.peek()
    first = token.text if token.kind == "word" else ""
    line = At(token, kind=first)
    if token.kind in ("word", "string") and first not in (
            "key", "mirror", "account", "robot") + values.ROLES:
        cur.fail("bad_role")
    cur.take("word")
    if first == "key":
        line.name = cur.name().value
        st.settings.append(line)
    elif first == "mirror":
        cur.keyword("yunxiao")
        line.strict = cur.keyword("strict", "advisory").text == "strict"
        st.settings.append(line)
    elif first == "account":
        account(cur, line)
        st.accounts.append(line)
    elif first == "robot":
        line.list = cur.many(lambda: robot(cur))
        st.robots.append(line)
    else:
        line.list = cur.many(cur.person)
        st.roles.append(line)


def account(cur, line):
    def pair(text):
        user, _, number = text.rpartition("=")
        user, number = values.user(user), values.digits(number)
        return None if user is None or number is None else (user, number)

    found = cur.value(pair)
    line.user, line.id = found.value
    line.place = found
    line.authors = []
    while cur.peek() is not None:
        line.authors.append(
            cur.value(values.author, kinds=("word", "string")))


def robot(cur):
    token = cur.peek()
    if token is not None and token.kind == "word" and values.is_number(token.text):
        found = cur.value(values.digits)
        found.value = ("account", found.value)
        return found
    return cur.person()


def glass(cur, st):
    st.name = cur.name()
    st.on = cur.on()
    st.settings, st.requires = [], []


def glass_line(cur, st):
    token = cur.keyword("to", "require", "lifts", "review", "at-most")
    line = At(token, kind=token.text)
    if line.kind == "to":
        line.who = cur.many(cur.who)
    elif line.kind == "require":
        line.conds = cur.commas(lambda: condition(cur, IN_GLASS))
        st.requires.append(line)
        return
    elif line.kind == "lifts":
        line.list = cur.many(lambda: At(cur.keyword(*LIFTS)))
    elif line.kind == "review":
        cur.keyword("by")
        line.who = cur.many(cur.who, "within")
        cur.keyword("within")
        line.span = cur.value(values.span).value
    else:
        line.count = cur.value(lambda t: values.whole(t, 1, 1000)).value
        cur.keyword("per")
        line.span = cur.value(values.span).value
    st.settings.append(line)
