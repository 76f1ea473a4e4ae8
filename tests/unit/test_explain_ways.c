/* SPDX-License-Identifier: ISC */
/* Which ways are told, for policies of which each has one obstacle or two. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/explain_check.h"

#define NOW 1795586531 /* Wednesday 2026-11-25 14:02:11 in Shanghai */

#define HEAD                                                                   \
	"version 1\ntimezone UTC\n"                                            \
	"org shop id 5ebbc0228123212b59xxxxx {\n"                              \
	"  key k\n  mirror yunxiao strict\n  owner lin\n  admin @rm\n"         \
	"  account lin=10\n  account chen=11\n  account fang=12\n"             \
	"  account qiu=13\n  robot 1\n}\n"                                     \
	"permit pass, refuse on shop/*/*/* to owner admin\n"

static const char *const rm[] = { "rm" }, *const rm_dba[] = { "rm", "dba" };
static const struct facts_person people[] = {
	{ 2001, "lin", true, NULL, 0 },
	{ 2002, "chen", true, rm, 1 },
	{ 2003, "fang", true, rm, 1 },
	{ 2004, "qiu", true, rm_dba, 2 },
	{ 2005, "sun", true, NULL, 0 },
};

static struct facts
facts_of(uint32_t uid)
{
	struct facts facts = { .phase = PHASE_FINAL, .verb = VERB_PASS };

	facts.clock.known = true;
	facts.clock.now_s = NOW;
	facts.clock.synced = FACT_TRUE;
	facts.actor_uid = (struct fact_number){ true, uid };
	facts.people = people;
	facts.people_n = sizeof(people) / sizeof(people[0]);
	facts.auth.level = (struct fact_number){ true, 1 };
	facts.auth.age_s = (struct fact_number){ true, 10 };
	facts.auth.max_level = (struct fact_number){ true, 2 };
	facts.glass_known = true;
	facts.request.org = "shop";
	facts.request.pipeline = "7";
	facts.request.run = "1";
	facts.request.job = "2";
	facts.gate.found = FOUND_GATE;
	facts.gate.pipeline = "web";
	facts.gate.stage = "prod";
	facts.gate.job = "gate";
	facts.gate.handle = "h";
	facts.gate.key_may = FACT_TRUE;
	facts.gate.waiting_s = (struct fact_number){ true, 60 };
	facts.gate.trigger = TRIGGER_MANUAL;
	facts.gate.trigger_account = "11";
	return facts;
}

struct told {
	struct policy *policy;
	struct explanation got;
};

static struct told
tell(const char *lines, const struct facts *facts)
{
	char text[4096];
	struct told told = { .policy = NULL };
	struct policy_diag diag;
	int n = snprintf(text, sizeof(text), "%s%s", HEAD, lines);

	assert_int_equal(policy_parse(text, (size_t)n, &told.policy, &diag), 0);
	(void)check_explained(told.policy, facts);
	assert_int_equal(
	    policy_explain(told.policy, facts, NULL, &told.got), 0);
	return told;
}

static void
untell(struct told *told)
{
	explanation_clear(&told->got);
	policy_freep(&told->policy);
}

/* Kinds of a way as digits: "12" is a person with a text. */
static void
assert_ways(const struct explanation *got, const char *want)
{
	char ways[64] = "";
	size_t n = 0;

	for (size_t i = 0; i < got->ways_n; i++) {
		if (i > 0)
			ways[n++] = ' ';
		for (size_t k = 0; k < got->ways[i].n; k++)
			ways[n++] =
			    (char)('0' + (int)got->ways[i].changes[k].kind);
	}
	ways[n] = '\0';
	assert_string_equal(ways, want);
}

static void
a_permit_needs_no_way(void **state)
{
	struct facts facts = facts_of(2002);
	struct told told = tell("", &facts);

	(void)state;
	assert_int_equal(told.got.verdict.kind, VERDICT_PERMIT);
	assert_ways(&told.got, "");
	assert_false(told.got.is_cut);
	untell(&told);
}

static void
who_may_not_is_told_who_may(void **state)
{
	struct facts facts = facts_of(2005);
	struct told told = tell("", &facts);
	const struct explain_change *change = &told.got.ways[0].changes[0];

	(void)state;
	assert_ways(&told.got, "1");
	assert_int_equal(change->people_n, 4);
	assert_string_equal(change->people[0].name, "lin");
	assert_string_equal(change->people[3].name, "qiu");
	untell(&told);
}

