/* SPDX-License-Identifier: ISC */
/*
 * pass and refuse: each gate is its own look, challenge, proof and record.
 * Nothing is sent to the service but ids, the hash that was shown, and the
 * person's own words.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "client/act.h"
#include "client/look.h"
#include "client/tell.h"
#include "client/tty.h"
#include "client/words.h"
#include "wire/pamkey.h"

#define TRIES 3

/* A typed line as text of at most `size` - 1 bytes. */
static bool
take_words(const struct blob *line, char *ret, size_t size)
{
	size_t len = blob_len(line);

	if (len >= size || !text_is_clean(blob_data(line), len))
		return false;
	memcpy(ret, blob_data(line), len);
	ret[len] = '\0';
	return true;
}

/* Asks until it is there; an empty one is taken only where none is needed. */
static int
ask_words(struct client *client, const struct link *link, const char *question,
    bool is_needed, char *ret, size_t size)
{
	auto_blob struct blob *line = NULL;
	enum tty_end end;
	int number = 0;

	for (int i = 0; i < TRIES; i++) {
		blob_freep(&line);
		if (client->out != NULL)
			(void)fflush(client->out);
		end = tty_ask(
		    client->tty, question, true, link->sock, &line, &number);
		if (end == TTY_SIGNAL)
			return 128 + number;
		if (end == TTY_WATCHED)
			return tell_error(client, REASON_CANCELLED, "timeout",
			    _("the gate was shown for too long; nothing was "
			      "sent"));
		if (end == TTY_BACKGROUND)
			return tell_error(client, REASON_INPUT, "",
			    _("not in the terminal's foreground; nothing was "
			      "sent"));
		if (end != TTY_LINE && end != TTY_LONG)
			return tell_error(client, REASON_CANCELLED, "",
			    _("cancelled; nothing was sent"));
		if (end == TTY_LINE && take_words(line, ret, size) &&
		    (ret[0] != '\0' || !is_needed))
			return REASON_DONE;
	}
	return tell_error(client, REASON_CANCELLED, "",
	    _("without it there is nothing to send; nothing was sent"));
}

static void
question_of(char ret[1200], const char *word, const struct person_need *need)
{
	char text[PATTERN_TEXT_SIZE];

	if (need != NULL && need->text[0] != '\0')
		(void)snprintf(ret, 1200, "%s (%s): ", word,
		    pattern_text(text, need->text));
	else
		(void)snprintf(ret, 1200, "%s: ", word);
}

/* One of the two: from an option, or asked for where it is needed. */
static int
fill_words(struct client *client, const struct link *link, const char *given,
    const char *word, const struct person_need *need, char *ret, size_t size)
{
	char question[1200];

	if (given != NULL)
		return text_copy(ret, size, given) == 0 ? REASON_DONE
		                                        : REASON_USAGE;
	if (need == NULL)
		return REASON_DONE;
	if (client->options.no_prompt || client->tty == NULL)
		return tell_error(client, REASON_INPUT, "no_prompt",
		    _("a reason or ticket is needed: -m, -t; nothing was "
		      "sent"));
	question_of(question, word, need);
	return ask_words(client, link, question, true, ret, size);
}

/* A refusal has a reason for its reader's sake, even where none is asked. */
static int
fill_refusal(struct client *client, const struct link *link,
    const struct shown *shown, struct person_act *act)
{
	const struct person_need *need = shown_need(shown, NEED_REASON);

	if (need != NULL || client->options.reason != NULL ||
	    client->options.no_prompt || client->tty == NULL)
		return fill_words(client, link, client->options.reason,
		    _("Reason"), need, act->reason, sizeof(act->reason));
	return ask_words(client, link, _("Reason (or Enter for none): "), false,
	    act->reason, sizeof(act->reason));
}

