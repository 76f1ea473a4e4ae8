/* SPDX-License-Identifier: ISC */
/*
 * What a hostile server may put into an answer. The first byte says what was
 * asked: bit 7 the token API, bit 6 an act, the rest the kind of the reading.
 * What comes out has to fit the wire, and to be whole.
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
	static uint8_t body[FRAME_BODY_MAX], again[FRAME_BODY_MAX];
	struct wbuf out = wbuf_of(body, sizeof(body));
	struct wbuf back = wbuf_of(again, sizeof(again));
	uint32_t *items = context;
	struct item read;

	put_item(&out, item);
	if (wbuf_end(&out) != 0 || get_item(rbuf_of(body, out.len), &read) != 0)
		abort();
	put_item(&back, &read);
	if (back.len != out.len || memcmp(body, again, out.len) != 0)
		abort();
	(*items)++;
	return 0;
}

static void
check_end(const struct courier_done *done, uint32_t items)
{
	uint8_t body[FRAME_BODY_MAX];
	struct wbuf out = wbuf_of(body, sizeof(body));
	struct courier_done back;

	layout_put(&out, &courier_act_done_layout, done);
	if (wbuf_end(&out) != 0 || layout_get(rbuf_of(body, out.len),
	                               &courier_act_done_layout, &back) != 0)
		abort();
	if (items != done->items)
		abort();
	if (!done->readable &&
	    (items != 0 || done->success != 0 || done->bare != 0))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	uint32_t items = 0;
	const struct answer_sink sink = { take, &items };
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
	check_end(&done, items);
	return 0;
}
