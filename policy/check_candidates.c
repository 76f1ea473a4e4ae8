/* SPDX-License-Identifier: ISC */
/*
 * Who could pass or vote on a gate. Thousands of permits name the same few
 * people, and thousands of quorums the same few permits: what differs is
 * worked out, what does not is found again.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/check_people.h"

#define CACHE_MAX 32

static bool
is_pass(const struct statement *line)
{
	return line->kind == STATEMENT_PERMIT &&
	       (line->verbs & 1u << VERB_PASS) != 0;
}

/* As it is written; another order is another class, and costs no more. */
static int
compare_who(const struct who *a, const struct who *b)
{
	int order = memcmp(a->roles, b->roles, sizeof(a->roles));

	if (order != 0)
		return order;
	if (a->people.n != b->people.n)
		return a->people.n < b->people.n ? -1 : 1;
	for (size_t i = 0; i < a->people.n; i++) {
		size_t left = a->people.items[i].principal;
		size_t right = b->people.items[i].principal;

		if (left != right)
			return left < right ? -1 : 1;
	}
	return 0;
}

static int
by_who(const void *a, const void *b)
{
	const struct statement *const *left = a, *const *right = b;

	return compare_who((*left)->to, (*right)->to);
}

static int
by_label(const void *a, const void *b)
{
	const struct label_class *left = a, *right = b;

	if (left->label != right->label)
		return left->label < right->label ? -1 : 1;
	return (left->class > right->class) - (left->class < right->class);
}

/* The selectors of one permit, its labels aside for later. */
static int
add_permit(
    struct presence *presence, const struct statement *line, size_t class)
{
	int r = WARDER_OK;

	for (size_t i = 0; i < line->on_n && r == 0; i++) {
		if (line->on[i].label == NULL)
			r = index_add(
			    &presence->permits, &line->on[i].selector, class);
		else if (line->on[i].label_at != SIZE_MAX)
			presence->label_classes[presence->label_classes_n++] =
			    (struct label_class){ line->on[i].label_at, class };
	}
	return r;
}

/* A label's selectors stand in the index once, for all its permits. */
static int
add_labels(struct presence *presence)
{
	struct label_class *all = presence->label_classes;
	size_t n = presence->label_classes_n, kept = 0;
	int r = WARDER_OK;

	if (n > 1)
		qsort(all, n, sizeof(*all), by_label);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || by_label(&all[kept - 1], &all[i]) != 0)
			all[kept++] = all[i];
	presence->label_classes_n = kept;
	for (size_t i = 0; i < kept && r == 0; i++) {
		const struct label *label =
		    &presence->policy->labels[all[i].label];

		if (i > 0 && all[i - 1].label == all[i].label)
			continue;
		for (size_t k = 0; k < label->on_n && r == 0; k++)
			r = index_add(&presence->permits, &label->on[k],
			    presence->classes_n + all[i].label);
	}
	return r;
}

static int
make_classes(
    struct presence *presence, const struct statement **permits, size_t n)
{
	size_t targets = 0;
	int r = WARDER_OK;

	if (n > 1)
		qsort(permits, n, sizeof(const struct statement *), by_who);
	for (size_t i = 0; i < n; i++)
		targets += permits[i]->on_n;
	presence->classes = calloc(n + 1, sizeof(*presence->classes));
	presence->met = calloc(n + 1, sizeof(*presence->met));
	presence->label_classes =
	    calloc(targets + 1, sizeof(*presence->label_classes));
	presence->cache = calloc(CACHE_MAX, sizeof(*presence->cache));
	if (presence->classes == NULL || presence->met == NULL ||
	    presence->label_classes == NULL || presence->cache == NULL)
		return WARDER_ENOMEM;
	for (size_t i = 0; i < n && r == 0; i++) {
		if (i == 0 || by_who(&permits[i - 1], &permits[i]) != 0)
			presence->classes[presence->classes_n++].to =
			    permits[i]->to;
		r = add_permit(presence, permits[i], presence->classes_n - 1);
	}
	return r != 0 ? r : add_labels(presence);
}

static int
make_denials(struct presence *presence)
{
	const struct policy *policy = presence->policy;
	bool *seen = calloc(policy->labels_n + 1, sizeof(*seen));
	int r = seen == NULL ? WARDER_ENOMEM : WARDER_OK;

	for (size_t i = 0; i < policy->statements_n && r == 0; i++) {
		const struct statement *line = &policy->statements[i];

		if (line->kind != STATEMENT_DENY || line->deny != DENY_SELF ||
		    (line->self & SELF_TRIGGER) == 0)
			continue;
		for (size_t k = 0; k < line->on_n && r == 0; k++) {
			const struct label *label = NULL;

			if (line->on[k].label == NULL)
				r = index_add(&presence->denials,
				    &line->on[k].selector, 0);
			else if (line->on[k].label_at != SIZE_MAX &&
			         !seen[line->on[k].label_at])
				label = &policy->labels[line->on[k].label_at];
			if (label != NULL)
				seen[line->on[k].label_at] = true;
			for (size_t j = 0;
			     label != NULL && j < label->on_n && r == 0; j++)
				r = index_add(
				    &presence->denials, &label->on[j], 0);
		}
	}
	free(seen);
	return r != 0 ? r : index_end(&presence->denials, 1);
}

