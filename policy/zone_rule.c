/* SPDX-License-Identifier: ISC */
/*
 *     std offset [ dst [ offset ] , day [ / time ] , day [ / time ] ]
 *
 * A name is letters or anything in < >. Offsets count west of UTC, ours
 * east. Times run from -167 to 167 hours (RFC 9636, section 3.3.1).
 */
#include "config.h"

#include "policy/zone.h"
#include "policy/zone_rule.h"

#define DAY_S 86400
#define HOUR_S 3600
#define NAME_MIN 3
#define OFFSET_HOURS_MAX 24
#define TIME_HOURS_MAX 167

struct text {
	const char *at, *end;
};

static bool
take(struct text *in, char c)
{
	if (in->at == in->end || *in->at != c)
		return false;
	in->at++;
	return true;
}

static bool
is_digit(const struct text *in)
{
	return in->at != in->end && *in->at >= '0' && *in->at <= '9';
}

static bool
is_letter(const struct text *in)
{
	return in->at != in->end && ((*in->at >= 'A' && *in->at <= 'Z') ||
	                                (*in->at >= 'a' && *in->at <= 'z'));
}

static bool
is_sign(const struct text *in)
{
	return in->at != in->end && (*in->at == '+' || *in->at == '-');
}

static int
parse_number(
    struct text *in, unsigned int min, unsigned int max, unsigned int *ret)
{
	unsigned int n = 0;

	if (!is_digit(in))
		return WARDER_EFORM;
	for (; is_digit(in); in->at++)
		if ((n = n * 10 + (unsigned int)(*in->at - '0')) > max)
			return WARDER_EFORM;
	if (n < min)
		return WARDER_EFORM;
	*ret = n;
	return WARDER_OK;
}

static int
parse_name(struct text *in)
{
	bool is_quoted = take(in, '<');
	unsigned int n = 0;

	for (; is_letter(in) || (is_quoted && (is_digit(in) || is_sign(in)));
	     n++)
		in->at++;
	if (n < NAME_MIN || (is_quoted && !take(in, '>')))
		return WARDER_EFORM;
	return WARDER_OK;
}

/* [+-]hh[:mm[:ss]] */
static int
parse_time(struct text *in, unsigned int hours_max, int32_t *ret)
{
	bool is_negative = take(in, '-');
	unsigned int hour, minute = 0, second = 0;
	int r;

	if (!is_negative)
		(void)take(in, '+');
	if ((r = parse_number(in, 0, hours_max, &hour)) != 0)
		return r;
	if (take(in, ':') &&
	    ((r = parse_number(in, 0, 59, &minute)) != 0 ||
	        (take(in, ':') && (r = parse_number(in, 0, 59, &second)) != 0)))
		return r;
	*ret = (int32_t)(hour * HOUR_S + minute * 60 + second);
	if (is_negative)
		*ret = -*ret;
	return WARDER_OK;
}

static int
parse_offset(struct text *in, int32_t *ret)
{
	int32_t west = 0;
	int r = parse_time(in, OFFSET_HOURS_MAX, &west);

	if (r == 0)
		*ret = -west;
	return r;
}

static int
parse_date(struct text *in, struct zone_day *day)
{
	unsigned int n, month, week, weekday;
	int r;

	day->kind = '0';
	if (take(in, 'M')) {
		day->kind = 'M';
		if ((r = parse_number(in, 1, 12, &month)) != 0)
			return r;
		if (!take(in, '.') || parse_number(in, 1, 5, &week) != 0 ||
		    !take(in, '.') || parse_number(in, 0, 6, &weekday) != 0)
			return WARDER_EFORM;
		day->month = (uint8_t)month;
		day->week = (uint8_t)week;
		day->weekday = (uint8_t)weekday;
		return WARDER_OK;
	}
	if (take(in, 'J'))
		day->kind = 'J';
	r = parse_number(in, day->kind == 'J' ? 1 : 0, 365, &n);
	if (r == 0)
		day->day = (uint16_t)n;
	return r;
}

