/* SPDX-License-Identifier: ISC */
/*
 * Freezes or openings from an iCalendar file (RFC 5545). libical reads the
 * text and the recurrence rules; what an hour of a wall is as an instant is
 * ours, from the tzdata handed in. A file of which anything is not understood
 * is unreadable as a whole. Pure.
 */
#ifndef WARDER_POLICY_CALENDAR_H
#define WARDER_POLICY_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "policy/zone.h"

#define CALENDAR_BYTES_MAX ((size_t)1 << 20)
#define CALENDAR_EVENTS_MAX 10000

struct calendar;

/* Zones by their tzdata name; false: there is none. They outlive it. */
struct calendar_zones {
	void *ctx;
	bool (*find)(void *ctx, const char *name, const struct zone **ret_zone);
};

/*
 * `local` is the zone of floating and all-day times. EFORM: unreadable;
 * ENOMEM.
 */
WARDER_MUST_CHECK int calendar_read(const char *bytes, size_t len,
    const struct zone *local, const struct calendar_zones *zones,
    struct calendar **ret_calendar);
void calendar_freep(struct calendar **calendar);

/*
 * A freeze is never shorter than it looks, and with `as_opening` an opening
 * never longer: of times that a wall shows twice, the start of a freeze is
 * the first and its end the second.
 */
bool calendar_is_in_force(
    const struct calendar *calendar, int64_t now_s, bool as_opening);

/* Like window_next_edge(). */
int64_t calendar_next_edge(const struct calendar *calendar, int64_t after_s,
    int64_t until_s, bool as_opening);

#endif
