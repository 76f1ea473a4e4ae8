/* SPDX-License-Identifier: ISC */
/*
 * One connection of the desk: one LIST, one WHOAMI, one LOG, or one LOOK and
 * perhaps one CHANGE, EXPLAIN or ACT after it. Who asks comes from the prompt
 * channel alone; the desk is believed about nothing, and whatever is not in the
 * table ends it.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "keeper/channel.h"
#include "keeper/keeper.h"
#include "keeper/tell.h"
#include "wire/dispatch.h"

/* clang-format off */
static const struct route routes[] = {
	/* type           may arrive in         longest body     fd     handler */
	{ PERSON_LOOK,   1u << PERSON_NEW,     FRAME_BODY_MAX,  true,  on_look },
	{ PERSON_LIST,   1u << PERSON_NEW,     FRAME_BODY_MAX,  true,  on_list },
	{ PERSON_WHOAMI, 1u << PERSON_NEW,     FRAME_BODY_MAX,  true,  on_whoami },
	{ PERSON_LOG,    1u << PERSON_NEW,     FRAME_BODY_MAX,  true,  on_log },
	{ PERSON_CHANGE, 1u << PERSON_SHOWN,   0,               false, on_change },
	{ PERSON_EXPLAIN, 1u << PERSON_SHOWN,  FRAME_BODY_MAX,  false, on_explain },
	{ PERSON_ACT,    1u << PERSON_SHOWN,   FRAME_BODY_MAX,  false, on_act },
};
/* clang-format on */

int
keeper_end(struct keeper *keeper, enum reason exit, const char *local_code)
{
	return sight_end(&keeper->result, exit, local_code);
}

int
keeper_is_alone(void *ctx)
{
	const struct keeper *keeper = ctx;
	struct pollfd desk = { .fd = keeper->conn, .events = POLLRDHUP };

	if (keeper->channel >= 0 && channel_is_gone(keeper->channel))
		return 1;
	return poll(&desk, 1, 0) > 0 &&
	       (desk.revents & (POLLHUP | POLLRDHUP | POLLERR)) != 0;
}

int
keeper_meet(struct keeper *keeper, struct frame *frame)
{
	struct peer peer;
	enum reason reason;
	const char *word = "config";

	keeper->channel = fd_steal(&frame->fd);
	if (channel_accept(keeper->channel, &peer) != 0 ||
	    identity_read(&peer, &keeper->caller) != 0)
		return keeper_end(keeper, REASON_DENIED, "user_unknown");
	if (keeper_open_book(keeper) != GO_ON)
		return ENDED;
	reason = rules_load(&keeper->rules, keeper->places->policy,
	    keeper->book.state, &keeper->caller, &word);
	/* Who else it concerns: an auditor, as somebody may have edited it. */
	if (reason == REASON_MISCONFIGURED)
		book_note_refusal(&keeper->book, word, keeper->rules.hash);
	if (reason != REASON_DONE)
		return keeper_end(keeper, reason, word);
	keeper->rules.host = keeper->book.host;
	return GO_ON;
}

int
keeper_open_book(struct keeper *keeper)
{
	const char *word = "ledger";
	enum reason reason;

	if (keeper->is_booked)
		return GO_ON;
	reason = book_open(
	    &keeper->book, &keeper->places->book, keeper->conf, &word);
	if (reason != REASON_DONE)
		return keeper_end(keeper, reason, word);
	/* Not to be had: the book stays shut, and the keys with it. */
	reason = book_known(&keeper->book, &keeper->ring.known, &word);
	if (reason != REASON_DONE) {
		book_close(&keeper->book);
		return keeper_end(keeper, reason, word);
	}
	keeper->is_booked = true;
	book_note_config(&keeper->book);
	return GO_ON;
}

struct reader
keeper_reader(struct keeper *keeper, int64_t deadline)
{
	return (struct reader){
		.carrier = &keeper->carrier,
		.ring = &keeper->ring,
		.key = { rules_org_id(&keeper->rules),
		    rules_key_name(&keeper->rules) },
		.deadline = deadline,
		.result = &keeper->result,
		.about = &keeper->about,
		.on_pause = tell_pause,
		.ctx = keeper,
	};
}

/* How long the next frame may take. */
static int64_t
patience(const struct keeper *keeper)
{
	int64_t until =
	    clock_boot_ms() +
	    (keeper->state == PERSON_NEW ? PERSON_FIRST_MS : PERSON_SHOWN_MS);

	return until < keeper->deadline ? until : keeper->deadline;
}

/*
 * Waits for a frame, but ends as soon as the person is gone: between LOOK
 * and ACT somebody reads a screen, and may press Ctrl-C.
 */
static int
next_frame(struct keeper *keeper, struct frame *frame)
{
	int64_t until = patience(keeper);
	struct pollfd both[2] = { { .fd = keeper->conn, .events = POLLIN },
		{ .fd = keeper->channel, .events = 0 } };
	int n;

	do {
		n = poll(both, 2, clock_left_ms(until));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return WARDER_ESYS;
	if (n == 0)
		return WARDER_ETIME;
	if (both[0].revents == 0)
		return WARDER_EOF;
	return frame_recv(keeper->conn, WIRE_PERSON, until, frame);
}

static int
violation(struct keeper *keeper, int r)
{
	if (r == WARDER_EVERSION)
		frame_send_mercy(keeper->conn, WIRE_PERSON);
	if (r != WARDER_EOF)
		log_warn("the desk's connection: %s", warder_strerror(r));
	return 0;
}

/* A key that is damaged, gone or expired is an event of its own. */
static void
record_key_failure(struct keeper *keeper)
{
	const char *word = keeper->result.local_code;
	struct record rec;

	if (!keeper->is_booked ||
	    (strncmp(word, "key_", 4) != 0 &&
	        strncmp(word, "manifest_", 9) != 0) ||
	    strcmp(word, "key_not_validator") == 0)
		return;
	record_begin(&rec, "key.fail");
	record_set(&rec, M_ERR, word);
	record_set(&rec, M_KEY, rules_key_name(&keeper->rules));
	if (book_write(&keeper->book, &rec, NULL, NULL) != LEDGER_OK)
		log_warn("the ledger did not take key.fail");
}

static int
finish(struct keeper *keeper)
{
	record_key_failure(keeper);
	tell_result(keeper);
	frame_finish(keeper->conn);
	/* What came of it is told; who wants us to end may have it now. */
	if (keeper->is_held)
		serve_release();
	return 0;
}

int
session_run(struct keeper *keeper)
{
	auto_frame struct frame frame = FRAME_NONE;
	int r;

	keeper->state = PERSON_NEW;
	for (;;) {
		r = next_frame(keeper, &frame);
		if (r == WARDER_ETIME && keeper->state == PERSON_SHOWN) {
			(void)keeper_end(keeper, REASON_CANCELLED, "timeout");
			return finish(keeper);
		}
		if (r != 0)
			return violation(keeper, r);
		keeper->id = frame.id;
		keeper->told = (struct told){ 0 };
		r = dispatch(routes, sizeof(routes) / sizeof(routes[0]),
		    keeper->state, keeper, &frame);
		if (r == ENDED)
			return finish(keeper);
		if (r != GO_ON)
			return violation(keeper, r);
	}
}
