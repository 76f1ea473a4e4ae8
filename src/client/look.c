/* SPDX-License-Identifier: ISC */
/*
 * A desk could show another gate than the one that was asked for. The person
 * would see it; the client does not leave it at that.
 */
#include "config.h"

#include <string.h>

#include "base/text.h"
#include "client/answers.h"
#include "client/look.h"
#include "client/tell.h"
#include "client/words.h"

static bool
is_asked(const struct person_look *look, const struct person_gate *gate)
{
	if (strcmp(look->org, gate->org) != 0 &&
	    strcmp(look->org, gate->alias) != 0)
		return false;
	if (strcmp(look->pipeline, text_is_id(look->pipeline)
	                               ? gate->pipeline
	                               : gate->pipeline_name) != 0)
		return false;
	return strcmp(look->run, gate->run) == 0 &&
	       (look->job[0] == '\0' || strcmp(look->job, gate->job) == 0);
}

static enum answer
take(void *asker, const struct layout *layout, const union person_any *message)
{
	struct shown_list *gates = asker;

	if (layout == &person_ready_layout)
		return ANSWER_LAST;
	return shown_take(gates, layout, message) ? ANSWER_TAKEN : ANSWER_WRONG;
}

static int
check_shown(struct client *client, const struct found *found,
    const struct shown_list *gates)
{
	const struct shown *shown = &gates->items[0];
	const char *wanted = client->options.fingerprint;
	char fingerprint[GATE_FINGERPRINT_SIZE];

	if (gates->n != 1 || gates->is_over_full ||
	    !is_asked(&found->look, &shown->gate))
		return tell_error(client, REASON_UNREACHABLE, "",
		    _("warder's service showed another gate than the one "
		      "asked for"));
	if (found->handle[0] != '\0' &&
	    strcmp(found->handle, shown->handle) != 0)
		return tell_error(client, REASON_CHANGED, "changed",
		    _("the gate changed since that handle was printed; look "
		      "again: warder list"));
	if (wanted == NULL)
		return REASON_DONE;
	if (gate_fingerprint_parse(wanted, fingerprint) != 0)
		return tell_error(client, REASON_USAGE, "",
		    _("-e wants the whole fingerprint, 26 characters"));
	if (strcmp(fingerprint, shown->fingerprint) != 0)
		return tell_error(client, REASON_CHANGED, "changed",
		    _("the gate is not the one with that fingerprint; look "
		      "again: warder show"));
	return REASON_DONE;
}

/* A look knows no verb: 9 says that it was passed, 10 that it was not. */
static void
say_as_asked(const struct client *client, struct person_result *result)
{
	if (client->options.verb != VERB_REFUSE)
		return;
	if (result->exit == REASON_ALREADY)
		result->exit = REASON_OTHERWISE;
	else if (result->exit == REASON_OTHERWISE)
		result->exit = REASON_ALREADY;
}

int
look_gate(struct client *client, const char *text, struct link *ret_link,
    struct shown_list *ret_gates)
{
	struct person_result result = { 0 };
	struct found found;
	int exit = find_gate(client, text, &found);

	if (exit != REASON_DONE && exit != REASON_INCOMPLETE)
		return exit;
	if ((exit = (int)link_open(client->places.socket, ret_link)) != 0 ||
	    (exit = (int)link_ask(
	         ret_link, &person_look_layout, &found.look)) != 0)
		return tell_error(
		    client, (enum reason)exit, "", ret_link->wrong);
	exit = answers_take(client, ret_link, take, ret_gates, &result);
	if (exit != REASON_DONE)
		return answers_tell(client, ret_link, exit);
	if (result.origin == 0)
		return check_shown(client, &found, ret_gates);
	say_as_asked(client, &result);
	tell_outcome(client,
	    &(struct about){ .asked = &found.look,
	        .server = ret_gates->has_server ? &ret_gates->server : NULL },
	    &result);
	/* A look decides nothing: such an exit would be somebody's lie. */
	return result.exit == REASON_DONE ? REASON_UNREACHABLE : result.exit;
}
