/* SPDX-License-Identifier: ISC */
/*
 * Requests over the courier's socket, one at a time or several reads. A courier that was taken
 * over may lie about the server; it may not make us read without end, take
 * an answer of one request for another's, or wait for ever.
 */
#include "config.h"

#include <poll.h>

#include "base/clock.h"
#include "base/fd.h"
#include "keeper/carry.h"
#include "wire/peer.h"

#define SLICE_MS 500 /* how often is_over() is asked */

void
carry_close(struct carrier *carrier)
{
	fd_closep(&carrier->sock);
}

static int
connected(struct carrier *carrier)
{
	if (carrier->sock >= 0)
		return WARDER_OK;
	return peer_connect(carrier->path, &carrier->sock);
}

/* frame_recv() in slices, so that a person who left is noticed. */
static int
receive(struct carrier *carrier, int64_t deadline, struct frame *frame)
{
	int64_t slice;
	int r;

	for (;;) {
		slice = clock_boot_ms() + SLICE_MS;
		if (slice > deadline)
			slice = deadline;
		r = frame_recv(carrier->sock, WIRE_COURIER, slice, frame);
		if (r != WARDER_ETIME || clock_boot_ms() >= deadline)
			return r;
		if (carrier->is_over != NULL &&
		    carrier->is_over(carrier->ctx) != 0)
			return WARDER_ESTALE;
	}
}

struct tally {
	uint32_t items;
	size_t bytes;
};

static int
take_item(const struct frame *frame, struct tally *tally,
    carry_on_item *on_item, void *ctx)
{
	struct item item;
	int r;

	tally->bytes += frame->len;
	if (++tally->items > COURIER_ITEMS_MAX ||
	    tally->bytes > COURIER_ITEM_BYTES_MAX)
		return WARDER_ETOOBIG;
	if (frame->fd >= 0)
		return WARDER_EFD;
	if ((r = get_item(frame_body(frame), &item)) != 0)
		return r;
	return on_item == NULL ? WARDER_ETYPE : on_item(ctx, &item);
}

/* Everything up to the DONE of request `id`. */
static int
collect(struct carrier *carrier, uint32_t id, const struct layout *last,
    int64_t deadline, carry_on_item *on_item, void *ctx,
    struct courier_done *ret_done)
{
	auto_frame struct frame frame = FRAME_NONE;
	struct tally tally = { 0, 0 };
	int r;

	for (;;) {
		if ((r = receive(carrier, deadline, &frame)) != 0)
			return r;
		if (frame.id != id)
			return WARDER_ETYPE;
		if (frame.type == last->type)
			break;
		if (frame.type != COURIER_ITEM)
			return WARDER_ETYPE;
		if ((r = take_item(&frame, &tally, on_item, ctx)) != 0)
			return r;
	}
	if ((r = layout_take(&frame, last, ret_done)) != 0)
		return r;
	return ret_done->items == tally.items ? WARDER_OK : WARDER_EFORM;
}

int
carry_read(struct carrier *carrier, const struct courier_request *request,
    int64_t deadline, carry_on_item *on_item, void *ctx,
    struct courier_done *ret_done)
{
	struct courier_done done;
	uint32_t id = carrier->next_id++;
	int r;

	if ((r = connected(carrier)) != 0)
		return r;
	r = courier_send_read(carrier->sock, id, request, deadline);
	if (r == 0)
		r = collect(carrier, id, &courier_read_done_layout, deadline,
		    on_item, ctx, &done);
	if (r != 0) {
		carry_close(carrier);
		return r;
	}
	*ret_done = done;
	return WARDER_OK;
}

int
carry_send(struct carrier *carrier, const struct courier_request *request,
    int64_t deadline, uint32_t *ret_id)
{
	uint32_t id = carrier->next_id++;
	int r;

	if ((r = connected(carrier)) != 0)
		return r;
	if ((r = courier_send_read(carrier->sock, id, request, deadline)) !=
	    0) {
		carry_close(carrier);
		return r;
	}
	*ret_id = id;
	return WARDER_OK;
}

static int
take_carried(struct frame *frame, struct carried *ret)
{
	if (frame->fd >= 0)
		return WARDER_EFD;
	ret->id = frame->id;
	ret->bytes = frame->len;
	ret->is_done = frame->type == courier_read_done_layout.type;
	if (ret->is_done)
		return layout_take(
		    frame, &courier_read_done_layout, &ret->done);
	if (frame->type != COURIER_ITEM)
		return WARDER_ETYPE;
	return get_item(frame_body(frame), &ret->item);
}

int
carry_next(struct carrier *carrier, int64_t deadline, struct carried *ret)
{
	auto_frame struct frame frame = FRAME_NONE;
	int r;

	if (carrier->sock < 0)
		return WARDER_EOF;
	if ((r = receive(carrier, deadline, &frame)) == 0)
		r = take_carried(&frame, ret);
	if (r != 0 && r != WARDER_ETIME)
		carry_close(carrier);
	return r;
}

int
carry_act(struct carrier *carrier, const struct courier_request *request,
    int64_t deadline, int *ret_handed, struct courier_done *ret_done)
{
	struct courier_done done;
	uint32_t id = carrier->next_id++;
	int r;

	*ret_handed = 0;
	if ((r = connected(carrier)) != 0)
		return r;
	/* A frame goes whole or not at all, so a failure here is "not". */
	if ((r = courier_send_act(carrier->sock, id, request, deadline)) != 0) {
		carry_close(carrier);
		return r;
	}
	*ret_handed = 1;
	r = collect(
	    carrier, id, &courier_act_done_layout, deadline, NULL, NULL, &done);
	if (r != 0) {
		carry_close(carrier);
		return r;
	}
	*ret_done = done;
	return WARDER_OK;
}
