/* SPDX-License-Identifier: ISC */
/* Whom a policy names: whoever decides brings these people as facts. */
#include "config.h"

#include <string.h>

#include "policy/check.h"
#include "policy/rules.h"

static void
visit_principal(const struct check_people *people,
    const struct principal *principal, check_visit *visit, void *arg)
{
	static const enum check_kind kinds[] = { [PRINCIPAL_USER] = CHECK_USER,
		[PRINCIPAL_UID] = CHECK_UID,
		[PRINCIPAL_GROUP] = CHECK_GROUP };

	/* Whoever cannot be found is nobody of the facts, and gives nothing. */
	(void)people->find(people->ctx, kinds[principal->kind], principal->name,
	    principal->uid, visit, arg);
}

void
policy_people(const struct policy *policy, const struct check_people *people,
    check_visit *visit, void *arg)
{
	for (size_t i = 0; i < policy->principals_n; i++)
		visit_principal(people, &policy->principals[i], visit, arg);
}

static bool
is_meant(const struct principal *principal, uint32_t uid, const char *name)
{
	if (principal->kind == PRINCIPAL_UID)
		return principal->uid == uid;
	return name != NULL && principal->kind == PRINCIPAL_USER &&
	       strcmp(principal->name, name) == 0;
}

void
policy_givers(const struct policy *policy, uint32_t uid, const char *name,
    check_visit *visit, void *arg)
{
	for (size_t i = 0; i < policy->statements_n; i++) {
		const struct statement *line = &policy->statements[i];
		const struct principal *at = policy->principals, *giver;

		if (line->kind != STATEMENT_DELEGATE ||
		    !is_meant(&at[line->delegate->taker], uid, name))
			continue;
		giver = &at[line->delegate->giver];
		visit(arg, giver->kind == PRINCIPAL_UID ? NULL : giver->name,
		    giver->uid);
	}
}
