/* SPDX-License-Identifier: ISC */
/* Character by character; what is not known to be harmless is escaped. */
#include "config.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "ctl/foreign.h"

/* The next character into `out` unless it is hostile; returns its length. */
static size_t
put_char(FILE *out, const uint8_t *at, size_t len, const char *instead)
{
	uint32_t c;
	size_t n = utf8_next(at, len, &c);

	if (n == 0)
		(void)fputs("\xef\xbf\xbd", out);
	else if (char_is_hostile(c))
		(void)fprintf(out, "\\u{%04" PRIx32 "}", c);
	else if (instead != NULL)
		(void)fputs(instead, out);
	else
		(void)fwrite(at, 1, n, out);
	return n == 0 ? 1 : n;
}

static bool
begins_a_formula(const uint8_t *at, size_t len)
{
	static const uint32_t firsts[] = { '=', '+', '-', '@', '\t', '\r', '\n',
		'\'', 0xff1d, 0xff0b, 0xff0d, 0xff20 };
	uint32_t c;

	if (len == 0 || utf8_next(at, len, &c) == 0)
		return false;
	for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++)
		if (firsts[i] == c)
			return true;
	return false;
}

void
foreign_csv(FILE *out, const char *text, size_t len)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + len;
	bool is_start = true;

	(void)putc('"', out);
	while (at < end) {
		if (is_start && begins_a_formula(at, (size_t)(end - at)))
			(void)putc('\'', out);
		/*
		 * In half of the world a spreadsheet parts cells at semicolons,
		 * and quotes hold only where a row begins with them.
		 */
		is_start = *at == ';' || (is_start && *at == ' ');
		at += put_char(
		    out, at, (size_t)(end - at), *at == '"' ? "\"\"" : NULL);
	}
	(void)putc('"', out);
}

static const char *
entity(uint8_t c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void
foreign_html(FILE *out, const char *text, size_t len)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + len;

	while (at < end)
		at += put_char(out, at, (size_t)(end - at), entity(*at));
}
