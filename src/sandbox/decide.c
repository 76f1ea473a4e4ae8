/* SPDX-License-Identifier: ISC */
/*
 * Pass and refuse: the only calls that move anything.
 */
#include "config.h"

#include "sandbox/calls.h"

static const struct fail not_waiting = { 200, "Sandbox.GateNotWaiting",
	"The gate does not wait." };
static const struct fail denied = { 403, "Forbidden.AccessDenied",
	"The account may not do this." };
static const struct fail not_admin = { 403, "Forbidden.UserNotAdminOrOwner",
	"Only an admin or the owner may do this." };

static void
decide(struct sandbox *s, struct req *r, struct answer *a, enum verb verb)
{
	const char *account = r->key->account;
	struct place p;

	if (!calls_find_place(s, r, a, &p))
		return;
	if (!world_is_waiting(p.job)) {
		calls_fail(r, a, &not_waiting);
		return;
	}
	if (!world_is_validator(p.gate, account) ||
	    world_has_passed(p.job, account)) {
		calls_fail(r, a, &denied);
		return;
	}
	if (cJSON_IsTrue(get(p.gate, "admins")) &&
	    !world_is_admin(p.organization, account)) {
		calls_fail(r, a, &not_admin);
		return;
	}
	answer_yes(a);
	if (!r->dry)
		r->effect = world_decide(
		    &s->world, &r->ids, verb, account, sandbox_now_ms());
}

void
serve_pass(struct sandbox *s, struct req *r, struct answer *a)
{
	decide(s, r, a, VERB_PASS);
}

void
serve_refuse(struct sandbox *s, struct req *r, struct answer *a)
{
	decide(s, r, a, VERB_REFUSE);
}
