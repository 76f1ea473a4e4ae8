/* SPDX-License-Identifier: ISC */
/*
 * Who has a role in an organization, who of them is a robot, and which
 * account each is: worked out once, as every permit and quorum asks for it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/check_people.h"

static int
by_uid(const void *a, const void *b)
{
	const struct member *left = a, *right = b;

	return (left->uid > right->uid) - (left->uid < right->uid);
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct member *
members_find(const struct members *members, uint32_t uid)
{
	const struct member key = { .uid = uid };

	return members->n == 0 ? NULL
	                       : bsearch(&key, members->items, members->n,
	                             sizeof(key), by_uid);
}

static int
fill_roles(const struct presence *presence, struct members *members)
{
	const struct org *org = members->org;
	size_t n = 0, kept = 0;

	for (int role = 0; role < ROLES; role++)
		for (size_t i = 0; i < org->roles[role].n; i++)
			n += presence
			         ->crowds[org->roles[role].items[i].principal]
			         .n;
	if ((members->items = calloc(n + 1, sizeof(struct member))) == NULL)
		return WARDER_ENOMEM;
	n = 0;
	for (int role = 0; role < ROLES; role++)
		for (size_t i = 0; i < org->roles[role].n; i++) {
			const struct crowd *crowd =
			    &presence
			         ->crowds[org->roles[role].items[i].principal];

			for (size_t k = 0; k < crowd->n; k++)
				members->items[n++] =
				    (struct member){ .uid = crowd->uids[k],
					    .roles = 1u << role,
					    .account = ACCOUNT_NONE };
		}
	if (n > 1)
		qsort(members->items, n, sizeof(struct member), by_uid);
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 &&
		    members->items[kept - 1].uid == members->items[i].uid)
			members->items[kept - 1].roles |=
			    members->items[i].roles;
		else
			members->items[kept++] = members->items[i];
	}
	members->n = kept;
	return WARDER_OK;
}

static bool
has_text(const char *const *sorted, size_t n, const char *text)
{
	return n > 0 &&
	       bsearch(&text, sorted, n, sizeof(char *), by_bytes) != NULL;
}

/* By a line that fits them; one that names a robot's makes them one. */
static void
fill_account(const struct presence *presence, struct members *members,
    const struct account *account, bool is_robot)
{
	const struct crowd *crowd = &presence->crowds[account->user];
	const char **id = bsearch(&account->id, members->accounts,
	    members->accounts_n, sizeof(char *), by_bytes);
	size_t number = (size_t)(id - members->accounts);
	struct member *member;

	for (size_t i = 0; i < crowd->n; i++) {
		member = members_find(members, crowd->uids[i]);
		if (member == NULL)
			continue;
		if (member->account == ACCOUNT_NONE)
			member->account = number;
		else if (member->account != number)
			member->account = ACCOUNT_TWO;
		member->is_robot |= is_robot;
	}
}

static int
fill_accounts(const struct presence *presence, struct members *members)
{
	const struct org *org = members->org;
	const char **robots = calloc(org->robot_ids_n + 1, sizeof(char *));
	size_t kept = 0;

	members->accounts = calloc(org->accounts_n + 1, sizeof(char *));
	if (members->accounts == NULL || robots == NULL) {
		free(robots);
		return WARDER_ENOMEM;
	}
	for (size_t i = 0; i < org->accounts_n; i++)
		members->accounts[i] = org->accounts[i].id;
	for (size_t i = 0; i < org->robot_ids_n; i++)
		robots[i] = org->robot_ids[i];
	qsort(members->accounts, org->accounts_n, sizeof(char *), by_bytes);
	qsort(robots, org->robot_ids_n, sizeof(char *), by_bytes);
	for (size_t i = 0; i < org->accounts_n; i++)
		if (kept == 0 || strcmp(members->accounts[kept - 1],
		                     members->accounts[i]) != 0)
			members->accounts[kept++] = members->accounts[i];
	members->accounts_n = kept;
	for (size_t i = 0; i < org->accounts_n; i++)
		fill_account(presence, members, &org->accounts[i],
		    has_text(robots, org->robot_ids_n, org->accounts[i].id));
	free(robots);
	return WARDER_OK;
}

static void
fill_robots(const struct presence *presence, struct members *members)
{
	const struct mentions *robots = &members->org->robots;
	struct member *member;

	for (size_t i = 0; i < robots->n; i++) {
		const struct crowd *crowd =
		    &presence->crowds[robots->items[i].principal];

		for (size_t k = 0; k < crowd->n; k++)
			if ((member = members_find(members, crowd->uids[k])) !=
			    NULL)
				member->is_robot = true;
		if (crowd->has_root &&
		    (member = members_find(members, 0)) != NULL)
			member->is_robot = true;
	}
	/* Of two accounts one may be a robot's that this block lists by id. */
	for (size_t i = 0; i < members->n; i++)
		if (members->items[i].account == ACCOUNT_TWO &&
		    members->org->robot_ids_n > 0)
			members->items[i].is_robot = true;
}

static void
fill_passing(const struct presence *presence, struct members *members)
{
	const struct org *org = members->org;
	unsigned int enough = 1u << ROLE_OWNER | 1u << ROLE_ADMIN |
	                      (org->is_strict ? 0 : 1u << ROLE_MEMBER);

	for (int role = 0; role < ROLES; role++) {
		members->is_unknown[role] =
		    presence_is_any_unknown(presence, &org->roles[role]);
		members->can_pass[role] = members->is_unknown[role];
	}
	for (size_t i = 0; i < members->n; i++) {
		struct member *member = &members->items[i];

		member->may_pass =
		    !member->is_robot && (member->roles & enough) != 0;
		members->has_lone |=
		    member->may_pass && member->account >= ACCOUNT_TWO;
		for (int role = 0; role < ROLES; role++)
			members->can_pass[role] |=
			    member->may_pass &&
			    (member->roles & 1u << role) != 0;
	}
}

int
members_make(
    const struct presence *presence, const struct org *org, struct members *ret)
{
	int r;

	*ret = (struct members){ .org = org };
	if ((r = fill_roles(presence, ret)) != 0 ||
	    (r = fill_accounts(presence, ret)) != 0)
		return r;
	fill_robots(presence, ret);
	fill_passing(presence, ret);
	return WARDER_OK;
}

void
members_clear(struct members *members)
{
	free(members->items);
	free(members->accounts);
	*members = (struct members){ .n = 0 };
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

bool
members_is_unknown_who(const struct presence *presence,
    const struct members *members, const struct who *who)
{
	for (int role = 0; role < ROLES; role++)
		if (who->roles[role] && members->is_unknown[role])
			return true;
	return presence_is_any_unknown(presence, &who->people);
}

void
members_mark_who(const struct presence *presence, const struct members *members,
    const struct who *who, bool *marks)
{
	unsigned int roles = 0;
	const struct member *member;

	for (int role = 0; role < ROLES; role++)
		roles |= who->roles[role] ? 1u << role : 0;
	for (size_t i = 0; i < members->n && roles != 0; i++)
		marks[i] |= (members->items[i].roles & roles) != 0;
	for (size_t i = 0; i < who->people.n; i++) {
		const struct crowd *crowd =
		    &presence->crowds[who->people.items[i].principal];

		for (size_t k = 0; k < crowd->n; k++)
			if ((member = members_find(members, crowd->uids[k])) !=
			    NULL)
				marks[member - members->items] = true;
	}
}
