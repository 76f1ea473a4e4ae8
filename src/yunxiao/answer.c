/* SPDX-License-Identifier: ISC */
/*
 * First match counts. Every rule that says "nothing was done" needs all of
 * its words to be there; what is left over is unknown, and the run is read.
 */
#include "config.h"

#include <string.h>

#include "yunxiao/answer.h"

#define TRI_IS_TRUE 2
#define TRI_IS_FALSE 1

static bool
is_status(const struct answer *answer, uint16_t first)
{
	return answer->http >= first && answer->http < first + 100;
}

/* A whole answer, over a single connection. */
static bool
is_whole(const struct answer *answer)
{
	return answer->readable == 1 && answer->connections <= 1;
}

static bool
is_accepted(const struct answer *answer)
{
	if (!is_whole(answer) || !is_status(answer, 200) ||
	    !code_says_nothing(answer->code))
		return false;
	if (answer->api != API_SIGNED && answer->bare == TRI_IS_TRUE)
		return answer->success != TRI_IS_FALSE;
	return answer->success == TRI_IS_TRUE && answer->bare == 0;
}

static bool
is_throttle_code(const char *code)
{
	return strncmp(code, "Throttling", 10) == 0 ||
	       strcmp(code, "TooManyRequests") == 0;
}

/* Flow control speaks before anything is done, by its code or its header. */
static bool
is_throttled(const struct answer *answer)
{
	return answer->sent != 0 && answer->connections <= 1 &&
	       is_status(answer, 400) &&
	       ((answer->readable == 1 && is_throttle_code(answer->code)) ||
	           answer->retry_after_ms > 0);
}

static bool
is_refused(const struct answer *answer, const struct code_row *row)
{
	if (!is_whole(answer) || code_says_nothing(answer->code) ||
	    row->done != CODE_DONE_NO || answer->success == TRI_IS_TRUE)
		return false;
	return is_status(answer, 400) ||
	       (is_status(answer, 200) && answer->success == TRI_IS_FALSE);
}

struct answer_meaning
answer_judge(const struct answer *answer)
{
	struct answer_meaning meaning = { .outcome = ANSWER_UNKNOWN };

	/* The service's own answers have a `success`, a gateway's has none. */
	meaning.row = code_find(
	    answer->code, answer->api == API_SIGNED && answer->success == 0);
	if (answer->sent == 0) {
		/* An answer to what was not sent: somebody is wrong. */
		if (answer->http == 0)
			meaning.outcome = ANSWER_NOT_SENT;
		return meaning;
	}
	if (is_accepted(answer)) {
		meaning.outcome = ANSWER_ACCEPTED;
	} else if (is_throttled(answer)) {
		meaning.outcome = ANSWER_THROTTLED;
		meaning.wait_ms = answer->retry_after_ms < ANSWER_WAIT_MAX_MS
		                      ? answer->retry_after_ms
		                      : ANSWER_WAIT_MAX_MS;
	} else if (is_refused(answer, meaning.row)) {
		meaning.outcome = ANSWER_REFUSED;
	}
	return meaning;
}

const char *
answer_word(enum answer_outcome outcome)
{
	switch (outcome) {
	case ANSWER_UNKNOWN:
		return "unknown";
	case ANSWER_NOT_SENT:
		return "not-sent";
	case ANSWER_ACCEPTED:
		return "accepted";
	case ANSWER_THROTTLED:
		return "throttled";
	case ANSWER_REFUSED:
		return "refused";
	}
	return "unknown";
}
