/* SPDX-License-Identifier: ISC */
/*
 * A message body as a table. One table is read by the writer and by the
 * reader, so the two cannot drift apart; what the table does not name does
 * not exist. The struct it fills has texts as arrays of `limit` + 1 chars.
 */
#ifndef WARDER_WIRE_LAYOUT_H
#define WARDER_WIRE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "wire/frame.h"

enum field_kind {
	FIELD_U8 = 1, /* uint8_t, 0 to limit */
	FIELD_ENUM,   /* uint8_t, 1 to limit */
	FIELD_FLAGS,  /* uint8_t, no bit outside limit */
	FIELD_TRI,    /* uint8_t: 0 absent, 1 false, 2 true */
	FIELD_U16,    /* uint16_t */
	FIELD_U32,    /* uint32_t */
	FIELD_U64,    /* uint64_t */
	FIELD_TEXT8,  /* char[limit + 1], length of one byte before it */
	FIELD_TEXT16, /* char[limit + 1], length of two bytes before it */
	FIELD_BYTES   /* uint8_t[limit], exactly */
};

#define TRI_ABSENT 0
#define TRI_FALSE 1
#define TRI_TRUE 2

struct field {
	enum field_kind kind;
	size_t offset; /* in the struct */
	size_t limit;
};

struct layout {
	const char *name; /* for a log line */
	uint32_t type;    /* WIRE_TYPE(…) */
	bool takes_fd;    /* exactly one descriptor comes along, else none */
	size_t size;      /* of the struct */
	const struct field *fields;
	size_t n;
};

/* Writes the fields of *msg. A value outside its field's range is EBUG. */
void layout_put(struct wbuf *out, const struct layout *layout, const void *msg);

/*
 * Reads a whole body into *ret_msg, zeroed first. ETRUNC, ETRAIL, ETOOBIG,
 * ETEXT; EFORM: a value outside its range.
 */
WARDER_MUST_CHECK int layout_get(
    struct rbuf in, const struct layout *layout, void *ret_msg);

/*
 * Reads `n` fields only, for a body that is part table and part by hand. The
 * caller has zeroed *msg and ends with rbuf_end().
 */
WARDER_MUST_CHECK int layout_get_fields(
    struct rbuf *in, const struct field *fields, size_t n, void *msg);

/* layout_put() and frame_send() in one. */
WARDER_MUST_CHECK int layout_send(int sock, uint32_t id,
    const struct layout *layout, const void *msg, int fd, int64_t deadline);

/*
 * ETYPE unless `frame` is of this type, EFD unless it has a descriptor just
 * if the layout takes one; then layout_get().
 */
WARDER_MUST_CHECK int layout_take(
    const struct frame *frame, const struct layout *layout, void *ret_msg);

#endif
