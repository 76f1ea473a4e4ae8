/* SPDX-License-Identifier: ISC */
/*
 * Reads may be repeated, newly signed each time: a date is good for minutes
 * and a nonce once. A server that limits the rate is left alone as long as it
 * asks, within the caller's time; that is the only wait which is told.
 */
#include "config.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "keeper/sight.h"
#include "yunxiao/answer.h"

#define TRIES 3
#define PAUSE_MS 300
#define PAUSE_BARE_MS 1000 /* of flow control that names no time */
#define SLICE_MS 200

static int
end_locked_or_key(struct person_result *result, enum seal_err e)
{
	return sight_end(result, seal_reason(e), seal_word(e));
}

/* Flow control speaks by its code, or by the header that names a wait. */
static bool
is_throttled(const struct courier_done *done)
{
	return done->sent && done->http / 100 == 4 &&
	       (done->retry_after > 0 ||
	           (done->readable &&
	               code_find(done->code, true)->again == CODE_AGAIN_WAIT));
}

/* How long to wait before try `n` + 1. */
static uint32_t
wanted_ms(const struct courier_done *done, int n)
{
	if (!is_throttled(done))
		return PAUSE_MS;
	if (done->retry_after == 0)
		return PAUSE_BARE_MS * (uint32_t)n;
	return done->retry_after < ANSWER_WAIT_MAX_MS ? done->retry_after
	                                              : ANSWER_WAIT_MAX_MS;
}

void
sight_about(struct person_server *about, const struct ring_trace *trace,
    const struct courier_done *done)
{
	memset(about, 0, sizeof(*about));
	(void)snprintf(about->key, sizeof(about->key), "%.64s", trace->name);
	(void)snprintf(about->host, sizeof(about->host), "%s", trace->endpoint);
	about->api = trace->api;
	about->is_sts = strncmp(trace->id, "STS.", 4) == 0;
	if (is_throttled(done))
		about->wait_ms = done->retry_after < ANSWER_WAIT_MAX_MS
		                     ? done->retry_after
		                     : ANSWER_WAIT_MAX_MS;
	about->here_ms = (uint64_t)clock_real_ms();
	about->server_ms = done->date;
}

/* Not a thing that was asked for, but the key itself is not there. */
static bool
is_about_the_key(const char *code)
{
	return strncmp(code, "InvalidAccessKeyId.", 19) == 0;
}

/* What the server said against a reading call. */
static void
fill_by_answer(struct person_result *result, const struct courier_done *done)
{
	const struct code_row *row = code_find(done->code, true);
	bool is_busy = is_throttled(done);
	enum reason exit = REASON_NOT_SENT;

	if (done->readable && done->code[0] != '\0' && !is_busy &&
	    row->again != CODE_AGAIN_WAIT && row->done == CODE_DONE_NO)
		exit = done->http == 404 && !is_about_the_key(done->code)
		           ? REASON_NOT_FOUND
		           : REASON_SERVER_REFUSED;
	(void)sight_end(result, exit,
	    is_busy                   ? "throttled"
	    : exit == REASON_NOT_SENT ? "unread"
	                              : "server");
	result->origin = done->sent ? ORIGIN_SERVER : ORIGIN_HERE;
	result->retry =
	    row->again == CODE_AGAIN_WAIT || exit == REASON_NOT_SENT;
	result->http = done->http;
	(void)snprintf(result->code, sizeof(result->code), "%s", done->code);
	(void)snprintf(result->request_id, sizeof(result->request_id), "%s",
	    done->request_id);
	(void)snprintf(result->text, sizeof(result->text), "%s", done->message);
}

/* Whether a fresh signature and a moment may help. */
static bool
is_worth_a_try(const struct courier_done *done)
{
	const struct code_row *row;

	if (!done->sent || !done->readable || done->code[0] == '\0')
		return true;
	row = code_find(done->code, true);
	return row->again != CODE_AGAIN_NO;
}

int
sight_again(
    const struct courier_done *done, int tries, struct person_result *result)
{
	fill_by_answer(result, done);
	if (tries >= TRIES || !is_worth_a_try(done))
		return -1;
	return (int)wanted_ms(done, tries);
}

/* Long waits are told, and end as soon as the person is gone. */
static int
pause_for(struct reader *reader, uint32_t ms)
{
	const struct carrier *carrier = reader->carrier;
	int64_t until = clock_boot_ms() + ms;
	int left = clock_left_ms(until), told = -1;

	for (; left > 0; left = clock_left_ms(until)) {
		if (reader->on_pause != NULL && ms >= PAUSE_BARE_MS &&
		    left / 1000 != told) {
			told = left / 1000;
			reader->on_pause(reader->ctx, (uint32_t)left);
		}
		(void)poll(NULL, 0, left < SLICE_MS ? left : SLICE_MS);
		if (carrier->is_over != NULL &&
		    carrier->is_over(carrier->ctx) != 0)
			return sight_end(
			    reader->result, REASON_CANCELLED, "gone");
	}
	return GO_ON;
}

/*
 * Another try, or the end of it. To ask before the time that the server named
 * would be refused, and counted: where there is no such time, it is told.
 */
static int
try_again(struct reader *reader, const struct courier_done *done,
    const struct ring_trace *trace, int tries)
{
	struct person_result why;
	int ms = sight_again(done, tries, &why);

	if (ms >= 0 && ms < clock_left_ms(reader->deadline))
		return pause_for(reader, (uint32_t)ms);
	*reader->result = why;
	if (reader->about != NULL)
		sight_about(reader->about, trace, done);
	reader->wait_ms = is_throttled(done) ? wanted_ms(done, 1) : 0;
	reader->curl = done->curl;
	return ENDED;
}

int
sight_read(struct reader *reader, enum call call, const struct call_args *args,
    carry_on_item *on_item, void *ctx, struct courier_done *ret_done)
{
	auto_blob struct blob *request = NULL;
	struct courier_done done;
	struct ring_trace trace;
	enum seal_err e;
	int r;

	if ((r = courier_request_new(&request)) != 0)
		return sight_end(reader->result, REASON_BUG, "memory_lock");
	for (int tries = 1;; tries++) {
		e = ring_sign(reader->ring, &reader->key, reader->record, call,
		    args, NULL, courier_request_of(request), &trace);
		if (e != SEAL_OK)
			return end_locked_or_key(reader->result, e);
		r = carry_read(reader->carrier, courier_request_of(request),
		    reader->deadline, on_item, ctx, &done);
		courier_request_wipe(courier_request_of(request));
		if (r == WARDER_ESTALE)
			return sight_end(
			    reader->result, REASON_CANCELLED, "gone");
		if (r != 0) {
			log_warn("the courier: %s", warder_strerror(r));
			return sight_end(
			    reader->result, REASON_UNREACHABLE, "courier");
		}
		if (done.date != 0)
			reader->server_ms = done.date;
		if (courier_is_good(&done))
			break;
		if (try_again(reader, &done, &trace, tries) != GO_ON)
			return ENDED;
	}
	if (ret_done != NULL)
		*ret_done = done;
	return GO_ON;
}
