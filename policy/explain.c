/* SPDX-License-Identifier: ISC */
/*
 * Tries sets of one, two and three kinds of change, smaller ones first, by
 * applying them and deciding again. A set of which a part was enough is not
 * tried. Decisions are counted, so that no policy and no facts make somebody
 * wait: whoever could write them to take long gets an answer that says it
 * gave up.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/explain_build.h"

#define DAY_S 86400
#define COST_MAX 20000000u /* about two seconds */

static bool
is_one_of(const char *code, const char *const *codes)
{
	for (; *codes != NULL; codes++)
		if (strcmp(code, *codes) == 0)
			return true;
	return false;
}

static bool
is_about_who(const struct verdict *verdict)
{
	static const char *const codes[] = { "user_unknown", "robot",
		"not_in_org", "subject_not_in_org", "no_permit", "role_member",
		"role_viewer", NULL };

	return verdict->kind == VERDICT_DENY && verdict->blocking_n > 0 &&
	       is_one_of(verdict->blocking[0].local_code, codes);
}

/* Delegations come and go too, and with them whom somebody stands in for. */
static bool
is_about_time(const struct search *search, const struct verdict *verdict)
{
	static const char *const codes[] = { "window", "calendar", "bg_limit",
		NULL };
	static const char *const lent[] = { "no_permit", "role_member",
		"role_viewer", "no_seat", "self", "user", "quorum", NULL };

	for (size_t i = 0; i < verdict->blocking_n; i++)
		if (!is_one_of(verdict->blocking[i].local_code, codes) &&
		    (search->delegates_n == 0 ||
		        !is_one_of(verdict->blocking[i].local_code, lent)))
			return false;
	return verdict->kind == VERDICT_DENY;
}

bool
explain_decide(struct search *search, const struct explain_change *changes,
    size_t n, size_t person, struct outcome *ret)
{
	auto_verdict struct verdict verdict = { .kind = VERDICT_DENY };

	*ret = (struct outcome){ .kind = VERDICT_DENY };
	if (search->r != 0 || search->is_over)
		return false;
	if (search->left == 0) {
		search->ret->is_cut = search->is_over = true;
		return false;
	}
	search->left--;
	search->ret->evaluations++;
	if (!explain_apply(changes, n, person, search->facts, search->room))
		return true;
	search->r =
	    policy_decide(search->policy, &search->room->facts, &verdict);
	if (search->r != 0)
		return false;
	ret->kind = verdict.kind;
	ret->is_who = is_about_who(&verdict);
	ret->is_in_time = is_about_time(search, &verdict);
	return true;
}

static bool
make_change(struct search *search, struct attempt *attempt,
    struct explain_change *change)
{
	switch (change->kind) {
	case EXPLAIN_PERSON:
		change->people = &attempt->person;
		change->people_n = 1;
		return true;
	case EXPLAIN_TEXT:
		return explain_make_text(search, attempt, change);
	case EXPLAIN_TIME: /* the last to be made up */
		return search->instants_n > 0;
	case EXPLAIN_MFA:
		return explain_make_level(search, attempt, change);
	case EXPLAIN_SESSION:
		return explain_make_session(search, attempt, change);
	case EXPLAIN_RUN:
		/* Whose it is not depends on who asks. */
		return explain_apply(attempt->changes,
		           (attempt->kinds & 1u << EXPLAIN_PERSON) != 0, 0,
		           search->facts, search->room) &&
		       explain_make_run(
		           search, attempt, &search->room->facts, change);
	case EXPLAIN_VOTES:
		return explain_make_votes(search, attempt, change);
	case EXPLAIN_GLASS:
		return explain_make_glass(search, attempt, change);
	}
	return false;
}

/* False: one of the kinds has nothing to change here. */
static bool
make_all(struct search *search, struct attempt *attempt)
{
	attempt->n = 0;
	for (unsigned int kind = 1; kind <= EXPLAIN_KINDS; kind++) {
		struct explain_change *change = &attempt->changes[attempt->n];

		if ((attempt->kinds & 1u << kind) == 0)
			continue;
		*change =
		    (struct explain_change){ .kind = (enum explain_kind)kind };
		if (!make_change(search, attempt, change))
			return false;
		attempt->n++;
	}
	return true;
}

/* The changes of which the bit is set. */
static bool
decide_part(struct search *search, const struct attempt *attempt,
    unsigned int bits, struct outcome *ret)
{
	struct explain_change part[EXPLAIN_SIZE_MAX];
	size_t n = 0;

	for (size_t i = 0; i < attempt->n; i++)
		if ((bits & 1u << i) != 0)
			part[n++] = attempt->changes[i];
	return explain_decide(search, part, n, 0, ret);
}

