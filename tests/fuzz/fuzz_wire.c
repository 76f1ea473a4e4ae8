/* SPDX-License-Identifier: ISC */
/*
 * Bodies of the other local protocols: the first byte says which. What is
 * read is written back as the very same bytes.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/admin.h"
#include "wire/challenge.h"
#include "wire/courier.h"
#include "wire/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static uint8_t back[FRAME_BODY_MAX];

static void
must_equal(const struct wbuf *out, struct rbuf in)
{
	if (wbuf_end(out) != 0 || out->len != in.left ||
	    memcmp(back, in.at, in.left) != 0)
		abort();
}

static void
try_courier(uint8_t which, struct rbuf in)
{
	static struct courier_request request;
	struct wbuf out = wbuf_of(back, sizeof(back));

	if (which == 0 && get_courier_read(in, &request) == 0)
		put_courier_read(&out, &request);
	else if (which == 1 && get_courier_act(in, &request) == 0)
		put_courier_act(&out, &request);
	else
		return;
	must_equal(&out, in);
}

static void
try_item(struct rbuf in)
{
	static struct item item;
	struct wbuf out = wbuf_of(back, sizeof(back));

	if (get_item(in, &item) != 0)
		return;
	put_item(&out, &item);
	must_equal(&out, in);
}

static void
try_challenge(struct rbuf in)
{
	static struct challenge challenge;
	struct wbuf out = wbuf_of(back, sizeof(back));

	if (challenge_get(in, &challenge) != 0)
		return;
	challenge_put(&out, &challenge);
	must_equal(&out, in);
}

static void
try_layout(struct rbuf in, const struct layout *layout)
{
	static union {
		struct admin_check check;
		struct admin_row row;
		struct admin_done done;
		struct admin_members members;
		struct admin_member member;
		struct admin_key key;
		struct admin_gate gate;
		struct admin_history history;
		struct admin_run run;
		struct admin_seen seen;
		struct courier_done courier;
	} msg;
	struct wbuf out = wbuf_of(back, sizeof(back));

	if (layout->size > sizeof(msg))
		abort();
	if (layout_get(in, layout, &msg) != 0)
		return;
	layout_put(&out, layout, &msg);
	must_equal(&out, in);
}

static void
try_auth(struct rbuf in)
{
	static struct proof_auth auth;
	static struct frame frame;

	frame.type = PROOF_AUTH;
	frame.len = in.left;
	frame.fd = 0; /* stands for the channel */
	memcpy(frame.body, in.at, in.left);
	(void)!proof_auth_take(&frame, &auth);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct layout *const layouts[] = { &admin_check_layout,
		&admin_row_layout, &admin_done_layout,
		&courier_read_done_layout, &courier_act_done_layout,
		&courier_cancel_layout, &admin_members_layout,
		&admin_member_layout, &admin_key_layout, &admin_gate_layout,
		&admin_history_layout, &admin_run_layout, &admin_seen_layout };
	struct rbuf in;

	if (len < 1 || len > FRAME_BODY_MAX)
		return 0;
	in = rbuf_of(bytes + 1, len - 1);
	if (bytes[0] <= 1)
		try_courier(bytes[0], in);
	else if (bytes[0] == 2)
		try_item(in);
	else if (bytes[0] == 3)
		try_challenge(in);
	else if (bytes[0] == 4)
		try_auth(in);
	else if (bytes[0] - 5u < sizeof(layouts) / sizeof(layouts[0]))
		try_layout(in, layouts[bytes[0] - 5u]);
	return 0;
}
