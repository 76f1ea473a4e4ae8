/* SPDX-License-Identifier: ISC */
/*
 * Walks one table for both directions. A body is accepted only if every
 * field is in range and the last byte is the last byte.
 */
#include "config.h"

#include <string.h>

#include "wire/layout.h"

static bool
is_in_range(const struct field *field, uint8_t n)
{
	switch (field->kind) {
	case FIELD_U8:
		return n <= field->limit;
	case FIELD_ENUM:
		return n >= 1 && n <= field->limit;
	case FIELD_FLAGS:
		return (n & ~field->limit) == 0;
	case FIELD_TRI:
		return n <= TRI_TRUE;
	case FIELD_U16:
	case FIELD_U32:
	case FIELD_U64:
	case FIELD_TEXT8:
	case FIELD_TEXT16:
	case FIELD_BYTES:
		break;
	}
	return false;
}

static void
put_field(struct wbuf *out, const struct field *field, const void *at)
{
	switch (field->kind) {
	case FIELD_U8:
	case FIELD_ENUM:
	case FIELD_FLAGS:
	case FIELD_TRI:
		if (!is_in_range(field, *(const uint8_t *)at))
			out->r = WARDER_EBUG;
		put_u8(out, *(const uint8_t *)at);
		return;
	case FIELD_U16:
		put_u16(out, *(const uint16_t *)at);
		return;
	case FIELD_U32:
		put_u32(out, *(const uint32_t *)at);
		return;
	case FIELD_U64:
		put_u64(out, *(const uint64_t *)at);
		return;
	case FIELD_TEXT8:
		put_text8(out, at);
		return;
	case FIELD_TEXT16:
		put_text16(out, at);
		return;
	case FIELD_BYTES:
		put_bytes(out, at, field->limit);
		return;
	}
	out->r = WARDER_EBUG;
}

void
layout_put(struct wbuf *out, const struct layout *layout, const void *msg)
{
	for (size_t i = 0; i < layout->n; i++)
		put_field(out, &layout->fields[i],
		    (const char *)msg + layout->fields[i].offset);
}

static int
get_field(struct rbuf *in, const struct field *field, void *at)
{
	int r;

	switch (field->kind) {
	case FIELD_U8:
	case FIELD_ENUM:
	case FIELD_FLAGS:
	case FIELD_TRI:
		if ((r = get_u8(in, at)) != 0)
			return r;
		return is_in_range(field, *(uint8_t *)at) ? 0 : WARDER_EFORM;
	case FIELD_U16:
		return get_u16(in, at);
	case FIELD_U32:
		return get_u32(in, at);
	case FIELD_U64:
		return get_u64(in, at);
	case FIELD_TEXT8:
		return get_text8(in, field->limit, at);
	case FIELD_TEXT16:
		return get_text16(in, field->limit, at);
	case FIELD_BYTES:
		return get_bytes(in, at, field->limit);
	}
	return WARDER_EBUG;
}

int
layout_get_fields(
    struct rbuf *in, const struct field *fields, size_t n, void *msg)
{
	int r;

	for (size_t i = 0; i < n; i++) {
		r = get_field(in, &fields[i], (char *)msg + fields[i].offset);
		if (r != 0)
			return r;
	}
	return WARDER_OK;
}

int
layout_get(struct rbuf in, const struct layout *layout, void *ret_msg)
{
	int r;

	memset(ret_msg, 0, layout->size);
	r = layout_get_fields(&in, layout->fields, layout->n, ret_msg);
	return r != 0 ? r : rbuf_end(&in);
}

int
layout_send(int sock, uint32_t id, const struct layout *layout, const void *msg,
    int fd, int64_t deadline)
{
	uint8_t body[FRAME_BODY_MAX];
	struct wbuf out = wbuf_of(body, sizeof(body));

	if ((fd >= 0) != layout->takes_fd)
		return WARDER_EBUG;
	layout_put(&out, layout, msg);
	return frame_send(sock, layout->type, id, &out, fd, deadline);
}

int
layout_take(
    const struct frame *frame, const struct layout *layout, void *ret_msg)
{
	if (frame->type != layout->type)
		return WARDER_ETYPE;
	if ((frame->fd >= 0) != layout->takes_fd)
		return WARDER_EFD;
	return layout_get(frame_body(frame), layout, ret_msg);
}
