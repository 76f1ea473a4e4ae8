/* SPDX-License-Identifier: ISC */
/* All lists take as much room as the text they come from. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/check_cover.h"

/* Pairs of a list's number and an item, in the making. */
struct pair {
	size_t list, item;
};
struct pairs {
	struct pair *items;
	size_t n, cap;
	int r;
};

static void
add(struct pairs *pairs, size_t list, size_t item)
{
	size_t cap = pairs->cap == 0 ? 256 : 2 * pairs->cap;
	struct pair *more;

	if (pairs->n == pairs->cap) {
		more = reallocarray(pairs->items, cap, sizeof(*more));
		if (more == NULL) {
			pairs->r = WARDER_ENOMEM;
			return;
		}
		pairs->items = more;
		pairs->cap = cap;
	}
	pairs->items[pairs->n++] = (struct pair){ list, item };
}

static int
by_list(const void *a, const void *b)
{
	const struct pair *left = a, *right = b;

	if (left->list != right->list)
		return left->list < right->list ? -1 : 1;
	return (left->item > right->item) - (left->item < right->item);
}

static void
turn(const struct pairs *pairs, struct pairs *ret)
{
	for (size_t i = 0; i < pairs->n; i++)
		add(ret, pairs->items[i].item, pairs->items[i].list);
}

/* `pairs` is used up. */
static int
make_lists(struct lists *lists, struct pairs *pairs, size_t n)
{
	size_t kept = 0, list = 0;
	int r = pairs->r;

	lists->first = calloc(n + 1, sizeof(*lists->first));
	lists->items = calloc(pairs->n + 1, sizeof(*lists->items));
	if (lists->first == NULL || lists->items == NULL)
		r = WARDER_ENOMEM;
	if (r == 0 && pairs->n > 1)
		qsort(pairs->items, pairs->n, sizeof(*pairs->items), by_list);
	for (size_t i = 0; i < pairs->n && r == 0; i++) {
		if (i > 0 &&
		    by_list(&pairs->items[i - 1], &pairs->items[i]) == 0)
			continue;
		while (list < pairs->items[i].list)
			lists->first[++list] = kept;
		lists->items[kept++] = pairs->items[i].item;
	}
	while (r == 0 && list < n)
		lists->first[++list] = kept;
	free(pairs->items);
	*pairs = (struct pairs){ .n = 0 };
	return r;
}

static struct list
list_of(const struct lists *lists, size_t number)
{
	size_t first = lists->first[number];

	return (struct list){ lists->items + first,
		lists->first[number + 1] - first };
}

static uint64_t
hash_of(const char *const parts[4])
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a */

	for (int i = 0; i < 4; i++) {
		for (const char *at = parts[i]; *at != '\0'; at++)
			hash = (hash ^ (uint8_t)*at) * 1099511628211u;
		hash = (hash ^ '/') * 1099511628211u;
	}
	return hash ^ hash >> 32;
}

static void
parts_of(const struct selector *on, const char *ret[4])
{
	ret[0] = on->org;
	ret[1] = on->pipeline;
	ret[2] = on->stage;
	ret[3] = on->job;
}

/* Its place in the table: with its number + 1, or empty. */
static uint32_t *
place_of(const struct cover *cover, const char *const parts[4])
{
	size_t at = hash_of(parts) & (cover->table_n - 1);

	for (; cover->table[at] != 0; at = (at + 1) & (cover->table_n - 1)) {
		const struct selector *on =
		    cover->selectors[cover->table[at] - 1];

		if (strcmp(on->pipeline, parts[1]) == 0 &&
		    strcmp(on->org, parts[0]) == 0 &&
		    strcmp(on->stage, parts[2]) == 0 &&
		    strcmp(on->job, parts[3]) == 0)
			break;
	}
	return &cover->table[at];
}

static size_t
number_of(struct cover *cover, const struct selector *on)
{
	const char *parts[4];
	uint32_t *place;

	parts_of(on, parts);
	place = place_of(cover, parts);
	if (*place == 0) {
		cover->selectors[cover->selectors_n++] = on;
		*place = (uint32_t)cover->selectors_n;
	}
	return *place - 1;
}

size_t
cover_wider(const struct cover *cover, const struct selector *on,
    size_t ret[COVER_VARIANTS])
{
	const char *parts[4], *wide[4];
	size_t n = 0;

	parts_of(on, parts);
	for (unsigned int mask = 0; mask < COVER_VARIANTS; mask++) {
		bool is_new = true;
		uint32_t number;

		for (unsigned int i = 0; i < 4; i++) {
			bool is_star = (mask >> i & 1u) != 0;

			is_new &= !is_star || strcmp(parts[i], "*") != 0;
			wide[i] = is_star ? "*" : parts[i];
		}
		number = is_new ? *place_of(cover, wide) : 0;
		if (number != 0)
			ret[n++] = number - 1;
	}
	return n;
}

static bool
is_permit(const struct statement *line)
{
	return line->kind == STATEMENT_PERMIT;
}

