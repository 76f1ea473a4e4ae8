/* SPDX-License-Identifier: ISC */
/*
 * Three comparisons that stand between a broken desk and a person: the
 * challenge with what was shown and typed, the read-back with the challenge,
 * the answer with the host's signature.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "client/act.h"
#include "client/tell.h"
#include "client/tty.h"
#include "client/words.h"

#define CLOCK_SLACK_MS 60000

static bool
has_source(const struct shown *shown, const struct challenge_source *source)
{
	const struct person_piece *piece;

	for (size_t i = 0;
	     (piece = shown_piece(shown, PIECE_SOURCE, i)) != NULL; i++)
		if (strcmp(piece->c, source->commit) == 0 &&
		    strcmp(piece->b, source->branch) == 0)
			return true;
	return false;
}

static bool
is_in_challenge(
    const struct challenge *challenge, const struct person_piece *piece)
{
	for (size_t i = 0; i < challenge->sources_n; i++)
		if (strcmp(piece->c, challenge->sources[i].commit) == 0 &&
		    strcmp(piece->b, challenge->sources[i].branch) == 0)
			return true;
	return false;
}

static bool
are_sources_same(const struct shown *shown, const struct challenge *challenge)
{
	const struct person_piece *piece;

	for (size_t i = 0; i < challenge->sources_n; i++)
		if (!has_source(shown, &challenge->sources[i]))
			return false;
	for (size_t i = 0;
	     (piece = shown_piece(shown, PIECE_SOURCE, i)) != NULL; i++)
		if (!is_in_challenge(challenge, piece))
			return false;
	return true;
}

static bool
are_ids_same(const struct person_gate *gate, const struct challenge *challenge)
{
	return memcmp(gate->gate, challenge->gate, GATE_LEN) == 0 &&
	       strcmp(gate->org, challenge->org) == 0 &&
	       strcmp(gate->alias, challenge->alias) == 0 &&
	       strcmp(gate->pipeline, challenge->pipeline) == 0 &&
	       strcmp(gate->pipeline_name, challenge->pipeline_name) == 0 &&
	       strcmp(gate->run, challenge->run) == 0 &&
	       strcmp(gate->job, challenge->job) == 0 &&
	       strcmp(gate->stage, challenge->stage) == 0 &&
	       strcmp(gate->job_name, challenge->job_name) == 0;
}

const char *
act_compare(const struct act *act, const struct challenge *challenge)
{
	const struct person_act *sent = &act->message;
	const struct shown *shown = &act->gates->items[0];

	if (challenge->verb != sent->verb ||
	    memcmp(challenge->gate, sent->gate, GATE_LEN) != 0 ||
	    !are_ids_same(&shown->gate, challenge))
		return _("the service is about to decide on another gate than "
		         "the one shown. Nothing was sent.");
	if (!are_sources_same(shown, challenge))
		return _("the service is about to decide on another commit "
		         "than the one shown. Nothing was sent.");
	if (strcmp(challenge->reason, sent->reason) != 0 ||
	    strcmp(challenge->ticket, sent->ticket) != 0 ||
	    strcmp(challenge->glass, sent->glass) != 0 ||
	    strcmp(challenge->ref, sent->ref) != 0)
		return _("the service was given another reason or ticket than "
		         "yours. Nothing was sent.");
	return NULL;
}

const char *
act_check_note(const struct act *act)
{
	struct result_note note;
	int64_t now = clock_real_ms();
	enum note_err e;

	if (act->note.text[0] == '\0')
		return _("there is no signature");
	e = result_note_open(
	    act->note.text, strlen(act->note.text), &act->verifier, &note);
	if (e != NOTE_OK)
		return _("the signature does not hold");
	if (memcmp(note.request, act->request, sizeof(note.request)) != 0 ||
	    memcmp(note.gate, act->message.gate, GATE_LEN) != 0)
		return _("the signature is for another request");
	if (note.exit != act->result.exit ||
	    strcmp(note.record, act->result.record) != 0)
		return _("the signature is for another answer");
	if (note.at_ms < act->started_ms - CLOCK_SLACK_MS ||
	    note.at_ms > now + CLOCK_SLACK_MS)
		return _("the signature is of another time");
	return NULL;
}

/* What of a commit a person saw: its first characters. */
static const char *
tail_of(char ret[READ_BACK_LEN + 1], const char *text, size_t shown_len)
{
	size_t len = strnlen(text, shown_len);
	size_t from = len > READ_BACK_LEN ? len - READ_BACK_LEN : 0;

	memcpy(ret, text + from, len - from);
	ret[len - from] = '\0';
	return ret;
}

