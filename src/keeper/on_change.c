/* SPDX-License-Identifier: ISC */
/*
 * CHANGE: after a LOOK, what the run would bring. It costs the server some
 * requests more, so it is read where somebody wants to see it, or where a
 * line of the policy asks who wrote it.
 */
#include "config.h"

#include "base/clock.h"
#include "keeper/change.h"
#include "keeper/keeper.h"
#include "keeper/tell.h"

#define CHANGE_MS 30000

int
keeper_read_change(struct keeper *keeper)
{
	struct reader reader =
	    keeper_reader(keeper, clock_boot_ms() + CHANGE_MS);

	if (keeper->view.change != NULL)
		return GO_ON;
	return change_read(&keeper->view, &reader, "");
}

int
on_change(void *session, struct frame *frame)
{
	struct keeper *keeper = session;
	const struct change *change;
	char nothing;
	int r;

	if ((r = layout_take(frame, &person_change_layout, &nothing)) != 0)
		return r;
	keeper->state = PERSON_BUSY;
	if (keeper_read_change(keeper) != GO_ON)
		return ENDED;
	tell_change(keeper);
	change = keeper->view.change;
	for (size_t i = 0; i < change->sources_n; i++)
		if (change_is_incomplete(&change->sources[i]))
			return keeper_end(keeper, REASON_INCOMPLETE, "unread");
	return keeper_end(keeper, REASON_DONE, "");
}