int
candidates_prepare(struct presence *presence)
{
	const struct policy *policy = presence->policy;
	const struct statement **permits =
	    calloc(policy->statements_n + 1, sizeof(const struct statement *));
	size_t n = 0;
	int r;

	if (permits == NULL)
		return WARDER_ENOMEM;
	for (size_t i = 0; i < policy->statements_n; i++)
		if (is_pass(&policy->statements[i]))
			permits[n++] = &policy->statements[i];
	r = make_classes(presence, permits, n);
	free(permits);
	if (r == 0)
		r = index_end(
		    &presence->permits, presence->classes_n + policy->labels_n);
	return r != 0 ? r : make_denials(presence);
}

static void
clear_one(struct candidates *candidates)
{
	free(candidates->classes);
	free(candidates->items);
	*candidates = (struct candidates){ .n = 0 };
}

void
candidates_clear(struct presence *presence)
{
	for (size_t i = 0; i < presence->cache_n; i++)
		clear_one(&presence->cache[i]);
	free(presence->cache);
	free(presence->met);
	free(presence->classes);
	free(presence->label_classes);
	index_clear(&presence->permits);
	index_clear(&presence->denials);
}

void
candidates_begin(struct presence *presence)
{
	presence->met_n = 0;
	index_begin(&presence->permits);
}

static bool
hit(void *arg, size_t owner)
{
	struct presence *presence = arg;
	struct selector_index *permits = &presence->permits;
	struct label_class key = { 0, 0 }, *all = presence->label_classes;
	size_t low = 0, high = presence->label_classes_n, mid;

	if (owner < presence->classes_n) {
		presence->met[presence->met_n++] = owner;
		return presence->met_n == presence->classes_n;
	}
	key.label = owner - presence->classes_n;
	while (low < high) {
		mid = low + (high - low) / 2;
		if (by_label(&all[mid], &key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < presence->label_classes_n && all[low].label == key.label;
	     low++) {
		if (permits->stamps[all[low].class] == permits->stamp)
			continue;
		permits->stamps[all[low].class] = permits->stamp;
		presence->met[presence->met_n++] = all[low].class;
	}
	return presence->met_n == presence->classes_n;
}

void
candidates_meet(
    struct presence *presence, const struct org *org, const struct selector *on)
{
	if (presence->met_n < presence->classes_n)
		(void)index_meet(&presence->permits, org, on, hit, presence);
}

static int
by_number(const void *a, const void *b)
{
	size_t left = *(const size_t *)a, right = *(const size_t *)b;

	return (left > right) - (left < right);
}

static int
by_account(const void *a, const void *b, void *arg)
{
	const struct members *members = arg;
	size_t left = *(const size_t *)a, right = *(const size_t *)b;
	size_t one = members->items[left].account;
	size_t two = members->items[right].account;

	if (one != two)
		return one < two ? -1 : 1;
	return (left > right) - (left < right);
}

static int
fill(struct presence *presence, const struct members *members,
    struct candidates *ret)
{
	bool *marks = calloc(members->n + 1, sizeof(*marks));

	ret->members = members;
	ret->classes = calloc(presence->met_n + 1, sizeof(*ret->classes));
	ret->items = calloc(members->n + 1, sizeof(*ret->items));
	if (marks == NULL || ret->classes == NULL || ret->items == NULL) {
		free(marks);
		return WARDER_ENOMEM;
	}
	for (size_t i = 0; i < presence->met_n; i++) {
		const struct who *to = presence->classes[presence->met[i]].to;

		ret->classes[ret->classes_n++] = presence->met[i];
		ret->is_unknown |=
		    members_is_unknown_who(presence, members, to);
		members_mark_who(presence, members, to, marks);
	}
	for (size_t i = 0; i < members->n; i++) {
		if (!marks[i] || !members->items[i].may_pass)
			continue;
		ret->items[ret->n++] = i;
		ret->known_n += members->items[i].account < ACCOUNT_TWO;
	}
	if (ret->n > 1)
		qsort_r(ret->items, ret->n, sizeof(*ret->items), by_account,
		    (void *)(uintptr_t)members);
	free(marks);
	return WARDER_OK;
}

const struct candidates *
candidates_of(struct presence *presence, const struct members *members)
{
	struct candidates *at;
	size_t n = presence->met_n;

	if (n > 1)
		qsort(presence->met, n, sizeof(*presence->met), by_number);
	for (size_t i = 0; i < presence->cache_n; i++) {
		at = &presence->cache[i];
		if (at->members == members && at->classes_n == n &&
		    (n == 0 || memcmp(at->classes, presence->met,
		                   n * sizeof(*presence->met)) == 0))
			return at;
	}
	if (presence->cache_n < CACHE_MAX)
		at = &presence->cache[presence->cache_n++];
	else
		at = &presence->cache[presence->cache_at++ % CACHE_MAX];
	clear_one(at);
	if (fill(presence, members, at) == 0)
		return at;
	clear_one(at);
	return NULL;
}
