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
			             request->principals, (enum role)role));
	return has;
}

/* Step 2. An outsider gets this one answer for every organization name. */
static bool
check_person(const struct request *request, struct builder *builder)
{
	const struct facts_person *actor = request->actor;

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
		has = fact_or(has, request->roles[role]);
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
	if (fit_robot(request) != FACT_FALSE) {
		builder_add(builder, NULL, "robot", "InvalidUser.NotFound",
		    REASON_DENIED, "not one human",
		    fit_robot(request) == FACT_UNKNOWN ? "people" : "");
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

/* The mirror of Yunxiao's own rule, which no line can widen. */
static bool
is_role_enough(const struct request *request)
{
	bool is_admin = request->roles[ROLE_OWNER] == FACT_TRUE ||
	                request->roles[ROLE_ADMIN] == FACT_TRUE;
	bool is_member = request->roles[ROLE_MEMBER] == FACT_TRUE;

	switch (request->facts->verb) {
	case VERB_PASS:
		return is_admin || (is_member && !request->org->is_strict);
	case VERB_REFUSE:
		return is_admin || is_member;
	case VERB_VIEW:
	case VERB_REVIEW:
		break;
	}
	return true;
}

static bool
is_permitted(const struct request *request, struct builder *builder)
{
	const struct policy *policy = request->policy;
	bool is_found = false;

	for (size_t i = 0; i < policy->statements_n; i++) {
		const struct statement *line = &policy->statements[i];

		if (line->kind != STATEMENT_PERMIT ||
		    (line->verbs & 1u << request->facts->verb) == 0 ||
		    fit_on(request, line) != FACT_TRUE ||
		    fit_who(request, &line->to) != FACT_TRUE)
			continue;
		builder_rule(builder, line);
		is_found = true;
	}
	return is_found;
}

/* Step 7: one reason, whatever is the matter. */
static void
check_role(const struct request *request, struct builder *builder)
{
	bool is_enough = is_role_enough(request);
	bool is_fit = is_permitted(request, builder);
	bool is_below = request->roles[ROLE_OWNER] != FACT_TRUE &&
	                request->roles[ROLE_ADMIN] != FACT_TRUE;

	if (is_enough && is_fit)
		return;
	if (request->facts->verb == VERB_VIEW || !is_below) {
		builder_add(builder, NULL, "no_permit",
		    "Forbidden.AccessDenied", REASON_DENIED,
		    "no line permits this", "");
		return;
	}
	builder_add(builder, NULL,
	    request->roles[ROLE_MEMBER] == FACT_TRUE ? "role_member"
	                                             : "role_viewer",
	    "Forbidden.UserNotAdminOrOwner", REASON_DENIED,
	    "this takes an owner or admin of the organization", "");
}

/* Step 8: no block can be asked for, as the language has none yet. */
static void
check_glass(const struct facts *facts, struct builder *builder)
{
	if (facts->request.break_glass != NULL)
		builder_add(builder, NULL, "bg_unknown",
		    "Forbidden.AccessDenied", REASON_DENIED,
		    "no break-glass block has this name", "");
}

/* Step 9. A refusal is never held back by who started or wrote a change. */
static void
check_denials(const struct request *request, struct builder *builder)
{
	const struct policy *policy = request->policy;
	const char *unknown;

	if (request->facts->verb != VERB_PASS)
		return;
	for (size_t i = 0; i < policy->statements_n; i++) {
		const struct statement *line = &policy->statements[i];

		if (line->kind != STATEMENT_DENY ||
		    fit_on(request, line) == FACT_FALSE ||
		    fit_self(request, line->self, &unknown) == FACT_FALSE)
			continue;
		builder_add(builder, line, "self", "Forbidden.AccessDenied",
		    REASON_DENIED,
		    line->because != NULL ? line->because
		                          : "this is your own change",
		    unknown);
	}
}

static bool
is_level_reached(const struct facts *facts, uint32_t level, uint32_t fresh_s)
{
	if (facts->phase == PHASE_FIRST)
		return facts->auth.max_level.known &&
		       facts->auth.max_level.n >= level;
	if (!facts->auth.level.known || facts->auth.level.n < level)
		return false;
	return fresh_s == 0 ||
	       (facts->auth.age_s.known && facts->auth.age_s.n <= fresh_s);
}

static bool
fits_text(const struct condition *condition, const char *text)
{
	return text != NULL && pattern_fits(condition->pattern, text);
}

static bool
is_condition_for(enum condition_kind kind, enum facts_verb verb)
{
	if (verb == VERB_PASS)
		return true;
	return verb == VERB_REFUSE && kind != CONDITION_TICKET;
}

static void
check_condition(const struct request *request, const struct statement *line,
    const struct condition *condition, struct builder *builder)
{
	const struct facts *facts = request->facts;

	switch (condition->kind) {
	case CONDITION_MFA:
		builder_level(builder, condition->level, condition->fresh_s);
		if (!is_level_reached(
		        facts, condition->level, condition->fresh_s))
			builder_add(builder, line, "mfa",
			    "Forbidden.AccessDenied", REASON_DENIED,
			    "a stronger or fresher proof is asked for",
			    facts->phase == PHASE_FINAL &&
			            !facts->auth.level.known
			        ? "auth.level"
			        : "");
		return;
	case CONDITION_REASON:
		if (fits_text(condition, facts->request.reason))
			return;
		builder_missing_reason(builder, condition->text);
		builder_add(builder, line, "reason", "Forbidden.AccessDenied",
		    REASON_DENIED, "a reason of this form is asked for", "");
		return;
	case CONDITION_TICKET:
		if (fits_text(condition, facts->request.ticket))
			return;
		builder_missing_ticket(builder, condition->text);
		builder_add(builder, line, "ticket", "Forbidden.AccessDenied",
		    REASON_DENIED, "a ticket of this form is asked for", "");
		return;
	}
}

/* Step 10. */
static void
check_requirements(const struct request *request, struct builder *builder)
{
	const struct policy *policy = request->policy;
	enum facts_verb verb = request->facts->verb;

	if (verb == VERB_VIEW)
		return;
	if (!is_level_reached(request->facts, 1, 0))
		builder_add(builder, NULL, "mfa", "Forbidden.AccessDenied",
		    REASON_DENIED, "a decision always takes a proof",
		    request->facts->auth.level.known ? "" : "auth.level");
	for (size_t i = 0; i < policy->statements_n; i++) {
		const struct statement *line = &policy->statements[i];
		bool is_applied = false;

		if (line->kind != STATEMENT_REQUIRE ||
		    fit_on(request, line) == FACT_FALSE)
			continue;
		for (size_t k = 0; k < line->conditions_n; k++) {
			if (!is_condition_for(line->conditions[k].kind, verb))
				continue;
			is_applied = true;
			check_condition(
			    request, line, &line->conditions[k], builder);
		}
		if (is_applied)
			builder_rule(builder, line);
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

/* Closing a break-glass: there are no blocks, so there is no use of one. */
static void
check_review(struct builder *builder)
{
	builder_add(builder, NULL, "bg_unknown", "Forbidden.AccessDenied",
	    REASON_DENIED, "there is no such use of a break-glass", "");
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
	for (size_t i = 0; i < facts->people_n; i++)
		for (size_t k = 0; k < i; k++)
			if (facts->people[i].uid == facts->people[k].uid ||
			    (facts->people[i].name != NULL &&
			        facts->people[k].name != NULL &&
			        strcmp(facts->people[i].name,
			            facts->people[k].name) == 0))
				return false;
	return true;
}

static void
run_steps(const struct request *request, bool is_early, struct builder *builder)
{
	const struct facts *facts = request->facts;

	if (!check_arguments(facts, builder) ||
	    !check_person(request, builder) || !check_place(request, builder))
		return;
	builder_roles(builder, request);
	if (is_early)
		return;
	if (facts->verb == VERB_REVIEW) {
		check_review(builder);
		return;
	}
	if (!check_found(facts, builder))
		return;
	check_role(request, builder);
	check_glass(facts, builder);
	check_denials(request, builder);
	check_requirements(request, builder);
	check_key(facts, builder);
}

static int
decide(const struct policy *policy, const struct facts *facts, bool is_early,
    struct verdict *ret_verdict)
{
	struct request request;
	struct builder builder;
	int r;

	if ((r = builder_open(&builder)) != 0)
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
	free(request.principals);
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
