/* SPDX-License-Identifier: ISC */
/*
 * A conversation at the desk. Each step is: side (even the client, odd the
 * keeper), number, id, two bytes of length, body. Whatever is accepted must
 * be a message of the table that can be written anew, byte for byte.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "desk/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int
next_frame(struct rbuf *in, uint8_t *ret_side, struct frame *frame)
{
	uint8_t number, id;
	uint16_t len;

	if (get_u8(in, ret_side) != 0 || get_u8(in, &number) != 0 ||
	    get_u8(in, &id) != 0 || get_u16(in, &len) != 0 ||
	    len > sizeof(frame->body) || get_bytes(in, frame->body, len) != 0)
		return WARDER_ETRUNC;
	frame->type = WIRE_TYPE(WIRE_PERSON, number);
	frame->id = id;
	frame->len = len;
	frame->fd = (*ret_side & 2) != 0 ? 0 : -1;
	return WARDER_OK;
}

static void
check_accepted(const struct session *session, const struct frame *frame)
{
	static uint8_t back[FRAME_BODY_MAX];
	struct wbuf out = wbuf_of(back, sizeof(back));

	layout_put(&out, session->layout, &session->msg);
	if (session->layout->type != frame->type || wbuf_end(&out) != 0 ||
	    out.len != frame->len || memcmp(back, frame->body, out.len) != 0 ||
	    session->id != frame->id)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct frame frame;
	struct session session = { 0 };
	struct rbuf in = rbuf_of(bytes, len);
	uint8_t side;
	int r;

	while (next_frame(&in, &side, &frame) == 0) {
		r = (side & 1) == 0 ? session_on_request(&session, &frame)
		                    : session_on_answer(&session, &frame);
		if (r != 0)
			break;
		check_accepted(&session, &frame);
	}
	return 0;
}
