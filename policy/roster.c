/* SPDX-License-Identifier: ISC */
/*
 * A name that does not resolve is kept apart: whoever it means is missing
 * here, and a comparison that misses somebody must say so.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "policy/fit.h"
#include "policy/roster.h"

/* What is being added, for the name service's visits. */
struct filling {
	const struct policy *policy;
	struct roster *roster;
	size_t cap;
	enum roster_rank rank; /* of the line */
	bool is_group, is_robot;
	int r;
};

static enum roster_rank
rank_of(enum role role)
{
	switch (role) {
	case ROLE_OWNER:
		return RANK_OWNER;
	case ROLE_ADMIN:
		return RANK_ADMIN;
	case ROLE_MEMBER:
		return RANK_MEMBER;
	case ROLE_VIEWER:
		return RANK_VIEWER;
	case ROLES:
		break;
	}
	return RANK_NONE;
}

static struct roster_person *
find(const struct roster *roster, uint32_t uid)
{
	for (size_t i = 0; i < roster->n; i++)
		if (roster->people[i].uid == uid)
			return &roster->people[i];
	return NULL;
}

static struct roster_person *
add(struct filling *filling, uint32_t uid, const char *name)
{
	struct roster *roster = filling->roster;
	struct roster_person *person;

	if (roster->n == filling->cap) {
		filling->cap = filling->cap == 0 ? 16 : 2 * filling->cap;
		person =
		    realloc(roster->people, filling->cap * sizeof(*person));
		if (person == NULL) {
			filling->cap = roster->n;
			filling->r = WARDER_ENOMEM;
			return NULL;
		}
		roster->people = person;
	}
	person = &roster->people[roster->n];
	memset(person, 0, sizeof(*person));
	person->uid = uid;
	if (text_copy(person->name, sizeof(person->name), name) != 0) {
		filling->r = WARDER_ETOOBIG;
		return NULL;
	}
	roster->n++;
	return person;
}

static void
visit(void *arg, const char *name, uint32_t uid)
{
	struct filling *filling = arg;
	struct roster_person *person;

	bool is_gift = !filling->is_robot;

	/* Two uids are nobody at all. */
	if (uid == UINT32_MAX || uid == 65534)
		return;
	/* root is given nothing through a group, but may be a robot by one. */
	if (uid == 0 && filling->is_group && is_gift)
		return;
	person = find(filling->roster, uid);
	if (person == NULL && (uid != 0 || is_gift))
		person = add(filling, uid, name);
	if (person == NULL)
		return;
	person->is_robot |= filling->is_robot;
	if (filling->rank > person->rank)
		person->rank = filling->rank;
}

/* One name of the policy; not found is the same as lost: it names nobody. */
static void
fill_principal(struct filling *filling, const struct check_people *people,
    const struct principal *principal)
{
	enum check_kind kind = CHECK_UID;

	if (principal->kind == PRINCIPAL_GROUP)
		kind = CHECK_GROUP;
	else if (principal->kind == PRINCIPAL_USER)
		kind = CHECK_USER;
	filling->is_group = kind == CHECK_GROUP;
	if (people->find(people->ctx, kind, principal->name, principal->uid,
	        visit, filling) != FACT_TRUE)
		filling->roster->lost[filling->roster->lost_n++] =
		    principal->kind == PRINCIPAL_UID ? "a uid"
		                                     : principal->name;
}

static void
fill_mentions(struct filling *filling, const struct check_people *people,
    const struct mentions *mentions)
{
	for (size_t i = 0; i < mentions->n; i++)
		fill_principal(filling, people,
		    &filling->policy->principals[mentions->items[i].principal]);
}

static bool
is_meant(const struct principal *principal, const struct roster_person *person)
{
	if (principal->kind == PRINCIPAL_UID)
		return principal->uid == person->uid;
	return principal->kind == PRINCIPAL_USER &&
	       strcmp(principal->name, person->name) == 0;
}

static bool
is_robot_id(const struct org *org, const char *account)
{
	for (size_t i = 0; i < org->robot_ids_n; i++)
		if (strcmp(org->robot_ids[i], account) == 0)
			return true;
	return false;
}

static void
fill_account(const struct policy *policy, const struct org *org,
    struct roster_person *person)
{
	const char *account = NULL;

	for (size_t i = 0; i < org->accounts_n; i++) {
		const struct account *line = &org->accounts[i];

		if (!is_meant(&policy->principals[line->user], person))
			continue;
		/* By name and by uid, two ids: which one, nobody can say. */
		if (account != NULL && strcmp(account, line->id) != 0)
			return;
		account = line->id;
	}
	person->account = account;
	if (account != NULL)
		person->is_robot |= is_robot_id(org, account);
}

static int
compare(const void *a, const void *b)
{
	const struct roster_person *one = a, *two = b;

	if (one->rank != two->rank)
		return one->rank > two->rank ? -1 : 1;
	return strcmp(one->name, two->name);
}

int
roster_of(const struct policy *policy, const char *alias,
    const struct check_people *people, struct roster *ret_roster)
{
	const struct org *org = org_find(policy, alias);
	struct filling filling = { .policy = policy, .roster = ret_roster };
	size_t names = 1;

	memset(ret_roster, 0, sizeof(*ret_roster));
	if (org == NULL)
		return WARDER_EMISSING;
	for (int role = 0; role < ROLES; role++)
		names += org->roles[role].n;
	names += org->robots.n;
	ret_roster->lost = calloc(names, sizeof(*ret_roster->lost));
	if (ret_roster->lost == NULL)
		return WARDER_ENOMEM;
	for (int role = 0; role < ROLES; role++) {
		filling.rank = rank_of((enum role)role);
		fill_mentions(&filling, people, &org->roles[role]);
	}
	filling.rank = RANK_NONE;
	filling.is_robot = true;
	fill_mentions(&filling, people, &org->robots);
	for (size_t i = 0; i < ret_roster->n; i++)
		fill_account(policy, org, &ret_roster->people[i]);
	if (ret_roster->n > 1)
		qsort(ret_roster->people, ret_roster->n,
		    sizeof(ret_roster->people[0]), compare);
	return filling.r;
}

void
roster_clear(struct roster *roster)
{
	free(roster->people);
	free(roster->lost);
	memset(roster, 0, sizeof(*roster));
}

bool
roster_is_robot(
    const struct policy *policy, const char *alias, const char *account)
{
	const struct org *org = org_find(policy, alias);

	return org != NULL && is_robot_id(org, account);
}

const char *
roster_rank_word(enum roster_rank rank)
{
	for (int role = 0; role < ROLES; role++)
		if (rank_of((enum role)role) == rank)
			return role_names[role];
	return "";
}

enum roster_rank
roster_rank_of(const char *word)
{
	for (int role = 0; role < ROLES; role++)
		if (strcmp(role_names[role], word) == 0)
			return rank_of((enum role)role);
	return RANK_NONE;
}
