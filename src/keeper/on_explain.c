/* SPDX-License-Identifier: ISC */
/*
 * EXPLAIN: after a LOOK, what the policy would say of pass or refuse, to the
 * caller or to somebody else, now or at another instant, and what would have
 * to change. The very evaluator that decides; nothing is sent or recorded.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "keeper/keeper.h"
#include "keeper/tell.h"
#include "policy/explain.h"

/* Lines of policy looked at in all: about a second and a half. */
#define LINES_MAX 40000000u
#define EVALUATIONS_MIN 200u
#define LAST_MS UINT64_C(253402300799000) /* the end of the year 9999 */

static bool
is_me(const struct keeper *keeper, const struct person_explain *ask)
{
	return ask->subject[0] == '\0' ||
	       strcmp(ask->subject, keeper->caller.name) == 0;
}

/* What others may do is told to those who answer for the organization. */
static bool
may_ask_about_others(const struct keeper *keeper)
{
	const struct rules *rules = &keeper->rules;
	const struct facts facts = { .people = rules->people.items,
		.people_n = 1,
		.lost_groups = rules->people.lost,
		.lost_groups_n = rules->people.lost_n };
	const char *roles[4];
	size_t n = policy_roles(
	    rules->policy, &facts, keeper->caller.uid, rules->org.alias, roles);

	for (size_t i = 0; i < n; i++)
		if (strcmp(roles[i], "owner") == 0 ||
		    strcmp(roles[i], "admin") == 0)
			return true;
	return false;
}

static int
refuse_asking(struct keeper *keeper)
{
	struct person_result *result = &keeper->result;

	(void)keeper_end(keeper, REASON_DENIED, "not_admin");
	(void)text_cut(result->code, sizeof(result->code),
	    "Forbidden.UserNotAdminOrOwner",
	    strlen("Forbidden.UserNotAdminOrOwner"));
	return ENDED;
}

/*
 * Whoever is not there stays unknown: the decision says so, as it would of
 * anybody whom the policy does not name.
 */
static int
load_people(struct keeper *keeper, const struct person_explain *ask,
    struct subject *ret_subject)
{
	struct people *people = &keeper->rules.people;
	const struct policy *policy = keeper->rules.policy;
	int r = WARDER_OK;

	if (!is_me(keeper, ask)) {
		r = people_add(people, ask->subject, &ret_subject->uid);
		ret_subject->is_known = r == 0;
		if (r == 0)
			r = people_add_givers(people, policy, ret_subject->uid);
		if (r == WARDER_EMISSING)
			r = WARDER_OK;
	}
	return r == 0 ? people_add_all(people, policy) : r;
}

static int
explain(struct keeper *keeper, const struct question *question,
    const struct person_explain *ask)
{
	auto_explanation struct explanation got = { .ways_n = 0 };
	struct rules_facts *facts = calloc(1, sizeof(*facts));
	size_t lines = policy_lines(keeper->rules.policy) + 1;
	struct explain_limits limits = { .evaluations =
		                             (uint32_t)(LINES_MAX / lines) };
	int r = WARDER_ENOMEM;

	if (limits.evaluations < EVALUATIONS_MIN)
		limits.evaluations = EVALUATIONS_MIN;
	if (limits.evaluations > EXPLAIN_EVALUATIONS)
		limits.evaluations = EXPLAIN_EVALUATIONS;
	if (facts != NULL) {
		rules_facts(&keeper->rules, question, facts);
		r = policy_explain(
		    keeper->rules.policy, &facts->facts, &limits, &got);
	}
	if (r == 0)
		tell_explanation(keeper, ask, question, &got);
	free(facts);
	return keeper_end(
	    keeper, r == 0 ? REASON_DONE : REASON_BUG, r == 0 ? "" : "bug");
}

int
on_explain(void *session, struct frame *frame)
{
	struct keeper *keeper = session;
	struct subject subject = { .is_known = false };
	struct person_explain ask;
	struct question question = { .phase = PHASE_FIRST,
		.view = &keeper->view,
		.conf = keeper->conf };
	int r;

	if ((r = layout_take(frame, &person_explain_layout, &ask)) != 0)
		return r;
	if (ask.at_ms > LAST_MS)
		return WARDER_EFORM;
	keeper->state = PERSON_BUSY;
	question.verb = ask.verb == PERSON_REFUSE ? VERB_REFUSE : VERB_PASS;
	question.reason = ask.reason;
	question.ticket = ask.ticket;
	question.at_ms = (int64_t)ask.at_ms;
	if (!is_me(keeper, &ask)) {
		question.subject = &subject;
		if (!may_ask_about_others(keeper))
			return refuse_asking(keeper);
	}
	if (load_people(keeper, &ask, &subject) != 0)
		return keeper_end(keeper, REASON_BUG, "bug");
	return explain(keeper, &question, &ask);
}
