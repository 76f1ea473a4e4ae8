/* SPDX-License-Identifier: ISC */
/*
 * A calendar from whoever keeps one: it is unreadable, or tells of each
 * instant the same as its edges do, and an opening lies within the freeze
 * that the same events would be.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/calendar.h"

#define START_S 1795586531 /* 2026-11-25 */
#define YEAR_S 31622400

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Every zone is UTC but one that is not there. */
static bool
find_zone(void *ctx, const char *name, const struct zone **ret_zone)
{
	(void)ctx;
	*ret_zone = NULL;
	return strcmp(name, "Nowhere/None") != 0;
}

static void
must_be_sound(const struct calendar *calendar)
{
	int64_t at = START_S, edge;

	for (int i = 0; i < 8; i++, at = edge) {
		if (calendar_is_in_force(calendar, at, true) &&
		    !calendar_is_in_force(calendar, at, false))
			abort();
		edge =
		    calendar_next_edge(calendar, at, START_S + YEAR_S, false);
		if (edge <= at)
			abort();
		if (edge >= START_S + YEAR_S)
			return;
		if (calendar_is_in_force(calendar, at, false) ==
		        calendar_is_in_force(calendar, edge, false) &&
		    calendar_is_in_force(calendar, edge - 1, false) !=
		        calendar_is_in_force(calendar, at, false))
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct calendar_zones zones = { NULL, find_zone };
	struct calendar *calendar = NULL;

	if (calendar_read((const char *)bytes, len, NULL, &zones, &calendar) ==
	    0)
		must_be_sound(calendar);
	calendar_freep(&calendar);
	return 0;
}
