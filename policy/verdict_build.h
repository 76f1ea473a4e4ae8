/* SPDX-License-Identifier: ISC */
/*
 * A verdict in the making. It ends as a permit only if no reason was added
 * and none was lost: a reason for which there is no memory is a failure.
 * Private to policy/.
 */
#ifndef WARDER_POLICY_VERDICT_BUILD_H
#define WARDER_POLICY_VERDICT_BUILD_H

#include "policy/fit.h"
#include "policy/verdict.h"

struct builder {
	const struct policy *policy;
	struct verdict verdict;
	const struct statement *fitting[VERDICT_RULES_MAX]; /* on a permit */
	size_t fitting_n;
	const struct statement *of_reason[VERDICT_REASONS_MAX];
	enum reason exits[VERDICT_REASONS_MAX];
	size_t before_quorum; /* reasons of the steps before the last */
	int r;                /* not 0: nothing was decided */
};

struct filled; /* policy/quorum.h */

WARDER_MUST_CHECK int builder_open(
    struct builder *builder, const struct policy *policy);
void builder_drop(struct builder *builder);

/* A reason against; `line` NULL: built in. Texts are constants or policy's. */
void builder_add(struct builder *builder, const struct statement *line,
    const char *local_code, const char *code, enum reason exit,
    const char *message, const char *unknown);

/* A line that is told on a permit. */
void builder_rule(struct builder *builder, const struct statement *line);
void builder_level(struct builder *builder, uint32_t level, uint32_t fresh_s);
void builder_missing_reason(struct builder *builder, const char *pattern);
void builder_missing_ticket(struct builder *builder, const char *pattern);
void builder_via(struct builder *builder, const char *giver);
void builder_missing_quorum(struct builder *builder,
    const struct statement *line, const struct condition *quorum,
    const struct filled *filled);
void builder_roles(struct builder *builder, const struct request *request);

/* `kind` is what it is if there are reasons (DENY or ERROR). */
WARDER_MUST_CHECK int builder_close(struct builder *builder,
    enum verdict_kind kind, struct verdict *ret_verdict);

#endif
