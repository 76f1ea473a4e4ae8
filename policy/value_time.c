/* SPDX-License-Identifier: ISC */
/* Value classes of time: days, hours, dates, zones. */
#include "config.h"

#include <string.h>

#include "base/text.h"
#include "policy/rules.h"
#include "policy/window.h"
#include "policy/zone.h"

#define DAY_MINUTES 1440

static int
day_number(const char *text, size_t len)
{
	static const char *const days[] = { "mon", "tue", "wed", "thu", "fri",
		"sat", "sun" };

	for (int day = 0; day < 7; day++)
		if (len == 3 && strncmp(text, days[day], 3) == 0)
			return day;
	return -1;
}

/* `mon`, `mon..fri`, `sat..mon`. */
static bool
is_days(const char *text, uint8_t *ret_days)
{
	const char *dots = strstr(text, "..");
	int from, to;

	from = day_number(
	    text, dots == NULL ? strlen(text) : (size_t)(dots - text));
	to = dots == NULL ? from : day_number(dots + 2, strlen(dots + 2));
	if (from < 0 || to < 0)
		return false;
	*ret_days = (uint8_t)(1u << to);
	for (int day = from; day != to; day = (day + 1) % 7)
		*ret_days |= (uint8_t)(1u << day);
	return true;
}

int
take_days(struct words *words, uint8_t *ret_days)
{
	const struct token *token;
	int r;

	if ((r = words_take(words, &token)) != 0)
		return r;
	if (token->kind != TOKEN_WORD || !is_days(token->text, ret_days))
		return words_wrong(words, token, "bad_value",
		    "a day is mon to sun, or mon..fri");
	return WARDER_OK;
}

bool
value_is_times(const char *text)
{
	return text[0] >= '0' && text[0] <= '9';
}

/* Two digits, and what stands behind them. */
static bool
is_two(const char *text, char behind, unsigned *ret)
{
	if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9' ||
	    text[2] != behind)
		return false;
	*ret = (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0');
	return true;
}

/* `10:00`; 24:00 is the end of a day. */
static bool
is_clock(const char *text, char behind, uint16_t *ret_minutes)
{
	unsigned hours, minutes;

	if (!is_two(text, ':', &hours) || !is_two(text + 3, behind, &minutes) ||
	    minutes > 59 || hours * 60 + minutes > DAY_MINUTES)
		return false;
	*ret_minutes = (uint16_t)(hours * 60 + minutes);
	return true;
}

int
take_times(struct words *words, struct hours *ret)
{
	const struct token *token;
	int r;

	if ((r = words_take(words, &token)) != 0)
		return r;
	if (token->kind != TOKEN_WORD || strlen(token->text) != 11 ||
	    !is_clock(token->text, '-', &ret->from) ||
	    !is_clock(token->text + 6, '\0', &ret->to) || ret->from == ret->to)
		return words_wrong(
		    words, token, "bad_value", "times are written 10:00-17:30");
	return WARDER_OK;
}

static bool
is_date(const char *text, int64_t *ret_day)
{
	static const uint8_t longest[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30,
		31, 30, 31 };
	unsigned century, year, month, day;

	if (strlen(text) != 10 || !is_two(text, text[2], &century) ||
	    !is_two(text + 2, '-', &year) || !is_two(text + 5, '-', &month) ||
	    !is_two(text + 8, '\0', &day))
		return false;
	year += 100 * century;
	if (year == 0 || month < 1 || month > 12 || day < 1 ||
	    day > longest[month - 1] ||
	    (month == 2 && day == 29 &&
	        (year % 4 != 0 || (year % 100 == 0 && year % 400 != 0))))
		return false;
	*ret_day = civil_days((int32_t)year, month, day);
	return true;
}

int
take_date(struct words *words, int64_t *ret_day)
{
	const struct token *token;
	int r;

	if ((r = words_take(words, &token)) != 0)
		return r;
	if (token->kind != TOKEN_WORD || !is_date(token->text, ret_day))
		return words_wrong(
		    words, token, "bad_value", "a date is written 2026-12-01");
	return WARDER_OK;
}

static bool
is_zone(const char *text)
{
	if (strcmp(text, "UTC") == 0)
		return true;
	return strchr(text, '/') != NULL && text[0] != '/' &&
	       strncmp(text, "posix/", 6) != 0 &&
	       strncmp(text, "right/", 6) != 0 && strstr(text, "..") == NULL &&
	       strspn(text,
	           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	           "0123456789_+-/") == strlen(text);
}

int
take_zone(struct words *words, size_t *ret_zone)
{
	const struct token *token;
	int r;

	if ((r = words_take(words, &token)) != 0)
		return r;
	if (token->kind != TOKEN_WORD || !is_zone(token->text))
		return words_wrong(words, token, "bad_value",
		    "a time zone is UTC or a name such as Asia/Shanghai");
	return zone_number(words, token->text, token, ret_zone);
}
