/* SPDX-License-Identifier: ISC */
/*
 * `list --follow`: lists anew every so often and prints one line a change,
 * for a program that tells people. What waits at the start is new to it. A
 * gate is gone only by a list that is whole: what could not be read has not
 * gone away. Trouble is told once, and again after it was over.
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "client/cache.h"
#include "client/json.h"
#include "client/list.h"
#include "client/tell.h"
#include "client/wait.h"
#include "client/words.h"

#define LEAST_PAUSE_MS 1000
#define PAUSE_MS 20000

struct follow {
	struct client *client;
	struct shown_list known;
	bool has_begun;     /* a list came at least once */
	bool is_incomplete; /* and the last one was not whole */
};

static bool
has(const struct shown_list *list, const struct shown *shown)
{
	for (size_t i = 0; i < list->n; i++)
		if (shown_is_same(&list->items[i], shown))
			return true;
	return false;
}

/* Told once, until a list is whole again. */
static void
tell_incomplete(struct follow *follow, bool is_incomplete)
{
	if (is_incomplete && !follow->is_incomplete)
		(void)tell_error(follow->client, REASON_INCOMPLETE, "unread",
		    _("something could not be read; gates that are not seen "
		      "are not taken for gone"));
	follow->is_incomplete = is_incomplete;
}

/* Says what is new and what is gone, and keeps what is there. */
static int
compare(struct follow *follow, struct shown_list *now, bool is_complete)
{
	struct shown_list *known = &follow->known;
	struct shown_list here = { 0 };
	int r = 0;

	for (size_t i = 0; i < known->n; i++)
		if (is_complete && !has(now, &known->items[i]))
			json_notice("gate.gone", &known->items[i], now, true);
	for (size_t i = 0; i < now->n; i++)
		if (!has(known, &now->items[i]))
			json_notice(
			    "gate.new", &now->items[i], now, is_complete);
	for (size_t i = 0; i < known->n && !is_complete && r == 0; i++)
		if (!has(now, &known->items[i]))
			r = shown_move(&here, &known->items[i]);
	for (size_t i = 0; i < now->n && r == 0; i++)
		r = shown_move(&here, &now->items[i]);
	shown_clear(known);
	*known = here;
	return r == 0 ? REASON_DONE
	              : tell_error(follow->client, REASON_BUG, "bug",
	                    _("out of memory"));
}

/* REASON_DONE goes on. */
static int
look(struct follow *follow)
{
	struct client *client = follow->client;
	struct listed listed = { 0 };
	int exit = find_list(
	    client, list_org(client), "", client->options.mine, &listed);
	bool is_complete = exit == REASON_DONE;

	if (is_complete || exit == REASON_INCOMPLETE) {
		client->is_hushed = false;
		list_sort(&listed.gates);
		tell_incomplete(follow, !is_complete);
		exit = compare(follow, &listed.gates, is_complete);
		follow->has_begun = true;
	} else if (exit < 128 && follow->has_begun) {
		/* A service that starts anew, a key that root changes. */
		client->is_hushed = true;
		exit = REASON_DONE;
	}
	shown_clear(&listed.gates);
	return exit;
}

/* REASON_DONE after the pause; 128 + a signal, SIGPIPE if nobody reads. */
static int
wait_a_while(int64_t until)
{
	struct pollfd reader = { .fd = STDOUT_FILENO, .events = 0 };
	int n, number;

	if (fflush(stdout) != 0 || ferror(stdout) != 0)
		return 128 + SIGPIPE;
	while (clock_left_ms(until) > 0) {
		n = wait_for(&reader, 1, clock_left_ms(until));
		if (n > 0 && (reader.revents & (POLLERR | POLLNVAL)) != 0)
			return 128 + SIGPIPE;
		if (n > 0)
			reader.fd = -1;
		if (n >= 0)
			continue;
		number = wait_signal();
		if (number == SIGTSTP)
			(void)raise(SIGSTOP);
		else if (number != 0)
			return 128 + number;
	}
	return REASON_DONE;
}

int
list_follow(struct client *client)
{
	struct follow follow = { .client = client };
	uint32_t pause_ms = list_age_ms(client);
	int exit;

	if (pause_ms == 0)
		pause_ms = PAUSE_MS;
	if (pause_ms < LEAST_PAUSE_MS)
		pause_ms = LEAST_PAUSE_MS;
	do {
		exit = look(&follow);
		if (exit == REASON_DONE)
			exit = wait_a_while(clock_boot_ms() + pause_ms);
	} while (exit == REASON_DONE);
	shown_clear(&follow.known);
	return exit;
}