static void
a_text_that_fits_all_patterns_is_made_up(void **state)
{
	struct facts facts = facts_of(2002);
	struct told told = tell("require reason \".{12,}\", ticket "
	                        "\"(CHG|INC)-[0-9]{4,8}\" on shop/*/*/*\n"
	                        "require ticket \"I.*\" on shop/*/*/*\n",
	    &facts);
	const struct explain_change *change = &told.got.ways[0].changes[0];

	(void)state;
	assert_ways(&told.got, "2");
	assert_int_equal(strlen(change->reason), 12);
	assert_string_equal(change->ticket, "INC-1111");
	untell(&told);
}

static void
no_text_is_told_where_none_fits(void **state)
{
	struct facts facts = facts_of(2002);
	struct told told = tell("require reason \"[a-z]+\" on shop/*/*/*\n"
	                        "require reason \"[0-9]+\" on shop/*/*/*\n",
	    &facts);

	(void)state;
	assert_ways(&told.got, "");
	assert_true(told.got.is_reason_unmade);
	assert_false(told.got.is_ticket_unmade);
	assert_int_equal(told.got.verdict.missing.reason_n, 2);
	untell(&told);
}

/* It is Wednesday 06:02 in UTC. */
static void
the_first_instant_is_told(void **state)
{
	struct facts facts = facts_of(2002);
	struct told told = tell("window day mon..fri 09:30-17:00\n"
	                        "deny outside day on shop/*/*/*\n",
	    &facts);

	(void)state;
	assert_ways(&told.got, "3");
	assert_int_equal(told.got.ways[0].changes[0].at_s,
	    NOW - NOW % 86400 + 9 * 3600 + 1800);
	untell(&told);
}

static void
two_windows_have_to_meet(void **state)
{
	struct facts facts = facts_of(2002);
	struct told told = tell("window day mon..fri 09:30-17:00\n"
	                        "window odd fri 16:00-18:00\n"
	                        "deny outside day on shop/*/*/*\n"
	                        "deny outside odd on shop/*/*/*\n",
	    &facts);

	(void)state;
	assert_ways(&told.got, "3");
	assert_int_equal(told.got.ways[0].changes[0].at_s,
	    NOW - NOW % 86400 + 2 * 86400 + 16 * 3600);
	untell(&told);
}

static void
windows_that_never_meet_are_not_waited_for(void **state)
{
	struct facts facts = facts_of(2002);
	struct told told = tell("window day mon..fri 09:30-17:00\n"
	                        "window odd sat 16:00-18:00\n"
	                        "deny outside day on shop/*/*/*\n"
	                        "deny outside odd on shop/*/*/*\n",
	    &facts);

	(void)state;
	assert_ways(&told.got, "");
	assert_false(told.got.is_cut);
	untell(&told);
}

/* Waiting until morning makes the gate too old. */
static void
later_is_no_way_for_a_gate_that_grows_old(void **state)
{
	struct facts facts = facts_of(2002);
	struct told told = tell("window day mon..fri 09:30-17:00\n"
	                        "deny outside day on shop/*/*/*\n"
	                        "require age 2h on shop/*/*/*\n",
	    &facts);

	(void)state;
	assert_ways(&told.got, "");
	untell(&told);
}

static void
without_a_right_clock_no_instant_is_told(void **state)
{
	struct facts facts = facts_of(2002);

	(void)state;
	facts.clock.synced = FACT_UNKNOWN;
	struct told told = tell("window day mon..fri 09:30-17:00\n"
	                        "deny outside day on shop/*/*/*\n",
	    &facts);

	assert_ways(&told.got, "");
	untell(&told);
}

static void
a_level_is_told_if_the_host_has_it(void **state)
{
	struct facts facts = facts_of(2002);
	struct told told =
	    tell("require mfa 2 fresh 5m on shop/*/*/*\n", &facts);

	(void)state;
	assert_ways(&told.got, "4");
	assert_int_equal(told.got.ways[0].changes[0].level, 2);
	untell(&told);
	facts.auth.max_level.n = 1;
	told = tell("require mfa 2 fresh 5m on shop/*/*/*\n", &facts);
	assert_ways(&told.got, "");
	untell(&told);
}

