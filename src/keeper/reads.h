/* SPDX-License-Identifier: ISC */
/*
 * Many reading calls over the one connection to the courier, so many at a
 * time. Each is signed when it is handed over, never ahead: a date is good
 * for minutes and a nonce once. Whoever asks is called back, and may ask for
 * more from there.
 */
#ifndef WARDER_KEEPER_READS_H
#define WARDER_KEEPER_READS_H

#include "keeper/sight.h"

#define READS_WINDOW_MAX 16 /* list_parallel at the most */

/* All callbacks get `ctx`, which lives until end() returns. */
struct read_ask {
	enum call call;
	struct call_args args; /* texts borrowed until end() */
	/* A try begins: what an earlier one brought is void. */
	void (*begin)(void *ctx);
	carry_on_item *on_item; /* not 0 ends the whole connection */
	/* Comes once: NULL, all items were given and the answer is good; or
	 * why it could not be read. */
	void (*end)(void *ctx, const struct person_result *why);
	void *ctx;
};

struct read_slot;

struct reads {
	struct reader *reader; /* borrowed; its `result` is left alone */
	size_t window;
	struct read_slot *first, *last; /* in the order they were asked for */
	size_t away;                    /* how many are with the courier */
	uint32_t sent;                  /* requests, repetitions too */
};

/* 0, or ENOMEM: then end() is not called. */
WARDER_MUST_CHECK int reads_add(
    struct reads *reads, const struct read_ask *ask);

/*
 * Until nothing is left. Afterwards every end() was called: where the
 * courier is not there any more, or the person is gone, with that reason.
 */
void reads_run(struct reads *reads);

#endif
