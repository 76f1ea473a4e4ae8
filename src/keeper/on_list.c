/* SPDX-License-Identifier: ISC */
/*
 * LIST: what waits in the organizations where the caller has a role. What
 * could not be read is said; an answer that misses something is never the
 * whole answer.
 */
#include "config.h"

#include "keeper/keeper.h"
#include "keeper/listing.h"
#include "keeper/tell.h"

/* False: something is missing, and that was told. */
static bool
list_one(struct keeper *keeper, const struct person_list *asked)
{
	bool is_whole = !keeper->is_full && listing_run(keeper, asked);

	if (keeper->is_full)
		tell_full(keeper);
	return is_whole && !keeper->is_full;
}

/* Every organization with a role; one that fails does not hide the rest. */
static int
list_all(struct keeper *keeper, const struct person_list *asked, bool *is_whole)
{
	size_t seen = 0;

	for (size_t i = 0; i < policy_orgs(keeper->rules.policy); i++) {
		struct policy_org org = policy_org_at(keeper->rules.policy, i);

		if (rules_pick(&keeper->rules, org.alias, VERB_VIEW,
		        &keeper->result) != GO_ON)
			continue;
		seen++;
		if (!list_one(keeper, asked))
			*is_whole = false;
		if (keeper_is_alone(keeper))
			break;
	}
	/* The last refusal is that of a stranger: no role anywhere. */
	return seen == 0 ? ENDED : GO_ON;
}

int
on_list(void *session, struct frame *frame)
{
	struct keeper *keeper = session;
	struct person_list list;
	bool is_whole = true;
	int r;

	if ((r = layout_take(frame, &person_list_layout, &list)) != 0)
		return r;
	keeper->state = PERSON_BUSY;
	keeper->lang = list.lang;
	if (keeper_meet(keeper, frame) != GO_ON)
		return ENDED;
	keeper->is_cut = true;
	if (list.org[0] == '\0') {
		if (list_all(keeper, &list, &is_whole) != GO_ON)
			return ENDED;
	} else {
		if (rules_pick(&keeper->rules, list.org, VERB_VIEW,
		        &keeper->result) != GO_ON)
			return ENDED;
		is_whole = list_one(keeper, &list);
	}
	return keeper_end(
	    keeper, is_whole ? REASON_DONE : REASON_INCOMPLETE, "");
}
