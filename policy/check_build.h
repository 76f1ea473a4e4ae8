/* SPDX-License-Identifier: ISC */
/*
 * Findings in the making, and the parts of the checker. Private to policy/.
 */
#ifndef WARDER_POLICY_CHECK_BUILD_H
#define WARDER_POLICY_CHECK_BUILD_H

#include "policy/check.h"
#include "policy/rules.h"

struct findings {
	const struct policy *policy;
	struct check_finding *items;
	size_t n, cap;
	int r; /* the first failure; what comes later is not added */
};

void findings_add(struct findings *findings, uint32_t file, uint32_t line,
    uint32_t col, bool is_warning, const char *local_code, const char *format,
    ...) __attribute__((format(printf, 7, 8)));

/* Whether the organization part of a selector fits this block. */
bool check_touches(const struct selector *selector, const struct org *org);
bool check_line_touches(const struct policy *policy,
    const struct statement *statement, const struct org *org);
const char *check_name(const struct principal *principal);

void check_names(const struct policy *policy, struct findings *findings);
void check_orgs(const struct policy *policy, struct findings *findings);
void check_lists(const struct policy *policy, struct findings *findings);
void check_cover(const struct policy *policy, struct findings *findings);
void check_presence(const struct policy *policy,
    const struct check_people *people, struct findings *findings);

#endif
