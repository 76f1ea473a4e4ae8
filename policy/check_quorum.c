/* SPDX-License-Identifier: ISC */
/*
 * Gates that would stay shut: a quorum that the people of this host cannot
 * fill, a break-glass that nobody but its user could review.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/check_people.h"

/* One account is one person, under however many names. */
struct candidate {
	const char *account;
	uint32_t *uids;
	size_t n;
};

struct candidates {
	struct candidate *items;
	size_t n;
	int r;
};

static void
clear(struct candidates *all)
{
	for (size_t i = 0; i < all->n; i++)
		free(all->items[i].uids);
	free(all->items);
	*all = (struct candidates){ .n = 0 };
}

/* NULL: none, or two. */
static const char *
account_of_uid(
    const struct presence *presence, const struct org *org, uint32_t uid)
{
	const char *id = NULL;

	for (size_t i = 0; i < org->accounts_n; i++) {
		struct mention user = { .principal = org->accounts[i].user };
		const struct mentions one = { &user, 1, 1 };

		if (!presence_has_uid(presence, &one, uid))
			continue;
		if (id != NULL && strcmp(id, org->accounts[i].id) != 0)
			return NULL;
		id = org->accounts[i].id;
	}
	return id;
}

static bool
fits_who(const struct presence *presence, const struct org *org,
    const struct who *who, uint32_t uid)
{
	if (presence_has_uid(presence, &who->people, uid))
		return true;
	for (int role = 0; role < ROLES; role++)
		if (who->roles[role] &&
		    presence_has_uid(presence, &org->roles[role], uid))
			return true;
	return false;
}

static bool
is_unknown_who(const struct presence *presence, const struct org *org,
    const struct who *who)
{
	if (presence_is_any_unknown(presence, &who->people))
		return true;
	for (int role = 0; role < ROLES; role++)
		if (who->roles[role] &&
		    presence_is_any_unknown(presence, &org->roles[role]))
			return true;
	return false;
}

/* Some line lets them pass some gate of that selector. */
static bool
has_permit(const struct presence *presence, const struct org *org,
    const struct selector *on, uint32_t uid)
{
	const struct policy *policy = presence->policy;

	for (size_t i = 0; i < policy->statements_n; i++) {
		const struct statement *line = &policy->statements[i];
		struct selector_walk walk = selectors_of(policy, line);
		const struct selector *at;

		if (line->kind != STATEMENT_PERMIT ||
		    (line->verbs & 1u << VERB_PASS) == 0 ||
		    !fits_who(presence, org, line->to, uid))
			continue;
		while ((at = selector_next(&walk)) != NULL)
			if (check_touches(at, org) && selectors_meet(at, on))
				return true;
	}
	return false;
}

static void
add(struct candidates *all, const char *account, uint32_t uid)
{
	struct candidate *at = NULL, *more;
	uint32_t *uids;

	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->items[i].account, account) == 0)
			at = &all->items[i];
	if (at == NULL) {
		more = reallocarray(all->items, all->n + 1, sizeof(*more));
		if (more == NULL) {
			all->r = WARDER_ENOMEM;
			return;
		}
		all->items = more;
		at = &more[all->n++];
		*at = (struct candidate){ .account = account };
	}
	uids = reallocarray(at->uids, at->n + 1, sizeof(*uids));
	if (uids == NULL) {
		all->r = WARDER_ENOMEM;
		return;
	}
	at->uids = uids;
	uids[at->n++] = uid;
}

static bool
has_candidate(const struct candidates *all, uint32_t uid)
{
	for (size_t i = 0; i < all->n; i++)
		for (size_t k = 0; k < all->items[i].n; k++)
			if (all->items[i].uids[k] == uid)
				return true;
	return false;
}

/* Whoever could vote on a gate of that selector in that organization. */
static void
gather(const struct presence *presence, const struct org *org,
    const struct selector *on, struct candidates *all)
{
	for (int role = ROLE_OWNER; role <= ROLE_MEMBER; role++)
		for (size_t i = 0; i < org->roles[role].n; i++) {
			const struct crowd *crowd =
			    &presence
			         ->crowds[org->roles[role].items[i].principal];

			for (size_t k = 0; k < crowd->n; k++) {
				uint32_t uid = crowd->uids[k];
				const char *account =
				    account_of_uid(presence, org, uid);

				if (account != NULL &&
				    !has_candidate(all, uid) &&
				    presence_may_pass(presence, org, uid) &&
				    has_permit(presence, org, on, uid))
					add(all, account, uid);
			}
		}
}

static bool
may_sit(const struct presence *presence, const struct org *org,
    const struct seats *seat, const struct candidate *candidate)
{
	struct mention group = { .principal = seat->principal };
	const struct mentions one = { &group, 1, 1 };
	const struct mentions *of =
	    seat->is_role ? &org->roles[seat->role] : &one;

	for (size_t i = 0; i < candidate->n; i++)
		if (presence_has_uid(presence, of, candidate->uids[i]))
			return true;
	return false;
}

struct table {
	const struct presence *presence;
	const struct org *org;
	const struct candidates *all;
	const struct seats *seats[SEATS_MAX];
	size_t seats_n, of[SEATS_MAX]; /* candidate; all->n: empty */
	bool *visited;
};

static bool
seat_somebody(struct table *table, size_t seat)
{
	size_t other;

	for (size_t i = 0; i < table->all->n; i++) {
		if (table->visited[i] ||
		    !may_sit(table->presence, table->org, table->seats[seat],
		        &table->all->items[i]))
			continue;
		table->visited[i] = true;
		for (other = 0; other < table->seats_n; other++)
			if (table->of[other] == i)
				break;
		if (other < table->seats_n && !seat_somebody(table, other))
			continue;
		table->of[seat] = i;
		return true;
	}
	return false;
}

