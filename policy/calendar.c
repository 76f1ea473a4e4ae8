/* SPDX-License-Identifier: ISC */
/*
 * Asking a calendar. Occurrences are walked from the first one on: a rule
 * that somebody made endless and dense is walked so far and no further, and
 * then the answer is the careful one.
 */
#include "config.h"

#include <stdlib.h>

#include "policy/calendar_build.h"

#define STEPS_MAX 200000 /* occurrences of one event */
#define DAY_S 86400      /* more than any zone is off */

/* One walk over an event, in the order of time. */
struct walk {
	const struct event *event;
	icalrecur_iterator *iterator; /* NULL: no rule, or its end */
	bool has_told_first;
	size_t more, steps;
};

static bool
is_less(const struct event *event, int64_t start)
{
	for (size_t i = 0; i < event->less_n; i++)
		if (event->less[i] == start)
			return true;
	return false;
}

static bool
next_of_rule(struct walk *walk, int64_t *ret)
{
	struct icaltimetype time;

	if (walk->iterator == NULL)
		return false;
	time = icalrecur_iterator_next(walk->iterator);
	if (!icaltime_is_null_time(time)) {
		*ret = wall_of(time);
		return true;
	}
	icalrecur_iterator_free(walk->iterator);
	walk->iterator = NULL;
	return false;
}

/* Those of RDATE come behind those of the rule, in no order. */
static bool
walk_next(struct walk *walk, int64_t *ret_start, bool *ret_is_of_rule)
{
	const struct event *event = walk->event;

	*ret_is_of_rule = true;
	if (!walk->has_told_first) {
		walk->has_told_first = true;
		*ret_start = event->start;
		return true;
	}
	if (next_of_rule(walk, ret_start))
		return true;
	*ret_is_of_rule = false;
	if (walk->more == event->more_n)
		return false;
	*ret_start = event->more[walk->more++];
	return true;
}

static bool
walk_begin(struct walk *walk, const struct event *event)
{
	*walk = (struct walk){ .event = event };
	if (!event->has_rule)
		return true;
	walk->iterator = icalrecur_iterator_new(event->rule, event->first);
	return walk->iterator != NULL;
}

static void
walk_end(struct walk *walk)
{
	if (walk->iterator != NULL)
		icalrecur_iterator_free(walk->iterator);
	walk->iterator = NULL;
}

/* The rest of the rule is of no interest any more. */
static void
walk_leave_rule(struct walk *walk)
{
	walk_end(walk);
}

static void
instants_of(
    const struct event *event, int64_t start, bool as_opening, int64_t ret[2])
{
	int64_t from[2], to[2];

	(void)zone_instants(event->zone, start, from);
	(void)zone_instants(event->zone, start + event->len, to);
	ret[0] = from[as_opening ? 1 : 0];
	ret[1] = to[as_opening ? 0 : 1];
}

static bool
is_event_in_force(const struct event *event, int64_t now_s, bool as_opening)
{
	int64_t last = zone_wall(event->zone, now_s) + DAY_S, start, span[2];
	bool is_of_rule, is_in = false;
	struct walk walk;

	if (!walk_begin(&walk, event))
		return !as_opening;
	while (!is_in && walk_next(&walk, &start, &is_of_rule)) {
		if (++walk.steps > STEPS_MAX) {
			is_in = !as_opening;
			break;
		}
		if (start > last && is_of_rule)
			walk_leave_rule(&walk);
		if (is_less(event, start))
			continue;
		instants_of(event, start, as_opening, span);
		is_in = span[0] <= now_s && now_s < span[1];
	}
	walk_end(&walk);
	return is_in;
}

bool
calendar_is_in_force(
    const struct calendar *calendar, int64_t now_s, bool as_opening)
{
	for (size_t i = 0; i < calendar->n; i++)
		if (is_event_in_force(&calendar->events[i], now_s, as_opening))
			return true;
	return false;
}

static void
take_edges(const struct event *event, int64_t start, int64_t after_s,
    bool as_opening, int64_t *next)
{
	int64_t span[2];

	instants_of(event, start, as_opening, span);
	for (int i = 0; i < 2; i++)
		if (span[i] > after_s && span[i] < *next)
			*next = span[i];
}

static int64_t
next_edge_of(const struct event *event, int64_t after_s, int64_t until_s,
    bool as_opening)
{
	int64_t last = zone_wall(event->zone, until_s) + DAY_S, start;
	int64_t next = INT64_MAX;
	bool is_of_rule;
	struct walk walk;

	if (!walk_begin(&walk, event))
		return INT64_MAX;
	while (walk_next(&walk, &start, &is_of_rule) &&
	       ++walk.steps <= STEPS_MAX) {
		if (is_of_rule && start > last)
			walk_leave_rule(&walk);
		take_edges(event, start, after_s, as_opening, &next);
	}
	walk_end(&walk);
	return next;
}

int64_t
calendar_next_edge(const struct calendar *calendar, int64_t after_s,
    int64_t until_s, bool as_opening)
{
	int64_t next = INT64_MAX, one;

	for (size_t i = 0; i < calendar->n; i++) {
		one = next_edge_of(
		    &calendar->events[i], after_s, until_s, as_opening);
		next = one < next ? one : next;
	}
	return next <= until_s ? next : INT64_MAX;
}

void
calendar_freep(struct calendar **calendar)
{
	if (*calendar == NULL)
		return;
	for (size_t i = 0; i < (*calendar)->n; i++) {
		free((*calendar)->events[i].more);
		free((*calendar)->events[i].less);
	}
	free((*calendar)->events);
	free(*calendar);
	*calendar = NULL;
}
