/* SPDX-License-Identifier: ISC */
/*
 * A block works only when it is asked for by name, and then only inside its
 * fence: for its people, so often, and while no review is overdue. A use of
 * which something is unknown counts against it.
 */
#include "config.h"

#include <string.h>

#include "policy/check_build.h"
#include "policy/fit.h"
#include "policy/glass.h"

static const char denied[] = "Forbidden.AccessDenied";

/* Of two blocks of one name the first is meant; the checker tells. */
static const struct statement *
find_block(const struct policy *policy, const char *name)
{
	for (size_t i = 0; i < policy->statements_n; i++)
		if (policy->statements[i].kind == STATEMENT_GLASS &&
		    strcmp(policy->statements[i].glass->name, name) == 0)
			return &policy->statements[i];
	return NULL;
}

static bool
is_of_block(const struct facts_glass *use, const struct glass *glass)
{
	return use->name == NULL || strcmp(use->name, glass->name) == 0;
}

static bool
is_used_up(const struct facts *facts, const struct glass *glass)
{
	uint32_t uses = 0;

	if (!facts->glass_known)
		return true;
	for (size_t i = 0; i < facts->glass_n; i++) {
		const struct facts_glass *use = &facts->glass[i];

		if (is_of_block(use, glass) &&
		    (!use->age_s.known || use->age_s.n < glass->per_s))
			uses++;
	}
	return uses >= glass->most;
}

static bool
is_overdue(const struct facts *facts, const struct glass *glass)
{
	if (!facts->glass_known)
		return true;
	for (size_t i = 0; i < facts->glass_n; i++) {
		const struct facts_glass *use = &facts->glass[i];

		if (is_of_block(use, glass) && use->reviewed != FACT_TRUE &&
		    (!use->age_s.known || use->age_s.n > glass->review_s))
			return true;
	}
	return false;
}

/* Whether it may be used by the caller, and now. */
static bool
check_fence(const struct request *request, const struct statement *line,
    struct builder *builder)
{
	const struct facts *facts = request->facts;
	const char *unknown = facts->glass_known ? "" : "break_glass";
	size_t before = builder->verdict.blocking_n;

	if (fit_who(&request->actor, &line->glass->to) != FACT_TRUE)
		builder_add(builder, line, "bg_not_you", denied, REASON_DENIED,
		    "this break-glass is not for you", "");
	if (is_used_up(facts, line->glass))
		builder_add(builder, line, "bg_limit", denied, REASON_DENIED,
		    "it was used as often as it may be", unknown);
	if (is_overdue(facts, line->glass))
		builder_add(builder, line, "bg_overdue", denied, REASON_DENIED,
		    "the review of an earlier use is overdue", unknown);
	return builder->r == 0 && builder->verdict.blocking_n == before;
}

struct broken
glass_break(const struct request *request, struct builder *builder)
{
	const char *name = request->facts->request.break_glass;
	struct broken broken = { NULL, NULL };
	const struct statement *line;

	if (name == NULL)
		return broken;
	line = find_block(request->policy, name);
	if (line == NULL || fit_on(request, line) != FACT_TRUE) {
		builder_add(builder, NULL, "bg_unknown", denied, REASON_DENIED,
		    "no break-glass block of this name is for this gate", "");
		return broken;
	}
	broken.found = line->glass;
	if (check_fence(request, line, builder)) {
		broken.open = line->glass;
		builder_rule(builder, line);
	}
	return broken;
}

static bool
is_lifted(const struct glass *glass, enum lift lift)
{
	return glass != NULL && (glass->lifts & 1u << lift) != 0;
}

bool
glass_lifts_denial(const struct glass *glass, enum deny_kind kind)
{
	switch (kind) {
	case DENY_OUTSIDE:
		return is_lifted(glass, LIFT_OUTSIDE);
	case DENY_DURING:
		return is_lifted(glass, LIFT_DURING);
	case DENY_TRIGGER:
		return is_lifted(glass, LIFT_TRIGGER);
	case DENY_SELF:
	case DENY_USER:
		break;
	}
	return false;
}

bool
glass_lifts_condition(const struct glass *glass, enum condition_kind kind)
{
	switch (kind) {
	case CONDITION_QUORUM:
		return is_lifted(glass, LIFT_QUORUM);
	case CONDITION_NEWEST:
		return is_lifted(glass, LIFT_NEWEST);
	case CONDITION_AGE:
		return is_lifted(glass, LIFT_AGE);
	case CONDITION_BRANCH:
		return is_lifted(glass, LIFT_BRANCH);
	case CONDITION_MFA:
	case CONDITION_REASON:
	case CONDITION_TICKET:
	case CONDITION_TTY:
	case CONDITION_SOURCE:
		break;
	}
	return false;
}

void
check_proof(const struct facts *facts, struct builder *builder)
{
	bool is_known = facts->phase == PHASE_FIRST
	                    ? facts->auth.max_level.known
	                    : facts->auth.level.known;

	if (level_is_reached(facts, 1, 0))
		return;
	builder_add(builder, NULL, "mfa", denied, REASON_DENIED,
	    "a decision always takes a proof",
	    is_known                      ? ""
	    : facts->phase == PHASE_FIRST ? "auth.max_level"
	                                  : "auth.level");
}

/* Who used it, where that is known for sure. */
static bool
is_somebody_else(const struct request *request, const struct facts_glass *use,
    struct builder *builder)
{
	const struct facts_person *person = NULL;
	struct standing user;
	bool is_other;

	if (use->uid.known)
		person = person_of_uid(request->facts, use->uid.n);
	if (person == NULL || person == request->actor.person ||
	    request->actor.account == NULL)
		return false;
	if (standing_open(&user, request->policy, request->facts, request->org,
	        person) != 0) {
		builder->r = WARDER_ENOMEM;
		return false;
	}
	is_other = !user.is_account_unknown && user.account != NULL &&
	           strcmp(user.account, request->actor.account) != 0;
	standing_close(&user);
	return is_other;
}

static void
check_review(const struct request *request, const struct facts_glass *use,
    const struct statement *line, struct builder *builder)
{
	const struct standing *actor = &request->actor;

	if (fit_who(actor, &line->glass->review_by) != FACT_TRUE)
		builder_add(builder, NULL, "no_permit", denied, REASON_DENIED,
		    "you are not among those who review it", "");
	if (actor->account == NULL || actor->is_account_unknown)
		builder_add(builder, NULL, "no_account", denied, REASON_DENIED,
		    "no account line says who you are", "");
	if (!is_somebody_else(request, use, builder))
		builder_add(builder, NULL, "self", denied, REASON_DENIED,
		    "somebody else has to review it", "");
	check_proof(request->facts, builder);
	builder_rule(builder, line);
}

void
glass_review(const struct request *request, struct builder *builder)
{
	const struct facts *facts = request->facts;
	uint64_t n = facts->request.review.n;
	const struct facts_glass *use =
	    n < facts->glass_n ? &facts->glass[n] : NULL;
	const struct statement *line =
	    use == NULL || use->name == NULL
	        ? NULL
	        : find_block(request->policy, use->name);

	/* An owner here closes nothing of another organization. */
	if (line == NULL ||
	    !check_line_touches(request->policy, line, request->org))
		builder_add(builder, NULL, "bg_unknown", denied, REASON_DENIED,
		    "there is no such use of a break-glass here", "");
	else
		check_review(request, use, line, builder);
}
