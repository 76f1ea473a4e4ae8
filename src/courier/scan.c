/* SPDX-License-Identifier: ISC */
/*
 * The scan before the tree. A server, or whoever stands in for it, may send
 * bytes that two readers take for two things; here such an answer is not
 * read at all. The whole grammar is checked, so that cJSON, which is laxer,
 * only builds what is known to be well formed.
 */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "courier/json.h"
#include "courier/names.h"
#include "courier/wipe.h"

struct scan {
	const uint8_t *at, *end;
	char *out; /* room for all that can come, see json_scan() */
	size_t out_len;
	unsigned int depth;
	size_t values;
	struct names *names;
};

static int scan_value(struct scan *scan);

static bool
is_next(const struct scan *scan, uint8_t c)
{
	return scan->at < scan->end && *scan->at == c;
}

static void
copy(struct scan *scan, const uint8_t *from, size_t len)
{
	memcpy(scan->out + scan->out_len, from, len);
	scan->out_len += len;
}

static void
copy_next(struct scan *scan)
{
	copy(scan, scan->at++, 1);
}

static void
skip_space(struct scan *scan)
{
	while (is_next(scan, ' ') || is_next(scan, '\t') ||
	       is_next(scan, '\n') || is_next(scan, '\r'))
		scan->at++;
}

static int
take(struct scan *scan, uint8_t c)
{
	if (!is_next(scan, c))
		return WARDER_EFORM;
	copy_next(scan);
	return WARDER_OK;
}

static int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The four digits of an escape. */
static int
scan_unit(struct scan *scan, uint32_t *ret_unit)
{
	uint32_t unit = 0;
	int digit;

	for (int i = 0; i < 4; i++) {
		if (scan->at == scan->end || (digit = hex_digit(*scan->at)) < 0)
			return WARDER_EFORM;
		unit = unit << 4 | (uint32_t)digit;
		copy_next(scan);
	}
	*ret_unit = unit;
	return WARDER_OK;
}

/*
 * Behind "\u". NUL would end a C string early; half a surrogate pair is no
 * character at all.
 */
static int
scan_code_point(struct scan *scan, uint32_t *ret_char)
{
	uint32_t high, low;
	int r;

	if ((r = scan_unit(scan, &high)) != 0)
		return r;
	if (high == 0 || (high >= 0xdc00 && high <= 0xdfff))
		return WARDER_EFORM;
	*ret_char = high;
	if (high < 0xd800 || high > 0xdbff)
		return WARDER_OK;
	if ((r = take(scan, '\\')) != 0 || (r = take(scan, 'u')) != 0 ||
	    (r = scan_unit(scan, &low)) != 0)
		return r;
	if (low < 0xdc00 || low > 0xdfff)
		return WARDER_EFORM;
	*ret_char = 0x10000 + ((high - 0xd800) << 10 | (low - 0xdc00));
	return WARDER_OK;
}

static int
scan_escape(struct scan *scan, uint32_t *ret_char)
{
	static const char spelt[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *found;

	copy_next(scan);
	if (scan->at == scan->end || *scan->at == '\0')
		return WARDER_EFORM;
	if (*scan->at == 'u') {
		copy_next(scan);
		return scan_code_point(scan, ret_char);
	}
	if ((found = strchr(spelt, *scan->at)) == NULL)
		return WARDER_EFORM;
	*ret_char = (uint8_t)meant[found - spelt];
	copy_next(scan);
	return WARDER_OK;
}

static int
scan_character(struct scan *scan, uint32_t *ret_char)
{
	size_t len;

	if (*scan->at < 0x20)
		return WARDER_EFORM;
	if (*scan->at == '\\')
		return scan_escape(scan, ret_char);
	len = utf8_next(scan->at, (size_t)(scan->end - scan->at), ret_char);
	if (len == 0)
		return WARDER_ETEXT;
	copy(scan, scan->at, len);
	scan->at += len;
	return WARDER_OK;
}

/* What a name means, not how it is spelt, goes to the names. */
static int
scan_string(struct scan *scan, bool is_name)
{
	uint32_t c;
	int r;

	if ((r = take(scan, '"')) != 0)
		return r;
	while (!is_next(scan, '"')) {
		if (scan->at == scan->end)
			return WARDER_EFORM;
		if ((r = scan_character(scan, &c)) != 0)
			return r;
		if (is_name)
			names_add_char(scan->names, c);
	}
	return take(scan, '"');
}

static size_t
count_digits(const struct scan *scan, const uint8_t *from)
{
	size_t n = 0;

	while (from + n < scan->end && from[n] >= '0' && from[n] <= '9')
		n++;
	return n;
}

/* Behind the digits of an integer: fraction and exponent, if any. */
static int
skip_rest_of_number(struct scan *scan, const uint8_t **at)
{
	size_t n;

	if (*at < scan->end && **at == '.') {
		if ((n = count_digits(scan, *at + 1)) == 0)
			return WARDER_EFORM;
		*at += n + 1;
	}
	if (*at < scan->end && (**at == 'e' || **at == 'E')) {
		(*at)++;
		if (*at < scan->end && (**at == '+' || **at == '-'))
			(*at)++;
		if ((n = count_digits(scan, *at)) == 0)
			return WARDER_EFORM;
		*at += n;
	}
	return WARDER_OK;
}

/*
 * An integer becomes a text. Any other number is one that we never use: it
 * stays a number, of whatever value, so that it counts as of a wrong type.
 */
static int
scan_number(struct scan *scan)
{
	const uint8_t *at = scan->at, *end_of_integer;
	size_t n;
	int r;

	if (*at == '-')
		at++;
	n = count_digits(scan, at);
	if (n == 0 || (n > 1 && *at == '0'))
		return WARDER_EFORM;
	at += n;
	end_of_integer = at;
	if ((r = skip_rest_of_number(scan, &at)) != 0)
		return r;
	if (at == end_of_integer) {
		scan->out[scan->out_len++] = '"';
		copy(scan, scan->at, (size_t)(at - scan->at));
		scan->out[scan->out_len++] = '"';
	} else {
		copy(scan, (const uint8_t *)"0.5", 3);
	}
	scan->at = at;
	return WARDER_OK;
}

static int
scan_word(struct scan *scan, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(scan->end - scan->at) < len ||
	    memcmp(scan->at, word, len) != 0)
		return WARDER_EFORM;
	copy(scan, scan->at, len);
	scan->at += len;
	return WARDER_OK;
}

