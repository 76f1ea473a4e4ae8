/* SPDX-License-Identifier: ISC */
/*
 * A short handle finds, it does not bind: two runs can be made to share one,
 * so two hits are an error and not a choice.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "client/answers.h"
#include "client/cache.h"
#include "client/find.h"
#include "client/link.h"
#include "client/tell.h"
#include "client/words.h"
#include "yunxiao/url.h"

static enum answer
take(void *asker, const struct layout *layout, const union person_any *message)
{
	struct listed *listed = asker;

	return shown_take(&listed->gates, layout, message) ? ANSWER_TAKEN
	                                                   : ANSWER_WRONG;
}

static int
ended_with(const struct client *client, const struct link *link,
    const struct listed *listed, int exit)
{
	if (exit != REASON_DONE)
		return answers_tell(client, link, exit);
	exit = listed->result.exit;
	if (exit != REASON_DONE && exit != REASON_INCOMPLETE)
		tell_outcome(client,
		    &(struct about){ .server = listed->gates.has_server
		                                   ? &listed->gates.server
		                                   : NULL },
		    &listed->result);
	return listed->gates.is_over_full ? REASON_INCOMPLETE : exit;
}

int
find_list(struct client *client, const char *org, const char *pipeline,
    bool mine, struct listed *ret_listed)
{
	struct person_list list = { .lang = client->lang,
		.flags = mine ? PERSON_LIST_MINE : 0 };
	struct listed listed = { 0 };
	struct link link = LINK_NONE;
	int exit;

	if (text_copy(list.org, sizeof(list.org), org) != 0 ||
	    text_copy(list.pipeline, sizeof(list.pipeline), pipeline) != 0)
		return tell_error(
		    client, REASON_USAGE, "", _("that name is too long"));
	exit = (int)link_open(client->places.socket, &link);
	if (exit == 0)
		exit = (int)link_ask(&link, &person_list_layout, &list);
	if (exit == 0)
		exit =
		    answers_take(client, &link, take, &listed, &listed.result);
	exit = ended_with(client, &link, &listed, exit);
	link_close(&link);
	/* Interrupted: what came before is not lost. */
	if (exit == REASON_DONE || exit == REASON_INCOMPLETE || exit >= 128)
		*ret_listed = listed;
	else
		shown_clear(&listed.gates);
	return exit;
}

static int
look_of(const struct client *client, const struct shown *shown,
    struct person_look *look)
{
	const struct person_gate *gate = &shown->gate;

	if (text_copy(look->org, sizeof(look->org), gate->org) != 0 ||
	    text_copy(look->pipeline, sizeof(look->pipeline), gate->pipeline) !=
	        0 ||
	    text_copy(look->run, sizeof(look->run), gate->run) != 0 ||
	    text_copy(look->job, sizeof(look->job), gate->job) != 0)
		return tell_error(client, REASON_BUG, "", _("a broken list"));
	return REASON_DONE;
}

static int
find_handle(struct client *client, const char *handle, struct found *found)
{
	struct listed listed = { 0 };
	const struct shown *hit = NULL;
	size_t n = cache_find(handle, &found->look);
	int exit;

	if (n == 0) {
		exit = find_list(client, "", "", false, &listed);
		if (exit != REASON_DONE && exit != REASON_INCOMPLETE) {
			shown_clear(&listed.gates);
			return exit;
		}
		cache_store(&listed.gates);
		for (size_t i = 0; i < listed.gates.n; i++) {
			if (strcmp(listed.gates.items[i].handle, handle) != 0)
				continue;
			hit = &listed.gates.items[i];
			n++;
		}
	}
	if (n > 1)
		exit = tell_error(client, REASON_USAGE, "ambiguous",
		    _("two gates have this handle: give ORG/PIPELINE/RUN/JOB"));
	else if (n == 0)
		exit = tell_error(client, REASON_NOT_FOUND, "no_gate",
		    _("no gate with this handle waits, or none that you may "
		      "see; a handle dies when its gate changes: warder list"));
	else
		exit = hit != NULL ? look_of(client, hit, &found->look)
		                   : REASON_DONE;
	shown_clear(&listed.gates);
	return exit;
}

/* An address: the organization, or the run, or both are still open. */
static int
find_address(struct client *client, const struct gate_text_given *given,
    struct found *found)
{
	struct listed listed = { 0 };
	const struct shown *hit = NULL;
	size_t n = 0;
	int exit = find_list(client, given->is_org_hint ? "" : given->org,
	    given->pipeline, false, &listed);

	if (exit != REASON_DONE && exit != REASON_INCOMPLETE) {
		shown_clear(&listed.gates);
		return exit;
	}
	for (size_t i = 0; i < listed.gates.n; i++) {
		struct shown *shown = &listed.gates.items[i];

		if (strcmp(shown->gate.pipeline, given->pipeline) != 0 ||
		    (given->run[0] != '\0' &&
		        strcmp(shown->gate.run, given->run) != 0))
			continue;
		hit = shown;
		n++;
	}
	if (n == 0)
		exit = tell_error(client, REASON_NOT_FOUND, "no_gate",
		    _("nothing waits there, or nothing that you may see"));
	else if (n > 1 ||
	         (given->run[0] == '\0' && client->options.verb != VERB_SHOW)) {
		tell_list(client, &listed.gates);
		cache_store(&listed.gates);
		exit = tell_error(client, REASON_USAGE, "ambiguous",
		    _("the address names no single gate: type its handle"));
	} else {
		exit = look_of(client, hit, &found->look);
	}
	shown_clear(&listed.gates);
	return exit;
}

static int
copy_path(const struct client *client, const struct gate_text_given *given,
    struct person_look *look)
{
	if (text_copy(look->org, sizeof(look->org), given->org) != 0 ||
	    text_copy(
	        look->pipeline, sizeof(look->pipeline), given->pipeline) != 0 ||
	    text_copy(look->run, sizeof(look->run), given->run) != 0 ||
	    text_copy(look->job, sizeof(look->job), given->job) != 0)
		return tell_error(
		    client, REASON_USAGE, "", gate_form_text(GATE_FORM_LONG));
	return REASON_DONE;
}

int
find_gate(struct client *client, const char *text, struct found *ret_found)
{
	struct gate_text_given given;
	enum gate_form_error wrong = gate_text_parse(text, &given);
	int exit = REASON_USAGE;

	memset(ret_found, 0, sizeof(*ret_found));
	if (wrong != GATE_FORM_OK)
		return tell_error(
		    client, REASON_USAGE, "", _(gate_form_text(wrong)));
	switch (given.form) {
	case GATE_FORM_HANDLE:
		memcpy(ret_found->handle, given.handle, sizeof(given.handle));
		exit = find_handle(client, given.handle, ret_found);
		break;
	case GATE_FORM_PATH:
		exit = copy_path(client, &given, &ret_found->look);
		break;
	case GATE_FORM_ADDRESS:
		exit = given.org[0] != '\0' && !given.is_org_hint &&
		               given.run[0] != '\0'
		           ? copy_path(client, &given, &ret_found->look)
		           : find_address(client, &given, ret_found);
		break;
	}
	ret_found->look.lang = client->lang;
	return exit;
}
