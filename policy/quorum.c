/* SPDX-License-Identifier: ISC */
/*
 * Somebody could vote twice under two names, for another gate, a week ago,
 * or take the seat of a person who votes as well. Only what is surely right
 * counts, and the seats are filled by maximum matching, so that no order of
 * arrival loses a quorum that is there.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/permits.h"
#include "policy/quorum.h"

#define VOTE_LIFE_S 86400

/* What a vote was cast with. */
struct cast {
	struct fact_number level;
	const char *reason, *ticket;
};

static bool
fits_text(const struct condition *condition, const char *text)
{
	return text != NULL && pattern_fits(condition->pattern, text);
}

/* `fresh`, tty and source were looked at when it was cast. */
static bool
satisfies(const struct condition *condition, const struct cast *cast)
{
	switch (condition->kind) {
	case CONDITION_MFA:
		return cast->level.known && cast->level.n >= condition->level;
	case CONDITION_REASON:
		return fits_text(condition, cast->reason);
	case CONDITION_TICKET:
		return fits_text(condition, cast->ticket);
	case CONDITION_NEWEST:
	case CONDITION_AGE:
	case CONDITION_TTY:
	case CONDITION_SOURCE:
	case CONDITION_BRANCH:
	case CONDITION_QUORUM:
		break;
	}
	return true;
}

/* Of a line that may fit. */
static bool
satisfies_line(const struct request *request, const struct standing *standing,
    const struct statement *line, const struct cast *cast)
{
	const char *code, *unknown;

	if (line->kind == STATEMENT_DENY &&
	    (line->deny == DENY_SELF || line->deny == DENY_USER))
		return fit_deny(request, standing, line, &code, &unknown) ==
		       FACT_FALSE;
	if (line->kind != STATEMENT_REQUIRE)
		return true;
	for (size_t i = 0; i < line->conditions_n; i++)
		if (!satisfies(&line->conditions[i], cast))
			return false;
	return true;
}

static bool
counts(const struct request *request, const struct standing *standing,
    const struct cast *cast)
{
	const struct statement *line;
	size_t next = 0;

	if (!standing_has_name(standing) || standing->is_account_unknown ||
	    standing->account == NULL || standing->robot != FACT_FALSE ||
	    !cast->level.known || cast->level.n < 1 ||
	    !role_is_enough(request->org, standing, VERB_PASS) ||
	    !permits_fit(request, standing, NULL))
		return false;
	while ((line = fitting_next(request, &next)) != NULL)
		if (!satisfies_line(request, standing, line, cast))
			return false;
	return true;
}

static int
open_voter(const struct request *request, const struct facts_person *person,
    struct standing *ret)
{
	int r = standing_open(
	    ret, request->policy, request->facts, request->org, person);

	if (r == 0)
		r = standing_add_givers(request, ret);
	if (r != 0)
		standing_close(ret);
	return r;
}

/* Of one person's votes the latest stands; one account is one person. */
static void
keep_latest(struct votes *votes, struct vote *vote)
{
	for (size_t i = 0; i < votes->n; i++) {
		struct vote *other = &votes->items[i];

		if (strcmp(other->standing.account, vote->standing.account) !=
		    0)
			continue;
		if (vote->age_s >= other->age_s) {
			standing_close(&vote->standing);
			return;
		}
		standing_close(&other->standing);
		*other = *vote;
		return;
	}
	votes->items[votes->n++] = *vote;
}

static bool
is_of_gate(const struct request *request, const struct facts_vote *vote)
{
	const char *handle = request->facts->gate.handle;

	return handle != NULL && vote->handle != NULL &&
	       strcmp(handle, vote->handle) == 0 && vote->age_s.known &&
	       vote->age_s.n <= VOTE_LIFE_S && vote->uid.known;
}

static int
add_vote(const struct request *request, const struct facts_vote *stored,
    struct votes *votes)
{
	const struct cast cast = { stored->level, stored->reason,
		stored->ticket };
	struct vote vote = { .host = stored->host,
		.age_s = stored->age_s.n + 1 };
	int r;

	if (!is_of_gate(request, stored))
		return WARDER_OK;
	if ((r = open_voter(request,
	         person_of_uid(request->facts, stored->uid.n),
	         &vote.standing)) != 0)
		return r;
	if (counts(request, &vote.standing, &cast))
		keep_latest(votes, &vote);
	else
		standing_close(&vote.standing);
	return WARDER_OK;
}

/* Passing is the caller's own vote: age 0, before all others of theirs. */
static int
add_own(const struct request *request, struct votes *votes)
{
	const struct facts *facts = request->facts;
	struct cast cast = { facts->auth.level, facts->request.reason,
		facts->request.ticket };
	struct vote vote = { .host = facts->session.host };
	int r;

	if (facts->phase == PHASE_FIRST)
		cast.level = facts->auth.max_level;
	if (!counts(request, &request->actor, &cast))
		return WARDER_OK;
	r = open_voter(request, request->actor.person, &vote.standing);
	if (r == 0)
		keep_latest(votes, &vote);
	return r;
}

int
votes_open(const struct request *request, struct votes *ret_votes)
{
	struct votes votes = { .n = 0 };
	int r;

	votes.items = calloc(request->facts->votes_n + 1, sizeof(*votes.items));
	if (votes.items == NULL)
		return WARDER_ENOMEM;
	r = add_own(request, &votes);
	for (size_t i = 0; i < request->facts->votes_n && r == 0; i++)
		r = add_vote(request, &request->facts->votes[i], &votes);
	if (r != 0) {
		votes_close(&votes);
		return r;
	}
	*ret_votes = votes;
	return WARDER_OK;
}

