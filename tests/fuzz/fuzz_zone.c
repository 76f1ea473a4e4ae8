/* SPDX-License-Identifier: ISC */
/*
 * A file of the tzdata that is not what it should be: refused, or whatever it
 * says, wall and instant agree with each other there and back.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "policy/zone.h"

#define DAY_S 86400

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
must_agree(const struct zone *zone, int64_t at)
{
	int64_t wall = zone_wall(zone, at), back[2];
	int n = zone_instants(zone, wall, back);

	if (wall - at != zone_offset(zone, at) || wall - at <= -2 * DAY_S ||
	    wall - at >= 2 * DAY_S)
		abort();
	if (zone_next_change(zone, at) <= at)
		abort();
	/* More than two instants of one wall time: only the ends are told. */
	if (n < 1 || n > 2 || back[0] > at || back[1] < at)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const int64_t instants[] = { -2208988800, -1, 0, 1761440400,
		1795586531, 2147483647, 2147483648, 4102444800, 13569465600 };
	struct zone *zone = NULL;

	if (zone_read(bytes, len, &zone) == 0)
		for (size_t i = 0; i < sizeof(instants) / sizeof(instants[0]);
		     i++)
			must_agree(zone, instants[i]);
	zone_freep(&zone);
	return 0;
}