/* The whole is enough and no part of it is. */
static bool
is_least(
    struct search *search, const struct attempt *attempt, struct outcome *ret)
{
	unsigned int whole = (1u << attempt->n) - 1;
	struct outcome part;

	if (!decide_part(search, attempt, whole, ret) || !outcome_is_yes(ret))
		return false;
	for (unsigned int bits = 1; bits < whole; bits++)
		if (!decide_part(search, attempt, bits, &part) ||
		    outcome_is_yes(&part))
			return false;
	return true;
}

/* The place of a kind among the changes; n: it is not there. */
static size_t
place_of(const struct attempt *attempt, enum explain_kind kind)
{
	size_t i = 0;

	while (i < attempt->n && attempt->changes[i].kind != kind)
		i++;
	return i;
}

static bool
does_flip(struct search *search, struct attempt *attempt)
{
	struct outcome outcome;
	size_t time, votes;

	if (!make_all(search, attempt))
		return false;
	time = place_of(attempt, EXPLAIN_TIME);
	votes = place_of(attempt, EXPLAIN_VOTES);
	if (!decide_part(search, attempt, ~(1u << time), &outcome))
		return false;
	if (time < attempt->n) {
		if (!outcome.is_in_time ||
		    !explain_first_instant(
		        search, attempt, &attempt->changes[time]))
			return false;
	} else if (!outcome_is_yes(&outcome)) {
		return false;
	}
	if (votes < attempt->n)
		explain_fewer_votes(search, attempt, votes);
	return true;
}

/* Everybody else with whom the same changes are enough. */
static void
add_people(struct search *search, struct attempt *attempt,
    struct explain_change *change, struct explain_person *people, size_t after)
{
	struct outcome outcome;

	people[0] = attempt->person;
	change->people = people;
	change->people_n = 1;
	for (size_t i = after;
	     i < search->eligible_n && change->people_n < EXPLAIN_PEOPLE_MAX;
	     i++) {
		attempt->person =
		    (struct explain_person){ search->eligible[i]->uid,
			    search->eligible[i]->name };
		if (is_least(search, attempt, &outcome))
			people[change->people_n++] = attempt->person;
	}
}

static void
keep_way(struct search *search, struct attempt *attempt,
    enum verdict_kind becomes, size_t after)
{
	struct explain_way *way = &search->ret->ways[search->ret->ways_n];
	size_t votes = place_of(attempt, EXPLAIN_VOTES);
	struct explain_person *people;

	*way = (struct explain_way){ .n = attempt->n, .becomes = becomes };
	memcpy(way->changes, attempt->changes, sizeof(way->changes));
	people = arena_get(
	    search->arena, (EXPLAIN_PEOPLE_MAX + SEATED_MAX) * sizeof(*people));
	if (people == NULL) {
		search->r = WARDER_ENOMEM;
		return;
	}
	if (votes < attempt->n) {
		memcpy(people + EXPLAIN_PEOPLE_MAX, search->voters,
		    attempt->changes[votes].people_n * sizeof(*people));
		way->changes[votes].people = people + EXPLAIN_PEOPLE_MAX;
	}
	if (attempt->changes[0].kind == EXPLAIN_PERSON)
		add_people(search, attempt, &way->changes[0], people, after);
	search->ret->ways_n++;
}

/* The first person with whom it flips, and then all others. */
static bool
try_people(struct search *search, unsigned int kinds, size_t block)
{
	bool is_person = (kinds & 1u << EXPLAIN_PERSON) != 0;
	size_t n = is_person ? search->eligible_n : 1;
	struct attempt attempt = { .kinds = kinds, .block = block };
	struct outcome outcome;

	for (size_t i = 0; i < n && search->r == 0 && !search->is_over; i++) {
		if (is_person)
			attempt.person =
			    (struct explain_person){ search->eligible[i]->uid,
				    search->eligible[i]->name };
		if (!does_flip(search, &attempt) ||
		    !is_least(search, &attempt, &outcome))
			continue;
		keep_way(search, &attempt, outcome.kind, i + 1);
		return true;
	}
	return false;
}

struct found {
	unsigned int kinds[EXPLAIN_WAYS_MAX];
	size_t n;
};

static bool
is_more_than_found(const struct found *found, unsigned int kinds)
{
	for (size_t i = 0; i < found->n; i++)
		if ((kinds & found->kinds[i]) == found->kinds[i])
			return true;
	return false;
}