static int
fill_act(struct client *client, const struct link *link,
    const struct shown *shown, struct person_act *act)
{
	const struct options *options = &client->options;
	bool is_refusal = options->verb == VERB_REFUSE;
	int exit;

	act->verb = is_refusal ? PERSON_REFUSE : PERSON_PASS;
	memcpy(act->gate, shown->gate.gate, sizeof(act->gate));
	if (options->no_prompt || client->tty == NULL)
		act->flags = PERSON_ACT_NO_PROMPT;
	/* Nothing is asked about a gate that waits for nobody. */
	if (!shown_waits(shown))
		return REASON_DONE;
	if (is_refusal)
		return fill_refusal(client, link, shown, act);
	exit = fill_words(client, link, options->reason, _("Reason"),
	    shown_need(shown, NEED_REASON), act->reason, sizeof(act->reason));
	if (exit != REASON_DONE)
		return exit;
	return fill_words(client, link, options->ticket, _("Ticket"),
	    shown_need(shown, NEED_TICKET), act->ticket, sizeof(act->ticket));
}

static int
load_keys(struct act *act)
{
	const struct places *places = &act->client->places;

	if (pamkey_load_public(
	        places->pam_public, places->owner, act->pam_public) != 0)
		return tell_error(act->client, REASON_MISCONFIGURED, "config",
		    _("pam.pub is missing or is not root's alone to write; "
		      "nothing was sent"));
	if (note_verifier_load(
	        places->ledger_public, places->owner, &act->verifier) != 0)
		return tell_error(act->client, REASON_MISCONFIGURED, "config",
		    _("ledger.pub is missing or is not root's alone to write; "
		      "nothing was sent"));
	return REASON_DONE;
}

static int
decide_shown(struct client *client, struct link *link, struct shown_list *gates)
{
	struct act *act = calloc(1, sizeof(*act));
	int exit;

	if (act == NULL)
		return REASON_BUG;
	act->client = client;
	act->link = link;
	act->gates = gates;
	tell_gate_head(client, &gates->items[0]);
	exit = load_keys(act);
	if (exit == REASON_DONE)
		exit = fill_act(client, link, &gates->items[0], &act->message);
	if (exit == REASON_DONE)
		exit = act_run(act);
	free(act);
	return exit;
}

static int
decide_one(struct client *client, const char *text)
{
	struct shown_list gates = { 0 };
	struct link link = LINK_NONE;
	int exit = look_gate(client, text, &link, &gates);

	if (exit == REASON_DONE)
		exit = decide_shown(client, &link, &gates);
	link_close(&link);
	shown_clear(&gates);
	return exit;
}

/* Several: all are shown before the first is decided. */
static int
show_all(struct client *client)
{
	int exit = REASON_DONE;

	for (size_t i = 0; i < client->options.gates_n && exit == 0; i++) {
		struct shown_list gates = { 0 };
		struct link link = LINK_NONE;

		exit =
		    look_gate(client, client->options.gates[i], &link, &gates);
		if (exit == REASON_DONE)
			tell_gate_head(client, &gates.items[0]);
		link_close(&link);
		shown_clear(&gates);
	}
	return client->options.keep_going && exit < 128 ? REASON_DONE : exit;
}

int
reason_read(struct client *client)
{
	static char line[PERSON_REASON + 2];
	const char *end;
	size_t len;

	if (client->options.reason == NULL ||
	    strcmp(client->options.reason, "-") != 0)
		return REASON_DONE;
	/* Filled, so that a NUL that was read is told from the one behind it. */
	memset(line, 'x', sizeof(line));
	if (fgets(line, sizeof(line), stdin) == NULL)
		line[0] = '\0';
	end = memrchr(line, '\0', sizeof(line));
	len = strcspn(line, "\n");
	if (line[len] == '\0' && (len > PERSON_REASON || end != line + len))
		len = 0;
	line[len] = '\0';
	if (len == 0 || !text_is_clean(line, len))
		return tell_error(client, REASON_USAGE, "",
		    _("a reason is one line of UTF-8, at most 256 bytes"));
	client->options.reason = line;
	return REASON_DONE;
}

int
verb_decide(struct client *client)
{
	int first = reason_read(client), exit;

	if (first == REASON_DONE && client->options.gates_n > 1)
		first = show_all(client);
	if (first != REASON_DONE)
		return first;
	for (size_t i = 0; i < client->options.gates_n; i++) {
		exit = decide_one(client, client->options.gates[i]);
		if (exit != REASON_DONE && first == REASON_DONE)
			first = exit;
		if (exit >= 128 ||
		    (exit != REASON_DONE && !client->options.keep_going))
			break;
	}
	return first;
}