static void
a_terminal_and_a_network_are_one_change(void **state)
{
	struct facts facts = facts_of(2002);
	const struct explain_change *change;

	(void)state;
	facts.session.tty = "";
	facts.session.source = "192.0.2.7";
	struct told told = tell("require tty on shop/*/*/*\n"
	                        "require source 10.8.0.0/16 ::1 on shop/*/*/*\n"
	                        "require source 10.8.4.0/24 on shop/*/*/*\n",
	    &facts);

	change = &told.got.ways[0].changes[0];
	assert_ways(&told.got, "5");
	assert_true(change->needs_tty);
	assert_string_equal(change->source, "10.8.4.1");
	assert_string_equal(change->net, "10.8.4.0/24");
	untell(&told);
}

static void
whose_change_it_is_may_be_anothers(void **state)
{
	struct facts facts = facts_of(2002);
	struct told told = tell("deny self trigger on shop/*/*/*\n", &facts);

	(void)state;
	assert_ways(&told.got, "1 6");
	assert_int_equal(told.got.ways[0].changes[0].people_n, 3);
	/* 1 is the robot's, and so nobody's. */
	assert_string_equal(told.got.ways[1].changes[0].started_by, "2");
	untell(&told);
}

static void
another_run_takes_only_what_is_in_the_way(void **state)
{
	struct facts facts = facts_of(2003);
	const struct explain_change *change;

	(void)state;
	facts.gate.newest = FACT_FALSE;
	struct told told = tell("require newest on shop/*/*/*\n"
	                        "require branch main release/* on shop/*/*/*\n"
	                        "deny trigger manual push on shop/*/*/*\n",
	    &facts);

	change = &told.got.ways[0].changes[0];
	assert_ways(&told.got, "6");
	assert_true(change->is_newest);
	assert_string_equal(change->branch, "main");
	assert_int_equal(change->trigger, TRIGGER_PIPELINE);
	assert_null(change->started_by);
	assert_null(change->written_by);
	untell(&told);
}

/* lin has no seat: with the votes of those who do, lin may send it. */
static void
votes_of_people_who_are_there_fill_the_seats(void **state)
{
	struct facts facts = facts_of(2001);
	struct told told =
	    tell("require quorum 1 @rm + 1 @dba on shop/*/*/*\n", &facts);
	const struct explain_change *votes = &told.got.ways[1].changes[0];

	(void)state;
	assert_string_equal(told.got.verdict.local_code, "no_seat");
	assert_ways(&told.got, "1 7");
	assert_int_equal(told.got.ways[0].becomes, VERDICT_PENDING);
	assert_int_equal(told.got.ways[1].becomes, VERDICT_PERMIT);
	assert_int_equal(votes->people_n, 2);
	assert_string_equal(votes->people[1].name, "qiu");
	untell(&told);
	told = tell("require quorum 2 @dba on shop/*/*/*\n", &facts);
	assert_ways(&told.got, "1");
	untell(&told);
}

#define GLASS                                                                  \
	"window day mon..fri 09:30-17:00\n"                                    \
	"deny outside day on shop/*/*/*\n"                                     \
	"break-glass %s on shop/*/*/* {\n  to owner %s\n"                      \
	"  require reason \".{30,}\"\n  lifts outside\n"                       \
	"  review by lin chen within 24h\n  at-most 1 per 1h\n}\n"

static void
a_block_is_told_by_name_with_its_text(void **state)
{
	struct facts facts = facts_of(2002);
	const struct explain_change *change;
	char lines[1024];

	(void)state;
	(void)snprintf(lines, sizeof(lines), GLASS, "night", "chen");
	struct told told = tell(lines, &facts);

	assert_ways(&told.got, "3 8");
	change = &told.got.ways[1].changes[0];
	assert_string_equal(change->glass, "night");
	assert_int_equal(strlen(change->reason), 30);
	assert_null(change->ticket);
	untell(&told);
}

static void
a_block_for_others_takes_a_person_too(void **state)
{
	struct facts facts = facts_of(2002);
	char lines[1024];

	(void)state;
	(void)snprintf(lines, sizeof(lines), GLASS, "night", "fang");
	struct told told = tell(lines, &facts);

	assert_ways(&told.got, "3 18");
	assert_int_equal(told.got.ways[1].changes[0].people_n, 2);
	untell(&told);
}

