/* SPDX-License-Identifier: ISC */
/*
 * What a policy is read with besides its files: zones, calendars; and the
 * names that lines have for them and for gates. What is not there stays
 * unknown, which never helps; the checker says so.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/calendar.h"
#include "policy/rules.h"
#include "policy/zone.h"

static void
load_zone(const struct policy_source *source, struct named_zone *at)
{
	const void *bytes;
	size_t len;

	at->is_known = strcmp(at->name, "UTC") == 0;
	if (at->is_known || source == NULL || source->zone == NULL ||
	    !source->zone(source->ctx, at->name, &bytes, &len))
		return;
	at->is_known = zone_read(bytes, len, &at->zone) == 0;
}

int
zone_number(struct words *words, const char *name, const struct token *token,
    size_t *ret)
{
	struct policy *policy = words->policy;
	struct named_zone *more;

	for (*ret = 0; *ret < policy->zones_n; ++*ret)
		if (strcmp(policy->zones[*ret].name, name) == 0)
			return WARDER_OK;
	more = policy_grow(policy->arena, policy->zones, &policy->zones_n,
	    &policy->zones_cap, sizeof(*more));
	if (more == NULL)
		return WARDER_ENOMEM;
	policy->zones = more;
	more += policy->zones_n - 1;
	more->name = arena_text(policy->arena, name, strlen(name));
	if (more->name == NULL)
		return WARDER_ENOMEM;
	/* A zone of a calendar only has no place in the text. */
	more->file = words->file;
	more->line = token == NULL ? 0 : token->line;
	more->col = token == NULL ? 0 : token->col;
	load_zone(words->source, more);
	return WARDER_OK;
}

/* A TZID of a calendar. */
static bool
find_zone(void *ctx, const char *name, const struct zone **ret_zone)
{
	struct words *words = ctx;
	size_t at;

	if (strlen(name) > 64 || strstr(name, "..") != NULL || name[0] == '/' ||
	    zone_number(words, name, NULL, &at) != 0 ||
	    !words->policy->zones[at].is_known)
		return false;
	*ret_zone = words->policy->zones[at].zone;
	return true;
}

static int
load_calendar(struct words *words, struct period *period)
{
	const struct calendar_zones zones = { words, find_zone };
	const struct named_zone *here = &words->policy->zones[0];
	const struct policy_source *source = words->source;
	const char *bytes;
	size_t len;
	int r;

	/* All-day and floating times are of a zone that has to be known. */
	if (!here->is_known || source == NULL || source->file == NULL ||
	    !source->file(source->ctx, period->path, &bytes, &len))
		return WARDER_OK;
	r = calendar_read(bytes, len, here->zone, &zones, &period->calendar);
	return r == WARDER_ENOMEM ? r : WARDER_OK;
}

int
periods_load(struct words *words)
{
	int r;

	for (size_t i = 0; i < words->policy->periods_n; i++)
		if (words->policy->periods[i].is_calendar &&
		    (r = load_calendar(words, &words->policy->periods[i])) != 0)
			return r;
	return WARDER_OK;
}

/* Names in order, so that a line finds the one it means by halving. */
struct name {
	const char *name;
	size_t at;
};

static int
by_name(const void *a, const void *b)
{
	const struct name *left = a, *right = b;
	int order = strcmp(left->name, right->name);

	/* Of two of one name the first is meant; the checker tells. */
	return order != 0 ? order
	                  : (left->at > right->at) - (left->at < right->at);
}

/* The place of the first of that name in order, or SIZE_MAX. */
static size_t
find_name(const struct name *names, size_t n, const char *name)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(names[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && strcmp(names[low].name, name) == 0 ? low : SIZE_MAX;
}

static struct name *
list_labels(const struct policy *policy)
{
	struct name *names = calloc(policy->labels_n + 1, sizeof(*names));

	for (size_t i = 0; names != NULL && i < policy->labels_n; i++)
		names[i] = (struct name){ policy->labels[i].name, i };
	if (names != NULL && policy->labels_n > 0)
		qsort(names, policy->labels_n, sizeof(*names), by_name);
	return names;
}

/* Of several of one name the first is meant; none of them is unused. */
static size_t
use_label(struct policy *policy, const struct name *names, const char *name)
{
	size_t n = policy->labels_n, at = find_name(names, n, name);

	for (size_t i = at; i < n && strcmp(names[i].name, name) == 0; i++)
		policy->labels[names[i].at].is_used = true;
	return at == SIZE_MAX ? SIZE_MAX : names[at].at;
}

static size_t
use_period(struct policy *policy, const char *name)
{
	size_t found = SIZE_MAX;

	for (size_t i = policy->periods_n; i-- > 0;) {
		if (strcmp(policy->periods[i].name, name) != 0)
			continue;
		policy->periods[i].is_used = true;
		found = i;
	}
	return found;
}

static void
resolve_line(
    struct policy *policy, const struct name *labels, struct statement *line)
{
	for (size_t i = 0; i < line->on_n; i++)
		if (line->on[i].label != NULL)
			line->on[i].label_at =
			    use_label(policy, labels, line->on[i].label);
	if (line->period != NULL)
		line->period_at = use_period(policy, line->period);
}

int
names_resolve(struct policy *policy)
{
	struct name *labels = list_labels(policy);

	if (labels == NULL)
		return WARDER_ENOMEM;
	for (size_t i = 0; i < policy->statements_n; i++)
		resolve_line(policy, labels, &policy->statements[i]);
	free(labels);
	return WARDER_OK;
}

struct selector_walk
selectors_of(const struct policy *policy, const struct statement *statement)
{
	return (struct selector_walk){
		.policy = policy, .on = statement->on, .n = statement->on_n
	};
}

/* A label that is nowhere defined has no selectors: see fit_on(). */
const struct selector *
selector_next(struct selector_walk *walk)
{
	const struct target *on;
	const struct label *label;

	for (; walk->at < walk->n; walk->at++, walk->in_label = 0) {
		on = &walk->on[walk->at];
		if (on->label == NULL) {
			walk->at++;
			return &on->selector;
		}
		if (on->label_at == SIZE_MAX)
			continue;
		label = &walk->policy->labels[on->label_at];
		if (walk->in_label < label->on_n)
			return &label->on[walk->in_label++];
	}
	return NULL;
}

size_t
policy_calendars(const struct policy *policy)
{
	size_t n = 0;

	for (size_t i = 0; i < policy->periods_n; i++)
		n += policy->periods[i].is_calendar;
	return n;
}

const char *
policy_calendar_at(const struct policy *policy, size_t n)
{
	for (size_t i = 0; i < policy->periods_n; i++)
		if (policy->periods[i].is_calendar && n-- == 0)
			return policy->periods[i].path;
	return NULL;
}
