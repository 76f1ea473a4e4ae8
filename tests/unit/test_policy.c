/* SPDX-License-Identifier: ISC */
/* The policy language: what is refused, what an unknown fact does, who may. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/pattern.h"
#include "policy/policy.h"

#define HEAD                                                                   \
	"version 1\ntimezone Asia/Shanghai\n"                                  \
	"org shop id 5ebbc0228123212b59xxxxx {\n"                              \
	"  key k\n  mirror yunxiao strict\n  owner lin\n  admin @rm\n"         \
	"  member @dev\n  viewer zhao\n  account chen=11\n  account wu=12\n"   \
	"  robot 99\n}\n"
#define PERMIT "permit pass, refuse, view on shop/*/*/* to owner admin\n"

static const char *const rm[] = { "rm" }, *const dev[] = { "dev" };
static const char *const no_groups[] = { "" };

static const struct facts_person people[] = {
	{ 2001, "chen", true, rm, 1 },
	{ 2002, "wu", true, dev, 1 },
	{ 2003, "zhao", true, no_groups, 0 },
	{ 2004, "sun", true, no_groups, 0 },
	{ 0, "root", true, rm, 1 },
};

static struct facts
facts_of(uint32_t uid)
{
	struct facts facts = { .phase = PHASE_FINAL, .verb = VERB_PASS };

	facts.actor_uid = (struct fact_number){ true, uid };
	facts.people = people;
	facts.people_n = sizeof(people) / sizeof(people[0]);
	facts.auth.level = (struct fact_number){ true, 1 };
	facts.auth.max_level = (struct fact_number){ true, 2 };
	facts.request.org = "shop";
	facts.request.pipeline = "7";
	facts.request.run = "1";
	facts.request.job = "2";
	facts.gate.found = FOUND_GATE;
	facts.gate.pipeline = "web";
	facts.gate.stage = "prod";
	facts.gate.job = "gate";
	facts.gate.key_may = FACT_TRUE;
	facts.gate.trigger = TRIGGER_MANUAL;
	facts.gate.trigger_account = "12";
	return facts;
}

static struct policy *
parsed(const char *text)
{
	struct policy *policy = NULL;
	struct policy_diag diag;

	if (policy_parse(text, strlen(text), &policy, &diag) != 0)
		fail_msg("%u:%u: %s", diag.line, diag.col, diag.text);
	return policy;
}

/* Decides and compares kind and primary local code. */
static void
expect(const char *text, const struct facts *facts, enum verdict_kind kind,
    const char *local_code)
{
	auto_policy struct policy *policy = parsed(text);
	auto_verdict struct verdict verdict = { 0 };

	assert_int_equal(policy_decide(policy, facts, &verdict), 0);
	assert_string_equal(verdict.local_code, local_code);
	assert_int_equal(verdict.kind, kind);
}

static void
nothing_is_allowed_that_no_line_permits(void **state)
{
	struct facts chen = facts_of(2001), wu = facts_of(2002);
	struct facts zhao = facts_of(2003), sun = facts_of(2004);

	(void)state;
	expect(HEAD, &chen, VERDICT_DENY, "no_permit");
	expect(HEAD PERMIT, &chen, VERDICT_PERMIT, "");
	expect(HEAD PERMIT, &wu, VERDICT_DENY, "role_member");
	expect(HEAD PERMIT, &zhao, VERDICT_DENY, "role_viewer");
	expect(HEAD PERMIT, &sun, VERDICT_DENY, "user_unknown");
}

static void
an_outsider_gets_one_answer_for_every_organization(void **state)
{
	struct facts sun = facts_of(2004), chen = facts_of(2001);

	(void)state;
	sun.request.org = chen.request.org = "none";
	expect(HEAD PERMIT, &sun, VERDICT_DENY, "user_unknown");
	expect(HEAD PERMIT, &chen, VERDICT_DENY, "org_unknown");
}

static void
root_has_no_role_through_a_group(void **state)
{
	struct facts root = facts_of(0);

	(void)state;
	expect(HEAD PERMIT, &root, VERDICT_DENY, "user_unknown");
}

