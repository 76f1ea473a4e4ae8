/* SPDX-License-Identifier: ISC */
/* What a program may ask of a policy besides a decision. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "policy/check_build.h"
#include "policy/fit.h"

size_t
policy_orgs(const struct policy *policy)
{
	return policy->orgs_n;
}

struct policy_org
policy_org_at(const struct policy *policy, size_t n)
{
	const struct org *org = &policy->orgs[n];

	return (
	    struct policy_org){ org->alias, org->id, org->key, org->is_strict };
}

bool
policy_org_find(
    const struct policy *policy, const char *name, struct policy_org *ret_org)
{
	for (size_t i = 0; i < policy->orgs_n; i++)
		if (strcmp(policy->orgs[i].alias, name) == 0) {
			*ret_org = policy_org_at(policy, i);
			return true;
		}
	for (size_t i = 0; i < policy->orgs_n; i++)
		if (strcmp(policy->orgs[i].id, name) == 0) {
			*ret_org = policy_org_at(policy, i);
			return true;
		}
	return false;
}

size_t
policy_lines(const struct policy *policy)
{
	return policy->statements_n;
}

size_t
policy_groups(const struct policy *policy)
{
	return policy->groups_n;
}

const char *
policy_group_at(const struct policy *policy, size_t n)
{
	return policy->groups[n];
}

size_t
policy_roles(const struct policy *policy, const struct facts *facts,
    uint32_t uid, const char *alias, const char *ret_roles[4])
{
	const struct org *org = org_find(policy, alias);
	enum fact *principals =
	    calloc(policy->principals_n + 1, sizeof(*principals));
	size_t n = 0;

	for (size_t i = 0;
	     i < facts->people_n && org != NULL && principals != NULL; i++) {
		if (facts->people[i].uid != uid)
			continue;
		fit_principals(policy, facts, &facts->people[i], principals);
		fit_gifts(policy, &facts->people[i], principals, principals);
		for (int role = 0; role < ROLES; role++)
			if (fit_role(org, principals, (enum role)role) ==
			    FACT_TRUE)
				ret_roles[n++] = role_names[role];
		break;
	}
	free(principals);
	return n;
}

const char *
policy_account(const struct policy *policy, const char *alias, const char *user)
{
	const struct org *org = org_find(policy, alias);

	for (size_t i = 0; org != NULL && i < org->accounts_n; i++) {
		const struct principal *at =
		    &policy->principals[org->accounts[i].user];

		if (at->kind == PRINCIPAL_USER && strcmp(at->name, user) == 0)
			return org->accounts[i].id;
	}
	return NULL;
}

bool
policy_is_robot(
    const struct policy *policy, const char *alias, const char *account)
{
	const struct org *org = org_find(policy, alias);

	for (size_t i = 0; org != NULL && i < org->robot_ids_n; i++)
		if (strcmp(org->robot_ids[i], account) == 0)
			return true;
	return false;
}

const char *
policy_user_of_account(
    const struct policy *policy, const char *alias, const char *account)
{
	const struct org *org = org_find(policy, alias);

	for (size_t i = 0; org != NULL && i < org->accounts_n; i++) {
		const struct principal *at =
		    &policy->principals[org->accounts[i].user];

		if (at->kind == PRINCIPAL_USER &&
		    strcmp(org->accounts[i].id, account) == 0)
			return at->name;
	}
	return NULL;
}

bool
policy_asks_authors(const struct policy *policy, const char *alias)
{
	const struct org *org = org_find(policy, alias);

	for (size_t i = 0; i < policy->statements_n && org != NULL; i++) {
		const struct statement *line = &policy->statements[i];

		if (line->kind == STATEMENT_DENY &&
		    (line->self & SELF_AUTHOR) != 0 &&
		    check_line_touches(policy, line, org))
			return true;
	}
	return false;
}

static bool
has_address(const struct account *account, const char *address)
{
	for (size_t i = 0; i < account->authors_n; i++)
		if (strcasecmp(account->authors[i], address) == 0)
			return true;
	return false;
}

const char *
policy_user_of_address(
    const struct policy *policy, const char *alias, const char *address)
{
	const struct org *org = org_find(policy, alias);

	for (size_t i = 0; org != NULL && i < org->accounts_n; i++) {
		const struct principal *at =
		    &policy->principals[org->accounts[i].user];

		if (at->kind == PRINCIPAL_USER &&
		    has_address(&org->accounts[i], address))
			return at->name;
	}
	return NULL;
}
