/* SPDX-License-Identifier: ISC */
/*
 * Characters of foreign texts as they stand in a line. What could end a
 * string, start a line, colour a terminal, hide, or turn a text around is
 * written as \u and four digits; nothing else is.
 */
#include "config.h"

#include "base/text.h"
#include "ledger/escape.h"

static bool
is_escaped(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x0000, 0x001f },
		{ 0x007f, 0x009f },
		{ 0x061c, 0x061c },
		{ 0x200b, 0x200f },
		{ 0x2028, 0x202e },
		{ 0x2060, 0x206f },
		{ 0xfeff, 0xfeff },
		{ 0xfff9, 0xfffb },
		{ 0xe0000, 0xe007f },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* One character of foreign bytes; a bad one becomes U+FFFD, alone. */
size_t
escape_next(const uint8_t *at, size_t len, uint32_t *ret_char)
{
	size_t n = utf8_next(at, len, ret_char);

	if (n > 0)
		return n;
	*ret_char = 0xfffd;
	return 1;
}

size_t
utf8_put(uint32_t c, char *ret)
{
	if (c < 0x80) {
		ret[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		ret[0] = (char)(0xc0 | c >> 6);
		ret[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		ret[0] = (char)(0xe0 | c >> 12);
		ret[1] = (char)(0x80 | (c >> 6 & 0x3f));
		ret[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	ret[0] = (char)(0xf0 | c >> 18);
	ret[1] = (char)(0x80 | (c >> 12 & 0x3f));
	ret[2] = (char)(0x80 | (c >> 6 & 0x3f));
	ret[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static size_t
put_escape(uint32_t unit, char *ret)
{
	static const char digits[] = "0123456789abcdef";

	ret[0] = '\\';
	ret[1] = 'u';
	for (size_t i = 0; i < 4; i++)
		ret[2 + i] = digits[unit >> (12 - 4 * i) & 0xf];
	return 6;
}

/* A character as it stands in a line; at most 12 bytes. */
size_t
escape_put(uint32_t c, char *ret)
{
	size_t n;

	if (c == '"' || c == '\\') {
		ret[0] = '\\';
		ret[1] = (char)c;
		return 2;
	}
	if (!is_escaped(c))
		return utf8_put(c, ret);
	if (c < 0x10000)
		return put_escape(c, ret);
	n = put_escape(0xd800 + ((c - 0x10000) >> 10), ret);
	return n + put_escape(0xdc00 + ((c - 0x10000) & 0x3ff), ret + n);
}

/* How many bytes a text takes in a line; stops counting above `max`. */
size_t
escape_len(const uint8_t *at, size_t len, size_t max)
{
	size_t total = 0, n;
	char out[ESCAPE_CHAR_MAX];
	uint32_t c;

	while (len > 0 && total <= max) {
		n = escape_next(at, len, &c);
		total += escape_put(c, out);
		at += n;
		len -= n;
	}
	return total;
}
