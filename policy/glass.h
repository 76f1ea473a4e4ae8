/* SPDX-License-Identifier: ISC */
/*
 * Breaking the glass: whether a block may be used now, what it sets aside,
 * and who may close the review of a use. Private to policy/.
 */
#ifndef WARDER_POLICY_GLASS_H
#define WARDER_POLICY_GLASS_H

#include "policy/verdict_build.h"

/*
 * What came of asking for a block. Its own `require` lines hold as soon as it
 * is found, so that all that is missing is told at once; its `lifts` apply
 * only when it is open.
 */
struct broken {
	const struct glass *found; /* NULL: none of that name on this gate */
	const struct glass *open;  /* the same, or NULL */
};

/* Step 8. */
struct broken glass_break(
    const struct request *request, struct builder *builder);

/* `glass` may be NULL: nothing is lifted. */
bool glass_lifts_denial(const struct glass *glass, enum deny_kind kind);
bool glass_lifts_condition(const struct glass *glass, enum condition_kind kind);

/* The steps of a review, behind those that everybody passes. */
void glass_review(const struct request *request, struct builder *builder);

/* A decision takes a proof of level 1 even if no line says so. */
void check_proof(const struct facts *facts, struct builder *builder);

#endif
