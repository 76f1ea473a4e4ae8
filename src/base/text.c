/* SPDX-License-Identifier: ISC */
/*
 * UTF-8, decimal and hex, strictly. Names come from servers and peers who
 * may try to write on a terminal or in a log what nobody said; so there is
 * one place that decides which characters are hostile, and one for screens.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Smallest code point that a sequence of this length may stand for. */
static const uint32_t least_of_len[5] = { 0, 0, 0x80, 0x800, 0x10000 };

size_t
utf8_next(const uint8_t *at, size_t len, uint32_t *ret_char)
{
	size_t need;
	uint32_t c;

	if (at[0] < 0x80) {
		*ret_char = at[0];
		return 1;
	}
	if (at[0] >= 0xc2 && at[0] <= 0xdf)
		need = 2, c = at[0] & 0x1fu;
	else if (at[0] >= 0xe0 && at[0] <= 0xef)
		need = 3, c = at[0] & 0x0fu;
	else if (at[0] >= 0xf0 && at[0] <= 0xf4)
		need = 4, c = at[0] & 0x07u;
	else
		return 0;
	if (need > len)
		return 0;
	for (size_t i = 1; i < need; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (at[i] & 0x3fu);
	}
	if (c < least_of_len[need] || c > 0x10ffff ||
	    (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret_char = c;
	return need;
}

bool
text_is_clean(const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	uint32_t c;
	size_t n;

	while (len > 0) {
		n = utf8_next(at, len, &c);
		if (n == 0 || c == 0)
			return false;
		at += n;
		len -= n;
	}
	return true;
}

bool
char_is_hostile(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x0000, 0x001f },
		{ 0x007f, 0x009f },
		{ 0x00ad, 0x00ad },
		{ 0x061c, 0x061c },
		{ 0x180e, 0x180e },
		{ 0x200b, 0x200f },
		{ 0x2028, 0x202e },
		{ 0x2060, 0x206f },
		{ 0xfe00, 0xfe0f },
		{ 0xfeff, 0xfeff },
		{ 0xfff9, 0xfffb },
		{ 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

int
text_copy(char *ret, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size)
		return WARDER_ETOOBIG;
	memcpy(ret, text, len + 1);
	return WARDER_OK;
}

bool
text_cut(char *ret, size_t size, const void *bytes, size_t len)
{
	static const char replacement[] = "\xef\xbf\xbd";
	const uint8_t *at = bytes;
	size_t used = 0, n, step;
	const void *from;
	uint32_t c;

	while (len > 0) {
		step = n = utf8_next(at, len, &c);
		from = at;
		if (n == 0 || c == 0) {
			from = replacement;
			n = sizeof(replacement) - 1;
			step = 1;
		}
		if (n >= size - used)
			break;
		memcpy(ret + used, from, n);
		used += n;
		at += step;
		len -= step;
	}
	ret[used] = '\0';
	return len > 0;
}

const char *
text_show(char *ret, size_t size, const char *text)
{
	static const char ellipsis[] = "\xe2\x80\xa6";
	const uint8_t *at = (const uint8_t *)text;
	size_t left = strlen(text), used = 0, n;
	const size_t room = size - sizeof(ellipsis);
	char out[16];
	uint32_t c;

	if (size < sizeof(ellipsis)) {
		if (size > 0)
			ret[0] = '\0';
		return ret;
	}
	while (left > 0) {
		n = utf8_next(at, left, &c);
		if (n == 0)
			(void)snprintf(out, sizeof(out), "\xef\xbf\xbd");
		else if (char_is_hostile(c))
			(void)snprintf(out, sizeof(out), "\\u{%04x}", c);
		else
			(void)snprintf(
			    out, sizeof(out), "%.*s", (int)n, (const char *)at);
		if (strlen(out) > room - used) {
			memcpy(ret + used, ellipsis, sizeof(ellipsis));
			return ret;
		}
		memcpy(ret + used, out, strlen(out));
		used += strlen(out);
		n = n == 0 ? 1 : n;
		at += n;
		left -= n;
	}
	ret[used] = '\0';
	return ret;
}

static void
put_unit(FILE *out, uint32_t unit)
{
	(void)fprintf(out, "\\u%04x", unit);
}

int
text_put_json(FILE *out, const char *json)
{
	const uint8_t *at = (const uint8_t *)json;
	size_t left = strlen(json), n;
	uint32_t c;

	for (; left > 0; at += n, left -= n) {
		n = utf8_next(at, left, &c);
		if (n == 0) {
			put_unit(out, 0xfffd);
			n = 1;
		} else if (c < 0x20 || !char_is_hostile(c)) {
			/* Below a blank: what a pretty document is laid with. */
			(void)fwrite(at, 1, n, out);
		} else if (c < 0x10000) {
			put_unit(out, c);
		} else {
			put_unit(out, 0xd800 + ((c - 0x10000) >> 10));
			put_unit(out, 0xdc00 + ((c - 0x10000) & 0x3ff));
		}
	}
	(void)fputc('\n', out);
	return ferror(out) != 0 ? EOF : 0;
}

bool
text_is_id(const char *text)
{
	uint64_t n;

	return text_parse_number(text, INT64_MAX, &n) == 0 && n > 0;
}

int
text_parse_number(const char *text, uint64_t max, uint64_t *ret)
{
	uint64_t n = 0;

	if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0'))
		return WARDER_EFORM;
	for (; *text != '\0'; text++) {
		unsigned int digit = (unsigned int)(*text - '0');

		if (*text < '0' || *text > '9' || digit > max ||
		    n > (max - digit) / 10)
			return WARDER_EFORM;
		n = n * 10 + digit;
	}
	*ret = n;
	return WARDER_OK;
}

void
hex_print(char *ret, const void *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *at = bytes;

	for (size_t i = 0; i < len; i++) {
		ret[2 * i] = digits[at[i] >> 4];
		ret[2 * i + 1] = digits[at[i] & 0xf];
	}
	ret[2 * len] = '\0';
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int
hex_parse(const char *text, void *ret, size_t len)
{
	uint8_t *out = ret;

	if (strlen(text) != 2 * len)
		return WARDER_EFORM;
	for (size_t i = 0; i < 2 * len; i++)
		if (hex_digit(text[i]) < 0)
			return WARDER_EFORM;
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(hex_digit(text[2 * i]) << 4 |
		                   hex_digit(text[2 * i + 1]));
	return WARDER_OK;
}
