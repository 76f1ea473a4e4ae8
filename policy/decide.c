/* SPDX-License-Identifier: ISC */
/*
 * One decision: steps 1 to 6 end at the first failure, the later ones all
 * run and every reason is told at once. Nothing is allowed that no line
 * permits, any deny that may fit wins, requirements add up.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/fit.h"
#include "policy/glass.h"
#include "policy/permits.h"
#include "policy/quorum.h"
#include "policy/verdict_build.h"

static bool
is_given(const char *text)
{
	return text != NULL && text[0] != '\0';
}

/* Step 1. */
static bool
check_arguments(const struct facts *facts, struct builder *builder)
{
	bool is_good = is_given(facts->request.org);

	switch (facts->verb) {
	case VERB_PASS:
	case VERB_REFUSE:
	case VERB_VIEW:
		is_good = is_good && is_given(facts->request.pipeline) &&
		          is_given(facts->request.run) &&
		          is_given(facts->request.job);
		break;
	case VERB_REVIEW:
		is_good = is_good && facts->request.review.known;
		break;
	}
	if (facts->request.break_glass != NULL && facts->verb != VERB_PASS)
		is_good = false;
	if (!is_good)
		builder_add(builder, NULL, "usage",
		    "InvalidParam.ParamNotPresent", REASON_USAGE,
		    "an argument is missing", "");
	return is_good;
}

static enum fact
has_role_somewhere(const struct request *request)
{
	enum fact has = FACT_FALSE;

	for (size_t i = 0; i < request->policy->orgs_n; i++)
		for (int role = 0; role < ROLES; role++)
			has = fact_or(
			    has, fit_role(&request->policy->orgs[i],
			             request->actor.gifts, (enum role)role));
	return has;
}

/* Step 2. An outsider gets this one answer for every organization name. */
static bool
check_person(const struct request *request, struct builder *builder)
{
	const struct facts_person *actor = request->actor.person;

	if (actor != NULL && actor->uid != UINT32_MAX && actor->uid != 65534 &&
	    actor->name != NULL && actor->name[0] != '\0' &&
	    has_role_somewhere(request) == FACT_TRUE)
		return true;
	builder_add(builder, NULL, "user_unknown", "InvalidUser.NotFound",
	    REASON_DENIED, "not a person whom the policy knows",
	    actor == NULL ? "people" : "");
	return false;
}

static enum fact
has_role(const struct request *request)
{
	enum fact has = FACT_FALSE;

	for (int role = 0; role < ROLES; role++)
		has = fact_or(has, request->actor.roles[role]);
	return has;
}

/* Steps 3 to 5. */
static bool
check_place(const struct request *request, struct builder *builder)
{
	bool is_named = request->facts->actor_named;

	if (request->org == NULL) {
		builder_add(builder, NULL, "org_unknown",
		    "InvalidOrganization.NotFound", REASON_NOT_FOUND,
		    "the policy has no such organization", "");
		return false;
	}
	if (request->actor.robot != FACT_FALSE) {
		builder_add(builder, NULL, "robot", "InvalidUser.NotFound",
		    REASON_DENIED, "not one human",
		    request->actor.robot == FACT_UNKNOWN ? "people" : "");
		return false;
	}
	if (has_role(request) != FACT_TRUE) {
		builder_add(builder, NULL,
		    is_named ? "subject_not_in_org" : "not_in_org",
		    is_named ? "InvalidUser.UserNotInCurrentOrganization"
		             : "Forbidden.UserNotInCurrentOrganization",
		    REASON_DENIED, "no role in this organization",
		    has_role(request) == FACT_UNKNOWN ? "people.groups" : "");
		return false;
	}
	return true;
}

