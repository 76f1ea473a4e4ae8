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

/* A person, and what was asked for. */
struct asker {
	struct keeper *keeper;
	bool is_mine_only;
};

/* One waiting gate, if the policy lets it be seen. */
static enum listing_told
on_gate(void *ctx, const struct view *view)
{
	auto_verdict struct verdict pass = { 0 };
	const struct asker *asker = ctx;
	bool is_visible;
	uint8_t can;

	if (look_judge(asker->keeper, view, &pass, &can, &is_visible) != GO_ON)
		return LISTING_FAILED;
	if (!is_visible || (asker->is_mine_only && can == 0))
		return LISTING_HIDDEN;
	return tell_listed(asker->keeper, view, can, &pass) ? LISTING_TOLD
	                                                    : LISTING_NO_ROOM;
}

static void
on_unread(void *ctx, const char *what, const struct person_result *why)
{
	const struct asker *asker = ctx;

	tell_piece(asker->keeper, PIECE_NOT_READ, what,
	    why->code[0] != '\0' ? why->code : why->local_code);
}

static void
on_progress(
    void *ctx, uint32_t done, uint32_t of, const char *alias, uint32_t waiting)
{
	const struct asker *asker = ctx;

	tell_reading(asker->keeper, done, of, alias, waiting);
}

static void
on_pause(void *ctx, uint32_t left_ms)
{
	const struct asker *asker = ctx;

	tell_pause(asker->keeper, left_ms);
}

/* False: something is missing, and that was told. */
static bool
list_one(struct keeper *keeper, const struct person_list *asked)
{
	struct asker asker = { keeper, (asked->flags & PERSON_LIST_MINE) != 0 };
	const struct listing_ear ear = { on_gate, on_unread, on_progress,
		on_pause, &asker };
	bool is_whole =
	    !keeper->is_full && listing_run(keeper, asked->pipeline, &ear);

	if (keeper->is_full)
		tell_full(keeper);
	return is_whole && !keeper->is_full;
}

/* Where no key can be had nothing was missed: the answer is that. */
static int
need_keys(struct keeper *keeper)
{
	if (ring_is_open(&keeper->ring))
		return GO_ON;
	return keeper_end(keeper, REASON_LOCKED, "locked");
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
		if (seen++ == 0 && need_keys(keeper) != GO_ON)
			return ENDED;
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
		        &keeper->result) != GO_ON ||
		    need_keys(keeper) != GO_ON)
			return ENDED;
		is_whole = list_one(keeper, &list);
	}
	return keeper_end(
	    keeper, is_whole ? REASON_DONE : REASON_INCOMPLETE, "");
}
