/* SPDX-License-Identifier: ISC */
/*
 * Reading a line: take its values loosely, write them anew, and accept only
 * the same bytes. So order, blanks, needless escapes, cut texts, leading
 * zeros need no rule of their own here, and none can be forgotten.
 */
#include "config.h"

#include <string.h>

#include "base/text.h"
#include "ledger/escape.h"
#include "ledger/record.h"

/* What is left of a line. Reading past its end gives a NUL, no character. */
struct cursor {
	const char *at, *end;
};

static bool
take(struct cursor *in, char c)
{
	if (in->at == in->end || *in->at != c)
		return false;
	in->at++;
	return true;
}

static bool
take_unit(struct cursor *in, uint32_t *ret_unit)
{
	uint8_t bytes[2];
	char hex[5];

	if (in->end - in->at < 4)
		return false;
	memcpy(hex, in->at, 4);
	hex[4] = '\0';
	if (hex_parse(hex, bytes, 2) != 0)
		return false;
	in->at += 4;
	*ret_unit = (uint32_t)bytes[0] << 8 | bytes[1];
	return true;
}

/* Behind a backslash. Half of a surrogate pair is no character. */
static bool
take_escape(struct cursor *in, uint32_t *ret_char)
{
	uint32_t high, low;

	if (in->at == in->end)
		return false;
	if (*in->at == '"' || *in->at == '\\') {
		*ret_char = (uint8_t)*in->at++;
		return true;
	}
	if (!take(in, 'u') || !take_unit(in, &high))
		return false;
	*ret_char = high;
	if (high < 0xd800 || high > 0xdfff)
		return true;
	if (high > 0xdbff || !take(in, '\\') || !take(in, 'u') ||
	    !take_unit(in, &low) || low < 0xdc00 || low > 0xdfff)
		return false;
	*ret_char = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

static bool
take_string(struct cursor *in, char *ret, size_t *ret_len)
{
	size_t len = 0;
	uint32_t c;

	if (!take(in, '"'))
		return false;
	while (in->at < in->end && *in->at != '"') {
		if (*in->at != '\\') {
			ret[len++] = *in->at++;
			continue;
		}
		in->at++;
		if (!take_escape(in, &c))
			return false;
		len += utf8_put(c, ret + len);
	}
	*ret_len = len;
	return take(in, '"');
}

static bool
take_number(struct cursor *in, uint64_t *ret)
{
	uint64_t n = 0;
	const char *start = in->at;

	while (in->at < in->end && *in->at >= '0' && *in->at <= '9') {
		n = n * 10 + (uint64_t)(*in->at++ - '0');
		if (n > RECORD_INT_MAX)
			return false;
	}
	*ret = n;
	return in->at > start;
}

static bool
take_name(struct cursor *in, enum member *ret_member)
{
	const char *start, *stop;
	size_t len;

	if (!take(in, '"'))
		return false;
	start = in->at;
	stop = memchr(start, '"', (size_t)(in->end - start));
	if (stop == NULL)
		return false;
	len = (size_t)(stop - start);
	in->at = stop + 1;
	for (enum member m = 0; m < M_COUNT; m++) {
		if (strlen(record_name(m)) != len ||
		    memcmp(record_name(m), start, len) != 0)
			continue;
		*ret_member = m;
		return take(in, ':');
	}
	return false;
}

static bool
take_member(struct cursor *in, struct record *rec)
{
	char text[RECORD_LINE_MAX];
	enum member m;
	uint64_t n;
	size_t len;

	if (!take_name(in, &m) || record_has(rec, m))
		return false;
	if (member_is_int(m)) {
		if (!take_number(in, &n))
			return false;
		record_set_int(rec, m, n);
	} else {
		if (!take_string(in, text, &len))
			return false;
		record_set_bytes(rec, m, text, len);
	}
	return rec->r == 0;
}

static bool
take_members(struct cursor *in, struct record *rec)
{
	if (!take(in, '{'))
		return false;
	do {
		if (!take_member(in, rec))
			return false;
	} while (take(in, ','));
	return take(in, '}') && take(in, '\n') && in->at == in->end;
}

int
record_parse(const char *line, size_t len, struct record *ret_rec)
{
	struct cursor in = { line, line + len };
	char again[RECORD_LINE_MAX + 1];
	struct record rec;
	size_t again_len;

	if (len > RECORD_LINE_MAX)
		return WARDER_ETOOBIG;
	memset(&rec, 0, sizeof(rec));
	if (!take_members(&in, &rec) ||
	    record_print(&rec, again, &again_len) != 0 || again_len != len ||
	    memcmp(again, line, len) != 0)
		return WARDER_EFORM;
	*ret_rec = rec;
	return WARDER_OK;
}