static int
make_table(struct cover *cover)
{
	const struct policy *policy = cover->policy;
	size_t n = 0;

	for (size_t i = 0; i < policy->labels_n; i++)
		n += policy->labels[i].on_n;
	for (size_t i = 0; i < policy->statements_n; i++)
		if (is_permit(&policy->statements[i]))
			n += policy->statements[i].on_n;
	for (cover->table_n = 16; cover->table_n < 2 * n;)
		cover->table_n *= 2;
	cover->table = calloc(cover->table_n, sizeof(*cover->table));
	cover->selectors = calloc(n + 1, sizeof(*cover->selectors));
	return cover->table == NULL || cover->selectors == NULL ? WARDER_ENOMEM
	                                                        : WARDER_OK;
}

static int
make_labels(struct cover *cover)
{
	const struct policy *policy = cover->policy;
	struct pairs pairs = { .n = 0 }, turned = { .n = 0 };
	int r;

	for (size_t i = 0; i < policy->labels_n; i++)
		for (size_t k = 0; k < policy->labels[i].on_n; k++)
			add(&pairs, i,
			    number_of(cover, &policy->labels[i].on[k]));
	cover->in_labels_n = cover->selectors_n;
	turn(&pairs, &turned);
	r = make_lists(&cover->labels, &pairs, policy->labels_n);
	if (r == 0)
		r = make_lists(
		    &cover->with_selector, &turned, cover->selectors_n);
	free(turned.items);
	return r;
}

static int
make_targets(struct cover *cover)
{
	const struct policy *policy = cover->policy;
	struct pairs own = { .n = 0 }, turned = { .n = 0 }, of = { .n = 0 };
	int r;

	for (size_t i = 0; i < policy->statements_n; i++) {
		const struct statement *line = &policy->statements[i];

		for (size_t k = 0; is_permit(line) && k < line->on_n; k++) {
			const struct target *on = &line->on[k];

			if (on->label == NULL)
				add(&own, i, number_of(cover, &on->selector));
			else if (on->label_at != SIZE_MAX)
				add(&of, on->label_at, i);
		}
	}
	turn(&own, &turned);
	if ((r = make_lists(&cover->own, &own, policy->statements_n)) == 0 &&
	    (r = make_lists(
	         &cover->of_selector, &turned, cover->selectors_n)) == 0)
		r = make_lists(&cover->of_label, &of, policy->labels_n);
	free(turned.items);
	free(of.items);
	return r;
}

static int
make_people(struct cover *cover)
{
	const struct policy *policy = cover->policy;
	struct pairs people = { .n = 0 }, turned = { .n = 0 }, of = { .n = 0 };
	int r;

	for (size_t i = 0; i < policy->statements_n; i++) {
		const struct statement *line = &policy->statements[i];

		if (!is_permit(line))
			continue;
		for (size_t role = 0; role < ROLES; role++)
			if (line->to->roles[role])
				add(&of, role, i);
		for (size_t k = 0; k < line->to->people.n; k++)
			add(&people, i, line->to->people.items[k].principal);
	}
	turn(&people, &turned);
	if ((r = make_lists(&cover->people, &people, policy->statements_n)) ==
	        0 &&
	    (r = make_lists(
	         &cover->of_person, &turned, policy->principals_n)) == 0)
		r = make_lists(&cover->of_role, &of, ROLES);
	free(turned.items);
	free(of.items);
	return r;
}

int
cover_make(struct cover *cover, const struct policy *policy)
{
	int r;

	*cover = (struct cover){ .policy = policy };
	if ((r = make_table(cover)) != 0 || (r = make_labels(cover)) != 0 ||
	    (r = make_targets(cover)) != 0 || (r = make_people(cover)) != 0)
		cover_clear(cover);
	return r;
}

void
cover_clear(struct cover *cover)
{
	struct lists *const all[] = { &cover->people, &cover->own,
		&cover->labels, &cover->of_role, &cover->of_person,
		&cover->of_selector, &cover->of_label, &cover->with_selector };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		free(all[i]->first);
		free(all[i]->items);
	}
	free(cover->selectors);
	free(cover->table);
	*cover = (struct cover){ .policy = NULL };
}

struct list
cover_people(const struct cover *cover, const struct statement *line)
{
	return list_of(
	    &cover->people, (size_t)(line - cover->policy->statements));
}

struct list
cover_selectors(const struct cover *cover, const struct statement *line)
{
	return list_of(&cover->own, (size_t)(line - cover->policy->statements));
}

struct list
cover_label(const struct cover *cover, size_t label)
{
	return list_of(&cover->labels, label);
}

struct list
cover_of_role(const struct cover *cover, enum role role)
{
	return list_of(&cover->of_role, role);
}

struct list
cover_of_person(const struct cover *cover, size_t principal)
{
	return list_of(&cover->of_person, principal);
}

struct list
cover_of_selector(const struct cover *cover, size_t selector)
{
	return list_of(&cover->of_selector, selector);
}

struct list
cover_of_label(const struct cover *cover, size_t label)
{
	return list_of(&cover->of_label, label);
}

struct list
cover_labels_with(const struct cover *cover, size_t selector)
{
	if (selector >= cover->in_labels_n)
		return (struct list){ NULL, 0 };
	return list_of(&cover->with_selector, selector);
}
