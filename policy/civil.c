/* SPDX-License-Identifier: ISC */
/*
 * Dates. Years are counted from March, so that the odd day comes last: a
 * month is then a slice of a line of 153 days for 5 months.
 */
#include "config.h"

#include <stdbool.h>

#include "policy/zone.h"

#define DAY_S 86400
#define ERA_DAYS 146097   /* 400 years */
#define EPOCH_DAYS 719468 /* from 0000-03-01 to 1970-01-01 */
/* Beyond these a year does not fit int32_t; nobody's clock shows them. */
#define WALL_MAX ((int64_t)60000000000000000)

static int64_t
floor_div(int64_t n, int64_t by)
{
	return n / by - (n % by < 0);
}

static bool
is_leap(int32_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

unsigned int
civil_month_days(int32_t year, unsigned int month)
{
	static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30,
		31, 30, 31 };

	return days[(month - 1) % 12] + (month == 2 && is_leap(year) ? 1u : 0u);
}

unsigned int
civil_weekday(int64_t days)
{
	/* 1970-01-01 was a thursday. */
	return (unsigned int)(days + 3 - floor_div(days + 3, 7) * 7);
}

int64_t
civil_days(int32_t year, unsigned int month, unsigned int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = floor_div(y, 400);
	int64_t of_era = y - era * 400;
	int64_t from_march = month > 2 ? month - 3 : month + 9;

	return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 +
	       (153 * from_march + 2) / 5 + (int64_t)day - 1 - EPOCH_DAYS;
}

void
civil_of(int64_t wall_s, struct civil *ret_civil)
{
	int64_t days, era, of_era, year, of_year, slice, second;

	if (wall_s > WALL_MAX)
		wall_s = WALL_MAX;
	if (wall_s < -WALL_MAX)
		wall_s = -WALL_MAX;
	days = floor_div(wall_s, DAY_S);
	second = wall_s - days * DAY_S;
	ret_civil->weekday = (uint8_t)civil_weekday(days);
	ret_civil->hour = (uint8_t)(second / 3600);
	ret_civil->minute = (uint8_t)(second / 60 % 60);
	ret_civil->second = (uint8_t)(second % 60);

	days += EPOCH_DAYS;
	era = floor_div(days, ERA_DAYS);
	of_era = days - era * ERA_DAYS;
	year =
	    (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * year + year / 4 - year / 100);
	slice = (5 * of_year + 2) / 153;
	ret_civil->day = (uint8_t)(of_year - (153 * slice + 2) / 5 + 1);
	ret_civil->month = (uint8_t)(slice < 10 ? slice + 3 : slice - 9);
	ret_civil->year = (int32_t)(year + era * 400 + (ret_civil->month <= 2));
}
