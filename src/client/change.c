/* SPDX-License-Identifier: ISC */
/*
 * A look at a gate goes on with what it would let out. A desk could send the
 * pieces in any order; each reader of them takes only what it expects.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "client/change.h"
#include "client/tell.h"
#include "client/words.h"

static int
take_answers(struct client *client, struct link *link, struct shown_list *gates,
    struct person_result *ret_result)
{
	union person_any *message = malloc(sizeof(*message));
	const struct layout *layout = NULL;
	int exit = message == NULL ? REASON_BUG : REASON_DONE;

	while (exit == REASON_DONE) {
		if ((exit = link_wait(link, &layout, message)) != 0)
			break;
		if (layout == &person_result_layout) {
			*ret_result = message->result;
			break;
		}
		if (layout == &person_progress_layout)
			tell_progress(client, &message->progress);
		else if (layout == &person_gate_layout ||
		         !shown_take(gates, layout, message))
			exit = REASON_UNREACHABLE;
	}
	tell_progress_end();
	free(message);
	return exit;
}

int
change_ask(struct client *client, struct link *link, struct shown_list *gates)
{
	struct person_result result = { 0 };
	static const char nothing;
	int exit = (int)link_ask(link, &person_change_layout, &nothing);

	if (exit == REASON_DONE)
		exit = take_answers(client, link, gates, &result);
	if (exit == REASON_DONE && gates->is_over_full)
		exit = REASON_BUG;
	if (exit != REASON_DONE && exit < 128)
		return tell_error(client, (enum reason)exit, "",
		    link->wrong != NULL
		        ? link->wrong
		        : _("warder's service answered what it must not"));
	if (exit == REASON_DONE && result.exit != REASON_DONE &&
	    result.exit != REASON_INCOMPLETE)
		tell_result(client, NULL, &result);
	return exit != REASON_DONE ? exit : result.exit;
}

size_t
change_start(const struct shown *shown)
{
	size_t at = 0;

	while (at < shown->pieces_n && shown->pieces[at].kind != PIECE_BEFORE)
		at++;
	return at;
}

const struct person_piece *
change_was(const struct shown *shown, const char *parameter)
{
	for (size_t i = change_start(shown); i < shown->pieces_n; i++)
		if (shown->pieces[i].kind == PIECE_WAS &&
		    strcmp(shown->pieces[i].a, parameter) == 0)
			return &shown->pieces[i];
	return NULL;
}
