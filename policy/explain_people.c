/* SPDX-License-Identifier: ISC */
/* Who else could ask, and who could vote. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/explain_build.h"

static bool
is_actor(const struct facts *facts, const struct facts_person *person)
{
	return facts->actor_uid.known && facts->actor_uid.n == person->uid;
}

/* Whoever is not refused for who they are; all else may be changed. */
void
explain_find_eligible(struct search *search)
{
	const struct facts *facts = search->facts;
	struct explain_person person;
	struct explain_change change = {
		.kind = EXPLAIN_PERSON, .people = &person, .people_n = 1
	};
	struct outcome outcome;

	for (size_t i = 0; i < facts->people_n; i++) {
		if (is_actor(facts, &facts->people[i]) ||
		    facts->people[i].name == NULL)
			continue;
		person = (struct explain_person){ facts->people[i].uid,
			facts->people[i].name };
		if (!explain_decide(search, &change, 1, 0, &outcome))
			return;
		if (outcome.is_who)
			continue;
		if (search->eligible_n == ELIGIBLE_MAX) {
			search->ret->is_cut = true;
			return;
		}
		search->eligible[search->eligible_n++] = &facts->people[i];
	}
}

static bool
fits_seat(const struct standing *standing, const struct seats *seat)
{
	return seat->is_role ? standing->roles[seat->role] == FACT_TRUE
	                     : standing->gifts[seat->principal] == FACT_TRUE;
}

/* One who stands in for somebody may have a seat through them. */
static bool
has_seat(struct search *search, const struct facts_person *person)
{
	struct standing standing;
	bool has = false;
	int r = standing_open(&standing, search->policy, search->facts,
	    search->request.org, person);

	if (r == 0)
		r = standing_add_givers(&search->request, &standing);
	if (r != 0) {
		search->r = r;
		standing_close(&standing);
		return false;
	}
	has = standing.givers_n > 0;
	for (size_t i = 0; i < search->quorums_n && !has; i++)
		for (size_t k = 0; k < search->quorums[i]->seats_n; k++)
			has = has || fits_seat(&standing,
			                 &search->quorums[i]->seats[k]);
	standing_close(&standing);
	return has;
}

/* What a vote has to be cast with by the ordinary lines. */
static bool
make_cast(struct search *search, struct explain_change *ret)
{
	const struct facts *facts = search->facts;
	const struct made *reason = explain_text(search, 0, CONDITION_REASON);
	const struct made *ticket = explain_text(search, 0, CONDITION_TICKET);

	ret->level = explain_level(search, 0);
	if (reason->is_asked)
		ret->reason =
		    reason->is_needed ? reason->text : facts->request.reason;
	if (ticket->is_asked)
		ret->ticket =
		    ticket->is_needed ? ticket->text : facts->request.ticket;
	if ((reason->is_needed && reason->text == NULL) ||
	    (ticket->is_needed && ticket->text == NULL))
		return false;
	return !facts->auth.max_level.known ||
	       facts->auth.max_level.n >= ret->level;
}

void
explain_find_seated(struct search *search)
{
	const struct facts *facts = search->facts;

	if (search->quorums_n == 0)
		return;
	for (size_t i = 0; i < facts->people_n && search->r == 0; i++) {
		if (facts->people[i].name == NULL ||
		    facts->people[i].name[0] == '\0' ||
		    !has_seat(search, &facts->people[i]))
			continue;
		if (search->seated_n == SEATED_MAX) {
			search->ret->is_cut = true;
			return;
		}
		search->seated[search->seated_n++] = &facts->people[i];
	}
}

bool
explain_make_votes(struct search *search, const struct attempt *attempt,
    struct explain_change *ret)
{
	const struct facts *facts = search->facts;
	size_t n = 0;

	if (search->quorums_n == 0 || search->request.org == NULL ||
	    !make_cast(search, ret))
		return false;
	for (size_t i = 0; i < search->seated_n; i++) {
		const struct facts_person *person = search->seated[i];
		bool asks = (attempt->kinds & 1u << EXPLAIN_PERSON) != 0
		                ? attempt->person.uid == person->uid
		                : is_actor(facts, person);

		if (!asks && facts->votes_n + n < FACTS_VOTES_MAX)
			search->voters[n++] =
			    (struct explain_person){ person->uid,
				    person->name };
	}
	ret->people = search->voters;
	ret->people_n = n;
	return n > 0;
}

/* Leaves out whoever is not needed, the last first. */
void
explain_fewer_votes(
    struct search *search, struct attempt *attempt, size_t votes)
{
	struct explain_change *change = &attempt->changes[votes];
	struct explain_person *voters = search->voters, left_out;
	struct outcome outcome;

	for (size_t i = change->people_n; i-- > 0 && change->people_n > 1;) {
		left_out = voters[i];
		memmove(&voters[i], &voters[i + 1],
		    (change->people_n - i - 1) * sizeof(*voters));
		change->people_n--;
		if (explain_decide(
		        search, attempt->changes, attempt->n, 0, &outcome) &&
		    outcome_is_yes(&outcome))
			continue;
		memmove(&voters[i + 1], &voters[i],
		    (change->people_n - i) * sizeof(*voters));
		voters[i] = left_out;
		change->people_n++;
	}
}