static void
try_set(struct search *search, unsigned int kinds, struct found *found)
{
	bool is_glass = (kinds & 1u << EXPLAIN_GLASS) != 0, is_way = false;
	size_t n = is_glass ? search->blocks_n : 1;

	if (is_more_than_found(found, kinds))
		return;
	for (size_t block = is_glass ? 1 : 0;
	     block < n && search->ret->ways_n < EXPLAIN_WAYS_MAX; block++)
		is_way |= try_people(search, kinds, block);
	if (is_way && found->n < EXPLAIN_WAYS_MAX)
		found->kinds[found->n++] = kinds;
}

/* All sets of `size` further kinds behind `kind`, in order. */
static void
try_sets(struct search *search, unsigned int kinds, unsigned int kind,
    size_t size, struct found *found)
{
	if (size == 0) {
		try_set(search, kinds, found);
		return;
	}
	for (kind++; kind <= EXPLAIN_KINDS; kind++)
		if (search->r == 0 && !search->is_over &&
		    search->ret->ways_n < EXPLAIN_WAYS_MAX)
			try_sets(
			    search, kinds | 1u << kind, kind, size - 1, found);
}

/* What no change of the list can lift. */
static bool
is_hopeless(const struct search *search)
{
	const struct facts *facts = search->facts;
	static const char *const codes[] = { "usage", "org_unknown", NULL };

	if (search->ret->verdict.kind != VERDICT_DENY ||
	    search->request.org == NULL ||
	    is_one_of(search->ret->verdict.local_code, codes))
		return true;
	if (facts->verb != VERB_REVIEW && facts->gate.found != FOUND_GATE)
		return true;
	return (facts->verb == VERB_PASS || facts->verb == VERB_REFUSE) &&
	       facts->gate.key_may != FACT_TRUE;
}

/* So many decisions; fewer where one of them takes long. */
static uint32_t
budget(const struct search *search, const struct explain_limits *limits)
{
	const struct policy *policy = search->policy;
	size_t people = search->facts->people_n;
	size_t voters = search->facts->votes_n + 1;
	size_t cost = 50 + people * people / 64 +
	              (policy->statements_n + policy->principals_n) * voters;
	uint32_t most = limits != NULL && limits->evaluations != 0
	                    ? limits->evaluations
	                    : EXPLAIN_EVALUATIONS;

	return COST_MAX / cost < most ? (uint32_t)(COST_MAX / cost) : most;
}

static int
find_ways(struct search *search)
{
	struct found found = { .n = 0 };
	int r;

	if (is_hopeless(search))
		return WARDER_OK;
	if ((r = fit_all(&search->request)) != 0 ||
	    (r = explain_look(search)) != 0)
		return r;
	(void)explain_text(search, 0, CONDITION_REASON);
	(void)explain_text(search, 0, CONDITION_TICKET);
	if ((r = explain_instants(search)) != 0)
		return r;
	explain_find_seated(search);
	explain_find_eligible(search);
	for (size_t size = 1; size <= EXPLAIN_SIZE_MAX; size++)
		try_sets(search, 0, 0, size, &found);
	return search->r;
}

static int
search_open(struct search *search, const struct explain_limits *limits)
{
	uint32_t days =
	    limits != NULL && limits->days != 0 ? limits->days : EXPLAIN_DAYS;

	search->ret->own = search->arena = arena_new();
	search->room = malloc(sizeof(*search->room));
	search->until_s = search->facts->clock.now_s + (int64_t)days * DAY_S;
	search->left = budget(search, limits);
	if (search->arena == NULL || search->room == NULL)
		return WARDER_ENOMEM;
	return policy_decide(
	    search->policy, search->facts, &search->ret->verdict);
}

int
policy_explain(const struct policy *policy, const struct facts *facts,
    const struct explain_limits *limits, struct explanation *ret)
{
	struct search search = { .policy = policy, .facts = facts, .ret = ret };
	int r;

	memset(ret, 0, sizeof(*ret));
	r = search_open(&search, limits);
	if (r == 0 && ret->verdict.kind == VERDICT_DENY) {
		r = request_open(&search.request, policy, facts);
		if (r == 0) {
			r = find_ways(&search);
			request_close(&search.request);
		}
	}
	free(search.room);
	free(search.instants);
	if (r != 0)
		explanation_clear(ret);
	return r;
}

void
explanation_clear(struct explanation *explanation)
{
	struct arena *arena = explanation->own;

	verdict_clear(&explanation->verdict);
	arena_freep(&arena);
	memset(explanation, 0, sizeof(*explanation));
}
