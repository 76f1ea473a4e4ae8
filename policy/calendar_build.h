/* SPDX-License-Identifier: ISC */
/* A calendar that was read. Private to policy/calendar*.c. */
#ifndef WARDER_POLICY_CALENDAR_BUILD_H
#define WARDER_POLICY_CALENDAR_BUILD_H

#include <libical/ical.h>

#include "policy/calendar.h"

/* All times are seconds of the wall of `zone` since 1970-01-01 00:00. */
struct event {
	const struct zone *zone;
	int64_t start, len;
	struct icaltimetype first; /* the same start, for libical */
	bool has_rule;
	struct icalrecurrencetype rule; /* `until` as the wall shows it */
	int64_t *more, *less;           /* RDATE, EXDATE */
	size_t more_n, less_n;
};

struct calendar {
	struct event *events;
	size_t n;
};

/* Seconds on a wall. */
int64_t wall_of(struct icaltimetype time);
struct icaltimetype time_of(int64_t wall_s);

#endif
