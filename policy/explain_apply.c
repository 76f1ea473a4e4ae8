/* SPDX-License-Identifier: ISC */
/* Changes applied to a copy of the facts; the decision itself does not know. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "policy/explain.h"

static void
apply_texts(const struct explain_change *change, struct facts *facts)
{
	if (change->reason != NULL)
		facts->request.reason = change->reason;
	if (change->ticket != NULL)
		facts->request.ticket = change->ticket;
}

/* All that grows older does; a proof is made anew when its time has come. */
static bool
apply_time(const struct explain_change *change, struct explain_facts *to)
{
	struct facts *facts = &to->facts;
	uint64_t later;

	if (!facts->clock.known || change->at_s <= facts->clock.now_s)
		return false;
	later = (uint64_t)change->at_s - (uint64_t)facts->clock.now_s;
	facts->clock.now_s = change->at_s;
	facts->gate.waiting_s.n += later;
	for (size_t i = 0; i < facts->votes_n; i++) {
		to->votes[i] = facts->votes[i];
		to->votes[i].age_s.n += later;
	}
	for (size_t i = 0; i < facts->glass_n; i++) {
		to->glass[i] = facts->glass[i];
		to->glass[i].age_s.n += later;
	}
	facts->votes = to->votes;
	facts->glass = to->glass;
	return true;
}

static void
apply_session(const struct explain_change *change, struct facts *facts)
{
	if (change->needs_tty)
		facts->session.tty = "pts/0";
	if (change->source != NULL)
		facts->session.source = change->source;
}

/* A run of which nothing was known becomes one that is known. */
static void
apply_sources(const struct explain_change *change, struct explain_facts *to)
{
	struct facts *facts = &to->facts;
	size_t n = facts->gate.sources_known ? facts->gate.sources_n : 0;

	memset(to->sources, 0, sizeof(to->sources[0]));
	for (size_t i = 0; i < n; i++)
		to->sources[i] = facts->gate.sources[i];
	if (n == 0)
		n = 1;
	to->author[0] = change->written_by;
	for (size_t i = 0; i < n; i++) {
		if (change->branch != NULL)
			to->sources[i].branch = change->branch;
		if (change->written_by == NULL)
			continue;
		to->sources[i].authors_known = true;
		to->sources[i].authors = to->author;
		to->sources[i].authors_n = 1;
	}
	facts->gate.sources_known = true;
	facts->gate.sources = to->sources;
	facts->gate.sources_n = n;
}

static void
apply_run(const struct explain_change *change, struct explain_facts *to)
{
	if (change->is_newest)
		to->facts.gate.newest = FACT_TRUE;
	if (change->trigger != TRIGGER_UNKNOWN)
		to->facts.gate.trigger = change->trigger;
	if (change->started_by != NULL)
		to->facts.gate.trigger_account = change->started_by;
	if (change->branch != NULL || change->written_by != NULL)
		apply_sources(change, to);
}

/* Each from a host of its own. */
static bool
apply_votes(const struct explain_change *change, struct explain_facts *to)
{
	struct facts *facts = &to->facts;
	size_t n = facts->votes_n;

	if (n + change->people_n > FACTS_VOTES_MAX ||
	    facts->gate.handle == NULL)
		return false;
	if (n > 0 && facts->votes != to->votes)
		memcpy(to->votes, facts->votes, n * sizeof(to->votes[0]));
	for (size_t i = 0; i < change->people_n; i++, n++) {
		(void)snprintf(
		    to->hosts[n], sizeof(to->hosts[n]), "(other %zu)", n);
		to->votes[n] = (struct facts_vote){
			.uid = { true, change->people[i].uid },
			.age_s = { true, 0 },
			.level = { true, change->level },
			.handle = facts->gate.handle,
			.host = to->hosts[n],
			.reason = change->reason,
			.ticket = change->ticket,
		};
	}
	facts->votes = to->votes;
	facts->votes_n = n;
	return true;
}

static bool
apply_one(const struct explain_change *change, size_t person,
    struct explain_facts *to)
{
	struct facts *facts = &to->facts;

	switch (change->kind) {
	case EXPLAIN_PERSON:
		if (person >= change->people_n)
			return false;
		facts->actor_uid.known = true;
		facts->actor_uid.n = change->people[person].uid;
		return true;
	case EXPLAIN_TEXT:
		apply_texts(change, facts);
		return true;
	case EXPLAIN_TIME:
		return apply_time(change, to);
	case EXPLAIN_MFA:
		facts->auth.level = (struct fact_number){ true, change->level };
		facts->auth.age_s = (struct fact_number){ true, 0 };
		return true;
	case EXPLAIN_SESSION:
		apply_session(change, facts);
		return true;
	case EXPLAIN_RUN:
		apply_run(change, to);
		return true;
	case EXPLAIN_VOTES:
		return apply_votes(change, to);
	case EXPLAIN_GLASS:
		facts->request.break_glass = change->glass;
		apply_texts(change, facts);
		return true;
	}
	return false;
}

bool
explain_apply(const struct explain_change *changes, size_t n, size_t person,
    const struct facts *facts, struct explain_facts *ret)
{
	if (facts->gate.sources_n > FACTS_SOURCES_MAX ||
	    facts->votes_n > FACTS_VOTES_MAX ||
	    facts->glass_n > FACTS_GLASS_MAX)
		return false;
	ret->facts = *facts;
	for (size_t i = 0; i < n; i++)
		if (!apply_one(&changes[i], person, ret))
			return false;
	return true;
}
