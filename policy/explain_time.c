/* SPDX-License-Identifier: ISC */
/*
 * When it is time. Between two edges of windows, calendars, delegations and
 * uses of a break-glass the answer stays what it is, so only edges are tried.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/calendar.h"
#include "policy/explain_build.h"
#include "policy/window.h"

#define EXTRAS_MAX 2048
#define DAY_S 86400

/* Edges of delegations and of uses: instants that are known beforehand. */
struct extras {
	int64_t at_s[EXTRAS_MAX];
	size_t n;
};

static void
add_extra(const struct search *search, struct extras *extras, int64_t at_s)
{
	if (at_s > search->facts->clock.now_s && at_s <= search->until_s &&
	    extras->n < EXTRAS_MAX)
		extras->at_s[extras->n++] = at_s;
}

static void
add_day(const struct search *search, struct extras *extras, int64_t day)
{
	int64_t at_s[2];

	(void)zone_instants(search->policy->zones[0].zone, day * DAY_S, at_s);
	add_extra(search, extras, at_s[0]);
}

static void
add_uses(const struct search *search, struct extras *extras,
    const struct glass *block)
{
	const struct facts *facts = search->facts;

	for (size_t i = 0; i < facts->glass_n; i++) {
		const struct fact_number *age = &facts->glass[i].age_s;

		if (age->known && age->n < block->per_s)
			add_extra(search, extras,
			    facts->clock.now_s +
			        (int64_t)(block->per_s - age->n));
	}
}

static void
list_extras(const struct search *search, struct extras *extras)
{
	extras->n = 0;
	for (size_t i = 0; i < search->delegates_n; i++) {
		add_day(
		    search, extras, search->delegates[i]->delegate->from_day);
		add_day(search, extras,
		    search->delegates[i]->delegate->through_day + 1);
	}
	for (size_t i = 0; i < search->blocks_n; i++)
		if (search->blocks[i] != NULL)
			add_uses(search, extras, search->blocks[i]);
}

/* A window or calendar that some line looks at; each is walked once. */
struct source {
	const struct statement *line; /* one of those */
	int64_t next_s;
	bool is_in_way;
};

struct walk {
	struct extras extras;
	struct source sources[2 * (WINDOWS_MAX + CALENDARS_MAX)];
	size_t sources_n;
};

static void
add_source(struct walk *walk, const struct statement *line, int64_t now_s)
{
	if ((line->deny != DENY_OUTSIDE && line->deny != DENY_DURING) ||
	    line->period_at == SIZE_MAX)
		return;
	for (size_t i = 0; i < walk->sources_n; i++)
		if (walk->sources[i].line->deny == line->deny &&
		    walk->sources[i].line->period_at == line->period_at)
			return;
	if (walk->sources_n < sizeof(walk->sources) / sizeof(walk->sources[0]))
		walk->sources[walk->sources_n++] =
		    (struct source){ line, now_s, true };
}

static int64_t
next_of_source(const struct search *search, const struct source *source)
{
	const struct period *period =
	    &search->policy->periods[source->line->period_at];

	if (!period->is_calendar)
		return window_next_edge(period->hours, period->hours_n,
		    search->policy->zones[period->zone].zone, source->next_s,
		    search->until_s);
	if (period->calendar == NULL)
		return INT64_MAX;
	return calendar_next_edge(period->calendar, source->next_s,
	    search->until_s, source->line->deny == DENY_OUTSIDE);
}

static bool
is_in_way(
    const struct search *search, const struct source *source, int64_t at_s)
{
	struct facts facts = *search->facts;
	struct request request = search->request;
	const char *code, *unknown;

	facts.clock.now_s = at_s;
	request.facts = &facts;
	return fit_deny(&request, &request.actor, source->line, &code,
	           &unknown) != FACT_FALSE;
}

/* Sources that change at `at_s` are looked at and go on to their next edge. */
static void
step_to(const struct search *search, struct walk *walk, int64_t at_s)
{
	for (size_t i = 0; i < walk->sources_n; i++) {
		struct source *source = &walk->sources[i];

		if (source->next_s > at_s)
			continue;
		source->is_in_way = is_in_way(search, source, at_s);
		source->next_s = next_of_source(search, source);
	}
}

static int64_t
next_instant(const struct walk *walk, int64_t after_s)
{
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < walk->sources_n; i++)
		if (walk->sources[i].next_s < next)
			next = walk->sources[i].next_s;
	for (size_t i = 0; i < walk->extras.n; i++)
		if (walk->extras.at_s[i] > after_s &&
		    walk->extras.at_s[i] < next)
			next = walk->extras.at_s[i];
	return next;
}

static bool
is_clear(const struct walk *walk)
{
	for (size_t i = 0; i < walk->sources_n; i++)
		if (walk->sources[i].is_in_way)
			return false;
	return true;
}

static void
walk_on(struct search *search, struct walk *walk)
{
	int64_t at_s = search->facts->clock.now_s;

	step_to(search, walk, at_s);
	while ((at_s = next_instant(walk, at_s)) <= search->until_s) {
		if (search->instants_n == INSTANTS_MAX) {
			search->are_instants_cut = true;
			return;
		}
		step_to(search, walk, at_s);
		search->instants[search->instants_n++] =
		    (struct instant){ at_s, is_clear(walk) };
	}
}

int
explain_instants(struct search *search)
{
	struct walk *walk;

	if (!search->request.has_time)
		return WARDER_OK;
	walk = malloc(sizeof(*walk));
	search->instants = malloc(INSTANTS_MAX * sizeof(*search->instants));
	if (walk == NULL || search->instants == NULL) {
		free(walk);
		return WARDER_ENOMEM;
	}
	list_extras(search, &walk->extras);
	walk->sources_n = 0;
	for (size_t i = 0; i < search->denials_n; i++)
		add_source(
		    walk, search->denials[i], search->facts->clock.now_s);
	walk_on(search, walk);
	free(walk);
	return WARDER_OK;
}

/*
 * With a break-glass, which may lift a window, every edge counts; without
 * one, those at which nothing of that kind is in the way.
 */
bool
explain_first_instant(struct search *search, struct attempt *attempt,
    struct explain_change *change)
{
	bool is_any = search->blocks[attempt->block] != NULL;
	struct outcome outcome;

	for (size_t i = 0; i < search->instants_n; i++) {
		if (!is_any && !search->instants[i].is_clear)
			continue;
		change->at_s = search->instants[i].at_s;
		if (!explain_decide(
		        search, attempt->changes, attempt->n, 0, &outcome))
			return false;
		if (outcome_is_yes(&outcome))
			return true;
	}
	if (search->are_instants_cut)
		search->ret->is_cut = true;
	return false;
}