static void
an_unknown_fact_never_helps(void **state)
{
	static const char *const lost[] = { "rm" };
	struct facts chen = facts_of(2001);

	(void)state;
	chen.gate.key_may = FACT_UNKNOWN;
	expect(HEAD PERMIT, &chen, VERDICT_DENY, "key_not_validator");
	chen = facts_of(2001);
	chen.lost_groups = lost;
	chen.lost_groups_n = 1;
	expect(HEAD PERMIT, &chen, VERDICT_DENY, "user_unknown");
	chen = facts_of(2001);
	chen.gate.stage = NULL;
	expect(HEAD "permit pass on shop/*/prod/* to admin\n", &chen,
	    VERDICT_DENY, "no_permit");
	expect(HEAD PERMIT "require reason \".+\" on shop/*/prod/*\n", &chen,
	    VERDICT_DENY, "reason");
	chen = facts_of(2001);
	chen.auth.level.known = false;
	expect(HEAD PERMIT, &chen, VERDICT_DENY, "mfa");
}

static void
your_own_change_is_denied_and_an_unknown_one_too(void **state)
{
	static const char deny[] =
	    HEAD PERMIT "deny self trigger on shop/*/*/*\n";
	struct facts chen = facts_of(2001);

	(void)state;
	expect(deny, &chen, VERDICT_PERMIT, "");
	chen.gate.trigger_account = "11";
	expect(deny, &chen, VERDICT_DENY, "self");
	chen.gate.trigger_account = "99";
	expect(deny, &chen, VERDICT_DENY, "self");
	chen.gate.trigger_account = NULL;
	expect(deny, &chen, VERDICT_DENY, "self");
	chen.gate.trigger = TRIGGER_SCHEDULE;
	expect(deny, &chen, VERDICT_PERMIT, "");
	expect(HEAD PERMIT "deny self commit-author on shop/*/*/*\n", &chen,
	    VERDICT_DENY, "self");
	chen.verb = VERB_REFUSE;
	expect(HEAD PERMIT "deny self commit-author on shop/*/*/*\n", &chen,
	    VERDICT_PERMIT, "");
}

static void
requirements_add_up_and_are_told_at_once(void **state)
{
	auto_policy struct policy *policy = parsed(HEAD PERMIT
	    "require reason \".{3,}\" on shop/*/*/*\n"
	    "require ticket \"(CHG|INC)-[0-9]+\", mfa 2 on shop/*/*/*\n");
	auto_verdict struct verdict verdict = { 0 };
	struct facts chen = facts_of(2001);

	(void)state;
	chen.request.reason = "no";
	assert_int_equal(policy_decide(policy, &chen, &verdict), 0);
	assert_int_equal(verdict.kind, VERDICT_DENY);
	assert_int_equal(verdict.blocking_n, 3);
	assert_string_equal(verdict.blocking[0].local_code, "reason");
	assert_string_equal(verdict.blocking[1].local_code, "ticket");
	assert_string_equal(verdict.blocking[2].local_code, "mfa");
	assert_int_equal(verdict.rules_n, 2);
	assert_int_equal(verdict.missing.mfa, 2);
	assert_int_equal(verdict.exit, REASON_DENIED);
}

static void
the_first_pass_looks_at_the_level_that_can_be_had(void **state)
{
	static const char text[] =
	    HEAD PERMIT "require mfa 2 fresh 5m on shop/*/*/*\n";
	struct facts chen = facts_of(2001);

	(void)state;
	chen.phase = PHASE_FIRST;
	chen.auth.level.known = false;
	expect(text, &chen, VERDICT_PERMIT, "");
	chen.auth.max_level.n = 1;
	expect(text, &chen, VERDICT_DENY, "mfa");
	chen = facts_of(2001);
	chen.auth.level.n = 2;
	chen.auth.age_s = (struct fact_number){ true, 301 };
	expect(text, &chen, VERDICT_DENY, "mfa");
	chen.auth.age_s.n = 300;
	expect(text, &chen, VERDICT_PERMIT, "");
}

static void
a_zeroed_verdict_is_a_deny(void **state)
{
	const struct verdict verdict = { 0 };

	(void)state;
	assert_int_equal(verdict.kind, VERDICT_DENY);
}

static void
a_pattern_fits_the_whole_text_or_not_at_all(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool fits;
	} cases[] = {
		{ "a|bc", "a", true },
		{ "a|bc", "ab", false },
		{ "(CHG|INC)-[0-9]{4,8}", "CHG-2093", true },
		{ "(CHG|INC)-[0-9]{4,8}", "CHG-209", false },
		{ ".{3}", "\xe7\x94\x9f\xe4\xba\xa7\xe5\x8f\x91", true },
		{ "[^a-c]+", "xyz", true },
		{ "[^a-c]+", "xbz", false },
		{ "[]a-]+", "]-a", true },
		{ "[[:upper:]]?x", "Qx", true },
		{ "(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaac", false },
		{ "a{0}b", "b", true },
		{ "\\.\\\\", ".\\", true },
	};
	struct arena *arena = arena_new();
	struct pattern *pattern;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    pattern_compile(cases[i].pattern, arena, &pattern), 0);
		if (pattern_fits(pattern, cases[i].text) != cases[i].fits)
			fail_msg("%s on %s", cases[i].pattern, cases[i].text);
	}
	arena_freep(&arena);
}

