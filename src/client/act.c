/* SPDX-License-Identifier: ISC */
/*
 * Leaving is the hard part: before the acceptance nothing can have been
 * sent, after the recorded intent everything may have been. In between the
 * channel is closed, which the keeper sees, and it gets a moment to say.
 */
#include "config.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "client/act.h"
#include "client/json.h"
#include "client/tell.h"
#include "client/wait.h"
#include "client/words.h"

#define LEAVE_MS 5000 /* PAM modules wait 2 s after a failure */
#define SIGNALLED 128

/* Under --json the last sentence goes into the document of the end. */
static void
say(struct act *act, const char *sentence)
{
	tell_progress_end();
	if (sentence == NULL)
		return;
	act->said = sentence;
	if (act->client->options.json)
		return;
	if (act->client->out != NULL)
		(void)fflush(act->client->out);
	(void)fprintf(stderr, "warder: %s\n", sentence);
}

void
act_leave(struct act *act, int exit, const char *sentence)
{
	say(act, sentence);
	if (act->leaving != 0)
		return;
	act->leaving = exit;
	act->leave_at = clock_boot_ms() + (act->is_accepted ? LEAVE_MS : 0);
	fd_closep(&act->link->channel);
}

/* The first one asks, the second one leaves; what was sent stays sent. */
static void
on_signal(struct act *act, int number)
{
	if (number == SIGTSTP) {
		(void)raise(SIGSTOP);
		return;
	}
	if (!act->is_intended && act->leaving == 0) {
		act_leave(act, SIGNALLED + number, NULL);
		return;
	}
	if (!act->is_intended && act->leaving < SIGNALLED) {
		/* A terminal that went ended the input before it said so. */
		act->leaving = SIGNALLED + number;
		return;
	}
	if (number == SIGINT && act->leaving == 0) {
		say(act, _("already being sent, at most 75 s; again: leave"));
		act->leaving = REASON_DETACHED;
		act->leave_at = INT64_MAX / 2;
		return;
	}
	act->leaving = REASON_DETACHED;
	act->leave_at = 0;
}

static void
on_intent(struct act *act)
{
	act->is_intended = true;
	if (act->leaving == 0 || act->leaving == REASON_DETACHED)
		return;
	/* We were leaving, but too late for "nothing was sent". */
	say(act, _("already being sent, at most 75 s; Ctrl-C: leave"));
	act->leaving = REASON_DETACHED;
	act->leave_at = INT64_MAX / 2;
}

void
act_on_desk(struct act *act)
{
	union person_any *message = malloc(sizeof(*message));
	const struct layout *layout;

	if (message == NULL ||
	    link_take(act->link, &layout, message) != REASON_DONE) {
		act->result.exit = 0;
		act->result.origin = 0; /* there is no RESULT */
		act->is_over = true;
	} else if (layout == &person_progress_layout) {
		if (message->progress.what == PROGRESS_RECORDED)
			on_intent(act);
		tell_progress(act->client, &message->progress);
	} else if (layout == &person_note_layout) {
		act->note = message->line;
	} else if (layout == &person_result_layout) {
		act->result = message->result;
		act->is_over = true;
	} else if (!shown_take(act->gates, layout, message)) {
		act->link->wrong =
		    _("warder's service answered what it must not");
		act->is_over = true;
	}
	free(message);
}

static int
time_left(const struct act *act)
{
	return act->leaving == 0 ? -1 : clock_left_ms(act->leave_at);
}

/* Until RESULT, or until there is nothing to wait for. */
static void
converse(struct act *act)
{
	struct pollfd polled[2];
	int n, number;

	while (!act->is_over) {
		polled[0] =
		    (struct pollfd){ .fd = act->link->sock, .events = POLLIN };
		polled[1] = (struct pollfd){ .fd = act->link->channel,
			.events = POLLIN };
		n = wait_for(polled, 2, time_left(act));
		if (n < 0 && (number = wait_signal()) != 0)
			on_signal(act, number);
		if (n <= 0 && act->leaving != 0 && time_left(act) == 0)
			return;
		if (n <= 0)
			continue;
		if (polled[0].revents != 0)
			act_on_desk(act);
		if (polled[1].revents != 0 && polled[0].revents == 0)
			act_on_channel(act);
	}
}

