/* SPDX-License-Identifier: ISC */
/*
 * Bounded reading and writing of big-endian bytes. Neither side allocates:
 * a wbuf fills memory of the caller, an rbuf walks over borrowed bytes. A
 * reader has to end with rbuf_end(), so that no byte is left unexplained.
 */
#ifndef WARDER_BASE_BUF_H
#define WARDER_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct rbuf {
	const uint8_t *at; /* next byte; borrowed */
	size_t left;
};

/*
 * The first failure is kept in `r` and later puts do nothing, so that a
 * writer may check once, with wbuf_end().
 */
struct wbuf {
	uint8_t *bytes; /* the caller's */
	size_t cap, len;
	int r;
};

struct rbuf rbuf_of(const void *bytes, size_t len);
WARDER_MUST_CHECK int get_u8(struct rbuf *in, uint8_t *ret);
WARDER_MUST_CHECK int get_u16(struct rbuf *in, uint16_t *ret);
WARDER_MUST_CHECK int get_u32(struct rbuf *in, uint32_t *ret);
WARDER_MUST_CHECK int get_u64(struct rbuf *in, uint64_t *ret);
WARDER_MUST_CHECK int get_bytes(struct rbuf *in, void *ret, size_t len);

/* `len` bytes in place, borrowed from what the rbuf was made of. */
WARDER_MUST_CHECK int get_view(
    struct rbuf *in, size_t len, const uint8_t **ret_at);

/*
 * A text after a length of one or two bytes, at most `max` bytes; `ret` has
 * room for max + 1 and gets a NUL. ETOOBIG: longer. ETEXT: not UTF-8, or a
 * NUL inside.
 */
WARDER_MUST_CHECK int get_text8(struct rbuf *in, size_t max, char *ret);
WARDER_MUST_CHECK int get_text16(struct rbuf *in, size_t max, char *ret);

/* ETRAIL unless every byte was read. */
WARDER_MUST_CHECK int rbuf_end(const struct rbuf *in);

struct wbuf wbuf_of(void *bytes, size_t cap);
void put_u8(struct wbuf *out, uint8_t n);
void put_u16(struct wbuf *out, uint16_t n);
void put_u32(struct wbuf *out, uint32_t n);
void put_u64(struct wbuf *out, uint64_t n);
void put_bytes(struct wbuf *out, const void *bytes, size_t len);
void put_text8(struct wbuf *out, const char *text);
void put_text16(struct wbuf *out, const char *text);
WARDER_MUST_CHECK int wbuf_end(const struct wbuf *out);

#endif
