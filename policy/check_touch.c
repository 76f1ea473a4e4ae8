/* SPDX-License-Identifier: ISC */
/*
 * Which organizations a line is about: asked for every line by several
 * checks, so it is worked out once for each label and line.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/check_build.h"

/* `*` any run, `?` one: an alias is plain ASCII. */
bool
check_alias_fits(const char *glob, const char *alias)
{
	const char *star = NULL, *from = alias;

	while (*alias != '\0') {
		if (*glob == '*') {
			star = ++glob;
			from = alias;
		} else if (*glob == '?' || *glob == *alias) {
			glob++;
			alias++;
		} else if (star != NULL) {
			glob = star;
			alias = ++from;
		} else {
			return false;
		}
	}
	return glob[strspn(glob, "*")] == '\0';
}

bool
orgset_has(const struct orgset *set, size_t org)
{
	return (set->bits[org / 64] >> org % 64 & 1u) != 0;
}

static void
orgset_add(struct orgset *set, size_t org)
{
	set->bits[org / 64] |= (uint64_t)1 << org % 64;
}

bool
orgset_is_empty(const struct orgset *set)
{
	uint64_t all = 0;

	for (size_t i = 0; i < ORGS_MAX / 64; i++)
		all |= set->bits[i];
	return all == 0;
}

static void
orgset_join(struct orgset *set, const struct orgset *other)
{
	for (size_t i = 0; i < ORGS_MAX / 64; i++)
		set->bits[i] |= other->bits[i];
}

static int
by_alias(const void *a, const void *b, void *arg)
{
	const struct policy *policy = arg;

	return strcmp(policy->orgs[*(const size_t *)a].alias,
	    policy->orgs[*(const size_t *)b].alias);
}

/* An alias may stand twice, which is an error of its own. */
static void
add_literal(
    const struct touches *touches, const char *alias, struct orgset *set)
{
	const struct policy *policy = touches->policy;
	size_t low = 0, high = policy->orgs_n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (strcmp(policy->orgs[touches->by_alias[mid]].alias, alias) <
		    0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < policy->orgs_n; low++) {
		if (strcmp(policy->orgs[touches->by_alias[low]].alias, alias) !=
		    0)
			break;
		orgset_add(set, touches->by_alias[low]);
	}
}

struct orgset
touches_of_selector(struct touches *touches, const struct selector *on)
{
	const struct policy *policy = touches->policy;
	struct orgset set = { { 0 } };

	if (touches->last != NULL && strcmp(touches->last, on->org) == 0)
		return touches->last_set;
	if (strpbrk(on->org, "*?") == NULL) {
		add_literal(touches, on->org, &set);
	} else {
		for (size_t i = 0; i < policy->orgs_n; i++)
			if (check_alias_fits(on->org, policy->orgs[i].alias))
				orgset_add(&set, i);
	}
	touches->last = on->org;
	touches->last_set = set;
	return set;
}

static void
fill(struct touches *touches)
{
	const struct policy *policy = touches->policy;
	struct orgset set;

	for (size_t i = 0; i < policy->labels_n; i++)
		for (size_t k = 0; k < policy->labels[i].on_n; k++) {
			set = touches_of_selector(
			    touches, &policy->labels[i].on[k]);
			orgset_join(&touches->labels[i], &set);
		}
	for (size_t i = 0; i < policy->statements_n; i++) {
		const struct statement *line = &policy->statements[i];

		for (size_t k = 0; k < line->on_n; k++) {
			if (line->on[k].label == NULL)
				set = touches_of_selector(
				    touches, &line->on[k].selector);
			else if (line->on[k].label_at != SIZE_MAX)
				set = touches->labels[line->on[k].label_at];
			else
				continue;
			orgset_join(&touches->statements[i], &set);
		}
	}
}

int
touches_make(struct touches *touches, const struct policy *policy)
{
	*touches = (struct touches){ .policy = policy };
	touches->by_alias =
	    calloc(policy->orgs_n + 1, sizeof(*touches->by_alias));
	touches->labels = calloc(policy->labels_n + 1, sizeof(struct orgset));
	touches->statements =
	    calloc(policy->statements_n + 1, sizeof(struct orgset));
	if (touches->by_alias == NULL || touches->labels == NULL ||
	    touches->statements == NULL)
		return WARDER_ENOMEM;
	for (size_t i = 0; i < policy->orgs_n; i++)
		touches->by_alias[i] = i;
	if (policy->orgs_n > 1)
		qsort_r(touches->by_alias, policy->orgs_n,
		    sizeof(*touches->by_alias), by_alias,
		    (void *)(uintptr_t)policy);
	fill(touches);
	return WARDER_OK;
}

void
touches_clear(struct touches *touches)
{
	free(touches->by_alias);
	free(touches->labels);
	free(touches->statements);
	*touches = (struct touches){ .policy = NULL };
}

const struct orgset *
check_touched(const struct findings *findings, const struct statement *line)
{
	return &findings->touches
	            .statements[line - findings->policy->statements];
}

bool
check_line_touches(const struct policy *policy,
    const struct statement *statement, const struct org *org)
{
	struct selector_walk walk = selectors_of(policy, statement);
	const struct selector *on;

	while ((on = selector_next(&walk)) != NULL)
		if (check_alias_fits(on->org, org->alias))
			return true;
	return false;
}