static bool
can_fill(const struct presence *presence, const struct org *org,
    const struct condition *quorum, struct candidates *all)
{
	struct table table = { .presence = presence, .org = org, .all = all };
	bool is_full = true;

	for (size_t i = 0; i < quorum->seats_n; i++)
		for (uint32_t k = 0; k < quorum->seats[i].count; k++) {
			table.of[table.seats_n] = all->n;
			table.seats[table.seats_n++] = &quorum->seats[i];
		}
	table.visited = calloc(all->n + 1, sizeof(bool));
	if (table.visited == NULL) {
		all->r = WARDER_ENOMEM;
		return true;
	}
	for (size_t i = 0; i < table.seats_n && is_full; i++) {
		memset(table.visited, 0, all->n * sizeof(bool));
		is_full = seat_somebody(&table, i);
	}
	free(table.visited);
	return is_full;
}

/* A group that cannot be looked up now may hold whoever is missing. */
static bool
is_unknown_quorum(const struct presence *presence, const struct org *org,
    const struct condition *quorum)
{
	for (int role = ROLE_OWNER; role <= ROLE_MEMBER; role++)
		if (presence_is_any_unknown(presence, &org->roles[role]))
			return true;
	for (size_t i = 0; i < quorum->seats_n; i++)
		if (!quorum->seats[i].is_role &&
		    presence->crowds[quorum->seats[i].principal].is_unknown)
			return true;
	return false;
}

static bool
is_hopeless(const struct presence *presence, const struct org *org,
    const struct selector *on, const struct condition *quorum,
    struct findings *findings)
{
	struct candidates all = { .n = 0 };
	bool is_full;

	if (is_unknown_quorum(presence, org, quorum))
		return false;
	gather(presence, org, on, &all);
	is_full = all.r != 0 || can_fill(presence, org, quorum, &all);
	if (all.r != 0)
		findings->r = all.r;
	clear(&all);
	return !is_full;
}

static void
check_quorum(const struct presence *presence, const struct statement *line,
    const struct condition *quorum, struct findings *findings)
{
	const struct policy *policy = presence->policy;
	struct selector_walk walk = selectors_of(policy, line);
	const struct selector *on;

	while ((on = selector_next(&walk)) != NULL)
		for (size_t i = 0; i < policy->orgs_n; i++) {
			if (!check_touches(on, &policy->orgs[i]) ||
			    !is_hopeless(presence, &policy->orgs[i], on, quorum,
			        findings))
				continue;
			findings_add(findings, quorum->file, quorum->line,
			    quorum->col, false, "nobody",
			    "the people who may pass %.64s/%.64s cannot fill "
			    "these seats",
			    policy->orgs[i].alias, on->pipeline);
			return;
		}
}

void
check_seats(const struct presence *presence, const struct statement *line,
    struct findings *findings)
{
	if (line->kind != STATEMENT_REQUIRE)
		return;
	for (size_t i = 0; i < line->conditions_n; i++)
		if (line->conditions[i].kind == CONDITION_QUORUM)
			check_quorum(
			    presence, line, &line->conditions[i], findings);
}

static bool
is_reviewer(const struct presence *presence, const struct org *org,
    const struct glass *glass, const char *account, uint32_t uid)
{
	const char *own = account_of_uid(presence, org, uid);

	return own != NULL && strcmp(own, account) != 0 &&
	       fits_who(presence, org, &glass->review_by, uid) &&
	       !presence_has_uid(presence, &org->robots, uid);
}

static bool
has_reviewer(const struct presence *presence, const struct org *org,
    const struct glass *glass, uint32_t user)
{
	const char *account = account_of_uid(presence, org, user);

	if (is_unknown_who(presence, org, &glass->review_by))
		return true;
	for (int role = 0; account != NULL && role < ROLES; role++)
		for (size_t i = 0; i < org->roles[role].n; i++) {
			const struct crowd *crowd =
			    &presence
			         ->crowds[org->roles[role].items[i].principal];

			for (size_t k = 0; k < crowd->n; k++)
				if (is_reviewer(presence, org, glass, account,
				        crowd->uids[k]))
					return true;
		}
	return false;
}

/* A user of the block, somewhere, whom nobody else could review. */
static bool
has_lonely_user(const struct presence *presence, const struct org *org,
    const struct glass *glass)
{
	for (int role = ROLE_OWNER; role <= ROLE_MEMBER; role++)
		for (size_t i = 0; i < org->roles[role].n; i++) {
			const struct crowd *crowd =
			    &presence
			         ->crowds[org->roles[role].items[i].principal];

			for (size_t k = 0; k < crowd->n; k++)
				if (presence_may_pass(
				        presence, org, crowd->uids[k]) &&
				    fits_who(presence, org, &glass->to,
				        crowd->uids[k]) &&
				    !has_reviewer(
				        presence, org, glass, crowd->uids[k]))
					return true;
		}
	return false;
}

void
check_reviewers(const struct presence *presence, const struct statement *line,
    struct findings *findings)
{
	const struct policy *policy = presence->policy;

	if (line->kind != STATEMENT_GLASS)
		return;
	for (size_t i = 0; i < policy->orgs_n; i++) {
		if (!check_line_touches(policy, line, &policy->orgs[i]) ||
		    !has_lonely_user(presence, &policy->orgs[i], line->glass))
			continue;
		findings_add(findings, line->file, line->glass->review_line,
		    line->glass->review_col, false, "one_person",
		    "somebody who may use it in %.64s has no reviewer but "
		    "themselves",
		    policy->orgs[i].alias);
		return;
	}
}
