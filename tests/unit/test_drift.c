/* SPDX-License-Identifier: ISC */
/*
 * Roles here against roles there: what must not be called an error first,
 * then errors, then notes.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/drift_report.h"
#include "policy/policy.h"

#define POLICY                                                                 \
	"version 1\ntimezone Asia/Shanghai\norg shop id 5ebb {\n"              \
	"  key k\n  mirror yunxiao advisory\n  owner lin\n"                    \
	"  admin @rm uid:5\n  member wu\n  viewer zhao\n"                      \
	"  account lin=1\n  account chen=2\n  account wu=3\n"                  \
	"  account zhao=4\n  account uid:5=5\n  account bot=90\n"              \
	"  robot 99 bot\n}\n"

static const struct conf roles = { .server_role = {
	                               { "r-owner", "owner" },
	                               { "r-admin", "admin" },
	                               { "r-member", "member" },
	                           } };

static bool is_rm_lost;

static enum fact
find(void *ctx, enum check_kind kind, const char *name, uint32_t uid,
    check_visit *visit, void *arg)
{
	static const struct {
		const char *name;
		uint32_t uid;
	} users[] = { { "lin", 1 }, { "chen", 2 }, { "wu", 3 }, { "zhao", 4 },
		{ "five", 5 }, { "bot", 9 } };

	(void)ctx;
	if (kind == CHECK_GROUP) {
		if (is_rm_lost)
			return FACT_UNKNOWN;
		visit(arg, "chen", 2);
		visit(arg, "bot", 9);
		visit(arg, "root", 0);
		return FACT_TRUE;
	}
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		if (kind == CHECK_UID ? users[i].uid == uid
		                      : strcmp(users[i].name, name) == 0) {
			visit(arg, users[i].name, users[i].uid);
			return FACT_TRUE;
		}
	}
	return FACT_FALSE;
}

/* One comparison, its parts freed together. */
struct scene {
	struct policy *policy;
	struct drift_report report;
};

static int
setup(void **state)
{
	static struct scene scene;
	struct policy_diag diag;

	memset(&scene, 0, sizeof(scene));
	is_rm_lost = false;
	if (policy_parse(POLICY, strlen(POLICY), &scene.policy, &diag) != 0)
		return -1;
	scene.report.org = policy_org_at(scene.policy, 0);
	scene.report.drift.conf = &roles;
	*state = &scene;
	return 0;
}

static int
teardown(void **state)
{
	struct scene *scene = *state;

	drift_clear(&scene->report.drift);
	roster_clear(&scene->report.roster);
	policy_freep(&scene->policy);
	return 0;
}

static int
try_member(struct scene *scene, const char *pipeline, const char *account,
    const char *name, const char *role)
{
	struct admin_member member = { .pipeline = "" };

	snprintf(member.pipeline, sizeof(member.pipeline), "%s", pipeline);
	snprintf(member.account, sizeof(member.account), "%s", account);
	snprintf(member.name, sizeof(member.name), "%s", name);
	if (pipeline[0] == '\0')
		snprintf(member.role_id, sizeof(member.role_id), "%s", role);
	else
		snprintf(member.role, sizeof(member.role), "%s", role);
	return drift_add_member(&scene->report.drift, &member);
}

static void
member(struct scene *scene, const char *pipeline, const char *account,
    const char *name, const char *role)
{
	assert_int_equal(try_member(scene, pipeline, account, name, role), 0);
}

static void
pipeline(struct scene *scene, const char *id, const char *name)
{
	assert_int_equal(drift_add_pipeline(&scene->report.drift, id, name), 0);
}

/* Everybody there as they are here, in one pipeline too. */
static void
as_here(struct scene *scene)
{
	pipeline(scene, "7", "web");
	member(scene, "", "1", "Lin", "r-owner");
	member(scene, "", "2", "Chen", "r-admin");
	member(scene, "", "3", "Wu", "r-member");
	member(scene, "", "5", "Five", "r-admin");
	member(scene, "7", "3", "Wu", "member");
}

static struct drift *
compare(struct scene *scene)
{
	const struct check_people people = { NULL, find };
	struct drift_report *report = &scene->report;

	assert_int_equal(
	    roster_of(scene->policy, "shop", &people, &report->roster), 0);
	assert_int_equal(drift_compare(&report->drift, scene->policy, "shop",
	                     &report->roster),
	    0);
	return &report->drift;
}

