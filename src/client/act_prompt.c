/* SPDX-License-Identifier: ISC */
/*
 * What warder-pam says on the sealed line. The desk can write here too; a
 * frame that does not open ends the conversation, and nothing of it is
 * shown.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "client/act.h"
#include "client/tell.h"
#include "client/tty.h"
#include "client/words.h"

const char *
act_tampered(void)
{
	return _("the line to warder-pam was disturbed; it is ended");
}

/* NULL: it does not open, or is no challenge; that has been told. */
static struct challenge *
open_challenge(
    struct act *act, const struct frame *frame, uint8_t ret_digest[32])
{
	struct challenge *challenge = calloc(1, sizeof(*challenge));
	uint8_t body[CHALLENGE_BODY_MAX];
	size_t len = 0;

	if (challenge == NULL || frame->type != PROMPT_CHALLENGE ||
	    prompt_open(act->line, frame, body, sizeof(body), &len) != 0 ||
	    challenge_get(rbuf_of(body, len), challenge) != 0) {
		free(challenge);
		act_leave(act, REASON_UNREACHABLE, act_tampered());
		return NULL;
	}
	challenge_digest(ret_digest, body, len);
	return challenge;
}

static void
on_challenge(struct act *act, const struct frame *frame)
{
	struct challenge *challenge;
	uint8_t digest[32];
	const char *differs;

	if ((challenge = open_challenge(act, frame, digest)) == NULL)
		return;
	act->is_challenged = true;
	if ((differs = act_compare(act, challenge)) != NULL) {
		act_leave(act, REASON_UNAUTHENTICATED, differs);
	} else {
		if (act->client->out != NULL)
			(void)fputs(_("The service is about to decide on "
			              "exactly this gate.\n"),
			    act->client->out);
		if (act_read_back(act, challenge)) {
			if (prompt_send_accept(act->line, digest) != 0)
				act_leave(
				    act, REASON_UNREACHABLE, act_tampered());
			else
				act->is_accepted = true;
		}
	}
	free(challenge);
}

/* All lines but the last go up; the last one is what waits for an answer. */
static void
split_prompt(FILE *out, const char *text, char *ret_last, size_t size)
{
	const char *last = strrchr(text, '\n');
	char head[PROMPT_TEXT_MAX + 1] = "";

	if (last != NULL && last[1] != '\0') {
		memcpy(head, text, (size_t)(last - text));
		print_foreign(out, head);
		text = last + 1;
	}
	(void)snprintf(ret_last, size, "| %s", foreign(text));
}

static void
answer(struct act *act, struct blob *line)
{
	switch (prompt_send_answer(act->line, line)) {
	case WARDER_OK:
		return;
	case WARDER_ETOOBIG:
		act_leave(act, REASON_CANCELLED,
		    _("an answer is at most 511 bytes; ended"));
		return;
	case WARDER_ETEXT:
		act_leave(act, REASON_CANCELLED,
		    _("that answer cannot be sent (it is no UTF-8); ended"));
		return;
	default:
		act_leave(act, REASON_UNREACHABLE, act_tampered());
	}
}

static void
on_no_answer(struct act *act, enum tty_end end, int number)
{
	switch (end) {
	case TTY_SIGNAL:
		act_leave(act, 128 + number, NULL);
		return;
	case TTY_BACKGROUND:
		act_leave(act, REASON_INPUT,
		    _("not in the terminal's foreground; ended"));
		return;
	case TTY_LONG:
		act_leave(act, REASON_CANCELLED,
		    _("an answer is at most 511 bytes; ended"));
		return;
	case TTY_LINE:
	case TTY_EOF:
	case TTY_WATCHED:
	case TTY_FAILED:
		break;
	}
	act_leave(act, REASON_CANCELLED, _("cancelled"));
}

static void
on_prompt(struct act *act, const struct prompt_text *text)
{
	auto_blob struct blob *line = NULL;
	char question[2 * PROMPT_TEXT_MAX + 64];
	enum tty_end end;
	int number = 0;

	if (act->client->options.no_prompt || act->client->tty == NULL) {
		act_leave(act, REASON_INPUT,
		    _("PAM asks, and -n or a missing terminal forbids it"));
		return;
	}
	split_prompt(tty_stream(act->client->tty), text->text, question,
	    sizeof(question));
	do {
		if (act->client->out != NULL)
			(void)fflush(act->client->out);
		end = tty_ask(act->client->tty, question,
		    text->style == PROMPT_ECHO, act->link->sock, &line,
		    &number);
		if (end == TTY_WATCHED)
			act_on_desk(act);
	} while (end == TTY_WATCHED && !act->is_over);
	if (act->is_over)
		return;
	if (end == TTY_LINE)
		answer(act, line);
	else
		on_no_answer(act, end, number);
}

static void
on_text(struct act *act, const struct frame *frame)
{
	struct prompt_text text;

	if (prompt_open_text(act->line, frame, &text) != 0) {
		act_leave(act, REASON_UNREACHABLE, act_tampered());
		return;
	}
	if (frame->type == PROMPT_ASK) {
		on_prompt(act, &text);
		return;
	}
	if (act->client->out == NULL)
		return;
	print_foreign(act->client->out, text.text);
	(void)fflush(act->client->out);
}

void
act_on_channel(struct act *act)
{
	auto_frame struct frame frame = FRAME_NONE;
	int r;

	r = frame_recv(
	    act->link->channel, WIRE_PROMPT, clock_boot_ms(), &frame);
	if (r == WARDER_EOF) {
		/* warder-pam is done; the desk will tell what came of it. */
		fd_closep(&act->link->channel);
		return;
	}
	if (r != 0) {
		act_leave(act, REASON_UNREACHABLE, act_tampered());
		return;
	}
	if (!act->is_challenged)
		on_challenge(act, &frame);
	else if (!act->is_accepted)
		act_leave(act, REASON_UNREACHABLE, act_tampered());
	else
		on_text(act, &frame);
}
