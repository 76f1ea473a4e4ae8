/* SPDX-License-Identifier: ISC */
/* Most lines of a long policy name one pipeline by its name. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/check_index.h"

int
index_add(struct selector_index *index, const struct selector *on, size_t owner)
{
	size_t cap = index->cap == 0 ? 64 : 2 * index->cap;
	struct index_entry *more;

	if (index->n == index->cap) {
		more = reallocarray(index->items, cap, sizeof(*more));
		if (more == NULL)
			return WARDER_ENOMEM;
		index->items = more;
		index->cap = cap;
	}
	index->items[index->n++] = (struct index_entry){ on, owner };
	return WARDER_OK;
}

static bool
is_literal(const struct selector *on)
{
	return on->id == NULL && strpbrk(on->pipeline, "*?") == NULL;
}

static int
by_pipeline(const void *a, const void *b)
{
	const struct index_entry *left = a, *right = b;
	bool is_left = is_literal(left->on), is_right = is_literal(right->on);

	if (is_left != is_right)
		return is_left ? -1 : 1;
	return is_left ? strcmp(left->on->pipeline, right->on->pipeline) : 0;
}

int
index_end(struct selector_index *index, size_t owners)
{
	index->stamps = calloc(owners + 1, sizeof(*index->stamps));
	if (index->stamps == NULL)
		return WARDER_ENOMEM;
	if (index->n > 1)
		qsort(
		    index->items, index->n, sizeof(*index->items), by_pipeline);
	while (index->literal_n < index->n &&
	       is_literal(index->items[index->literal_n].on))
		index->literal_n++;
	return WARDER_OK;
}

void
index_clear(struct selector_index *index)
{
	free(index->items);
	free(index->stamps);
	*index = (struct selector_index){ .n = 0 };
}

void
index_begin(struct selector_index *index)
{
	index->stamp++;
}

static size_t
first_of(const struct selector_index *index, const char *pipeline)
{
	size_t low = 0, high = index->literal_n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (strcmp(index->items[mid].on->pipeline, pipeline) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
is_met(struct selector_index *index, const struct index_entry *entry,
    const struct org *org, const struct selector *on)
{
	if (index->stamps[entry->owner] == index->stamp ||
	    !check_alias_fits(entry->on->org, org->alias) ||
	    !selectors_meet(entry->on, on))
		return false;
	index->stamps[entry->owner] = index->stamp;
	return true;
}

bool
index_meet(struct selector_index *index, const struct org *org,
    const struct selector *on, bool (*hit)(void *arg, size_t owner), void *arg)
{
	bool is_one = is_literal(on);
	size_t i = is_one ? first_of(index, on->pipeline) : 0;

	if (!check_alias_fits(on->org, org->alias))
		return false;
	for (; i < index->n; i++) {
		const struct index_entry *entry = &index->items[i];

		/* Behind those of its name come those without a name. */
		if (is_one && i < index->literal_n &&
		    strcmp(entry->on->pipeline, on->pipeline) != 0) {
			i = index->literal_n - 1;
			continue;
		}
		if (is_met(index, entry, org, on) && hit(arg, entry->owner))
			return true;
	}
	return false;
}
