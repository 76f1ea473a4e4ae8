/* SPDX-License-Identifier: ISC */
/*
 * Another run: the newest one, from a branch that fits, started and written
 * by somebody else. Only what is in the way is another; what a break-glass
 * block lifts is not.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "policy/explain_build.h"
#include "policy/glass.h"

#define BRANCH_MAX 1100

static bool
does_hold(const struct search *search, const struct attempt *attempt,
    const struct facts *facts, enum condition_kind kind)
{
	struct request request = search->request;
	const char *unknown;

	if (glass_lifts_condition(search->blocks[attempt->block], kind))
		return true;
	request.facts = facts;
	for (size_t i = 0; i < search->asked_n; i++)
		if (search->asked[i]->kind == kind &&
		    fit_condition(&request, search->asked[i], &unknown) !=
		        FACT_TRUE)
			return false;
	return true;
}

/* `*` and `?` become one letter; the glob is at most a word long. */
static void
write_branch(const char *glob, char ret[BRANCH_MAX])
{
	size_t n = 0;

	for (; *glob != '\0' && n + 1 < BRANCH_MAX; glob++)
		ret[n++] = *glob == '*' || *glob == '?' ? 'x' : *glob;
	ret[n] = '\0';
}

static bool
make_branch(struct search *search, const struct attempt *attempt,
    const struct facts *now, struct explain_change *ret)
{
	struct facts facts = *now;
	struct facts_source source = { .branch = NULL };
	char branch[BRANCH_MAX];

	if (does_hold(search, attempt, now, CONDITION_BRANCH))
		return true;
	source.branch = branch;
	facts.gate.sources_known = true;
	facts.gate.sources = &source;
	facts.gate.sources_n = 1;
	for (size_t i = 0; i < search->asked_n; i++)
		for (size_t k = 0; k < search->asked[i]->globs_n; k++) {
			write_branch(search->asked[i]->globs[k], branch);
			if (!does_hold(
			        search, attempt, &facts, CONDITION_BRANCH))
				continue;
			ret->branch =
			    arena_text(search->arena, branch, strlen(branch));
			return ret->branch != NULL;
		}
	return false;
}

/* The kinds that some line denies; the run's own being unknown is one. */
static unsigned int
denied_triggers(const struct search *search, const struct attempt *attempt)
{
	unsigned int denied = 0;

	if (glass_lifts_denial(search->blocks[attempt->block], DENY_TRIGGER))
		return 0;
	for (size_t i = 0; i < search->denials_n; i++)
		if (search->denials[i]->deny == DENY_TRIGGER)
			denied |= search->denials[i]->triggers |
			          1u << TRIGGER_UNKNOWN;
	return denied;
}

static bool
make_trigger(const struct search *search, const struct attempt *attempt,
    const struct facts *now, struct explain_change *ret)
{
	static const enum facts_trigger kinds[] = { TRIGGER_MANUAL,
		TRIGGER_PUSH, TRIGGER_PIPELINE, TRIGGER_WEBHOOK,
		TRIGGER_SCHEDULE };
	unsigned int denied = denied_triggers(search, attempt);

	if ((denied & 1u << now->gate.trigger) == 0)
		return true;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if ((denied & 1u << kinds[i]) == 0) {
			ret->trigger = kinds[i];
			return true;
		}
	return false;
}

/* Digits that are the account of nobody whom the policy names. */
static const char *
nobody(struct search *search)
{
	const char *org = search->request.org->alias;
	char id[24];

	for (unsigned int n = 1; n != 0; n++) {
		(void)snprintf(id, sizeof(id), "%u", n);
		if (policy_user_of_account(search->policy, org, id) == NULL &&
		    !policy_is_robot(search->policy, org, id))
			return arena_text(search->arena, id, strlen(id));
	}
	return NULL;
}

/* The parts of `deny self` lines that do not surely say no. */
static unsigned int
own_parts(struct search *search, const struct facts *facts)
{
	struct request request;
	const char *unknown;
	unsigned int parts = 0;
	int r = request_open(&request, search->policy, facts);

	if (r != 0) {
		search->r = r;
		return 0;
	}
	for (size_t i = 0; i < search->denials_n; i++)
		for (unsigned int part = SELF_TRIGGER; part <= SELF_AUTHOR;
		     part <<= 1)
			if (search->denials[i]->deny == DENY_SELF &&
			    (search->denials[i]->self & part) != 0 &&
			    fit_self(&request, &request.actor, part,
			        &unknown) != FACT_FALSE)
				parts |= part;
	request_close(&request);
	return parts;
}

static bool
make_people(
    struct search *search, const struct facts *now, struct explain_change *ret)
{
	struct facts facts = *now;
	unsigned int parts;

	if (ret->trigger != TRIGGER_UNKNOWN)
		facts.gate.trigger = ret->trigger;
	parts = own_parts(search, &facts);
	if (parts == 0)
		return true;
	if ((parts & SELF_TRIGGER) != 0) {
		ret->started_by = nobody(search);
		/* Nobody knows how, so say how. */
		if (facts.gate.trigger == TRIGGER_UNKNOWN)
			ret->trigger = TRIGGER_MANUAL;
		if (ret->started_by == NULL)
			return false;
	}
	if ((parts & SELF_AUTHOR) != 0 &&
	    (ret->written_by = nobody(search)) == NULL)
		return false;
	return true;
}

bool
explain_make_run(struct search *search, const struct attempt *attempt,
    const struct facts *now, struct explain_change *ret)
{
	if (search->request.org == NULL || now->verb != VERB_PASS)
		return false;
	ret->is_newest = !does_hold(search, attempt, now, CONDITION_NEWEST);
	if (!make_branch(search, attempt, now, ret) ||
	    !make_trigger(search, attempt, now, ret) ||
	    !make_people(search, now, ret))
		return false;
	return ret->is_newest || ret->branch != NULL ||
	       ret->trigger != TRIGGER_UNKNOWN || ret->started_by != NULL ||
	       ret->written_by != NULL;
}
