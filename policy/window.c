/* SPDX-License-Identifier: ISC */
/* Windows are looked up on the wall clock; no instant is ever computed. */
#include "config.h"

#include "policy/window.h"

#define DAY_S 86400
#define EDGE_DAYS 9 /* a week, and a day at each end */

static bool
is_day(const struct hours *hours, unsigned int weekday)
{
	return (hours->days >> weekday % 7 & 1) != 0;
}

static bool
is_within(const struct hours *hours, unsigned int weekday, int64_t second)
{
	int64_t from = (int64_t)hours->from * 60, to = (int64_t)hours->to * 60;

	if (from < to)
		return is_day(hours, weekday) && from <= second && second < to;
	/* Over midnight: this day's evening, or the morning after it. */
	return (is_day(hours, weekday) && from <= second) ||
	       (is_day(hours, weekday + 6) && second < to);
}

bool
window_is_in_force(
    const struct hours *hours, size_t n, const struct zone *zone, int64_t now_s)
{
	int64_t wall = zone_wall(zone, now_s);
	struct civil civil;

	civil_of(wall, &civil);
	for (size_t i = 0; i < n; i++)
		if (is_within(&hours[i], civil.weekday,
		        ((wall % DAY_S) + DAY_S) % DAY_S))
			return true;
	return false;
}

/* Of the instants that show that wall time the first behind `after_s`. */
static int64_t
first_behind(const struct zone *zone, int64_t wall, int64_t after_s)
{
	int64_t instants[2];

	(void)zone_instants(zone, wall, instants);
	if (instants[0] > after_s)
		return instants[0];
	return instants[1] > after_s ? instants[1] : INT64_MAX;
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t
window_next_edge(const struct hours *hours, size_t n, const struct zone *zone,
    int64_t after_s, int64_t until_s)
{
	int64_t wall = zone_wall(zone, after_s), next, midnight;

	midnight = wall - ((wall % DAY_S) + DAY_S) % DAY_S - DAY_S;
	next = zone_next_change(zone, after_s);
	for (int day = 0; day <= EDGE_DAYS; day++, midnight += DAY_S)
		for (size_t i = 0; i < n; i++) {
			next = least(
			    next, first_behind(zone,
			              midnight + (int64_t)hours[i].from * 60,
			              after_s));
			next = least(next,
			    first_behind(zone,
			        midnight + (int64_t)hours[i].to * 60, after_s));
		}
	return next <= until_s ? next : INT64_MAX;
}
