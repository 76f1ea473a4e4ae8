/* SPDX-License-Identifier: ISC */
/*
 * An explanation as the service told it: the verdict with its lines and
 * needs, and what would have to change. Foreign text, not yet cleaned.
 */
#ifndef WARDER_CLIENT_WAYS_H
#define WARDER_CLIENT_WAYS_H

#include "client/client.h"
#include "client/shown.h"

struct ways {
	struct shown_list lines; /* RULEs and NEEDs, of one nameless gate */
	struct person_explained verdict;
	struct person_way *items;
	size_t n;
	bool has_verdict;
};

/* One answer; false: it must not come, or not there. */
bool ways_take(struct ways *ways, const struct layout *layout,
    const union person_any *message);
void ways_clear(struct ways *ways);

/* The RULEs and NEEDs; NULL if there are none. */
const struct shown *ways_lines(const struct ways *ways);

/* tell_ways.c, json_ways.c: for a person, for a program. */
void tell_ways(const struct client *client, const struct shown *gate,
    const struct ways *ways);
void json_ways(const struct shown *gate, const struct ways *ways);

#endif
