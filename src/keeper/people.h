/* SPDX-License-Identifier: ISC */
/*
 * Group membership at the moment of the decision. A name service that is away
 * may return fewer groups without saying so; therefore every group that the
 * policy names is resolved too, and one that does not is unknown for all.
 */
#ifndef WARDER_KEEPER_PEOPLE_H
#define WARDER_KEEPER_PEOPLE_H

#include <stddef.h>

#include "keeper/identity.h"
#include "policy/facts.h"
#include "policy/policy.h"

struct people {
	struct facts_person person; /* the caller; borrows from the rest */
	char **names;               /* of the caller's groups */
	size_t names_n;
	const char **lost; /* borrowed from the policy */
	size_t lost_n;
};

/* ENOMEM; EFULL: more groups than can be (refused, not cut). */
WARDER_MUST_CHECK int people_load(struct people *people,
    const struct caller *caller, const struct policy *policy);
void people_clear(struct people *people);

#endif