static bool
needs_a_note(uint8_t exit)
{
	return exit == REASON_DONE || exit == REASON_VOTED ||
	       exit == REASON_ALREADY || exit == REASON_OTHERWISE;
}

/* No RESULT came: what is known of it. */
static int
end_without_result(struct act *act)
{
	if (act->is_intended || act->is_accepted) {
		say(act, _("left while it may be under way; look again, the "
		           "record tells: warder show"));
		return REASON_DETACHED;
	}
	if (act->leaving != 0)
		return act->leaving;
	say(act, act->link->wrong != NULL
	             ? act->link->wrong
	             : _("warder's service ended the connection"));
	return REASON_UNREACHABLE;
}

static int
end_with_result(struct act *act)
{
	const char *why = NULL;

	if (needs_a_note(act->result.exit) &&
	    (why = act_check_note(act)) != NULL) {
		say(act, why);
		say(act, _("the answer is not signed by this host; nothing of "
		           "it is believed. Look again: warder show"));
		return REASON_DETACHED;
	}
	/* The person cancelled nothing: somebody cut the line, or tampered. */
	if (act->result.exit == REASON_CANCELLED && act->leaving == 0 &&
	    strcmp(act->result.local_code, "gone") == 0)
		say(act, act_tampered());
	/* Cancelled, as we wanted: the code is that of our own reason. */
	if (act->result.exit == REASON_CANCELLED && act->leaving != 0 &&
	    act->leaving != REASON_DETACHED)
		return act->leaving;
	return act->result.exit;
}

static int
send_act(struct act *act)
{
	uint8_t body[FRAME_BODY_MAX];
	struct wbuf out = wbuf_of(body, sizeof(body));
	enum reason reason;

	layout_put(&out, &person_act_layout, &act->message);
	if (wbuf_end(&out) != 0)
		return REASON_BUG;
	prompt_request(act->request, act->client->lang, body, out.len);
	act->started_ms = clock_real_ms();
	reason = link_ask(act->link, &person_act_layout, &act->message);
	if (reason != REASON_DONE)
		return (int)reason;
	/* A keeper that refuses at once is gone already: RESULT waits. */
	if (prompt_send_hello(act->link->channel, act->pam_public, act->request,
	        &act->line) != 0)
		fd_closep(&act->link->channel);
	return REASON_DONE;
}

/* What the service said, if that is what came of it; else what we said. */
static int
tell_end(const struct act *act, const struct shown *shown, int exit)
{
	const struct client *client = act->client;
	const struct about about = { .shown = shown,
		.server = act->gates->has_server ? &act->gates->server : NULL };
	bool is_told = act->result.origin != 0 && exit == act->result.exit;

	if (is_told && client->options.json)
		json_decision(client, &about, &act->result);
	else if (is_told)
		tell_outcome(client, &about, &act->result);
	else if (client->options.json)
		json_error((enum reason)exit, "",
		    act->said != NULL ? act->said : _("interrupted"));
	return exit;
}

int
act_run(struct act *act)
{
	struct shown *shown = &act->gates->items[0];
	int exit;

	/* What the look said of a pass is over; ACT has its own answer. */
	shown->rules_n = shown->needs_n = 0;
	exit = send_act(act);
	if (exit != REASON_DONE) {
		say(act, act->link->wrong);
		return tell_end(act, shown, exit);
	}
	act->result.origin = 0;
	converse(act);
	tell_progress_end();
	prompt_line_freep(&act->line);
	exit = act->result.origin == 0 ? end_without_result(act)
	                               : end_with_result(act);
	return tell_end(act, shown, exit);
}
