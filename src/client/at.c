/* SPDX-License-Identifier: ISC */
/*
 * strptime(3) takes the 31st of any month and mktime(3) moves what is not
 * there; both would answer for another instant than the one that was asked.
 */
#include "config.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "client/at.h"

#define YEAR_FIRST 1970
#define YEAR_LAST 9999

static bool
is_same(const struct tm *a, const struct tm *b)
{
	return a->tm_year == b->tm_year && a->tm_mon == b->tm_mon &&
	       a->tm_mday == b->tm_mday && a->tm_hour == b->tm_hour &&
	       a->tm_min == b->tm_min && a->tm_sec == b->tm_sec;
}

static int
instant_of(const struct tm *tm, bool is_utc, uint64_t *ret_ms)
{
	struct tm moved = *tm;
	time_t at;

	moved.tm_isdst = -1;
	at = is_utc ? timegm(&moved) : mktime(&moved);
	if (at < 0 || !is_same(tm, &moved) || tm->tm_year + 1900 < YEAR_FIRST ||
	    tm->tm_year + 1900 > YEAR_LAST)
		return WARDER_EFORM;
	*ret_ms = (uint64_t)at * 1000;
	return WARDER_OK;
}

/* Digits where the form has `0`, all else as it stands. */
static bool
has_form(const char *text, const char *form)
{
	for (; *text != '\0' && *form != '\0'; text++, form++)
		if (*form == '0' ? *text < '0' || *text > '9' : *text != *form)
			return false;
	return *text == '\0' && *form == '\0';
}

/* Of `60` minutes strptime takes the `6` and leaves the rest. */
static bool
is_read_whole(const char *text, const char *format, struct tm *ret)
{
	const char *end = strptime(text, format, ret);

	return end != NULL && *end == '\0';
}

static int
parse_date(const char *text, uint64_t *ret_ms)
{
	static const struct {
		const char *form, *format;
		bool is_utc;
	} forms[] = {
		{ "0000-00-00 00:00", "%Y-%m-%d %H:%M", false },
		{ "0000-00-00T00:00", "%Y-%m-%dT%H:%M", false },
		{ "0000-00-00 00:00:00", "%Y-%m-%d %H:%M:%S", false },
		{ "0000-00-00T00:00:00", "%Y-%m-%dT%H:%M:%S", false },
		{ "0000-00-00T00:00Z", "%Y-%m-%dT%H:%MZ", true },
		{ "0000-00-00T00:00:00Z", "%Y-%m-%dT%H:%M:%SZ", true },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct tm tm = { 0 };

		if (!has_form(text, forms[i].form))
			continue;
		if (!is_read_whole(text, forms[i].format, &tm))
			return WARDER_EFORM;
		return instant_of(&tm, forms[i].is_utc, ret_ms);
	}
	return WARDER_EFORM;
}

/* Today, or tomorrow if it is over; a day on which it is skipped is left out. */
static int
next_time(const char *text, int64_t now_ms, uint64_t *ret_ms)
{
	time_t now = (time_t)(now_ms / 1000);
	struct tm at = { 0 }, day;

	if (!is_read_whole(text, "%H:%M", &at) ||
	    localtime_r(&now, &day) == NULL)
		return WARDER_EFORM;
	for (int i = 0; i < 3; i++) {
		struct tm tm = { .tm_year = day.tm_year,
			.tm_mon = day.tm_mon,
			.tm_mday = day.tm_mday + i,
			.tm_hour = 12,
			.tm_isdst = -1 };

		/* Noon is there every day; that makes a date of the sum. */
		if (mktime(&tm) < 0)
			return WARDER_EFORM;
		tm.tm_hour = at.tm_hour;
		tm.tm_min = at.tm_min;
		if (instant_of(&tm, false, ret_ms) == 0 &&
		    *ret_ms >= (uint64_t)now_ms)
			return WARDER_OK;
	}
	return WARDER_EFORM;
}

int
at_parse(const char *text, int64_t now_ms, uint64_t *ret_ms)
{
	if (has_form(text, "00:00"))
		return next_time(text, now_ms, ret_ms);
	return parse_date(text, ret_ms);
}
