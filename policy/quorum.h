/* SPDX-License-Identifier: ISC */
/*
 * Votes: which of them count, and whether they fill the seats of a line.
 * Private to policy/.
 */
#ifndef WARDER_POLICY_QUORUM_H
#define WARDER_POLICY_QUORUM_H

#include "policy/fit.h"
#include "policy/verdict_build.h"

struct vote {
	struct standing standing;
	const char *host; /* NULL: unknown */
	uint64_t age_s;
};

/* The counting votes of a gate, of each person one. */
struct votes {
	struct vote *items;
	size_t n;
};

/*
 * The caller's own, if it counts, and those that are stored. ENOMEM; the
 * caller closes it.
 */
WARDER_MUST_CHECK int votes_open(
    const struct request *request, struct votes *ret_votes);
void votes_close(struct votes *votes);

/* Which of the seats of a condition are filled, one after the other. */
struct filled {
	bool is[SEATS_MAX];
	const struct vote *by[SEATS_MAX]; /* NULL: empty */
	size_t n;                         /* seats */
};
WARDER_MUST_CHECK int seats_fill(const struct request *request,
    const struct votes *votes, const struct condition *quorum,
    struct filled *ret_filled);

/* Whether the caller could fill one of them, alone. */
bool seats_fit_caller(const struct request *request, const struct votes *votes,
    const struct condition *quorum);

#endif
