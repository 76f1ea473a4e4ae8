# SPDX-License-Identifier: ISC
"""The value classes of section 2. Each function gives the value, or None for
a word that is not of the form."""

import datetime
import ipaddress
import re

ROLES = ("owner", "admin", "member", "viewer")
RESERVED = set(ROLES) | set(
    "on to in by per from through within because".split()
)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def alias(text):
    return text if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", text) else None


def orgid(text):
    return text if re.fullmatch(r"[A-Za-z0-9]{1,64}", text) else None


def digits(text):
    return text if re.fullmatch(r"[0-9]{1,20}", text) else None


def name(text, is_string=False):
    if not 1 <= len(text.encode()) <= 64:
        return None
    if any(c in "/:,=@*?!;$'()<>&|" for c in text):
        return None
    return None if text in RESERVED and not is_string else text


def unix_name(text):
    if not 1 <= len(text.encode()) <= 256 or text[0] in "@-+%!":
        return None
    return None if any(c in "/:,=;*?!()<>&|'" for c in text) else text


def whole(text, low, high):
    if not re.fullmatch(r"0|[1-9][0-9]{0,19}", text):
        return None
    return int(text) if low <= int(text) <= high else None


def uid(text):
    value = whole(text, 0, 4294967294)
    return None if value == 65534 else value


def is_number(text):
    return re.fullmatch(r"[0-9]+", text) is not None


def group(text):
    """("group", NAME) for `@x` and `group:x`."""
    if text.startswith("group:"):
        found = unix_name(text[6:])
    elif text.startswith("@"):
        found = unix_name(text[1:])
        if found is not None and is_number(found):
            found = None
    else:
        found = None
    return None if found is None else ("group", found)


def user(text, is_string=False):
    """A string is the name itself: no prefix, no keyword, maybe digits."""
    if is_string:
        found = unix_name(text)
        return None if found is None else ("user", found)
    if text.startswith("user:"):
        found = unix_name(text[5:])
        return None if found is None else ("user", found)
    if text.startswith("uid:"):
        found = uid(text[4:])
        return None if found is None else ("uid", found)
    found = unix_name(text)
    if found is None or is_number(found) or found in RESERVED:
        return None
    return ("user", found)


def person(text, is_string=False):
    return user(text, True) if is_string else group(text) or user(text)


def span(text):
    found = re.fullmatch(r"([1-9][0-9]{0,5})([smhd])", text)
    if not found:
        return None
    seconds = int(found[1]) * UNITS[found[2]]
    return seconds if seconds <= 366 * 86400 else None


def date(text):
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    if not found:
        return None
    try:
        return datetime.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def days(text):
    """A set of weekdays, Monday is 0."""
    if text in DAYS:
        return {DAYS.index(text)}
    first, dots, last = text.partition("..")
    if not dots or first not in DAYS or last not in DAYS:
        return None
    day, found = DAYS.index(first), set()
    while True:
        found.add(day)
        if day == DAYS.index(last):
            return found
        day = (day + 1) % 7


def times(text):
    """Start and end in seconds of the day."""
    found = re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", text, re.ASCII)
    if not found:
        return None
    numbers = [int(x) for x in found.groups()]
    ends = []
    for hour, minute in (numbers[:2], numbers[2:]):
        if minute > 59 or hour > 24 or (hour == 24 and minute):
            return None
        ends.append(hour * 3600 + minute * 60)
    return None if ends[0] == ends[1] else tuple(ends)


def zone(text):
    if text == "UTC":
        return text
    if "/" not in text or text.startswith(("posix/", "right/")):
        return None
    if not re.fullmatch(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)+", text):
        return None
    return text


def net(text):
    if text == "local":
        return text
    try:
        return ipaddress.ip_network(text, strict=True)
    except ValueError:
        return None


def path(text, with_star=False):
    parts = text.split("/")
    if any(p in ("", ".", "..") for p in parts):
        return None
    if any("*" in p for p in parts[:-1]) or ("*" in text and not with_star):
        return None
    return text


def author(text):
    found = re.fullmatch(r"[^@\s]+@[^@\s]+", text)
    return text if found else None


def glob(text):
    return None if "**" in text else text


def selector(text):
    """Four parts: glob texts, the second also ("id", number)."""
    parts = text.split("/")
    if len(parts) != 4 or any(not p or "**" in p for p in parts):
        return None
    for i, part in enumerate(parts):
        if not part.startswith("id:"):
            continue
        if i != 1 or not re.fullmatch(r"[1-9][0-9]{0,19}", part[3:]):
            return None
        parts[i] = ("id", int(part[3:]))
    return tuple(parts)
