/* SPDX-License-Identifier: ISC */
/*
 * What only the name service can tell: who is not there, organizations whose
 * owners are gone, permits that nobody could use.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/check_people.h"

static void
visit(void *arg, const char *name, uint32_t uid)
{
	struct crowd *crowd = arg;
	uint32_t *more;

	(void)name;
	/* Two uids are nobody at all. */
	if (uid == UINT32_MAX || uid == 65534)
		return;
	/* root has nothing through a group, and is a robot through one. */
	if (uid == 0 && crowd->is_group) {
		crowd->has_root = true;
		return;
	}
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

static int
by_uid(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

/* A group may name somebody twice. */
static void
sort_crowd(struct crowd *crowd)
{
	size_t kept = 0;

	if (crowd->n > 1)
		qsort(crowd->uids, crowd->n, sizeof(*crowd->uids), by_uid);
	for (size_t i = 0; i < crowd->n; i++)
		if (kept == 0 || crowd->uids[kept - 1] != crowd->uids[i])
			crowd->uids[kept++] = crowd->uids[i];
	crowd->n = kept;
}

struct naming {
	char *ret;
	size_t size;
};

static void
keep_name(void *arg, const char *name, uint32_t uid)
{
	const struct naming *naming = arg;

	(void)uid;
	(void)snprintf(naming->ret, naming->size, "%s", name);
}

const char *
presence_name(const struct presence *presence, uint32_t uid, char ret[96])
{
	struct naming naming = { ret, 96 };

	(void)snprintf(ret, 96, "uid %u", uid);
	(void)presence->people->find(
	    presence->people->ctx, CHECK_UID, NULL, uid, keep_name, &naming);
	return ret;
}

/* Is there anybody whom this line lets pass in this organization? */
static bool
is_usable(const struct presence *presence, const struct members *members,
    const struct who *who)
{
	const struct member *member;

	for (int role = 0; role < ROLES; role++)
		if (who->roles[role] && members->can_pass[role])
			return true;
	if (presence_is_any_unknown(presence, &who->people))
		return true;
	for (size_t i = 0; i < who->people.n; i++) {
		const struct crowd *crowd =
		    &presence->crowds[who->people.items[i].principal];

		for (size_t k = 0; k < crowd->n; k++) {
			member = members_find(members, crowd->uids[k]);
			if (member != NULL && member->may_pass)
				return true;
		}
	}
	return false;
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
		if (!orgset_has(check_touched(findings, line), i))
			continue;
		if (is_usable(presence, &presence->members[i], line->to))
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

/* One giver under two names is one: whoever has the same uid. */
static void
check_givers(const struct presence *presence, struct findings *findings)
{
	const struct policy *policy = presence->policy;
	uint64_t *givers = calloc(policy->principals_n + 1, sizeof(*givers));

	if (givers == NULL) {
		findings->r = WARDER_ENOMEM;
		return;
	}
	for (size_t i = 0; i < policy->principals_n; i++)
		givers[i] = presence->crowds[i].n == 1
		                ? presence->crowds[i].uids[0]
		                : ((uint64_t)1 << 32) + i;
	check_delegates(policy, givers, findings);
	free(givers);
}

static int
look_up_all(struct presence *presence, struct findings *findings)
{
	const struct policy *policy = presence->policy;

	for (size_t i = 0; i < policy->principals_n; i++) {
		look_up(&policy->principals[i], presence->people,
		    &presence->crowds[i], findings);
		if (presence->crowds[i].r != 0)
			return presence->crowds[i].r;
		sort_crowd(&presence->crowds[i]);
	}
	return WARDER_OK;
}

static int
prepare(struct presence *presence, struct findings *findings)
{
	const struct policy *policy = presence->policy;
	int r;

	presence->crowds =
	    calloc(policy->principals_n + 1, sizeof(*presence->crowds));
	presence->members =
	    calloc(policy->orgs_n + 1, sizeof(*presence->members));
	if (presence->crowds == NULL || presence->members == NULL)
		return WARDER_ENOMEM;
	if ((r = look_up_all(presence, findings)) != 0)
		return r;
	for (size_t i = 0; i < policy->orgs_n; i++)
		if ((r = members_make(presence, &policy->orgs[i],
		         &presence->members[i])) != 0)
			return r;
	return candidates_prepare(presence);
}

static void
clear(struct presence *presence)
{
	const struct policy *policy = presence->policy;

	candidates_clear(presence);
	for (size_t i = 0; i < policy->orgs_n && presence->members != NULL; i++)
		members_clear(&presence->members[i]);
	for (size_t i = 0; i < policy->principals_n && presence->crowds != NULL;
	     i++)
		free(presence->crowds[i].uids);
	free(presence->members);
	free(presence->crowds);
}

void
check_presence(const struct policy *policy, const struct check_people *people,
    struct findings *findings)
{
	struct presence presence = { .policy = policy, .people = people };
	int r = prepare(&presence, findings);

	for (size_t i = 0; i < policy->orgs_n && r == 0; i++)
		check_owners(&presence, &policy->orgs[i], findings);
	for (size_t i = 0; i < policy->statements_n && r == 0; i++) {
		const struct statement *line = &policy->statements[i];

		check_nobody(&presence, line, findings);
		check_seats(&presence, line, findings);
		check_reviewers(&presence, line, findings);
		check_self(&presence, line, findings);
	}
	if (r == 0)
		check_givers(&presence, findings);
	else
		findings->r = r;
	clear(&presence);
}
