# SPDX-License-Identifier: ISC
"""A small reader of iCalendar: what section 7 asks for, the simple forms of
recurrence. `Unreadable` makes the whole calendar unknown."""

import datetime
import re

from timing import to_instant, wall, zone_of

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ONE_DAY = datetime.timedelta(days=1)


class Unreadable(Exception):
    pass


def unfold(data):
    if data is None or len(data) > 1 << 20:
        raise Unreadable
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable
    text = re.sub(r"\r?\n[ \t]", "", text)
    return [line for line in re.split(r"\r?\n", text) if line]


def properties(line):
    found = re.fullmatch(r'([A-Za-z0-9-]+)((?:;[^:"]*(?:"[^"]*")?)*):(.*)', line, re.DOTALL)
    if not found:
        raise Unreadable
    params = {}
    for part in found[2].split(";")[1:]:
        key, _, value = part.partition("=")
        params[key.upper()] = value.strip('"')
    return found[1].upper(), params, found[3]


def events(data):
    """Each VEVENT as a list of properties."""
    stack, out, whole = [], [], 0
    for line in unfold(data):
        name, params, value = properties(line)
        if name == "BEGIN":
            if not stack and value.upper() != "VCALENDAR":
                raise Unreadable
            stack.append(value.upper())
            if stack == ["VCALENDAR", "VEVENT"]:
                out.append([])
        elif name == "END":
            if not stack or stack.pop() != value.upper():
                raise Unreadable
            whole += not stack
        elif not stack:
            raise Unreadable
        elif stack == ["VCALENDAR", "VEVENT"]:
            out[-1].append((name, params, value))
    if stack or not whole or len(out) > 10000:
        raise Unreadable
    return out


def time_value(params, text, policy_zone):
    """(wall clock, zone name, is a whole day)"""
    if params.get("VALUE", "").upper() == "DATE":
        if not re.fullmatch(r"\d{8}", text):
            raise Unreadable
        kind, zone = "%Y%m%d", policy_zone
    elif text.endswith("Z"):
        kind, zone = "%Y%m%dT%H%M%SZ", "UTC"
    else:
        kind, zone = "%Y%m%dT%H%M%S", params.get("TZID", policy_zone)
    if zone_of(zone) is None:
        raise Unreadable
    try:
        return datetime.datetime.strptime(text, kind), zone, kind == "%Y%m%d"
    except ValueError:
        raise Unreadable


def duration(text):
    found = re.fullmatch(
        r"\+?P(?:(\d+)W|(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?)", text)
    if not found:
        raise Unreadable
    week, day, hour, minute, second = (int(x or 0) for x in found.groups())
    return datetime.timedelta(
        weeks=week, days=day, hours=hour, minutes=minute, seconds=second)


def rule_of(text):
    rule = {}
    for part in text.split(";"):
        key, eq, value = part.partition("=")
        if not eq or key in rule:
            raise Unreadable
        rule[key.upper()] = value.upper()
    if set(rule) - {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"}:
        raise Unreadable
    if rule.get("FREQ") not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        raise Unreadable
    return rule


def periods(first, rule):
    """The starts that a rule makes, without COUNT and UNTIL, in order."""
    step = int(rule.get("INTERVAL", "1"))
    days = [DAYS.index(d) for d in rule["BYDAY"].split(",")] if "BYDAY" in rule else None
    n = 0
    while n < 40000:
        if rule["FREQ"] == "DAILY":
            at = first + n * step * ONE_DAY
            if days is None or at.weekday() in days:
                yield at
        elif rule["FREQ"] == "WEEKLY":
            monday = first - first.weekday() * ONE_DAY + 7 * n * step * ONE_DAY
            for day in sorted(days or [first.weekday()]):
                if monday + day * ONE_DAY >= first:
                    yield monday + day * ONE_DAY
        else:
            months = n * step * (12 if rule["FREQ"] == "YEARLY" else 1)
            year, month = divmod(first.month - 1 + months, 12)
            try:
                yield first.replace(year=first.year + year, month=month + 1)
            except ValueError:
                pass
        n += 1


def occurrences(first, zone, rule, until_now):
    if rule is None:
        yield first
        return
    count = int(rule["COUNT"]) if "COUNT" in rule else None
    until = None
    if "UNTIL" in rule:
        text = rule["UNTIL"]
        params = {"VALUE": "DATE"} if len(text) == 8 else {}
        until, until_zone, is_day = time_value(params, text, zone)
        if is_day:
            until += ONE_DAY - datetime.timedelta(seconds=1)
        if until_zone == "UTC" and not is_day:
            until = wall(to_instant(until, zone_of("UTC"), False), zone_of(zone))
    for n, at in enumerate(periods(first, rule)):
        if count is not None and n >= count:
            return
        if until is not None and at > until or at > until_now:
            return
        yield at


def spans(event, policy_zone, until_now):
    """Start and end on the wall clock, and the zone, of each occurrence."""
    one = {name: (params, value) for name, params, value in event}
    names = [name for name, _, _ in event]
    if set(names) & {"RECURRENCE-ID", "EXRULE"} or "DTSTART" not in one:
        raise Unreadable
    if one.get("STATUS", ({}, ""))[1].upper() == "CANCELLED":
        return
    first, zone, is_day = time_value(*one["DTSTART"], policy_zone)
    if "DTEND" in one:
        end, end_zone, end_day = time_value(*one["DTEND"], policy_zone)
        if (zone, is_day) != (end_zone, end_day):
            raise Unreadable
        length = end - first
    elif "DURATION" in one:
        length = duration(one["DURATION"][1])
    elif is_day:
        length = ONE_DAY
    else:
        raise Unreadable
    if length <= datetime.timedelta(0):
        raise Unreadable
    rule = rule_of(one["RRULE"][1]) if "RRULE" in one else None
    out, without = set(), set()
    for name, params, value in event:
        if name in ("EXDATE", "RDATE"):
            if params.get("VALUE", "").upper() == "PERIOD":
                raise Unreadable
            for text in value.split(","):
                at, at_zone, _ = time_value(params, text, policy_zone)
                if at_zone != zone:
                    raise Unreadable
                (out if name == "RDATE" else without).add(at)
    out |= set(occurrences(first, zone, rule, until_now))
    for at in sorted(out - without):
        yield at, at + length, zone_of(zone)


def in_force(data, now, policy_zone, is_freeze):
    """True or False; None: the calendar cannot be read."""
    if zone_of(policy_zone) is None:
        return None
    try:
        found = False
        limit = now.replace(tzinfo=None) + 3 * ONE_DAY
        for event in events(data):
            for start, end, zone in spans(event, policy_zone, limit):
                begins = to_instant(start, zone, not is_freeze)
                ends = to_instant(end, zone, is_freeze)
                found = found or begins <= now < ends
        return found
    except Unreadable:
        return None
