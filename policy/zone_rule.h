/* SPDX-License-Identifier: ISC */
/*
 * What holds after the last transition of a TZif file: its footer, a TZ
 * string such as `CET-1CEST,M3.5.0,M10.5.0/3`. Private to policy/. Pure.
 */
#ifndef WARDER_POLICY_ZONE_RULE_H
#define WARDER_POLICY_ZONE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* One day of a year, and the second of it on the wall until then. */
struct zone_day {
	char kind;           /* M, J (no 29 February) or 0 */
	uint16_t day;        /* of the year: J from 1, 0 from 0 */
	uint8_t month, week; /* M: from 1; week 5 is the last */
	uint8_t weekday;     /* M: 0 is sunday */
	int32_t at_s;        /* may lie on another day */
};

struct zone_rule {
	bool is_known;                /* false: no footer, or an empty one */
	bool is_summer;               /* there are two offsets */
	int32_t standard_s, summer_s; /* east of UTC */
	struct zone_day start, end;   /* of summer */
};

/* EFORM. An empty text is a rule that is not known. */
WARDER_MUST_CHECK int zone_rule_parse(
    const char *text, size_t len, struct zone_rule *ret_rule);

int32_t zone_rule_offset(const struct zone_rule *rule, int64_t utc_s);

/* The next change after that instant; INT64_MAX: none. */
int64_t zone_rule_next(const struct zone_rule *rule, int64_t after_s);

#endif