/* Step 6. */
static bool
check_found(const struct facts *facts, struct builder *builder)
{
	switch (facts->gate.found) {
	case FOUND_GATE:
		return true;
	case FOUND_NOTHING:
		builder_add(builder, NULL, "no_pipeline",
		    "InvalidPipeline.NotFound", REASON_NOT_FOUND,
		    "no such pipeline", "");
		return false;
	case FOUND_PIPELINE:
		builder_add(builder, NULL, "no_run",
		    "InvalidPipelineRun.NotFound", REASON_NOT_FOUND,
		    "no such run", "");
		return false;
	case FOUND_RUN:
	case FOUND_UNKNOWN:
		break;
	}
	builder_add(builder, NULL, "no_gate", "InvalidPipelineRun.NotFound",
	    REASON_NOT_FOUND, "no such gate",
	    facts->gate.found == FOUND_UNKNOWN ? "gate.found" : "");
	return false;
}

/* Step 7: one reason, whatever is the matter. */
static void
check_role(const struct request *request, struct builder *builder)
{
	const enum fact *roles = request->actor.roles;
	bool is_enough =
	    role_is_enough(request->org, &request->actor, request->facts->verb);
	bool is_fit = permits_fit(request, &request->actor, builder);
	bool is_below =
	    roles[ROLE_OWNER] != FACT_TRUE && roles[ROLE_ADMIN] != FACT_TRUE;

	if (is_enough && is_fit)
		return;
	if (request->facts->verb == VERB_VIEW || !is_below) {
		builder_add(builder, NULL, "no_permit",
		    "Forbidden.AccessDenied", REASON_DENIED,
		    "no line permits this", "");
		return;
	}
	builder_add(builder, NULL,
	    roles[ROLE_MEMBER] == FACT_TRUE ? "role_member" : "role_viewer",
	    "Forbidden.UserNotAdminOrOwner", REASON_DENIED,
	    "this takes an owner or admin of the organization", "");
}

/* Step 9. A refusal is held back by who somebody is, and by nothing else. */
static void
check_denials(const struct request *request, const struct glass *glass,
    struct builder *builder)
{
	const struct statement *line;
	const char *code, *unknown;
	size_t next = 0;

	while ((line = fitting_next(request, &next)) != NULL) {
		if (line->kind != STATEMENT_DENY ||
		    (request->facts->verb != VERB_PASS &&
		        line->deny != DENY_USER) ||
		    glass_lifts_denial(glass, line->deny) ||
		    fit_deny(request, &request->actor, line, &code, &unknown) ==
		        FACT_FALSE)
			continue;
		builder_add(builder, line, code, "Forbidden.AccessDenied",
		    REASON_DENIED,
		    line->because != NULL ? line->because
		                          : denial_text(line->deny),
		    unknown);
	}
}

bool
condition_is_for(enum condition_kind kind, enum facts_verb verb)
{
	if (verb == VERB_PASS)
		return kind != CONDITION_QUORUM;
	return verb == VERB_REFUSE &&
	       (kind == CONDITION_MFA || kind == CONDITION_REASON ||
	           kind == CONDITION_TTY || kind == CONDITION_SOURCE);
}

static void
check_condition(const struct request *request, const struct statement *line,
    const struct condition *condition, struct builder *builder)
{
	const char *unknown;

	if (condition->kind == CONDITION_MFA)
		builder_level(builder, condition->level, condition->span_s);
	if (fit_condition(request, condition, &unknown) == FACT_TRUE)
		return;
	if (condition->kind == CONDITION_REASON)
		builder_missing_reason(builder, condition->text);
	if (condition->kind == CONDITION_TICKET)
		builder_missing_ticket(builder, condition->text);
	builder_add(builder, line, condition_code(condition->kind),
	    "Forbidden.AccessDenied", REASON_DENIED,
	    condition_text(condition->kind), unknown);
}