static void
what_nobody_can_lift_has_no_way(void **state)
{
	struct facts facts = facts_of(2005);

	(void)state;
	facts.gate.key_may = FACT_UNKNOWN;
	struct told told = tell("", &facts);

	assert_ways(&told.got, "");
	untell(&told);
	facts = facts_of(2002);
	facts.gate.found = FOUND_RUN;
	told = tell("", &facts);
	assert_ways(&told.got, "");
	untell(&told);
	facts = facts_of(2002);
	facts.request.org = "other";
	told = tell("", &facts);
	assert_ways(&told.got, "");
	untell(&told);
}

static void
three_changes_are_the_most(void **state)
{
	struct facts facts = facts_of(2002);

	(void)state;
	facts.session.tty = "";
	struct told told = tell("require tty on shop/*/*/*\n"
	                        "require mfa 2 on shop/*/*/*\n"
	                        "require ticket \"A[0-9]\" on shop/*/*/*\n",
	    &facts);

	assert_ways(&told.got, "245");
	untell(&told);
	told = tell("require tty, newest on shop/*/*/*\n"
	            "require mfa 2 on shop/*/*/*\n"
	            "require ticket \"A[0-9]\" on shop/*/*/*\n",
	    &facts);
	assert_ways(&told.got, "");
	untell(&told);
}

static void
it_gives_up_and_says_so(void **state)
{
	const struct explain_limits limits = { .evaluations = 3 };
	const char *text = HEAD "deny self trigger on shop/*/*/*\n";
	auto_policy struct policy *policy = NULL;
	auto_explanation struct explanation got = { .ways_n = 0 };
	struct facts facts = facts_of(2002);
	struct policy_diag diag;

	(void)state;
	assert_int_equal(policy_parse(text, strlen(text), &policy, &diag), 0);
	assert_int_equal(policy_explain(policy, &facts, &limits, &got), 0);
	assert_true(got.is_cut);
	assert_int_equal(got.evaluations, 3);
	assert_int_equal(got.ways_n, 0);
	assert_string_equal(got.verdict.local_code, "self");
}

/* A pattern with more states than memory ends the search for a text only. */
static void
a_hostile_pattern_costs_no_more_than_its_cap(void **state)
{
	struct facts facts = facts_of(2002);
	struct told told =
	    tell("require reason \"(a|b)*a(a|b){60}c(a|b)*b(a|b){70}a\" on "
	         "shop/*/*/*\n"
	         "require reason \"[^xyz]*b(.|a){40}[ab]*c.*\" on shop/*/*/*\n"
	         "require reason \".*a.{33}b.*[0-9]\" on shop/*/*/*\n",
	        &facts);

	(void)state;
	assert_ways(&told.got, "");
	assert_true(told.got.is_reason_unmade);
	untell(&told);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_permit_needs_no_way),
		cmocka_unit_test(who_may_not_is_told_who_may),
		cmocka_unit_test(a_text_that_fits_all_patterns_is_made_up),
		cmocka_unit_test(no_text_is_told_where_none_fits),
		cmocka_unit_test(the_first_instant_is_told),
		cmocka_unit_test(two_windows_have_to_meet),
		cmocka_unit_test(windows_that_never_meet_are_not_waited_for),
		cmocka_unit_test(later_is_no_way_for_a_gate_that_grows_old),
		cmocka_unit_test(without_a_right_clock_no_instant_is_told),
		cmocka_unit_test(a_level_is_told_if_the_host_has_it),
		cmocka_unit_test(a_terminal_and_a_network_are_one_change),
		cmocka_unit_test(whose_change_it_is_may_be_anothers),
		cmocka_unit_test(another_run_takes_only_what_is_in_the_way),
		cmocka_unit_test(votes_of_people_who_are_there_fill_the_seats),
		cmocka_unit_test(a_block_is_told_by_name_with_its_text),
		cmocka_unit_test(a_block_for_others_takes_a_person_too),
		cmocka_unit_test(what_nobody_can_lift_has_no_way),
		cmocka_unit_test(three_changes_are_the_most),
		cmocka_unit_test(it_gives_up_and_says_so),
		cmocka_unit_test(a_hostile_pattern_costs_no_more_than_its_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