static void
says(struct scene *scene, size_t n, enum drift_level level, const char *text)
{
	struct drift *drift = &scene->report.drift;
	char sentence[1024];

	assert_true(n < drift->findings_n);
	assert_int_equal(drift->findings[n].level, level);
	assert_string_equal(drift_sentence(sentence, sizeof(sentence),
	                        &scene->report, &drift->findings[n]),
	    text);
}

static void
what_is_no_account_or_no_pipeline_is_not_taken(void **state)
{
	struct scene *scene = *state;
	static const char *const bad[] = { "", "5f2e9c0d1a2b3c4d5e6f7a8b",
		"12a", " 12", "-1", "123456789012345678901" };

	pipeline(scene, "7", "web");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(try_member(scene, "", bad[i], "x", "r-owner"),
		    WARDER_EFORM);
		assert_int_equal(
		    try_member(scene, "7", bad[i], "x", "owner"), WARDER_EFORM);
	}
	assert_int_equal(
	    try_member(scene, "8", "1", "x", "owner"), WARDER_EFORM);
	assert_int_equal(
	    drift_add_pipeline(&scene->report.drift, "0", "x"), WARDER_EFORM);
	assert_int_equal(scene->report.drift.members_n, 0);
	assert_int_equal(scene->report.drift.seats_n, 0);
}

static void
the_same_on_both_sides_is_no_finding(void **state)
{
	struct scene *scene = *state;

	as_here(scene);
	member(scene, "", "99", "warder", "r-admin");
	member(scene, "7", "99", "warder", "owner");
	member(scene, "", "90", "bot", "r-owner");
	assert_int_equal(compare(scene)->findings_n, 0);
	assert_int_equal(scene->report.roster.n, 6);
}

static void
a_list_that_is_not_whole_makes_nobody_wider_here(void **state)
{
	struct scene *scene = *state;

	pipeline(scene, "7", "web");
	scene->report.drift.no_members = true;
	assert_int_equal(compare(scene)->findings_n, 0);
}

static void
a_pipeline_that_was_not_read_makes_nobody_wider_here(void **state)
{
	struct scene *scene = *state;

	as_here(scene);
	pipeline(scene, "8", "pay");
	drift_unread_pipeline(&scene->report.drift, "8");
	assert_int_equal(compare(scene)->findings_n, 0);
	assert_true(scene->report.drift.is_unread);
}

static void
a_word_that_is_no_role_makes_its_pipeline_unread(void **state)
{
	struct scene *scene = *state;

	as_here(scene);
	pipeline(scene, "8", "pay");
	member(scene, "8", "3", "Wu", "MEMBER");
	assert_true(scene->report.drift.pipelines[1].is_unread);
	assert_int_equal(compare(scene)->findings_n, 0);
}

static void
a_role_id_that_nobody_explains_is_unknown(void **state)
{
	struct scene *scene = *state;

	member(scene, "", "1", "Lin", "r-owner");
	member(scene, "", "2", "Chen", "r-new");
	member(scene, "", "3", "Wu", "r-member");
	member(scene, "", "5", "Five", "r-admin");
	/* A second role that is known does not make the first one so. */
	member(scene, "", "2", "Chen", "r-member");
	assert_int_equal(compare(scene)->findings_n, 1);
	says(scene, 0, DRIFT_UNKNOWN,
	    "1 person has the role r-new; say in warder.conf what it means: "
	    "server_role owner|admin|member|viewer r-new");
}

static void
who_has_no_account_line_is_not_compared(void **state)
{
	struct scene *scene = *state;
	static const char text[] =
	    "version 1\ntimezone UTC\norg shop id 5ebb {\n key k\n"
	    " mirror yunxiao strict\n owner lin\n viewer zhao\n}\n";
	struct policy_diag diag;

	policy_freep(&scene->policy);
	assert_int_equal(
	    policy_parse(text, strlen(text), &scene->policy, &diag), 0);
	assert_int_equal(compare(scene)->findings_n, 1);
	says(scene, 0, DRIFT_UNKNOWN,
	    "lin is owner here; no account line of the policy says who that "
	    "is there");
}

static void
a_group_that_does_not_resolve_is_said(void **state)
{
	struct scene *scene = *state;

	as_here(scene);
	is_rm_lost = true;
	assert_int_equal(compare(scene)->findings_n, 2);
	says(scene, 0, DRIFT_UNKNOWN,
	    "rm stands in the policy and is not found on this host: whom it "
	    "means is not compared");
	says(scene, 1, DRIFT_NOTE,
	    "account 2 (there Chen) is nobody here and admin there");
}

