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

/*
 * Tells all gates of the organization that keeper->rules look at, as they are
 * found. False if anything could not be read; it was told then.
 */
WARDER_MUST_CHECK bool listing_run(
    struct keeper *keeper, const struct person_list *asked);

/* PIECE `not read`: what, and the code that says why. */
void listing_unread(
    struct keeper *keeper, const char *what, const struct person_result *why);

#endif