void
votes_close(struct votes *votes)
{
	for (size_t i = 0; i < votes->n; i++)
		standing_close(&votes->items[i].standing);
	free(votes->items);
	*votes = (struct votes){ .n = 0 };
}

static bool
is_same_person(const struct standing *a, const struct standing *b)
{
	if (a->person != NULL && a->person == b->person)
		return true;
	return a->account != NULL && b->account != NULL &&
	       strcmp(a->account, b->account) == 0;
}

/* Whoever votes, or asks, sits on their own seat and lends it to nobody. */
static bool
is_seated(const struct request *request, const struct votes *votes,
    const struct standing *giver)
{
	if (is_same_person(giver, &request->actor))
		return true;
	for (size_t i = 0; i < votes->n; i++)
		if (is_same_person(giver, &votes->items[i].standing))
			return true;
	return false;
}

static bool
fits_seat(const struct request *request, const struct votes *votes,
    const struct seats *seat, const struct standing *standing)
{
	if (seat->is_role)
		return standing->roles[seat->role] == FACT_TRUE;
	if (standing->gifts[seat->principal] == FACT_TRUE)
		return true;
	for (size_t i = 0; i < standing->givers_n; i++)
		if (standing->givers[i].gifts[seat->principal] == FACT_TRUE &&
		    !is_seated(request, votes, &standing->givers[i]))
			return true;
	return false;
}

bool
seats_fit_caller(const struct request *request, const struct votes *votes,
    const struct condition *quorum)
{
	for (size_t i = 0; i < quorum->seats_n; i++)
		if (fits_seat(
		        request, votes, &quorum->seats[i], &request->actor))
			return true;
	return false;
}

struct matching {
	const struct request *request;
	const struct votes *votes;
	const struct condition *quorum;
	const struct seats *seats[SEATS_MAX]; /* each seat by itself */
	size_t seats_n;
	size_t vote_of[SEATS_MAX]; /* votes->n: empty */
	bool *visited;             /* by vote */
};

static bool
may_sit(const struct matching *matching, size_t seat, size_t vote)
{
	const struct vote *at = &matching->votes->items[vote];

	if (matching->quorum->is_distinct &&
	    (at->host == NULL || at->host[0] == '\0'))
		return false;
	return fits_seat(matching->request, matching->votes,
	    matching->seats[seat], &at->standing);
}

/* Two votes that may not both sit: one person, or under `distinct` a host. */
static bool
is_in_the_way(const struct matching *matching, size_t one, size_t other)
{
	const struct vote *votes = matching->votes->items;

	if (one == other)
		return true;
	return matching->quorum->is_distinct &&
	       strcmp(votes[one].host, votes[other].host) == 0;
}

/* The seat of whoever is in the way of that vote; SEATS_MAX: nobody is. */
static size_t
seat_in_the_way(const struct matching *matching, size_t vote)
{
	for (size_t i = 0; i < matching->seats_n; i++)
		if (matching->vote_of[i] < matching->votes->n &&
		    is_in_the_way(matching, vote, matching->vote_of[i]))
			return i;
	return SEATS_MAX;
}

/*
 * An augmenting path from an empty seat: whoever could take it does, and the
 * seat that falls empty looks for somebody else. 16 deep at most: each step
 * is another seat.
 */
static bool
find_for(struct matching *matching, size_t seat, unsigned int depth)
{
	size_t other, before;

	for (size_t vote = 0; vote < matching->votes->n; vote++) {
		if (matching->visited[vote] || !may_sit(matching, seat, vote))
			continue;
		matching->visited[vote] = true;
		other = seat_in_the_way(matching, vote);
		if (other == SEATS_MAX) {
			matching->vote_of[seat] = vote;
			return true;
		}
		if (other == seat || depth == 0)
			continue;
		before = matching->vote_of[other];
		matching->vote_of[other] = matching->votes->n;
		matching->vote_of[seat] = vote;
		if (find_for(matching, other, depth - 1))
			return true;
		matching->vote_of[seat] = matching->votes->n;
		matching->vote_of[other] = before;
	}
	return false;
}

static void
list_seats(struct matching *matching)
{
	for (size_t i = 0; i < matching->quorum->seats_n; i++)
		for (uint32_t k = 0; k < matching->quorum->seats[i].count; k++)
			matching->seats[matching->seats_n++] =
			    &matching->quorum->seats[i];
	for (size_t i = 0; i < matching->seats_n; i++)
		matching->vote_of[i] = matching->votes->n;
}

int
seats_fill(const struct request *request, const struct votes *votes,
    const struct condition *quorum, struct filled *ret_filled)
{
	struct matching matching = {
		.request = request, .votes = votes, .quorum = quorum
	};

	matching.visited = calloc(votes->n + 1, sizeof(bool));
	if (matching.visited == NULL)
		return WARDER_ENOMEM;
	list_seats(&matching);
	for (size_t i = 0; i < matching.seats_n; i++) {
		memset(matching.visited, 0, votes->n * sizeof(bool));
		(void)find_for(&matching, i, SEATS_MAX);
	}
	free(matching.visited);
	memset(ret_filled, 0, sizeof(*ret_filled));
	ret_filled->n = matching.seats_n;
	for (size_t i = 0; i < matching.seats_n; i++) {
		ret_filled->is[i] = matching.vote_of[i] < votes->n;
		if (ret_filled->is[i])
			ret_filled->by[i] = &votes->items[matching.vote_of[i]];
	}
	return WARDER_OK;
}
