# SPDX-License-Identifier: ISC
"""Does a target name this gate? True, False or None: unknown."""

from people import any_of
from text import is_refused


def glob_fits(glob, text):
    """`*` any run, `?` one character, neither a slash."""
    if not glob:
        return not text
    if glob[0] == "*":
        return glob_fits(glob[1:], text) or (
            bool(text) and text[0] != "/" and glob_fits(glob, text[1:]))
    if not text:
        return False
    if glob[0] == "?":
        return text[0] != "/" and glob_fits(glob[1:], text[1:])
    return glob[0] == text[0] and glob_fits(glob[1:], text[1:])


def part_fits(part, name):
    """An empty name is one that the courier did not get."""
    if part == "*":
        return True
    if not name or "/" in name or any(is_refused(c) or c in "\t\n" for c in name):
        return None
    return glob_fits(part, name)


class Gate:
    def __init__(self, facts, labels):
        request, gate = facts["request"], facts["gate"]
        self.org, self.id = request["org"], request["pipeline"]
        self.names = (gate["pipeline"], gate["stage"], gate["job"])
        self.labels = labels
        self.handle = gate["handle"]

    def selector(self, parts):
        org, pipeline, stage, job = parts
        answers = [part_fits(org, self.org), part_fits(stage, self.names[1]),
                   part_fits(job, self.names[2])]
        if isinstance(pipeline, tuple):
            answers.append(None if self.id is None else int(self.id) == pipeline[1])
        else:
            answers.append(part_fits(pipeline, self.names[0]))
        if False in answers:
            return False
        return None if None in answers else True

    def fits(self, targets):
        return any_of(self.selector(parts) for parts in flat(targets, self.labels))


def flat(targets, labels):
    """The selectors that a list of targets stands for."""
    out = []
    for target in targets:
        if target.kind == "selector":
            out.append(target.value)
        else:
            out += labels.get(target.value, [])
    return out


def labels_of(policy):
    labels = {}
    for st in policy.of("label"):
        labels.setdefault(st.name.value, [s.value for s in st.selectors])
    return labels
