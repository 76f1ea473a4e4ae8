/* SPDX-License-Identifier: ISC */
/*
 * The permits of a policy by what they name: each different selector has a
 * number, and knows the labels and lines that have it. Private to
 * policy/check*.c.
 */
#ifndef WARDER_POLICY_CHECK_COVER_H
#define WARDER_POLICY_CHECK_COVER_H

#include "policy/check_build.h"

#define COVER_VARIANTS 16 /* of a selector: each part itself, or `*` */

/* Ascending numbers; borrowed. */
struct list {
	const size_t *items;
	size_t n;
};

/* Lists by number, one behind the other. */
struct lists {
	size_t *first; /* one more than there are lists */
	size_t *items;
};

struct cover {
	const struct policy *policy;
	const struct selector **selectors; /* by their number */
	uint32_t *table;                   /* number + 1 by hash, 0 empty */
	size_t selectors_n, table_n;
	size_t in_labels_n; /* those below it stand in labels */
	/* Of statements by their number: what they name. */
	struct lists people, own;
	struct lists labels; /* selectors of a label */
	/* The other way round. */
	struct lists of_role, of_person, of_selector, of_label, with_selector;
};

/* ENOMEM; then it needs no clearing. */
WARDER_MUST_CHECK int cover_make(
    struct cover *cover, const struct policy *policy);
void cover_clear(struct cover *cover);

/* What a permit names: people, selectors of its own; selectors of a label. */
struct list cover_people(
    const struct cover *cover, const struct statement *line);
struct list cover_selectors(
    const struct cover *cover, const struct statement *line);
struct list cover_label(const struct cover *cover, size_t label);

/* Permits that name it, by their number among the statements. */
struct list cover_of_role(const struct cover *cover, enum role role);
struct list cover_of_person(const struct cover *cover, size_t principal);
struct list cover_of_selector(const struct cover *cover, size_t selector);
struct list cover_of_label(const struct cover *cover, size_t label);
/* Labels that have the selector. */
struct list cover_labels_with(const struct cover *cover, size_t selector);

/* Selectors of the policy that are this one with parts replaced by `*`. */
size_t cover_wider(const struct cover *cover, const struct selector *on,
    size_t ret[COVER_VARIANTS]);

/* The same line twice; `twice` is set by number of the statement. */
void check_same(
    const struct policy *policy, bool *twice, struct findings *findings);

#endif
