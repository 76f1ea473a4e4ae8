/* SPDX-License-Identifier: ISC */
/*
 * A case: a policy, who there is, the facts of one request, as JSON. It is
 * how a policy is tried before it is in force. The file is anybody's; what
 * it says is held to the form of every field, and what it does not say is
 * unknown. For `policy eval` and the tests.
 */
#ifndef WARDER_CTL_POLICY_CASE_H
#define WARDER_CTL_POLICY_CASE_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "base/err.h"
#include "base/tzdata.h"
#include "policy/check.h"
#include "policy/facts.h"
#include "policy/policy.h"

#define POLICY_CASE_MAX (48u << 20) /* bytes of the JSON */

struct policy_case {
	cJSON *root; /* texts below are borrowed from it */
	char *policy;
	size_t policy_len;
	const cJSON *files; /* path to text, null: unreadable; or NULL */
	struct tzdata tzdata;
	const cJSON *users, *groups; /* of `identities`, or NULL */
	bool has_identities;
	struct facts facts;
	char bad_facts[160]; /* "" or what is wrong with them */
	void **own;
	size_t own_n;
};

/*
 * EFORM: no JSON, no policy, or `identities` of another form; `why` says so
 * (160 bytes). Facts that cannot be are no failure: see bad_facts.
 */
WARDER_MUST_CHECK int policy_case_parse(
    const char *json, size_t len, struct policy_case *ret_case, char why[160]);
void policy_case_clear(struct policy_case *pcase);

/*
 * Adds what only the policy tells: the groups it names that do not resolve.
 * ENOMEM.
 */
WARDER_MUST_CHECK int policy_case_resolve(
    struct policy_case *pcase, const struct policy *policy);

/* The files of the case, and the zones of this host. */
struct policy_source policy_case_source(struct policy_case *pcase);

/* The name service that `identities` plays. */
struct check_people policy_case_people(const struct policy_case *pcase);

/* Zeroed memory that lives as long as the case; NULL: none. */
void *policy_case_get(struct policy_case *pcase, size_t n, size_t size);

/* policy_facts.c: fills `facts` or `bad_facts`. ENOMEM. */
WARDER_MUST_CHECK int policy_facts_read(
    struct policy_case *pcase, const cJSON *json);

#endif
