/* SPDX-License-Identifier: ISC */
/*
 * Gates that would stay shut: a quorum that the people of this host cannot
 * fill, always or when one of them started the run, and whoever has no
 * account where it is asked who started it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/check_people.h"

/* One account is one person, under however many names. */
struct person {
	unsigned int fits; /* 1u << number of the seats of the line */
	uint32_t uid;      /* one of theirs, for a sentence */
	bool is_visited;
};

struct table {
	struct person *people;
	size_t n, away;                         /* who may not sit; n: nobody */
	size_t kinds[SEATS_MAX], of[SEATS_MAX]; /* of: a person; n: empty */
	size_t seats_n;
};

static void
set_table(struct table *table, const struct condition *quorum)
{
	table->seats_n = 0;
	for (size_t i = 0; i < quorum->seats_n; i++)
		for (uint32_t k = 0;
		     k < quorum->seats[i].count && table->seats_n < SEATS_MAX;
		     k++)
			table->kinds[table->seats_n++] = i;
}

static bool
seat_somebody(struct table *table, size_t seat)
{
	size_t other;

	for (size_t i = 0; i < table->n; i++) {
		struct person *person = &table->people[i];

		if (person->is_visited || i == table->away ||
		    (person->fits & 1u << table->kinds[seat]) == 0)
			continue;
		person->is_visited = true;
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

/* By maximum matching: true if every seat is taken. */
static bool
can_fill(struct table *table, size_t away)
{
	table->away = away;
	for (size_t i = 0; i < table->seats_n; i++)
		table->of[i] = table->n;
	for (size_t i = 0; i < table->seats_n; i++) {
		for (size_t k = 0; k < table->n; k++)
			table->people[k].is_visited = false;
		if (!seat_somebody(table, i))
			return false;
	}
	return true;
}

/* Who is not seated now is not needed: only the others can be missing. */
static size_t
who_is_needed(struct table *table)
{
	size_t seated[SEATS_MAX];

	memcpy(seated, table->of, sizeof(seated));
	for (size_t i = 0; i < table->seats_n; i++)
		if (!can_fill(table, seated[i]))
			return seated[i];
	return table->n;
}

static bool
may_sit(const struct presence *presence, const struct member *member,
    const struct seats *seats)
{
	const struct crowd *crowd;
	size_t low = 0, high, mid;

	if (seats->is_role)
		return (member->roles & 1u << seats->role) != 0;
	crowd = &presence->crowds[seats->principal];
	for (high = crowd->n; low < high;) {
		mid = low + (high - low) / 2;
		if (crowd->uids[mid] < member->uid)
			low = mid + 1;
		else
			high = mid;
	}
	return low < crowd->n && crowd->uids[low] == member->uid;
}

/* Those of one account stand together. ENOMEM. */
static int
set_people(const struct presence *presence, const struct candidates *all,
    const struct condition *quorum, struct table *table)
{
	const struct members *members = all->members;
	size_t last = ACCOUNT_NONE;

	table->n = 0;
	table->people = calloc(all->known_n + 1, sizeof(*table->people));
	if (table->people == NULL)
		return WARDER_ENOMEM;
	for (size_t i = 0; i < all->known_n; i++) {
		const struct member *member = &members->items[all->items[i]];
		struct person *person;

		if (table->n == 0 || member->account != last)
			table->people[table->n++].uid = member->uid;
		last = member->account;
		person = &table->people[table->n - 1];
		for (size_t k = 0; k < quorum->seats_n; k++)
			if (may_sit(presence, member, &quorum->seats[k]))
				person->fits |= 1u << k;
	}
	return WARDER_OK;
}

/* A group that cannot be looked up now may hold whoever is missing. */
static bool
is_unknown_quorum(const struct presence *presence,
    const struct members *members, const struct condition *quorum)
{
	for (int role = ROLE_OWNER; role <= ROLE_MEMBER; role++)
		if (members->is_unknown[role])
			return true;
	for (size_t i = 0; i < quorum->seats_n; i++)
		if (!quorum->seats[i].is_role &&
		    presence->crowds[quorum->seats[i].principal].is_unknown)
			return true;
	return false;
}

static bool
any(void *arg, size_t owner)
{
	(void)arg;
	(void)owner;
	return true;
}

static void
say_needed(const struct presence *presence, const struct org *org,
    const struct selector *on, const struct condition *quorum, uint32_t uid,
    struct findings *findings)
{
	char name[96];

	findings_add(findings, quorum->file, quorum->line, quorum->col, true,
	    "starter",
	    "if %.64s started a run of %.40s/%.40s, nobody else can fill "
	    "these seats",
	    presence_name(presence, uid, name), org->alias, on->pipeline);
}

static void
say_lone(const struct presence *presence, const struct candidates *all,
    uint32_t file, uint32_t line, uint32_t col, const char *what,
    struct findings *findings)
{
	const struct members *members = all->members;
	char name[96];

	findings_add(findings, file, line, col, true, "no_account",
	    "no account line of %.40s says who %.64s is: %s",
	    members->org->alias,
	    presence_name(
	        presence, members->items[all->items[all->known_n]].uid, name),
	    what);
}

/* What was said of a quorum already. */
struct told {
	bool is_starter, is_lone;
};

/* True: the line is hopeless there, which is told; no more to look at. */
static bool
check_place(struct presence *presence, const struct members *members,
    const struct selector *on, const struct condition *quorum,
    struct told *told, struct findings *findings)
{
	const struct org *org = members->org;
	struct table table = { .n = 0 };
	const struct candidates *all;
	bool is_full = false;
	size_t needed;

	candidates_begin(presence);
	candidates_meet(presence, org, on);
	all = candidates_of(presence, members);
	if (all == NULL || set_people(presence, all, quorum, &table) != 0) {
		findings->r = WARDER_ENOMEM;
		return true;
	}
	set_table(&table, quorum);
	is_full = all->is_unknown || can_fill(&table, table.n);
	if (!is_full)
		findings_add(findings, quorum->file, quorum->line, quorum->col,
		    false, "nobody",
		    "the people who may pass %.64s/%.64s cannot fill "
		    "these seats",
		    org->alias, on->pipeline);
	if (!told->is_lone && all->n > all->known_n) {
		told->is_lone = true;
		say_lone(presence, all, quorum->file, quorum->line, quorum->col,
		    "their vote counts nowhere", findings);
	}
	index_begin(&presence->denials);
	if (is_full && !all->is_unknown && !told->is_starter &&
	    (needed = who_is_needed(&table)) < table.n &&
	    index_meet(&presence->denials, org, on, any, NULL)) {
		told->is_starter = true;
		say_needed(presence, org, on, quorum, table.people[needed].uid,
		    findings);
	}
	free(table.people);
	return !is_full;
}

static void
check_quorum(struct presence *presence, const struct statement *line,
    const struct condition *quorum, struct findings *findings)
{
	const struct policy *policy = presence->policy;
	struct selector_walk walk = selectors_of(policy, line);
	struct told told = { false, false };
	const struct selector *on;

	while ((on = selector_next(&walk)) != NULL) {
		const struct orgset set =
		    touches_of_selector(&findings->touches, on);

		for (size_t i = 0; i < policy->orgs_n; i++)
			if (orgset_has(&set, i) &&
			    !is_unknown_quorum(
			        presence, &presence->members[i], quorum) &&
			    check_place(presence, &presence->members[i], on,
			        quorum, &told, findings))
				return;
	}
}

void
check_seats(struct presence *presence, const struct statement *line,
    struct findings *findings)
{
	if (line->kind != STATEMENT_REQUIRE)
		return;
	for (size_t i = 0; i < line->conditions_n; i++)
		if (line->conditions[i].kind == CONDITION_QUORUM)
			check_quorum(
			    presence, line, &line->conditions[i], findings);
}

/* The candidates of all that a line is about in one organization. */
static const struct candidates *
candidates_of_line(struct presence *presence, const struct statement *line,
    const struct members *members, struct findings *findings)
{
	struct selector_walk walk = selectors_of(presence->policy, line);
	const struct candidates *all;
	const struct selector *on;

	candidates_begin(presence);
	while ((on = selector_next(&walk)) != NULL)
		candidates_meet(presence, members->org, on);
	if ((all = candidates_of(presence, members)) == NULL)
		findings->r = WARDER_ENOMEM;
	return all;
}

void
check_self(struct presence *presence, const struct statement *line,
    struct findings *findings)
{
	const struct policy *policy = presence->policy;
	const struct candidates *all;

	if (line->kind != STATEMENT_DENY || line->deny != DENY_SELF)
		return;
	for (size_t i = 0; i < policy->orgs_n; i++) {
		if (!presence->members[i].has_lone ||
		    !orgset_has(check_touched(findings, line), i))
			continue;
		all = candidates_of_line(
		    presence, line, &presence->members[i], findings);
		if (all == NULL || all->n == all->known_n)
			continue;
		say_lone(presence, all, line->file, line->line, line->col,
		    "this line always stops them", findings);
		return;
	}
}

static bool
is_reviewer(const struct member *member)
{
	return !member->is_robot && member->account < ACCOUNT_TWO;
}

/*
 * Whether each who may use the block, if some permit lets them, has a
 * reviewer: somebody who is provably somebody else. One without a known
 * account never is, and is never proven another.
 */
static bool
has_lonely_user(
    const struct members *members, const bool *users, const bool *reviewers)
{
	size_t first = ACCOUNT_NONE, account;
	bool are_two = false;

	for (size_t i = 0; i < members->n; i++) {
		if (!reviewers[i] || !is_reviewer(&members->items[i]))
			continue;
		if (first == ACCOUNT_NONE)
			first = members->items[i].account;
		are_two |= members->items[i].account != first;
	}
	for (size_t i = 0; i < members->n; i++) {
		account = members->items[i].account;
		if (users[i] && members->items[i].may_pass &&
		    (account >= ACCOUNT_TWO || first == ACCOUNT_NONE ||
		        (!are_two && account == first)))
			return true;
	}
	return false;
}

static bool
is_lonely(const struct presence *presence, const struct statement *line,
    const struct members *members, struct findings *findings)
{
	const struct glass *glass = line->glass;
	bool *marks = calloc(2 * members->n + 1, sizeof(*marks));
	bool is_found;

	if (marks == NULL) {
		findings->r = WARDER_ENOMEM;
		return false;
	}
	members_mark_who(presence, members, &glass->to, marks);
	members_mark_who(
	    presence, members, &glass->review_by, marks + members->n);
	is_found = has_lonely_user(members, marks, marks + members->n);
	free(marks);
	return is_found;
}

void
check_reviewers(const struct presence *presence, const struct statement *line,
    struct findings *findings)
{
	const struct policy *policy = presence->policy;

	if (line->kind != STATEMENT_GLASS)
		return;
	for (size_t i = 0; i < policy->orgs_n; i++) {
		const struct members *members = &presence->members[i];

		if (!orgset_has(check_touched(findings, line), i) ||
		    members_is_unknown_who(
		        presence, members, &line->glass->review_by) ||
		    !is_lonely(presence, line, members, findings))
			continue;
		findings_add(findings, line->file, line->glass->review_line,
		    line->glass->review_col, false, "one_person",
		    "somebody who may use it in %.64s has no reviewer but "
		    "themselves",
		    policy->orgs[i].alias);
		return;
	}
}
