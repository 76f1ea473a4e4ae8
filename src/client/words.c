/* SPDX-License-Identifier: ISC */
/* Foreign text, times and widths; nothing here decides anything. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include "base/text.h"
#include "client/words.h"

#define SHOWN_SIZE 8200
#define SHOWN_N 8

const char *
foreign(const char *text)
{
	static char shown[SHOWN_N][SHOWN_SIZE];
	static size_t at;

	at = (at + 1) % SHOWN_N;
	return text_show(shown[at], SHOWN_SIZE, text);
}

/* `.{N,}`: any N characters or more; nothing before it, nothing after. */
static bool
is_bare_length(const char *pattern, unsigned int *ret_least)
{
	size_t digits;

	if (strncmp(pattern, ".{", 2) != 0)
		return false;
	digits = strspn(pattern + 2, "0123456789");
	if (digits == 0 || digits > 4 ||
	    strcmp(pattern + 2 + digits, ",}") != 0)
		return false;
	*ret_least = (unsigned int)strtoul(pattern + 2, NULL, 10);
	return true;
}

const char *
pattern_text(char ret[PATTERN_TEXT_SIZE], const char *pattern)
{
	unsigned int least;

	ret[0] = '\0';
	if (pattern[0] == '\0')
		return ret;
	if (is_bare_length(pattern, &least))
		(void)snprintf(
		    ret, PATTERN_TEXT_SIZE, _("at least %u characters"), least);
	else
		(void)snprintf(ret, PATTERN_TEXT_SIZE, _("must match: %s"),
		    foreign(pattern));
	return ret;
}

void
print_foreign(FILE *out, const char *text)
{
	char line[1024];

	do {
		size_t len = strcspn(text, "\n");
		size_t part = len < sizeof(line) ? len : sizeof(line) - 1;

		memcpy(line, text, part);
		line[part] = '\0';
		(void)fprintf(out, "| %s\n", foreign(line));
		text += len + (text[len] == '\n');
	} while (*text != '\0');
}

const char *
age_text(char ret[32], uint64_t since_ms, int64_t now_ms)
{
	int64_t minutes;

	(void)snprintf(ret, 32, "-");
	if (since_ms == 0 || now_ms < 0 || since_ms > (uint64_t)now_ms)
		return ret;
	minutes = (now_ms - (int64_t)since_ms) / 60000;
	if (minutes < 60)
		(void)snprintf(ret, 32, "%lldm", (long long)minutes);
	else if (minutes < 24 * 60)
		(void)snprintf(ret, 32, "%lldh%02lldm", (long long)minutes / 60,
		    (long long)minutes % 60);
	else
		(void)snprintf(ret, 32, "%lldh", (long long)minutes / 60);
	return ret;
}

static void
local_time(uint64_t at_ms, struct tm *ret)
{
	time_t at = (time_t)(at_ms / 1000);

	if (localtime_r(&at, ret) == NULL)
		memset(ret, 0, sizeof(*ret));
}

const char *
time_text(char ret[64], uint64_t at_ms, int64_t now_ms)
{
	struct tm at, now;

	local_time(at_ms, &at);
	local_time((uint64_t)now_ms, &now);
	if (strftime(ret, 64,
	        at.tm_yday == now.tm_yday && at.tm_year == now.tm_year
	            ? "%H:%M %Z"
	            : "%d %b %Y %H:%M %Z",
	        &at) == 0)
		ret[0] = '\0';
	return ret;
}

const char *
clock_text(char ret[32], uint64_t at_ms)
{
	struct tm at;

	local_time(at_ms, &at);
	if (strftime(ret, 32, "%H:%M:%S", &at) == 0)
		ret[0] = '\0';
	return ret;
}

static int
char_width(uint32_t c)
{
	int width = wcwidth((wchar_t)c);

	if (width >= 0)
		return width;
	/* A locale that does not know it: East Asian wide, or one. */
	return c >= 0x1100 && (c <= 0x115f || (c >= 0x2e80 && c <= 0xa4cf) ||
	                          (c >= 0xac00 && c <= 0xd7a3) ||
	                          (c >= 0xf900 && c <= 0xfaff) ||
	                          (c >= 0xff00 && c <= 0xff60) ||
	                          (c >= 0x20000 && c <= 0x3fffd))
	           ? 2
	           : 1;
}

/* How many bytes of `text` fit into `width` columns. */
static size_t
fitting(const char *text, int width, int *ret_width)
{
	size_t len = strlen(text), used = 0, n;
	uint32_t c;
	int sum = 0;

	while (used < len) {
		n = utf8_next((const uint8_t *)text + used, len - used, &c);
		if (n == 0 || sum + char_width(c) > width)
			break;
		sum += char_width(c);
		used += n;
	}
	*ret_width = sum;
	return used;
}

int
text_width(const char *text)
{
	int width;

	(void)fitting(text, 100000, &width);
	return width;
}

void
print_padded(FILE *out, const char *text, int width)
{
	int used;
	size_t len = fitting(text, width, &used);

	if (text[len] != '\0' && width > 1) {
		len = fitting(text, width - 1, &used);
		(void)fprintf(
		    out, "%.*s…%*s", (int)len, text, width - used - 1, "");
		return;
	}
	(void)fprintf(out, "%.*s%*s", (int)len, text, width - used, "");
}

void
print_label(FILE *out, bool is_plain, const char *name)
{
	int width = text_width(name);

	if (is_plain) {
		(void)fprintf(out, "%s: ", name);
		return;
	}
	print_padded(out, name, width > 10 ? width : 10);
	(void)fputc(' ', out);
}
