/* SPDX-License-Identifier: ISC */
/*
 * Bounded big-endian reading and writing. What is read comes from a peer, so
 * every length is held against what is left and against its cap before a
 * byte is copied.
 */
#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

struct rbuf
rbuf_of(const void *bytes, size_t len)
{
	return (struct rbuf){ .at = bytes, .left = len };
}

int
get_view(struct rbuf *in, size_t len, const uint8_t **ret_at)
{
	if (len > in->left)
		return WARDER_ETRUNC;
	*ret_at = in->at;
	in->at += len;
	in->left -= len;
	return WARDER_OK;
}

int
get_bytes(struct rbuf *in, void *ret, size_t len)
{
	const uint8_t *at;
	int r;

	if ((r = get_view(in, len, &at)) != 0)
		return r;
	if (len != 0)
		memcpy(ret, at, len);
	return WARDER_OK;
}

static int
get_number(struct rbuf *in, size_t len, uint64_t *ret)
{
	const uint8_t *at;
	uint64_t n = 0;
	int r;

	if ((r = get_view(in, len, &at)) != 0)
		return r;
	for (size_t i = 0; i < len; i++)
		n = n << 8 | at[i];
	*ret = n;
	return WARDER_OK;
}

int
get_u8(struct rbuf *in, uint8_t *ret)
{
	return get_bytes(in, ret, 1);
}

int
get_u16(struct rbuf *in, uint16_t *ret)
{
	uint64_t n;
	int r;

	if ((r = get_number(in, 2, &n)) == 0)
		*ret = (uint16_t)n;
	return r;
}

int
get_u32(struct rbuf *in, uint32_t *ret)
{
	uint64_t n;
	int r;

	if ((r = get_number(in, 4, &n)) == 0)
		*ret = (uint32_t)n;
	return r;
}

int
get_u64(struct rbuf *in, uint64_t *ret)
{
	return get_number(in, 8, ret);
}

static int
get_text(struct rbuf *in, size_t len, size_t max, char *ret)
{
	const uint8_t *at;
	int r;

	if (len > max)
		return WARDER_ETOOBIG;
	if ((r = get_view(in, len, &at)) != 0)
		return r;
	if (!text_is_clean(at, len))
		return WARDER_ETEXT;
	memcpy(ret, at, len);
	ret[len] = '\0';
	return WARDER_OK;
}

int
get_text8(struct rbuf *in, size_t max, char *ret)
{
	uint8_t len;
	int r;

	if ((r = get_u8(in, &len)) != 0)
		return r;
	return get_text(in, len, max, ret);
}

int
get_text16(struct rbuf *in, size_t max, char *ret)
{
	uint16_t len;
	int r;

	if ((r = get_u16(in, &len)) != 0)
		return r;
	return get_text(in, len, max, ret);
}

int
rbuf_end(const struct rbuf *in)
{
	return in->left == 0 ? WARDER_OK : WARDER_ETRAIL;
}

struct wbuf
wbuf_of(void *bytes, size_t cap)
{
	return (struct wbuf){ .bytes = bytes, .cap = cap };
}

void
put_bytes(struct wbuf *out, const void *bytes, size_t len)
{
	if (out->r != 0)
		return;
	if (len > out->cap - out->len) {
		out->r = WARDER_ETOOBIG;
		return;
	}
	if (len != 0)
		memcpy(out->bytes + out->len, bytes, len);
	out->len += len;
}

static void
put_number(struct wbuf *out, uint64_t n, size_t len)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(n >> 8 * (len - 1 - i));
	put_bytes(out, bytes, len);
}

void
put_u8(struct wbuf *out, uint8_t n)
{
	put_number(out, n, 1);
}

void
put_u16(struct wbuf *out, uint16_t n)
{
	put_number(out, n, 2);
}

void
put_u32(struct wbuf *out, uint32_t n)
{
	put_number(out, n, 4);
}

void
put_u64(struct wbuf *out, uint64_t n)
{
	put_number(out, n, 8);
}

static void
put_text(struct wbuf *out, const char *text, size_t prefix, size_t max)
{
	size_t len = strlen(text);

	if (out->r != 0)
		return;
	if (len > max) {
		out->r = WARDER_ETOOBIG;
		return;
	}
	put_number(out, len, prefix);
	put_bytes(out, text, len);
}

void
put_text8(struct wbuf *out, const char *text)
{
	put_text(out, text, 1, UINT8_MAX);
}

void
put_text16(struct wbuf *out, const char *text)
{
	put_text(out, text, 2, UINT16_MAX);
}

int
wbuf_end(const struct wbuf *out)
{
	return out->r;
}
