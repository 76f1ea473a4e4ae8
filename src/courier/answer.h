/* SPDX-License-Identifier: ISC */
/*
 * From the bytes of an answer to typed facts. It says what is there and
 * judges nothing; what is absent or of a wrong type stays unknown. The bytes
 * come from a stranger, or from whoever stands in for the server. Pure.
 */
#ifndef WARDER_COURIER_ANSWER_H
#define WARDER_COURIER_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "wire/courier.h"

/* What came: one whole answer, or the part until it broke off. */
struct reply {
	uint16_t http;       /* 0: no status line */
	bool is_whole;       /* ended as its framing said, within all caps */
	bool is_encoded;     /* Content-Encoding other than identity */
	char type[128];      /* Content-Type, lower case; "" none */
	char request_id[97]; /* header x-acs-request-id */
	bool has_next_page;  /* header x-next-page was there */
	char next_page[24];
	uint32_t page, total_pages; /* x-page, x-total-pages; 0: not told */
	const uint8_t *body;
	size_t len;
};

/* Takes one piece. Not 0: no more, and answer_read() returns it. */
struct answer_sink {
	int (*take)(void *context, const struct item *item);
	void *context;
};

/*
 * Fills http, readable, code, request_id, message and items of *done, and
 * gives the pieces of a good answer to `sink`: all or, where one does not
 * fit the wire, none. Returns 0 or an error of the sink.
 */
WARDER_MUST_CHECK int answer_read(enum courier_api api, enum courier_what what,
    const struct reply *reply, const struct answer_sink *sink,
    struct courier_done *done);

/* The same members without items, and success and bare. */
void answer_act(
    enum courier_api api, const struct reply *reply, struct courier_done *done);

#endif
