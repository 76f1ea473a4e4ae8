/* SPDX-License-Identifier: ISC */
/*
 * Times of the week on the wall clock of a zone. The start belongs to them,
 * the end does not; an end before the start runs over midnight and belongs to
 * the day on which it starts. Pure.
 */
#ifndef WARDER_POLICY_WINDOW_H
#define WARDER_POLICY_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/zone.h"

struct hours {
	uint8_t days;      /* bit 0 is monday */
	uint16_t from, to; /* minutes of the day, 0 to 1440; they differ */
};

/* An hour that the clock skips never comes; one shown twice counts twice. */
bool window_is_in_force(const struct hours *hours, size_t n,
    const struct zone *zone, int64_t now_s);

/*
 * The first instant behind `after_s`, up to `until_s`, at which that may
 * change; INT64_MAX: none.
 */
int64_t window_next_edge(const struct hours *hours, size_t n,
    const struct zone *zone, int64_t after_s, int64_t until_s);

#endif
