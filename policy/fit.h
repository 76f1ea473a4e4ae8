/* SPDX-License-Identifier: ISC */
/*
 * Whether a line fits: yes, no, or unknown. An unknown never helps: whoever
 * permits wants a yes, whoever denies is content with anything but a no.
 * Private to policy/.
 */
#ifndef WARDER_POLICY_FIT_H
#define WARDER_POLICY_FIT_H

#include "policy/rules.h"

/* One request, worked out once: answers by number of principal. */
struct request {
	const struct policy *policy;
	const struct facts *facts;
	const struct facts_person *actor; /* NULL: unknown */
	enum fact *principals;            /* is the actor this one? */
	const struct org *org;            /* of request.org, or NULL */
	enum fact roles[ROLES];           /* the actor's, in org */
};

enum fact fact_and(enum fact a, enum fact b);
enum fact fact_or(enum fact a, enum fact b);

/* Fills *request; the caller frees request->principals. ENOMEM. */
WARDER_MUST_CHECK int request_open(struct request *request,
    const struct policy *policy, const struct facts *facts);

/* Principals of one person of the facts; `ret` has one for each. */
void fit_principals(const struct policy *policy, const struct facts *facts,
    const struct facts_person *person, enum fact *ret);

enum fact fit_role(
    const struct org *org, const enum fact *principals, enum role role);
enum fact fit_mentions(
    const struct mentions *mentions, const enum fact *principals);
enum fact fit_on(
    const struct request *request, const struct statement *statement);
enum fact fit_who(const struct request *request, const struct who *who);
enum fact fit_robot(const struct request *request);

/* `deny self`; *ret_unknown names what was unknown, "" nothing. */
enum fact fit_self(const struct request *request, unsigned int parts,
    const char **ret_unknown);

/* Account of a principal-matched person in an org; NULL: none. ESTALE: two. */
WARDER_MUST_CHECK int account_of(
    const struct org *org, const enum fact *principals, const char **ret_id);

const struct org *org_find(const struct policy *policy, const char *alias);

#endif
