/* SPDX-License-Identifier: ISC */
/*
 * A list of asks; the first `window` of them that need not wait are with the
 * courier. A courier that was taken over may answer in any order, but only
 * what is under way, and never without end.
 */
#include "config.h"

#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "keeper/reads.h"

#define IDLE_MS 1000

struct read_slot {
	struct read_ask ask;
	bool is_away; /* with the courier, under `id` */
	uint32_t id;
	uint32_t items;
	size_t bytes;
	int tries;
	int64_t not_before;
	struct read_slot *next;
};

int
reads_add(struct reads *reads, const struct read_ask *ask)
{
	struct read_slot *slot = calloc(1, sizeof(*slot));

	if (slot == NULL)
		return WARDER_ENOMEM;
	slot->ask = *ask;
	if (reads->last != NULL)
		reads->last->next = slot;
	else
		reads->first = slot;
	reads->last = slot;
	return WARDER_OK;
}

/* Takes it out of the list, then tells: end() may ask for more. */
static void
finish(struct reads *reads, struct read_slot *slot,
    const struct person_result *why)
{
	struct read_slot **at = &reads->first, *before = NULL;

	while (*at != slot) {
		before = *at;
		at = &before->next;
	}
	*at = slot->next;
	if (reads->last == slot)
		reads->last = before;
	slot->ask.end(slot->ask.ctx, why);
	free(slot);
}

static void
finish_all(struct reads *reads, enum reason exit, const char *local_code)
{
	struct person_result why;

	(void)sight_end(&why, exit, local_code);
	while (reads->first != NULL)
		finish(reads, reads->first, &why);
}

/* 0, or what is the matter with the courier. */
static int
hand_over(struct reads *reads, struct read_slot *slot)
{
	struct reader *reader = reads->reader;
	auto_blob struct blob *request = NULL;
	struct person_result why;
	struct ring_trace trace;
	enum seal_err e;
	int r;

	if ((r = courier_request_new(&request)) != 0)
		return r;
	e = ring_sign(reader->ring, &reader->key, reader->record,
	    slot->ask.call, &slot->ask.args, NULL, courier_request_of(request),
	    &trace);
	if (e != SEAL_OK) {
		(void)sight_end(&why, seal_reason(e), seal_word(e));
		finish(reads, slot, &why);
		return WARDER_OK;
	}
	r = carry_send(reader->carrier, courier_request_of(request),
	    reader->deadline, &slot->id);
	if (r != 0)
		return r;
	slot->is_away = true;
	reads->away++;
	slot->items = 0;
	slot->bytes = 0;
	slot->tries++;
	reads->sent++;
	slot->ask.begin(slot->ask.ctx);
	return WARDER_OK;
}

/* Fills the window; *ret_wake is when the next one that waits may go. */
static int
fill(struct reads *reads, int64_t *ret_wake)
{
	struct read_slot *slot, *next;
	int r;

	*ret_wake = clock_boot_ms() + IDLE_MS;
	/* Those that are away stand at the head: this stops early. */
	for (slot = reads->first; slot != NULL && reads->away < reads->window;
	     slot = next) {
		next = slot->next;
		if (slot->is_away)
			continue;
		if (slot->not_before > clock_boot_ms()) {
			if (slot->not_before < *ret_wake)
				*ret_wake = slot->not_before;
			continue;
		}
		if ((r = hand_over(reads, slot)) != 0)
			return r;
	}
	return WARDER_OK;
}

static struct read_slot *
find(const struct reads *reads, uint32_t id)
{
	struct read_slot *slot = reads->first;

	while (slot != NULL && !(slot->is_away && slot->id == id))
		slot = slot->next;
	return slot;
}

static int
take_done(struct reads *reads, struct read_slot *slot,
    const struct courier_done *done)
{
	struct person_result why;
	int ms;

	if (done->items != slot->items)
		return WARDER_EFORM;
	if (done->date != 0)
		reads->reader->server_ms = done->date;
	slot->is_away = false;
	reads->away--;
	if (courier_is_good(done)) {
		finish(reads, slot, NULL);
		return WARDER_OK;
	}
	ms = sight_again(done, slot->tries, &why);
	if (ms < 0 || clock_left_ms(reads->reader->deadline) <= ms)
		finish(reads, slot, &why);
	else
		slot->not_before = clock_boot_ms() + ms;
	return WARDER_OK;
}

static int
take(struct reads *reads, const struct carried *carried)
{
	struct read_slot *slot = find(reads, carried->id);

	if (slot == NULL)
		return WARDER_ETYPE;
	if (carried->is_done)
		return take_done(reads, slot, &carried->done);
	slot->bytes += carried->bytes;
	if (++slot->items > COURIER_ITEMS_MAX ||
	    slot->bytes > COURIER_ITEM_BYTES_MAX)
		return WARDER_ETOOBIG;
	return slot->ask.on_item(slot->ask.ctx, &carried->item);
}

/* How long until the first of them may be asked again. */
static void
tell_wait(const struct reads *reads)
{
	const struct reader *reader = reads->reader;
	int64_t first = INT64_MAX;

	for (const struct read_slot *slot = reads->first; slot != NULL;
	     slot = slot->next)
		if (slot->not_before < first)
			first = slot->not_before;
	if (reader->on_pause != NULL && clock_left_ms(first) >= IDLE_MS)
		reader->on_pause(reader->ctx, (uint32_t)clock_left_ms(first));
}

/* One turn: hands over what may go, waits, takes one frame. */
static int
turn(struct reads *reads, struct carried *carried)
{
	struct reader *reader = reads->reader;
	int64_t wake;
	int r;

	if ((r = fill(reads, &wake)) != 0 || reads->first == NULL)
		return r;
	if (wake > reader->deadline)
		wake = reader->deadline;
	if (reads->away == 0) {
		/* All wait, as the server asked; nothing can come. */
		tell_wait(reads);
		(void)poll(NULL, 0, clock_left_ms(wake));
		r = WARDER_ETIME;
	} else {
		r = carry_next(reader->carrier, wake, carried);
	}
	if (r == 0)
		return take(reads, carried);
	if (r != WARDER_ETIME)
		return r;
	if (clock_left_ms(reader->deadline) == 0)
		return WARDER_ETIME;
	if (reader->carrier->is_over != NULL &&
	    reader->carrier->is_over(reader->carrier->ctx) != 0)
		return WARDER_ESTALE;
	return WARDER_OK;
}

void
reads_run(struct reads *reads)
{
	struct carried *carried = malloc(sizeof(*carried));
	int r = carried == NULL ? WARDER_ENOMEM : WARDER_OK;

	while (r == 0 && reads->first != NULL)
		r = turn(reads, carried);
	free(carried);
	if (r == 0)
		return;
	/* Answers that may still come belong to nobody any more. */
	reads->away = 0;
	carry_close(reads->reader->carrier);
	if (r == WARDER_ESTALE)
		finish_all(reads, REASON_CANCELLED, "gone");
	else if (r == WARDER_ETIME)
		finish_all(reads, REASON_NOT_SENT, "timeout");
	else
		finish_all(reads, REASON_UNREACHABLE, "courier");
	if (r != WARDER_ESTALE)
		log_warn("the courier: %s", warder_strerror(r));
}
