/* SPDX-License-Identifier: ISC */
/*
 * What the answer to a pass or a refuse means. The courier reports facts;
 * this is the one place that judges them. Unknown is the zero value: nobody
 * is told "nothing was done" because something was left out. Pure.
 */
#ifndef WARDER_YUNXIAO_ANSWER_H
#define WARDER_YUNXIAO_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "yunxiao/codes.h"
#include "yunxiao/ids.h"

#define ANSWER_WAIT_MAX_MS 60000 /* a server's wait is believed so far */

enum answer_outcome {
	ANSWER_UNKNOWN = 0, /* read the run */
	ANSWER_NOT_SENT,
	ANSWER_ACCEPTED, /* not a success yet: watch */
	ANSWER_THROTTLED,
	ANSWER_REFUSED
};

/* The fields of ACT_DONE that count. Tri: 0 absent, 1 false, 2 true. */
struct answer {
	enum api api;
	uint8_t sent;            /* 0: no request byte was let out */
	uint16_t http;           /* 0: no status line */
	uint8_t readable;        /* 1: the whole body came and was understood */
	uint8_t success;         /* tri, of the envelope */
	uint8_t bare;            /* tri, of a body that is one word */
	char code[97];           /* "" if it says nothing */
	uint32_t retry_after_ms; /* 0: no such header */
	uint8_t connections;     /* made for it */
};

struct answer_meaning {
	enum answer_outcome outcome;
	uint32_t wait_ms;           /* THROTTLED: how long, 0 if not told */
	const struct code_row *row; /* of the code; never NULL */
};

struct answer_meaning answer_judge(const struct answer *answer);

/* "not-sent", "accepted", "throttled", "refused", "unknown". */
const char *answer_word(enum answer_outcome outcome);

#endif
