/* SPDX-License-Identifier: ISC */
/*
 * What waits in one organization: pages of pipelines, the runs of each, each
 * run that may hold a gate, many readings at a time. A reading that fails is
 * told with its pipeline, and the rest goes on; a list that misses something
 * is never the whole list.
 */
#ifndef WARDER_KEEPER_LISTING_H
#define WARDER_KEEPER_LISTING_H

#include "keeper/keeper.h"

/* What became of one gate. Zero: nothing, and keeper->result says why. */
enum listing_told {
	LISTING_FAILED = 0,
	LISTING_TOLD,
	LISTING_HIDDEN, /* not for whom it is told to */
	LISTING_NO_ROOM /* to be told, once, as left out */
};

/* Who is told: a person, or root's warderctl. Each call gets `ctx`. */
struct listing_ear {
	enum listing_told (*gate)(void *ctx, const struct view *view);
	/* What could not be read, and why. */
	void (*unread)(
	    void *ctx, const char *what, const struct person_result *why);
	/* At most four times a second; NULL: nobody waits for it. */
	void (*progress)(void *ctx, uint32_t done, uint32_t of,
	    const char *alias, uint32_t waiting);
	void (*pause)(void *ctx, uint32_t left_ms); /* as struct reader's */
	void *ctx;
};

/*
 * All gates of the organization that keeper->rules look at, as they are
 * found; `pipeline` ("": all) is an id or a name. False if anything could not
 * be read; it was told then.
 */
WARDER_MUST_CHECK bool listing_run(
    struct keeper *keeper, const char *pipeline, const struct listing_ear *ear);

#endif
