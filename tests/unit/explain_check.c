/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/explain_check.h"

static struct explain_facts room;

static enum verdict_kind
decide(const struct policy *policy, const struct facts *facts,
    const struct explain_change *changes, size_t n, size_t person)
{
	auto_verdict struct verdict verdict = { .kind = VERDICT_DENY };

	assert_true(explain_apply(changes, n, person, facts, &room));
	assert_int_equal(policy_decide(policy, &room.facts, &verdict), 0);
	return verdict.kind;
}

static bool
is_yes(enum verdict_kind kind)
{
	return kind == VERDICT_PERMIT || kind == VERDICT_PENDING;
}

static void
check_parts(const struct policy *policy, const struct facts *facts,
    const struct explain_way *way, size_t person)
{
	struct explain_change part[EXPLAIN_SIZE_MAX];
	unsigned int whole = (1u << way->n) - 1;

	for (unsigned int bits = 0; bits < whole; bits++) {
		size_t n = 0;

		for (size_t i = 0; i < way->n; i++)
			if ((bits & 1u << i) != 0)
				part[n++] = way->changes[i];
		assert_false(is_yes(decide(policy, facts, part, n, person)));
	}
}

static void
check_way(const struct policy *policy, const struct facts *facts,
    const struct explain_way *way)
{
	size_t people = 1;

	assert_in_range(way->n, 1, EXPLAIN_SIZE_MAX);
	if (way->changes[0].kind == EXPLAIN_PERSON) {
		people = way->changes[0].people_n;
		assert_in_range(people, 1, EXPLAIN_PEOPLE_MAX);
	}
	for (size_t i = 1; i < way->n; i++)
		assert_true(way->changes[i - 1].kind < way->changes[i].kind);
	for (size_t i = 0; i < people; i++) {
		assert_true(
		    is_yes(decide(policy, facts, way->changes, way->n, i)));
		check_parts(policy, facts, way, i);
	}
	assert_int_equal(
	    decide(policy, facts, way->changes, way->n, 0), way->becomes);
}

/* By size, then in the order of the kinds. */
static void
check_order(const struct explain_way *a, const struct explain_way *b)
{
	size_t i = 0;

	assert_true(a->n <= b->n);
	if (a->n < b->n)
		return;
	while (i + 1 < a->n && a->changes[i].kind == b->changes[i].kind)
		i++;
	assert_true(a->changes[i].kind <= b->changes[i].kind);
}

size_t
check_explained(const struct policy *policy, const struct facts *facts)
{
	auto_explanation struct explanation got = { .ways_n = 99 };
	auto_verdict struct verdict verdict = { .kind = VERDICT_DENY };

	assert_int_equal(policy_explain(policy, facts, NULL, &got), 0);
	assert_int_equal(policy_decide(policy, facts, &verdict), 0);
	assert_int_equal(got.verdict.kind, verdict.kind);
	assert_string_equal(got.verdict.local_code, verdict.local_code);
	assert_true(got.ways_n <= EXPLAIN_WAYS_MAX);
	if (verdict.kind != VERDICT_DENY)
		assert_int_equal(got.ways_n, 0);
	for (size_t i = 0; i < got.ways_n; i++) {
		check_way(policy, facts, &got.ways[i]);
		if (i > 0)
			check_order(&got.ways[i - 1], &got.ways[i]);
	}
	return got.ways_n;
}