static bool
is_typed(const struct blob *line, const char *wanted)
{
	const char *at = (const char *)blob_data(line);
	size_t len = blob_len(line);

	while (len > 0 && (at[len - 1] == ' ' || at[len - 1] == '\r'))
		len--;
	while (len > 0 && *at == ' ')
		at++, len--;
	return len == strlen(wanted) && strncasecmp(at, wanted, len) == 0;
}

static void
on_end(struct act *act, enum tty_end end, int number)
{
	switch (end) {
	case TTY_SIGNAL:
		act_leave(act, 128 + number, NULL);
		return;
	case TTY_BACKGROUND:
		act_leave(act, REASON_INPUT,
		    _("not in the terminal's foreground; nothing was sent"));
		return;
	case TTY_LINE:
	case TTY_EOF:
	case TTY_LONG:
	case TTY_WATCHED:
	case TTY_FAILED:
		break;
	}
	act_leave(act, REASON_CANCELLED, _("cancelled; nothing was sent"));
}

static bool
ask_tail(struct act *act, const char *question, const char *wanted)
{
	auto_blob struct blob *line = NULL;
	enum tty_end end;
	int number = 0;

	do {
		if (act->client->out != NULL)
			(void)fflush(act->client->out);
		end = tty_ask(act->client->tty, question, true, act->link->sock,
		    &line, &number);
		if (end == TTY_WATCHED)
			act_on_desk(act);
	} while (end == TTY_WATCHED && !act->is_over);
	/* RESULT came meanwhile: there is nothing left to accept. */
	if (act->is_over)
		return false;
	if (end == TTY_LINE && is_typed(line, wanted))
		return true;
	if (end == TTY_LINE)
		act_leave(act, REASON_CANCELLED,
		    _("that is not it; nothing was sent"));
	else
		on_end(act, end, number);
	return false;
}

/* Each commit is asked for once in a call, however many gates it has. */
static bool
was_read_back(const char *commit)
{
	static char known[64][READ_BACK_OF + 1];
	static size_t n;
	char start[READ_BACK_OF + 1];

	(void)snprintf(start, sizeof(start), "%s", commit);
	for (size_t i = 0; i < n; i++)
		if (strcmp(known[i], start) == 0)
			return true;
	if (n < sizeof(known) / sizeof(known[0]))
		memcpy(known[n++], start, sizeof(start));
	return false;
}

bool
act_read_back(struct act *act, const struct challenge *challenge)
{
	char tail[READ_BACK_LEN + 1], handle[GATE_HANDLE_SIZE];
	bool has_asked = false;

	if (act->client->options.yes)
		return true;
	if (act->client->options.no_prompt || act->client->tty == NULL) {
		act_leave(act, REASON_INPUT,
		    _("the read-back needs a terminal and no -n; nothing was "
		      "sent"));
		return false;
	}
	for (size_t i = 0; i < challenge->sources_n; i++) {
		const char *commit = challenge->sources[i].commit;

		if (commit[0] == '\0')
			continue;
		has_asked = true;
		if (was_read_back(commit))
			continue;
		if (!ask_tail(act,
		        _("Type the last 4 characters of the commit: "),
		        tail_of(tail, commit, READ_BACK_OF)))
			return false;
	}
	if (has_asked)
		return true;
	gate_handle_print(handle, challenge->gate);
	return ask_tail(act, _("Type the last 4 characters of the handle: "),
	    tail_of(tail, handle, sizeof(handle)));
}
