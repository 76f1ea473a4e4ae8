/* SPDX-License-Identifier: ISC */
/*
 * A policy as anybody may edit it: whatever the bytes are, they are read or
 * refused with a place in the text; what was read is checked and decides
 * twice alike, and nobody but those whom it names is permitted anything.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/check.h"
#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const char *const groups[] = { "release-managers", "dba" };
static const struct facts_person people[] = {
	{ .uid = 2001, .name = "lin", .groups_known = true },
	{ .uid = 2002,
	    .name = "chen",
	    .groups_known = true,
	    .groups = groups,
	    .groups_n = 2 },
	{ .uid = 2099 },
};

static struct facts
facts_of(uint32_t uid)
{
	struct facts facts = { .phase = PHASE_FINAL, .verb = VERB_PASS };

	facts.clock.known = true;
	facts.clock.now_s = 1795586531;
	facts.clock.synced = FACT_TRUE;
	facts.actor_uid = (struct fact_number){ true, uid };
	facts.people = people;
	facts.people_n = sizeof(people) / sizeof(people[0]);
	facts.session.tty = "pts/0";
	facts.session.source = "10.8.3.4";
	facts.auth.level = (struct fact_number){ true, 2 };
	facts.auth.age_s = (struct fact_number){ true, 40 };
	facts.request.org = "shop";
	facts.request.pipeline = "11222";
	facts.request.run = "1187";
	facts.request.job = "9001";
	facts.request.reason = "fix refund rounding, checked on staging";
	facts.request.ticket = "CHG-20934";
	facts.gate.found = FOUND_GATE;
	facts.gate.pipeline = "pay-core";
	facts.gate.stage = "prod";
	facts.gate.job = "approve";
	facts.gate.handle = "ab";
	facts.gate.key_may = FACT_TRUE;
	facts.gate.newest = FACT_TRUE;
	facts.gate.waiting_s = (struct fact_number){ true, 360 };
	facts.gate.trigger = TRIGGER_MANUAL;
	facts.gate.trigger_account = "1";
	return facts;
}

static enum verdict_kind
decide(const struct policy *policy, uint32_t uid)
{
	struct verdict verdict = { .kind = VERDICT_ERROR };
	struct facts facts = facts_of(uid);
	enum verdict_kind kind;

	if (policy_decide(policy, &facts, &verdict) != 0)
		return VERDICT_DENY;
	kind = verdict.kind;
	if (kind == VERDICT_PERMIT &&
	    (verdict.rules_n == 0 || verdict.blocking_n != 0))
		abort();
	verdict_clear(&verdict);
	return kind;
}

static void
must_be_sound(const struct policy *policy)
{
	struct check_finding *findings = NULL;
	struct check_people nobody = { .find = NULL };
	size_t n = 0;

	if (policy_check(policy, &nobody, &findings, &n) == 0)
		for (size_t i = 0; i < n; i++)
			if (findings[i].line == 0 || findings[i].col == 0)
				abort();
	free(findings);
	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++)
		if (decide(policy, people[i].uid) !=
		    decide(policy, people[i].uid))
			abort();
	/* One without a name, and one of whom the facts know nothing. */
	if (decide(policy, 2099) != VERDICT_DENY ||
	    decide(policy, 2100) != VERDICT_DENY)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct policy *policy = NULL;
	struct policy_diag diag = { .line = 0 };
	int r = policy_parse((const char *)bytes, len, &policy, &diag);

	if (r == WARDER_EFORM &&
	    (diag.line == 0 || diag.col == 0 || diag.local_code[0] == '\0'))
		abort();
	if (r == 0)
		must_be_sound(policy);
	policy_freep(&policy);
	return 0;
}