static void
what_two_readers_may_read_differently_is_no_pattern(void **state)
{
	static const char *const bad[] = { "^a", "a$", "a||b", "|a", "()",
		"a**", "a+?", "*a", "a{2", "a{3,2}", "a{256}", "a]", "a}", "(a",
		"a)", "[a", "[z-a]", "[[:word:]]", "\\d", "a\\",
		"(((.{255}){255}){255})" };
	struct arena *arena = arena_new();
	struct pattern *pattern;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (pattern_compile(bad[i], arena, &pattern) != WARDER_EFORM)
			fail_msg("%s", bad[i]);
	arena_freep(&arena);
}

/* The policy that the package ships reads, and does what it says. */
static void
the_example_reads_and_decides(void **state)
{
	const char *top = getenv("top_srcdir");
	char path[512], text[8192] = "";
	struct facts chen = facts_of(2001);
	static const char *const groups[] = { "release-managers" };
	const struct facts_person person = { 2001, "chen", true, groups, 1 };
	FILE *file;

	(void)state;
	(void)snprintf(path, sizeof(path),
	    "%s/policy/examples/small-team.policy", top == NULL ? "." : top);
	assert_non_null(file = fopen(path, "re"));
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	(void)fclose(file);
	chen.people = &person;
	chen.people_n = 1;
	chen.request.reason = "checked on staging";
	expect(text, &chen, VERDICT_PERMIT, "");
	chen.request.pipeline = "11222";
	expect(text, &chen, VERDICT_DENY, "ticket");
	chen.gate.trigger_account = "187700112233";
	chen.request.pipeline = "7";
	expect(text, &chen, VERDICT_DENY, "self");
}

/* As many as there may be: two of one uid or one name are told, at any place. */
static void
two_of_one_uid_or_name_are_found_among_thousands(void **state)
{
	static struct facts_person many[FACTS_PEOPLE_MAX];
	static char names[FACTS_PEOPLE_MAX][16];
	struct facts chen = facts_of(2001);
	const size_t last = FACTS_PEOPLE_MAX - 1;

	(void)state;
	for (size_t i = 0; i < FACTS_PEOPLE_MAX; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "p%zu", i);
		many[i] = (struct facts_person){ .uid = (uint32_t)i + 10000,
			.name = i % 2 == 0 ? names[i] : NULL,
			.groups_known = true };
	}
	many[7] = (struct facts_person){ 2001, "chen", true, rm, 1 };
	chen.people = many;
	chen.people_n = FACTS_PEOPLE_MAX;
	expect(HEAD PERMIT, &chen, VERDICT_PERMIT, "");
	many[last].uid = many[0].uid;
	expect(HEAD PERMIT, &chen, VERDICT_ERROR, "bad_facts");
	many[last].uid = 9999;
	many[last].name = "p8";
	expect(HEAD PERMIT, &chen, VERDICT_ERROR, "bad_facts");
	many[last].name = "p9"; /* nobody of that name: 9 has none */
	expect(HEAD PERMIT, &chen, VERDICT_PERMIT, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_allowed_that_no_line_permits),
		cmocka_unit_test(
		    two_of_one_uid_or_name_are_found_among_thousands),
		cmocka_unit_test(
		    an_outsider_gets_one_answer_for_every_organization),
		cmocka_unit_test(root_has_no_role_through_a_group),
		cmocka_unit_test(an_unknown_fact_never_helps),
		cmocka_unit_test(
		    your_own_change_is_denied_and_an_unknown_one_too),
		cmocka_unit_test(requirements_add_up_and_are_told_at_once),
		cmocka_unit_test(
		    the_first_pass_looks_at_the_level_that_can_be_had),
		cmocka_unit_test(the_example_reads_and_decides),
		cmocka_unit_test(a_zeroed_verdict_is_a_deny),
		cmocka_unit_test(a_pattern_fits_the_whole_text_or_not_at_all),
		cmocka_unit_test(
		    what_two_readers_may_read_differently_is_no_pattern),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
