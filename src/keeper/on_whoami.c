/* SPDX-License-Identifier: ISC */
/* WHOAMI: what the kernel, the name service and the policy say of somebody. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "keeper/keeper.h"
#include "keeper/tell.h"

static void
tell_roles(struct keeper *keeper, const struct policy_org *org)
{
	const struct facts facts = { .people = keeper->rules.people.items,
		.people_n = 1,
		.lost_groups = keeper->rules.people.lost,
		.lost_groups_n = keeper->rules.people.lost_n };
	const char *roles[4];
	size_t n = policy_roles(keeper->rules.policy, &facts,
	    keeper->caller.uid, org->alias, roles);

	for (size_t i = 0; i < n; i++)
		tell_piece(keeper, PIECE_ROLE, org->alias, roles[i]);
}

int
on_whoami(void *session, struct frame *frame)
{
	struct keeper *keeper = session;
	const struct facts_person *me;
	struct person_whoami whoami;
	int r;

	if ((r = layout_take(frame, &person_whoami_layout, &whoami)) != 0)
		return r;
	keeper->state = PERSON_BUSY;
	keeper->lang = whoami.lang;
	if (keeper_meet(keeper, frame) != GO_ON)
		return ENDED;
	tell_person(keeper);
	me = &keeper->rules.people.items[0];
	for (size_t i = 0; i < me->groups_n; i++)
		tell_piece(keeper, PIECE_GROUP, me->groups[i], "");
	for (size_t i = 0; i < policy_orgs(keeper->rules.policy); i++) {
		struct policy_org org = policy_org_at(keeper->rules.policy, i);

		tell_roles(keeper, &org);
	}
	return keeper_end(keeper, REASON_DONE, "");
}
