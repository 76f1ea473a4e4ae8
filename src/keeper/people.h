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

#define PEOPLE_MAX 1024 /* more are left out where nothing is decided */
#define PEOPLE_MS 10000 /* and those whom a slow name service did not give */

/* Strings of one person. */
struct people_texts {
	char name[CALLER_NAME_MAX + 1];
	char **groups;
	size_t groups_n;
};

struct people {
	struct facts_person *items; /* items[0] is the caller */
	struct people_texts **texts;
	size_t n;
	const char **lost; /* borrowed from the policy */
	size_t lost_n;
	bool is_cut; /* somebody was left out */
};

/*
 * The caller, and those for whom the caller may stand in. ENOMEM; EFULL: more
 * groups than can be (refused, not cut).
 */
WARDER_MUST_CHECK int people_load(struct people *people,
    const struct caller *caller, const struct policy *policy);
void people_clear(struct people *people);

/*
 * One more by name. EMISSING: there is no such user; also where name and uid
 * disagree. *ret_uid says who it is. ENOMEM, EFULL.
 */
WARDER_MUST_CHECK int people_add(
    struct people *people, const char *name, uint32_t *ret_uid);

/* Those for whom that user may stand in. ENOMEM, EFULL. */
WARDER_MUST_CHECK int people_add_givers(
    struct people *people, const struct policy *policy, uint32_t uid);

/*
 * Everybody whom the policy names, as far as there is room and time; for
 * explaining, never for deciding. ENOMEM.
 */
WARDER_MUST_CHECK int people_add_all(
    struct people *people, const struct policy *policy);

#endif
