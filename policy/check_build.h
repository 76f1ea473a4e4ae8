/* SPDX-License-Identifier: ISC */
/*
 * Findings in the making, and the parts of the checker. Private to policy/.
 */
#ifndef WARDER_POLICY_CHECK_BUILD_H
#define WARDER_POLICY_CHECK_BUILD_H

#include "policy/check.h"
#include "policy/rules.h"

/* Organizations by their number in the policy, a bit each. */
struct orgset {
	uint64_t bits[ORGS_MAX / 64];
};

/* Which organizations each line and label is about, worked out once. */
struct touches {
	const struct policy *policy;
	size_t *by_alias; /* numbers of organizations, by name */
	struct orgset *statements, *labels;
	const char *last; /* lines about one organization stand together */
	struct orgset last_set;
};

struct findings {
	const struct policy *policy;
	struct check_finding *items;
	size_t n, cap, warnings;
	struct touches touches;
	uint32_t *stamps, stamp; /* by number of the principal */
	const int64_t *now_s;    /* or NULL */
	int r; /* the first failure; what comes later is not added */
};

void findings_add(struct findings *findings, uint32_t file, uint32_t line,
    uint32_t col, bool is_warning, const char *local_code, const char *format,
    ...) __attribute__((format(printf, 7, 8)));

/* ENOMEM; the caller clears it. */
WARDER_MUST_CHECK int touches_make(
    struct touches *touches, const struct policy *policy);
void touches_clear(struct touches *touches);
/* The organization part of a selector and an alias. */
bool check_alias_fits(const char *glob, const char *alias);
struct orgset touches_of_selector(
    struct touches *touches, const struct selector *on);
bool orgset_has(const struct orgset *set, size_t org);
bool orgset_is_empty(const struct orgset *set);
/* The same of one line and one organization, for who asks once. */
bool check_line_touches(const struct policy *policy,
    const struct statement *statement, const struct org *org);
/* The organizations that a statement of the policy is about. */
const struct orgset *check_touched(
    const struct findings *findings, const struct statement *line);

const char *check_name(const struct principal *principal);
void check_say_twice(struct findings *findings, uint32_t file, uint32_t line,
    uint32_t col, const char *name);
/* The same person twice in one list. */
void check_mentions(const struct mentions *mentions, struct findings *findings);
/* Two delegations of one giver with a common day; `givers` by statement. */
void check_delegates(const struct policy *policy, const uint64_t *givers,
    struct findings *findings);

void check_names(const struct policy *policy, struct findings *findings);
void check_orgs(const struct policy *policy, struct findings *findings);
void check_lists(const struct policy *policy, struct findings *findings);
void check_cover(const struct policy *policy, struct findings *findings);
void check_presence(const struct policy *policy,
    const struct check_people *people, struct findings *findings);

#endif