static int
scan_member(struct scan *scan, uint32_t object)
{
	int r;

	if ((r = names_begin(scan->names, object)) != 0 ||
	    (r = scan_string(scan, true)) != 0)
		return r;
	names_end(scan->names);
	skip_space(scan);
	if ((r = take(scan, ':')) != 0)
		return r;
	return scan_value(scan);
}

static int
scan_members(struct scan *scan, uint8_t close, uint32_t object)
{
	int r;

	copy_next(scan);
	skip_space(scan);
	if (is_next(scan, close))
		return take(scan, close);
	for (;;) {
		skip_space(scan);
		r = close == '}' ? scan_member(scan, object) : scan_value(scan);
		if (r != 0)
			return r;
		skip_space(scan);
		if (!is_next(scan, ','))
			return take(scan, close);
		copy_next(scan);
	}
}

static int
scan_container(struct scan *scan, uint8_t close)
{
	int r;

	if (scan->depth == JSON_DEPTH_MAX)
		return WARDER_ETOOBIG;
	scan->depth++;
	/* The count of values so far is a number no other object has. */
	r = scan_members(scan, close, (uint32_t)scan->values);
	scan->depth--;
	return r;
}

static int
scan_value(struct scan *scan)
{
	skip_space(scan);
	if (scan->at == scan->end)
		return WARDER_EFORM;
	if (++scan->values > JSON_VALUES_MAX)
		return WARDER_ETOOBIG;
	switch (*scan->at) {
	case '{':
		return scan_container(scan, '}');
	case '[':
		return scan_container(scan, ']');
	case '"':
		return scan_string(scan, false);
	case 't':
		return scan_word(scan, "true");
	case 'f':
		return scan_word(scan, "false");
	case 'n':
		return scan_word(scan, "null");
	default:
		return scan_number(scan);
	}
}

static int
scan_document(struct scan *scan)
{
	int r;

	if ((r = scan_value(scan)) != 0)
		return r;
	skip_space(scan);
	if (scan->at != scan->end)
		return WARDER_EFORM;
	scan->out[scan->out_len] = '\0';
	return names_check(scan->names);
}

int
json_scan(const uint8_t *bytes, size_t len, char **ret_text, size_t *ret_len)
{
	auto_names struct names *names = NULL;
	struct scan scan = { .at = bytes };
	int r;

	if (len > JSON_BYTES_MAX)
		return WARDER_ETOOBIG;
	if (len == 0)
		return WARDER_EFORM;
	scan.end = bytes + len;
	if ((names = names_new(len)) == NULL ||
	    /* Two quotes more for each integer, of which every second byte
	     * may be one; a NUL. */
	    (scan.out = wipe_malloc(2 * len + 3)) == NULL)
		return WARDER_ENOMEM;
	scan.names = names;
	if ((r = scan_document(&scan)) != 0) {
		wipe_free(scan.out);
		return r;
	}
	*ret_text = scan.out;
	*ret_len = scan.out_len;
	return WARDER_OK;
}
