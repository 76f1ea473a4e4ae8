/* SPDX-License-Identifier: ISC */
/*
 * Selectors that could meet another one: those of one pipeline's name are
 * found by it, so that a line is not held against every other line. Private
 * to policy/check*.c.
 */
#ifndef WARDER_POLICY_CHECK_INDEX_H
#define WARDER_POLICY_CHECK_INDEX_H

#include "policy/check_build.h"

struct index_entry {
	const struct selector *on;
	size_t owner;
};

struct selector_index {
	struct index_entry *items; /* after index_end: literal ones by name */
	size_t n, cap, literal_n;
	uint32_t *stamps, stamp; /* owners that were met in this round */
};

/* Owners are numbers below `owners`. ENOMEM. */
WARDER_MUST_CHECK int index_add(
    struct selector_index *index, const struct selector *on, size_t owner);
WARDER_MUST_CHECK int index_end(struct selector_index *index, size_t owners);
void index_clear(struct selector_index *index);

/* A new round: no owner was met. */
void index_begin(struct selector_index *index);

/*
 * Calls `hit` once for each owner, in this round, that has a selector which
 * some gate of the organization fits together with `on`. `hit` returning
 * true ends it, and index_meet() is true.
 */
bool index_meet(struct selector_index *index, const struct org *org,
    const struct selector *on, bool (*hit)(void *arg, size_t owner), void *arg);

/* Whether some gate could fit both. */
bool selectors_meet(const struct selector *a, const struct selector *b);

#endif