static void
check_requirement(const struct request *request, const struct glass *glass,
    const struct statement *line, struct builder *builder)
{
	bool is_applied = false;

	for (size_t i = 0; i < line->conditions_n; i++) {
		const struct condition *condition = &line->conditions[i];

		if (!condition_is_for(condition->kind, request->facts->verb) ||
		    glass_lifts_condition(glass, condition->kind))
			continue;
		is_applied = true;
		check_condition(request, line, condition, builder);
	}
	if (is_applied)
		builder_rule(builder, line);
}

/* Step 10. What a break-glass block asks stands where it stands. */
static void
check_requirements(const struct request *request, const struct broken *broken,
    struct builder *builder)
{
	const struct facts *facts = request->facts;
	const struct statement *line;
	size_t next = 0;

	if (facts->verb == VERB_VIEW)
		return;
	check_proof(facts, builder);
	while ((line = fitting_next(request, &next)) != NULL) {
		if (line->kind == STATEMENT_REQUIRE)
			check_requirement(request, broken->open, line, builder);
		if (line->kind != STATEMENT_GLASS ||
		    line->glass != broken->found)
			continue;
		for (size_t k = 0; k < line->glass->asks_n; k++)
			check_requirement(
			    request, NULL, &line->glass->asks[k], builder);
	}
}

/* Step 11. */
static void
check_key(const struct facts *facts, struct builder *builder)
{
	if (facts->verb == VERB_VIEW || facts->gate.key_may == FACT_TRUE)
		return;
	builder_add(builder, NULL, "key_not_validator",
	    "Forbidden.AccessDenied", REASON_SERVER_REFUSED,
	    "the account of the key may not act on this gate",
	    facts->gate.key_may == FACT_UNKNOWN ? "gate.key_may" : "");
}

static void
check_seats(const struct request *request, const struct votes *votes,
    const struct statement *line, const struct condition *quorum,
    struct builder *builder)
{
	struct filled filled;
	const char *code = "quorum", *text = "others have to agree";
	bool is_full = true;

	if (seats_fill(request, votes, quorum, &filled) != 0) {
		builder->r = WARDER_ENOMEM;
		return;
	}
	for (size_t i = 0; i < filled.n; i++)
		is_full = is_full && filled.is[i];
	if (is_full)
		return;
	builder_missing_quorum(builder, line, quorum, &filled);
	if (request->actor.account == NULL ||
	    request->actor.is_account_unknown) {
		code = "no_account";
		text = "no account line says who you are";
	} else if (!seats_fit_caller(request, votes, quorum)) {
		code = "no_seat";
		text = "others have to agree, and you have no seat among them";
	}
	builder_add(builder, line, code,
	    strcmp(code, "quorum") == 0 ? "" : "Forbidden.AccessDenied",
	    strcmp(code, "quorum") == 0 ? REASON_VOTED : REASON_DENIED, text,
	    "");
}

static void
check_quorum_line(const struct request *request, const struct votes *votes,
    const struct statement *line, struct builder *builder)
{
	bool is_applied = false;

	for (size_t i = 0; i < line->conditions_n; i++) {
		if (line->conditions[i].kind != CONDITION_QUORUM)
			continue;
		is_applied = true;
		check_seats(
		    request, votes, line, &line->conditions[i], builder);
	}
	if (is_applied)
		builder_rule(builder, line);
}

/* Step 12. */
static void
check_quorums(const struct request *request, const struct glass *glass,
    struct builder *builder)
{
	const struct statement *line;
	struct votes votes;
	size_t next = 0;

	builder->before_quorum = builder->verdict.blocking_n;
	if (request->facts->verb != VERB_PASS ||
	    glass_lifts_condition(glass, CONDITION_QUORUM))
		return;
	if (votes_open(request, &votes) != 0) {
		builder->r = WARDER_ENOMEM;
		return;
	}
	while ((line = fitting_next(request, &next)) != NULL)
		if (line->kind == STATEMENT_REQUIRE)
			check_quorum_line(request, &votes, line, builder);
	votes_close(&votes);
}

#define SLOTS (2 * FACTS_PEOPLE_MAX) /* a power of two, half of it empty */