static int
parse_day(struct text *in, struct zone_day *day)
{
	int r;

	if (!take(in, ','))
		return WARDER_EFORM;
	if ((r = parse_date(in, day)) != 0)
		return r;
	day->at_s = 2 * HOUR_S;
	return take(in, '/') ? parse_time(in, TIME_HOURS_MAX, &day->at_s) : 0;
}

int
zone_rule_parse(const char *text, size_t len, struct zone_rule *ret_rule)
{
	struct zone_rule rule = { .is_known = len > 0 };
	struct text in = { text, text + len };
	int r;

	if (!rule.is_known)
		goto done;
	if ((r = parse_name(&in)) != 0 ||
	    (r = parse_offset(&in, &rule.standard_s)) != 0)
		return r;
	if (in.at == in.end)
		goto done;
	rule.is_summer = true;
	rule.summer_s = rule.standard_s + HOUR_S;
	if ((r = parse_name(&in)) != 0 ||
	    ((is_digit(&in) || is_sign(&in)) &&
	        (r = parse_offset(&in, &rule.summer_s)) != 0) ||
	    (r = parse_day(&in, &rule.start)) != 0 ||
	    (r = parse_day(&in, &rule.end)) != 0)
		return r;
	if (in.at != in.end)
		return WARDER_EFORM;
done:
	*ret_rule = rule;
	return WARDER_OK;
}

/* ---- instants ---- */

static int64_t
day_of(const struct zone_day *day, int32_t year)
{
	int64_t first = civil_days(year, 1, 1);
	bool is_leap = civil_month_days(year, 2) == 29;
	unsigned int ahead, n;

	if (day->kind == '0')
		return first + day->day;
	if (day->kind == 'J')
		return first + day->day - 1 + (is_leap && day->day >= 60);
	first = civil_days(year, day->month, 1);
	ahead = (day->weekday + 6u + 7u - civil_weekday(first)) % 7u;
	n = ahead + (day->week - 1u) * 7u;
	if (n >= civil_month_days(year, day->month))
		n -= 7;
	return first + n;
}

struct change {
	int64_t at_s;
	int32_t offset;
};

#define CHANGES 8 /* two in each of four years */

/*
 * The changes of the years around an instant, in order. Where one year's
 * summer ends as the next one's begins, the start is later: that is how TZ
 * writes a zone with summer time all year.
 */
static void
changes_around(
    const struct zone_rule *rule, int64_t utc_s, struct change ret[CHANGES])
{
	struct civil civil;
	size_t n = 0;

	civil_of(utc_s, &civil);
	for (int32_t y = civil.year - 1; y <= civil.year + 2; y++) {
		ret[n++] = (struct change){ day_of(&rule->end, y) * DAY_S +
			                        rule->end.at_s - rule->summer_s,
			rule->standard_s };
		ret[n++] =
		    (struct change){ day_of(&rule->start, y) * DAY_S +
			                 rule->start.at_s - rule->standard_s,
			    rule->summer_s };
	}
	for (size_t i = 1; i < n; i++)
		for (size_t k = i;
		     k > 0 && (ret[k].at_s < ret[k - 1].at_s ||
		                  (ret[k].at_s == ret[k - 1].at_s &&
		                      ret[k].offset == rule->standard_s));
		     k--) {
			struct change other = ret[k];

			ret[k] = ret[k - 1];
			ret[k - 1] = other;
		}
}

int32_t
zone_rule_offset(const struct zone_rule *rule, int64_t utc_s)
{
	struct change changes[CHANGES];
	int32_t offset = rule->standard_s;

	if (!rule->is_summer)
		return offset;
	changes_around(rule, utc_s, changes);
	for (size_t i = 0; i < CHANGES && changes[i].at_s <= utc_s; i++)
		offset = changes[i].offset;
	return offset;
}

int64_t
zone_rule_next(const struct zone_rule *rule, int64_t after_s)
{
	struct change changes[CHANGES];

	if (!rule->is_known || !rule->is_summer)
		return INT64_MAX;
	changes_around(rule, after_s, changes);
	for (size_t i = 0; i < CHANGES; i++)
		if (changes[i].at_s > after_s)
			return changes[i].at_s;
	return INT64_MAX;
}
