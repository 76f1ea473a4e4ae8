/* SPDX-License-Identifier: ISC */
/*
 * A look at a gate goes on with what it would let out. A desk could send the
 * pieces in any order; each reader of them takes only what it expects.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "client/answers.h"
#include "client/change.h"
#include "client/tell.h"
#include "client/words.h"

static enum answer
take(void *asker, const struct layout *layout, const union person_any *message)
{
	struct shown_list *gates = asker;

	if (layout == &person_gate_layout ||
	    !shown_take(gates, layout, message))
		return ANSWER_WRONG;
	return ANSWER_TAKEN;
}

int
change_ask(struct client *client, struct link *link, struct shown_list *gates)
{
	struct person_result result = { 0 };
	static const char nothing;
	int exit = (int)link_ask(link, &person_change_layout, &nothing);

	if (exit == REASON_DONE)
		exit = answers_take(client, link, take, gates, &result);
	if (exit == REASON_DONE && gates->is_over_full)
		exit = REASON_BUG;
	if (exit != REASON_DONE)
		return answers_tell(client, link, exit);
	if (result.exit != REASON_DONE && result.exit != REASON_INCOMPLETE)
		tell_result(client, NULL, &result);
	return result.exit;
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