static bool
is_same_name(const struct facts_person *a, const struct facts_person *b)
{
	return a->name != NULL && b->name != NULL &&
	       strcmp(a->name, b->name) == 0;
}

/*
 * Takes the first empty slot from that of the hash on; false: one before
 * them has somebody of the same uid, or name. Slots hold the number of a
 * person + 1.
 */
static bool
take_slot(const struct facts *facts, uint16_t slots[SLOTS], uint32_t hash,
    size_t number, bool by_name)
{
	const struct facts_person *person = &facts->people[number], *other;
	size_t at = (hash ^ hash >> 16) % SLOTS;

	for (; slots[at] != 0; at = (at + 1) % SLOTS) {
		other = &facts->people[slots[at] - 1];
		if (by_name ? is_same_name(person, other)
		            : person->uid == other->uid)
			return false;
	}
	slots[at] = (uint16_t)(number + 1);
	return true;
}

/* At most FACTS_PEOPLE_MAX; each against each would take too long. */
static bool
are_people_distinct(const struct facts *facts)
{
	uint16_t uids[SLOTS] = { 0 }, names[SLOTS] = { 0 };

	for (size_t i = 0; i < facts->people_n; i++) {
		const struct facts_person *person = &facts->people[i];

		if (!take_slot(
		        facts, uids, person->uid * 2654435761u, i, false) ||
		    (person->name != NULL &&
		        !take_slot(
		            facts, names, name_hash(person->name), i, true)))
			return false;
	}
	return true;
}

static bool
are_facts_good(const struct facts *facts)
{
	if (facts->people_n > FACTS_PEOPLE_MAX ||
	    facts->gate.sources_n > FACTS_SOURCES_MAX ||
	    facts->votes_n > FACTS_VOTES_MAX ||
	    facts->glass_n > FACTS_GLASS_MAX ||
	    (facts->actor_uid.known && facts->actor_uid.n > UINT32_MAX))
		return false;
	return are_people_distinct(facts);
}

static void
run_steps(struct request *request, bool is_early, struct builder *builder)
{
	const struct facts *facts = request->facts;
	struct broken broken;

	if (!check_arguments(facts, builder) ||
	    !check_person(request, builder) || !check_place(request, builder))
		return;
	builder_roles(builder, request);
	if (is_early)
		return;
	if (facts->verb == VERB_REVIEW) {
		glass_review(request, builder);
		return;
	}
	if (!check_found(facts, builder))
		return;
	if ((builder->r = fit_all(request)) != 0)
		return;
	check_role(request, builder);
	broken = glass_break(request, builder);
	check_denials(request, broken.open, builder);
	check_requirements(request, &broken, builder);
	check_key(facts, builder);
	check_quorums(request, broken.open, builder);
}

static int
decide(const struct policy *policy, const struct facts *facts, bool is_early,
    struct verdict *ret_verdict)
{
	struct request request;
	struct builder builder;
	int r;

	if ((r = builder_open(&builder, policy)) != 0)
		return r;
	if (!are_facts_good(facts)) {
		builder_add(&builder, NULL, "bad_facts",
		    "InvalidParam.ParamNotPresent", REASON_MISCONFIGURED,
		    "these facts cannot be", "");
		return builder_close(&builder, VERDICT_ERROR, ret_verdict);
	}
	if ((r = request_open(&request, policy, facts)) != 0) {
		builder_drop(&builder);
		return r;
	}
	run_steps(&request, is_early, &builder);
	request_close(&request);
	return builder_close(&builder, VERDICT_DENY, ret_verdict);
}

int
policy_decide(const struct policy *policy, const struct facts *facts,
    struct verdict *ret_verdict)
{
	return decide(policy, facts, false, ret_verdict);
}

int
policy_early(const struct policy *policy, const struct facts *facts,
    struct verdict *ret_verdict)
{
	return decide(policy, facts, true, ret_verdict);
}
