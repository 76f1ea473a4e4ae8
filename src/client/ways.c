/* SPDX-License-Identifier: ISC */
/*
 * warder explain: a look at the gate goes on with what the policy would say,
 * and what would change that. A desk could leave out the verdict, or send
 * ways for a permit; neither is printed as an answer.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "client/answers.h"
#include "client/at.h"
#include "client/link.h"
#include "client/look.h"
#include "client/tell.h"
#include "client/ways.h"
#include "client/words.h"

void
ways_clear(struct ways *ways)
{
	shown_clear(&ways->lines);
	free(ways->items);
	memset(ways, 0, sizeof(*ways));
}

const struct shown *
ways_lines(const struct ways *ways)
{
	return ways->lines.n > 0 ? &ways->lines.items[0] : NULL;
}

static bool
add_way(struct ways *ways, const struct person_way *way)
{
	struct person_way *more =
	    realloc(ways->items, (ways->n + 1) * sizeof(*more));

	if (more == NULL) {
		ways->lines.is_over_full = true;
		return true;
	}
	ways->items = more;
	more[ways->n++] = *way;
	/* Ways come in the order of their numbers. */
	return ways->n == 1 || more[ways->n - 2].way <= way->way;
}

bool
ways_take(struct ways *ways, const struct layout *layout,
    const union person_any *message)
{
	if (layout == &person_explained_layout && !ways->has_verdict) {
		ways->verdict = message->explained;
		ways->has_verdict = true;
		return true;
	}
	if (layout == &person_way_layout)
		return ways->has_verdict &&
		       ways->verdict.verdict == VERDICT_IS_DENY &&
		       add_way(ways, &message->way);
	return (layout == &person_rule_layout ||
	           layout == &person_need_layout) &&
	       shown_take(&ways->lines, layout, message);
}

static enum answer
take(void *asker, const struct layout *layout, const union person_any *message)
{
	return ways_take(asker, layout, message) ? ANSWER_TAKEN : ANSWER_WRONG;
}

static int
take_answers(
    struct link *link, struct ways *ways, struct person_result *ret_result)
{
	int exit = answers_take(NULL, link, take, ways, ret_result);

	if (exit == REASON_DONE && ways->lines.is_over_full)
		exit = REASON_BUG;
	/* A good end without the verdict answers nothing. */
	if (exit == REASON_DONE && ret_result->exit == REASON_DONE &&
	    !ways->has_verdict)
		exit = REASON_UNREACHABLE;
	return exit;
}

static int
ask(struct client *client, struct link *link,
    const struct person_explain *question, struct ways *ways)
{
	struct person_result result = { 0 };
	int exit = (int)link_ask(link, &person_explain_layout, question);

	if (exit == REASON_DONE)
		exit = take_answers(link, ways, &result);
	if (exit != REASON_DONE)
		return answers_tell(client, link, exit);
	if (result.exit != REASON_DONE)
		tell_result(client, NULL, &result);
	return result.exit;
}

static int
read_question(const struct client *client, struct person_explain *ret)
{
	const struct options *options = &client->options;

	ret->verb = PERSON_PASS;
	if (options->verb_about != NULL &&
	    strcmp(options->verb_about, "refuse") == 0)
		ret->verb = PERSON_REFUSE;
	if (options->user != NULL &&
	    text_copy(ret->subject, sizeof(ret->subject), options->user) != 0)
		return tell_error(client, REASON_USAGE, "",
		    _("--user takes the name of one user of this host"));
	/* Their lengths were checked with the options. */
	if (options->reason != NULL)
		(void)text_cut(ret->reason, sizeof(ret->reason),
		    options->reason, strlen(options->reason));
	if (options->ticket != NULL)
		(void)text_cut(ret->ticket, sizeof(ret->ticket),
		    options->ticket, strlen(options->ticket));
	if (options->at != NULL &&
	    at_parse(options->at, clock_real_ms(), &ret->at_ms) != 0)
		return tell_error(client, REASON_USAGE, "",
		    _("--at takes a time that is there, such as 09:30, "
		      "'2026-12-01 09:30' or 2026-12-01T01:30Z"));
	return REASON_DONE;
}

int
verb_explain(struct client *client)
{
	struct person_explain question = { 0 };
	struct shown_list gates = { 0 };
	struct link link = LINK_NONE;
	struct ways ways = { .n = 0 };
	int exit = reason_read(client);

	if (exit == REASON_DONE)
		exit = read_question(client, &question);
	if (exit == REASON_DONE)
		exit =
		    look_gate(client, client->options.gates[0], &link, &gates);
	if (exit == REASON_DONE)
		exit = ask(client, &link, &question, &ways);
	link_close(&link);
	if (exit == REASON_DONE && client->options.json)
		json_ways(&gates.items[0], &ways);
	else if (exit == REASON_DONE)
		tell_ways(client, &gates.items[0], &ways);
	ways_clear(&ways);
	shown_clear(&gates);
	return exit;
}
