/* SPDX-License-Identifier: ISC */
/* One loop for every question; a message that no asker knows ends it. */
#include "config.h"

#include <stdlib.h>

#include "client/answers.h"
#include "client/tell.h"
#include "client/words.h"

int
answers_take(struct client *client, struct link *link, answer_take *take,
    void *asker, struct person_result *ret_result)
{
	union person_any *message = malloc(sizeof(*message));
	const struct layout *layout = NULL;
	enum answer answer = ANSWER_TAKEN;
	int exit = message == NULL ? REASON_BUG : REASON_DONE;

	while (exit == REASON_DONE && answer == ANSWER_TAKEN) {
		if ((exit = link_wait(link, &layout, message)) != 0)
			break;
		if (layout == &person_result_layout) {
			*ret_result = message->result;
			break;
		}
		if (client != NULL && layout == &person_progress_layout)
			tell_progress(client, &message->progress);
		else
			answer = take(asker, layout, message);
	}
	if (client != NULL)
		tell_progress_end();
	free(message);
	return answer == ANSWER_WRONG ? REASON_UNREACHABLE : exit;
}

int
answers_tell(const struct client *client, const struct link *link, int exit)
{
	if (exit >= 128)
		return exit;
	return tell_error(client, (enum reason)exit, "",
	    link->wrong != NULL
	        ? link->wrong
	        : _("warder's service answered what it must not"));
}
