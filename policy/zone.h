/* SPDX-License-Identifier: ISC */
/*
 * A time zone from the bytes of one tzdata file (TZif), and the civil
 * calendar. The bytes come from the system and are checked all the same: a
 * wrong offset opens a window. Who has the bytes hands them in; no name is
 * looked up here. Pure.
 *
 * A NULL zone means UTC everywhere. Instants are seconds since 1970 UTC
 * without leap seconds; wall-clock times are seconds since 1970-01-01 00:00
 * as that wall shows it.
 */
#ifndef WARDER_POLICY_ZONE_H
#define WARDER_POLICY_ZONE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define ZONE_BYTES_MAX (256u << 10)

struct zone;

/*
 * One TZif file, version 1 to 4, read to its last byte. EFORM: malformed,
 * cut off, over ZONE_BYTES_MAX, or it counts leap seconds. ENOMEM.
 * Source: RFC 9636 (RFC 8536); the footer: POSIX, environment variable TZ.
 */
WARDER_MUST_CHECK int zone_read(
    const void *bytes, size_t len, struct zone **ret_zone);
void zone_freep(struct zone **zone);
#define auto_zone __attribute__((cleanup(zone_freep)))

/* Seconds east of UTC at that instant. */
int32_t zone_offset(const struct zone *zone, int64_t utc_s);

/* What the wall shows at that instant. */
int64_t zone_wall(const struct zone *zone, int64_t utc_s);

/*
 * How many instants show that wall time: 0, 1 or 2, ascending in ret. For 0
 * ret[0] is the instant of the jump over it. ret[1] is always set, and equals
 * ret[0] unless there are 2.
 */
int zone_instants(const struct zone *zone, int64_t wall_s, int64_t ret[2]);

/* The first instant after `after_s` at which the zone's data change, in
 * offset or only in name; INT64_MAX if none ever. */
int64_t zone_next_change(const struct zone *zone, int64_t after_s);

struct civil {
	int32_t year;
	uint8_t month, day; /* from 1 */
	uint8_t hour, minute, second;
	uint8_t weekday; /* 0 is monday */
};

/* Gregorian, also before there was such a calendar. */
void civil_of(int64_t wall_s, struct civil *ret_civil);

/* Days from 1970-01-01; month 1 to 12. A day beyond the month counts on. */
int64_t civil_days(int32_t year, unsigned int month, unsigned int day);

/* 28 to 31. */
unsigned int civil_month_days(int32_t year, unsigned int month);

/* 0 is monday. */
unsigned int civil_weekday(int64_t days);

#endif
