/* SPDX-License-Identifier: ISC */
/*
 * What only the name service can tell: who is not there, organizations whose
 * owners are gone, permits that nobody could use.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/check_people.h"

static void
visit(void *arg, const char *name, uint32_t uid)
{
	struct crowd *crowd = arg;
	uint32_t *more;

	(void)name;
	/* root has nothing through a group; two uids are nobody at all. */
	if ((uid == 0 && crowd->is_group) || uid == UINT32_MAX || uid == 65534)
		return;
	if (crowd->n == crowd->cap) {
		crowd->cap = crowd->cap == 0 ? 8 : 2 * crowd->cap;
		more = realloc(crowd->uids, crowd->cap * sizeof(*more));
		if (more == NULL) {
			crowd->r = WARDER_ENOMEM;
			crowd->cap = crowd->n;
			return;
		}
		crowd->uids = more;
	}
	crowd->uids[crowd->n++] = uid;
}

static void
look_up(const struct principal *principal, const struct check_people *people,
    struct crowd *crowd, struct findings *findings)
{
	bool is_group = principal->kind == PRINCIPAL_GROUP;
	enum check_kind kind = is_group                            ? CHECK_GROUP
	                       : principal->kind == PRINCIPAL_USER ? CHECK_USER
	                                                           : CHECK_UID;
	const char *code = is_group ? "unknown_group" : "unknown_user";
	enum fact found;

	crowd->is_group = is_group;
	found = people->find(
	    people->ctx, kind, principal->name, principal->uid, visit, crowd);
	crowd->is_unknown = found == FACT_UNKNOWN;
	if (found == FACT_TRUE)
		return;
	if (found == FACT_UNKNOWN)
		findings_add(findings, principal->file, principal->line,
		    principal->col, false, code,
		    "%.80s cannot be looked up now", check_name(principal));
	else if (kind == CHECK_UID)
		findings_add(findings, principal->file, principal->line,
		    principal->col, false, code, "no user has the uid %u",
		    principal->uid);
	else
		findings_add(findings, principal->file, principal->line,
		    principal->col, false, code, "there is no %s %.80s",
		    is_group ? "group" : "user", principal->name);
}

bool
presence_has_uid(const struct presence *presence,
    const struct mentions *mentions, uint32_t uid)
{
	for (size_t i = 0; i < mentions->n; i++) {
		const struct crowd *crowd =
		    &presence->crowds[mentions->items[i].principal];

		for (size_t k = 0; k < crowd->n; k++)
			if (crowd->uids[k] == uid)
				return true;
	}
	return false;
}

bool
presence_is_any_unknown(
    const struct presence *presence, const struct mentions *mentions)
{
	for (size_t i = 0; i < mentions->n; i++)
		if (presence->crowds[mentions->items[i].principal].is_unknown)
			return true;
	return false;
}

static bool
is_robot_account(const struct presence *presence, const struct org *org,
    const struct account *account, uint32_t uid)
{
	struct mention user = { .principal = account->user };
	struct mentions one = { &user, 1, 1 };

	if (!presence_has_uid(presence, &one, uid))
		return false;
	for (size_t i = 0; i < org->robot_ids_n; i++)
		if (strcmp(org->robot_ids[i], account->id) == 0)
			return true;
	return false;
}

bool
presence_may_pass(
    const struct presence *presence, const struct org *org, uint32_t uid)
{
	if (!presence_has_uid(presence, &org->roles[ROLE_OWNER], uid) &&
	    !presence_has_uid(presence, &org->roles[ROLE_ADMIN], uid) &&
	    (org->is_strict ||
	        !presence_has_uid(presence, &org->roles[ROLE_MEMBER], uid)))
		return false;
	if (presence_has_uid(presence, &org->robots, uid))
		return false;
	for (size_t i = 0; i < org->accounts_n; i++)
		if (is_robot_account(presence, org, &org->accounts[i], uid))
			return false;
	return true;
}

static bool
has_candidate(const struct presence *presence, const struct org *org,
    const struct mentions *mentions)
{
	if (presence_is_any_unknown(presence, mentions))
		return true;
	for (size_t i = 0; i < mentions->n; i++) {
		const struct crowd *crowd =
		    &presence->crowds[mentions->items[i].principal];

		for (size_t k = 0; k < crowd->n; k++)
			if (presence_may_pass(presence, org, crowd->uids[k]))
				return true;
	}
	return false;
}

/* Is there anybody whom this line lets pass in this organization? */
static bool
is_usable(const struct presence *presence, const struct org *org,
    const struct who *who)
{
	for (int role = 0; role < ROLES; role++)
		if (who->roles[role] &&
		    has_candidate(presence, org, &org->roles[role]))
			return true;
	return has_candidate(presence, org, &who->people);
}

static void
check_nobody(const struct presence *presence, const struct statement *line,
    struct findings *findings)
{
	const struct policy *policy = presence->policy;
	bool is_touching = false;

	if (line->kind != STATEMENT_PERMIT ||
	    (line->verbs & 1u << VERB_PASS) == 0)
		return;
	for (size_t i = 0; i < policy->orgs_n; i++) {
		if (!check_line_touches(policy, line, &policy->orgs[i]))
			continue;
		if (is_usable(presence, &policy->orgs[i], line->to))
			return;
		is_touching = true;
	}
	if (is_touching)
		findings_add(findings, line->file, line->line, line->col, false,
		    "nobody", "there is nobody whom this line lets pass");
}

/* An organization whose owners are all gone. */
static void
check_owners(const struct presence *presence, const struct org *org,
    struct findings *findings)
{
	const struct mentions *owners = &org->roles[ROLE_OWNER];
	size_t n = 0;

	for (size_t i = 0; i < owners->n; i++)
		n += presence->crowds[owners->items[i].principal].n;
	if (owners->n > 0 && n == 0 &&
	    !presence_is_any_unknown(presence, owners))
		findings_add(findings, org->file, org->line, org->col, false,
		    "no_owner", "no owner of %s exists", org->alias);
}

void
check_presence(const struct policy *policy, const struct check_people *people,
    struct findings *findings)
{
	struct presence presence = { .policy = policy };

	presence.crowds =
	    calloc(policy->principals_n + 1, sizeof(*presence.crowds));
	if (presence.crowds == NULL) {
		findings->r = WARDER_ENOMEM;
		return;
	}
	for (size_t i = 0; i < policy->principals_n; i++) {
		look_up(&policy->principals[i], people, &presence.crowds[i],
		    findings);
		if (presence.crowds[i].r != 0)
			findings->r = presence.crowds[i].r;
	}
	for (size_t i = 0; i < policy->orgs_n; i++)
		check_owners(&presence, &policy->orgs[i], findings);
	for (size_t i = 0; i < policy->statements_n; i++) {
		check_nobody(&presence, &policy->statements[i], findings);
		check_seats(&presence, &policy->statements[i], findings);
		check_reviewers(&presence, &policy->statements[i], findings);
	}
	for (size_t i = 0; i < policy->principals_n; i++)
		free(presence.crowds[i].uids);
	free(presence.crowds);
}
