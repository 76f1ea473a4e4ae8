/* SPDX-License-Identifier: ISC */
/*
 * A server that shows a page twice, or one without end, adds nothing the
 * second time, and a page that adds nothing is the last.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "keeper/runs.h"

void
runs_begin(struct runs *runs)
{
	runs->n = runs->first;
	runs->is_short = false;
	/* Later pages are of older runs: they leave it as it is. */
	if (runs->first == 0)
		runs->newest[0] = '\0';
	memset(&runs->end, 0, sizeof(runs->end));
}

static bool
has(const struct runs *runs, const char *id)
{
	for (size_t i = 0; i < runs->n; i++)
		if (strcmp(runs->ids[i], id) == 0)
			return true;
	return false;
}

static bool
is_under_way(const char *status)
{
	return strcmp(status, "RUNNING") == 0 || strcmp(status, "WAITING") == 0;
}

static void
take_run(struct runs *runs, const struct item_run *run)
{
	if (!text_is_id(run->run))
		return;
	if (id_is_greater(run->run, runs->newest))
		(void)snprintf(
		    runs->newest, sizeof(runs->newest), "%.19s", run->run);
	if (!is_under_way(run->status) || has(runs, run->run))
		return;
	if (runs->n == RUNS_MAX) {
		runs->is_short = true;
		return;
	}
	(void)snprintf(
	    runs->ids[runs->n++], ID_NUMBER_MAX + 1, "%.19s", run->run);
}

void
runs_take(struct runs *runs, const struct item *item)
{
	if (item->kind == ITEM_PAGE_END)
		runs->end = item->page_end;
	else if (item->kind == ITEM_RUN)
		take_run(runs, &item->run);
}

bool
runs_reads_on(struct runs *runs)
{
	bool has_older = false;

	for (size_t i = runs->first; i < runs->n; i++)
		has_older |= strcmp(runs->ids[i], runs->newest) != 0;
	if (runs->end.complete || runs->is_short || !has_older)
		return false;
	runs->first = runs->n;
	return true;
}
