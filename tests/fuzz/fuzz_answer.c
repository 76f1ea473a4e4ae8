/* SPDX-License-Identifier: ISC */
/*
 * What a hostile server may put into an answer. The first byte says what was
 * asked: bit 7 the token API, bit 6 an act, the rest the kind of the reading.
 * What comes out has to fit the wire.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "courier/answer.h"
#include "courier/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int
take(void *context, const struct item *item)
{
	static uint8_t body[FRAME_BODY_MAX];
	struct wbuf out = wbuf_of(body, sizeof(body));

	(void)context;
	put_item(&out, item);
	if (wbuf_end(&out) != 0)
		abort();
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const struct answer_sink sink = { .take = take };
	struct reply reply = {
		.http = 200, .is_whole = true, .type = "application/json"
	};
	struct courier_done done = { 0 };
	static bool is_ready;
	enum courier_api api;
	int what;

	if (!is_ready)
		json_init();
	is_ready = true;
	if (len < 1)
		return 0;
	api = (bytes[0] & 0x80) != 0 ? COURIER_API_TOKEN : COURIER_API_SIGNED;
	what = bytes[0] & 0x3f;
	reply.body = bytes + 1;
	reply.len = len - 1;
	if ((bytes[0] & 0x40) != 0)
		answer_act(api, &reply, &done);
	else if (what >= 1 && what <= COURIER_WHAT_LAST)
		(void)!answer_read(
		    api, (enum courier_what)what, &reply, &sink, &done);
	return 0;
}
