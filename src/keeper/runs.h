/* SPDX-License-Identifier: ISC */
/*
 * The runs of one pipeline that are not over by their own words, gathered
 * page by page from the newest. Pure; the server is believed about nothing
 * but what it shows.
 */
#ifndef WARDER_KEEPER_RUNS_H
#define WARDER_KEEPER_RUNS_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/courier.h"
#include "yunxiao/ids.h"

#define RUNS_MAX 16 /* of one pipeline that may hold a gate */

/* Starts zeroed. */
struct runs {
	char ids[RUNS_MAX][ID_NUMBER_MAX + 1];
	size_t n;
	char newest[ID_NUMBER_MAX + 1]; /* of all, over or not; "" none */
	bool is_short;                  /* there were more than RUNS_MAX */
	size_t first;             /* runs before the page that is being read */
	struct item_page_end end; /* of the page that was read last */
};

/* A page begins, or begins anew: what a failed try of it brought is void. */
void runs_begin(struct runs *runs);

/* One item of the page. */
void runs_take(struct runs *runs, const struct item *item);

/*
 * Whether an older page is worth reading: only where runs were left under way
 * behind newer ones. Elsewhere a page more for each pipeline would be read for
 * nothing. True: what it brings is added to what is there.
 */
bool runs_reads_on(struct runs *runs);

#endif
