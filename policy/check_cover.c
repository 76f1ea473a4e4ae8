/* SPDX-License-Identifier: ISC */
/*
 * Permits that say nothing new: one other permit grants all of it. A line is
 * held only against those that have one of its people and, wide or the same,
 * one of its selectors; whichever of them is named by fewer lines.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/check_cover.h"

static int
by_number(const void *a, const void *b)
{
	size_t left = *(const size_t *)a, right = *(const size_t *)b;

	return (left > right) - (left < right);
}

static bool
has_number(const size_t *sorted, size_t n, size_t number)
{
	return n > 0 &&
	       bsearch(&number, sorted, n, sizeof(number), by_number) != NULL;
}

static bool
covers_people(const struct cover *cover, const struct statement *wide,
    const struct statement *narrow)
{
	const struct list people = cover_people(cover, wide);

	for (int role = 0; role < ROLES; role++)
		if (narrow->to->roles[role] && !wide->to->roles[role])
			return false;
	for (size_t i = 0; i < narrow->to->people.n; i++)
		if (!has_number(people.items, people.n,
		        narrow->to->people.items[i].principal))
			return false;
	return true;
}

/* One of its own selectors, or one of a label that it names. */
static bool
has_selector(
    const struct cover *cover, const struct statement *wide, size_t selector)
{
	const struct list own = cover_selectors(cover, wide);

	if (has_number(own.items, own.n, selector))
		return true;
	for (size_t i = 0; i < wide->on_n; i++) {
		struct list list;

		if (wide->on[i].label == NULL ||
		    wide->on[i].label_at == SIZE_MAX)
			continue;
		list = cover_label(cover, wide->on[i].label_at);
		if (has_number(list.items, list.n, selector))
			return true;
	}
	return false;
}

static bool
covers_selector(const struct cover *cover, const struct statement *wide,
    const struct selector *on)
{
	size_t found[COVER_VARIANTS];
	size_t n = cover_wider(cover, on, found);

	for (size_t i = 0; i < n; i++)
		if (has_selector(cover, wide, found[i]))
			return true;
	return false;
}

static bool
names_label(const struct statement *line, size_t label)
{
	for (size_t i = 0; i < line->on_n; i++)
		if (line->on[i].label != NULL && line->on[i].label_at == label)
			return true;
	return false;
}

static bool
covers(const struct cover *cover, const struct statement *wide,
    const struct statement *narrow)
{
	if ((narrow->verbs & ~wide->verbs) != 0 ||
	    !covers_people(cover, wide, narrow))
		return false;
	for (size_t i = 0; i < narrow->on_n; i++) {
		const struct target *on = &narrow->on[i];
		const struct label *label;

		if (on->label == NULL) {
			if (!covers_selector(cover, wide, &on->selector))
				return false;
			continue;
		}
		if (names_label(wide, on->label_at))
			continue;
		label = &cover->policy->labels[on->label_at];
		for (size_t k = 0; k < label->on_n; k++)
			if (!covers_selector(cover, wide, &label->on[k]))
				return false;
	}
	return true;
}

/* What it is about is not all known: it may be more than it seems. */
static bool
is_undefined(const struct statement *line)
{
	for (size_t i = 0; i < line->on_n; i++)
		if (line->on[i].label != NULL &&
		    line->on[i].label_at == SIZE_MAX)
			return true;
	return false;
}

struct search {
	const struct cover *cover;
	size_t line, best; /* SIZE_MAX: none */
};

static void
try_one(struct search *search, size_t other)
{
	const struct statement *all = search->cover->policy->statements;
	const struct statement *narrow = &all[search->line];

	/* Of two that say the same the later one is too much. */
	if (other == search->line || other >= search->best ||
	    !covers(search->cover, &all[other], narrow) ||
	    (other > search->line &&
	        covers(search->cover, narrow, &all[other])))
		return;
	search->best = other;
}

static void
try_list(struct search *search, struct list lines)
{
	for (size_t i = 0; i < lines.n; i++)
		try_one(search, lines.items[i]);
}

/* The lines that name one of its people, by the rarest. */
static struct list
lines_of_people(const struct cover *cover, const struct statement *line)
{
	struct list best = { NULL, SIZE_MAX }, list;

	for (int role = 0; role < ROLES; role++) {
		if (!line->to->roles[role])
			continue;
		list = cover_of_role(cover, (enum role)role);
		best = list.n < best.n ? list : best;
	}
	for (size_t i = 0; i < line->to->people.n; i++) {
		list =
		    cover_of_person(cover, line->to->people.items[i].principal);
		best = list.n < best.n ? list : best;
	}
	return best;
}

/* Calls for each list of lines that name a selector as wide as this one. */
static size_t
each_of_selector(
    const struct cover *cover, const struct selector *on, struct search *search)
{
	size_t found[COVER_VARIANTS], lines = 0;
	size_t n = cover_wider(cover, on, found);

	for (size_t i = 0; i < n; i++) {
		struct list labels = cover_labels_with(cover, found[i]);
		struct list list = cover_of_selector(cover, found[i]);

		lines += list.n + labels.n;
		if (search != NULL)
			try_list(search, list);
		for (size_t k = 0; k < labels.n; k++) {
			list = cover_of_label(cover, labels.items[k]);
			lines += list.n;
			if (search != NULL)
				try_list(search, list);
		}
	}
	return lines;
}

static const struct selector *
first_selector(const struct cover *cover, const struct statement *line)
{
	struct selector_walk walk = selectors_of(cover->policy, line);

	return selector_next(&walk);
}

static void
find_covered(const struct cover *cover, size_t i, struct findings *findings)
{
	const struct statement *line = &cover->policy->statements[i];
	const struct selector *on = first_selector(cover, line);
	struct search search = { cover, i, SIZE_MAX };
	struct list people = lines_of_people(cover, line);

	if (on == NULL || is_undefined(line))
		return;
	if (people.n <= each_of_selector(cover, on, NULL))
		try_list(&search, people);
	else
		(void)each_of_selector(cover, on, &search);
	if (search.best != SIZE_MAX)
		findings_add(findings, line->file, line->line, line->col, false,
		    "unreachable", "line %u grants all of this already",
		    cover->policy->statements[search.best].line);
}

void
check_cover(const struct policy *policy, struct findings *findings)
{
	bool *twice = calloc(policy->statements_n + 1, sizeof(*twice));
	struct cover cover;
	int r = twice == NULL ? WARDER_ENOMEM : cover_make(&cover, policy);

	if (r != 0) {
		free(twice);
		findings->r = r;
		return;
	}
	check_same(policy, twice, findings);
	for (size_t i = 0; i < policy->statements_n && findings->r == 0; i++)
		if (policy->statements[i].kind == STATEMENT_PERMIT && !twice[i])
			find_covered(&cover, i, findings);
	cover_clear(&cover);
	free(twice);
}
