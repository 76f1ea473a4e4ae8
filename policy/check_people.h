/* SPDX-License-Identifier: ISC */
/*
 * The people of this host behind the names of a policy, for the checks that
 * need them. Private to policy/check*.c.
 */
#ifndef WARDER_POLICY_CHECK_PEOPLE_H
#define WARDER_POLICY_CHECK_PEOPLE_H

#include "policy/check_build.h"

/* The people that one name of the policy means. */
struct crowd {
	uint32_t *uids;
	size_t n, cap;
	bool is_group, is_unknown;
	int r;
};

struct presence {
	const struct policy *policy;
	struct crowd *crowds; /* by number of the principal */
};

bool presence_has_uid(const struct presence *presence,
    const struct mentions *mentions, uint32_t uid);
bool presence_is_any_unknown(
    const struct presence *presence, const struct mentions *mentions);
/* By role, and no robot. */
bool presence_may_pass(
    const struct presence *presence, const struct org *org, uint32_t uid);

/* Whether some gate could fit both. */
bool selectors_meet(const struct selector *a, const struct selector *b);

/* Quorums that nobody could fill, and blocks that nobody else could review. */
void check_seats(const struct presence *presence, const struct statement *line,
    struct findings *findings);
void check_reviewers(const struct presence *presence,
    const struct statement *line, struct findings *findings);

#endif