static void
who_is_wider_here_is_an_error(void **state)
{
	struct scene *scene = *state;

	pipeline(scene, "7", "web");
	member(scene, "", "1", "Lin", "r-admin");
	/* Switched off there: in the list, without a role. */
	member(scene, "", "2", "Chen", "");
	member(scene, "", "3", "Wu", "r-member");
	member(scene, "7", "3", "Wu", "member");
	(void)compare(scene);
	assert_int_equal(drift_count(&scene->report.drift, DRIFT_ERROR), 3);
	says(scene, 0, DRIFT_ERROR,
	    "lin (account 1, there Lin) is owner here and admin there");
	says(scene, 1, DRIFT_ERROR,
	    "chen (account 2, there Chen) is admin here and has no role "
	    "there");
	says(scene, 2, DRIFT_ERROR,
	    "five (account 5) is admin here and has no role there");
}

static void
a_pipeline_without_them_is_an_error_that_names_it(void **state)
{
	struct scene *scene = *state;

	as_here(scene);
	pipeline(scene, "8", "pay\x1b[2J");
	pipeline(scene, "9", "ops");
	pipeline(scene, "10", "dns");
	member(scene, "8", "3", "Wu", "viewer");
	(void)compare(scene);
	assert_int_equal(scene->report.drift.findings_n, 2);
	/* Owners and admins of the organization need no seat. */
	says(scene, 0, DRIFT_ERROR,
	    "wu (account 3, there Wu) is member here and viewer of 1 "
	    "pipeline there: pay\\u{001b}[2J (8)");
	says(scene, 1, DRIFT_ERROR,
	    "wu (account 3, there Wu) is member here and no member of 2 "
	    "pipelines there: ops (9), dns (10)");
}

static void
many_pipelines_are_counted_and_some_named(void **state)
{
	struct scene *scene = *state;
	char id[20];

	as_here(scene);
	for (int i = 100; i < 110; i++) {
		snprintf(id, sizeof(id), "%d", i);
		pipeline(scene, id, "p");
	}
	(void)compare(scene);
	assert_int_equal(scene->report.drift.findings[0].pipelines_n, 10);
	says(scene, 0, DRIFT_ERROR,
	    "wu (account 3, there Wu) is member here and no member of 10 "
	    "pipelines there: p (100), p (101), p (102), p (103) and 6 more");
}

static void
who_is_wider_there_is_a_note(void **state)
{
	struct scene *scene = *state;

	as_here(scene);
	member(scene, "", "3", "Wu", "r-owner");
	member(scene, "", "4", "Zhao", "r-member");
	member(scene, "", "8", "Qian", "r-admin");
	member(scene, "7", "2", "Chen", "owner");
	member(scene, "7", "6", "Sun", "viewer");
	/* Admin of all anyway: the pipeline adds nothing. */
	member(scene, "7", "8", "Qian", "admin");
	(void)compare(scene);
	assert_int_equal(scene->report.drift.findings_n, 5);
	assert_int_equal(drift_count(&scene->report.drift, DRIFT_NOTE), 5);
	says(scene, 0, DRIFT_NOTE,
	    "wu (account 3, there Wu) is member here and owner there");
	says(scene, 1, DRIFT_NOTE,
	    "zhao (account 4, there Zhao) is viewer here and member there");
	says(scene, 2, DRIFT_NOTE,
	    "chen (account 2, there Chen) is admin here and owner of 1 "
	    "pipeline there: web (7)");
	says(scene, 3, DRIFT_NOTE,
	    "account 8 (there Qian) is nobody here and admin there");
	says(scene, 4, DRIFT_NOTE,
	    "account 6 (there Sun) is nobody here and viewer of 1 pipeline "
	    "there: web (7)");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_no_account_or_no_pipeline_is_not_taken),
		TEST(the_same_on_both_sides_is_no_finding),
		TEST(a_list_that_is_not_whole_makes_nobody_wider_here),
		TEST(a_pipeline_that_was_not_read_makes_nobody_wider_here),
		TEST(a_word_that_is_no_role_makes_its_pipeline_unread),
		TEST(a_role_id_that_nobody_explains_is_unknown),
		TEST(who_has_no_account_line_is_not_compared),
		TEST(a_group_that_does_not_resolve_is_said),
		TEST(who_is_wider_here_is_an_error),
		TEST(a_pipeline_without_them_is_an_error_that_names_it),
		TEST(many_pipelines_are_counted_and_some_named),
		TEST(who_is_wider_there_is_a_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
