# SPDX-License-Identifier: ISC
"""Section 7: instants, wall clocks, windows."""

import datetime
import zoneinfo

UTC = datetime.timezone.utc
DAY = 86400


def zone_of(name):
    """None: not in tzdata."""
    if name == "UTC":
        return UTC
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def instant(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def wall(now, zone):
    return now.astimezone(zone).replace(tzinfo=None, fold=0)


def window_in_force(st, now, policy_zone):
    zone = zone_of(st.zone.value if st.zone else policy_zone)
    if zone is None:
        return None
    at = wall(now, zone)
    second = at.hour * 3600 + at.minute * 60 + at.second
    today = at.weekday()
    for days, times in st.hours:
        named = set().union(*(d.value for d in days))
        for start, end in (t.value for t in times):
            if start < end:
                if today in named and start <= second < end:
                    return True
            else:
                if today in named and second >= start:
                    return True
                if (today - 1) % 7 in named and second < end:
                    return True
    return False


def to_instant(at, zone, later):
    """A wall-clock time as an instant. Shown twice: the first or the later;
    skipped: the instant of the jump."""
    first = at.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = at.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first == second:
        return first
    if first < second:
        return second if later else first
    # skipped: look for the jump between the two readings
    low, high = second, first
    before = low.astimezone(zone).utcoffset()
    while high - low > datetime.timedelta(seconds=1):
        middle = low + datetime.timedelta(
            seconds=int((high - low).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
