/* SPDX-License-Identifier: ISC */
/*
 * What counts as decided around warder, and what does not, whatever server
 * and ledger say.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "ctl/reconcile.h"

#define T0 INT64_C(1767225600000) /* 2026-01-01 */
#define MINUTE INT64_C(60000)
#define PLACE "shop/pay/prod/gate"
#define WAITS 2

static struct reconcile all;
static uint64_t seq;
static const char *line_org;

static int
begin(void **state)
{
	(void)state;
	memset(&all, 0, sizeof(all));
	all.alias = "shop";
	all.org = "5ebbc0228123212b59aaaaaa";
	all.since_ms = T0;
	seq = 0;
	line_org = all.org;
	return reconcile_pipeline(&all, "7", "pay");
}

static int
end(void **state)
{
	(void)state;
	reconcile_clear(&all);
	return 0;
}

/* A job named `name` of stage prod, that ended at minute `end_at`. */
static void
see(const char *run, const char *name, uint8_t state, int64_t end_at,
    const char *validators)
{
	struct admin_seen seen = { .pipeline = "7",
		.job = "9",
		.stage = "prod",
		.state = state,
		.flags = validators[0] != '\0' ? ADMIN_SEEN_GATE : 0,
		.start = (uint64_t)T0 };

	(void)snprintf(seen.run, sizeof(seen.run), "%s", run);
	(void)snprintf(seen.name, sizeof(seen.name), "%s", name);
	(void)snprintf(
	    seen.validators, sizeof(seen.validators), "%s", validators);
	memset(seen.validators_hash, validators[0], 32);
	if (state != WAITS)
		seen.end = (uint64_t)(T0 + end_at * MINUTE);
	assert_int_equal(reconcile_job(&all, &seen), 0);
	assert_int_equal(reconcile_run(&all, "7", run), 0);
}

/* A line at `minute`; `ref` for answers. */
static uint64_t
line(const char *event, const char *run, const char *act, const char *res,
    uint64_t ref, int64_t minute)
{
	static const uint8_t gate[32] = { 1 };
	char stamp[CLOCK_STAMP_SIZE];
	struct record rec;

	record_begin(&rec, event);
	record_set_int(&rec, M_SEQ, ++seq);
	clock_stamp(stamp, T0 + minute * MINUTE, 1);
	record_set(&rec, M_TS, stamp);
	if (res != NULL)
		record_set(&rec, M_RES, res);
	if (ref != 0) {
		record_set_int(&rec, M_REF, ref);
	} else {
		record_set(&rec, M_ACT, act);
		record_set(&rec, M_ORG, line_org);
		record_set(&rec, M_PIPE, "7");
		record_set(&rec, M_RUN, run);
		record_set(&rec, M_JOB, "9");
		record_set(&rec, M_NAME, PLACE);
		record_set_hex(&rec, M_GATE, gate, sizeof(gate));
	}
	assert_int_equal(reconcile_line(&all, &rec), 0);
	return seq;
}

/* A line that a finding made. */
static void
put_on_record(const struct reconcile_finding *finding, int64_t minute)
{
	char stamp[CLOCK_STAMP_SIZE];
	struct record rec;

	reconcile_record(&all, finding, &rec);
	record_set_int(&rec, M_SEQ, ++seq);
	clock_stamp(stamp, T0 + minute * MINUTE, 1);
	record_set(&rec, M_TS, stamp);
	assert_int_equal(record_check(&rec), 0);
	assert_int_equal(reconcile_line(&all, &rec), 0);
}

static size_t
compare(void)
{
	all.findings_n = 0;
	all.decided = all.ours = 0;
	assert_int_equal(reconcile_compare(&all), 0);
	return all.findings_n;
}

static void
what_warder_decided_is_no_finding(void **state)
{
	static const char *const ends[] = { "passed", "unconfirmed",
		"unknown" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char run[8];

		(void)snprintf(run, sizeof(run), "%zu", 20 + i);
		see(run, "gate", ADMIN_SEEN_PASSED, 10, "");
		(void)line("outcome", NULL, NULL, ends[i],
		    line("intent", run, "pass", NULL, 0, 9), 10);
	}
	see("30", "gate", ADMIN_SEEN_STOPPED, 10, "");
	(void)line("outcome", NULL, NULL, "stopped",
	    line("intent", "30", "refuse", NULL, 0, 9), 10);
	/* Under way, or settled later. */
	see("31", "gate", ADMIN_SEEN_PASSED, 10, "");
	(void)line("intent", "31", "pass", NULL, 0, 9);
	see("32", "gate", ADMIN_SEEN_PASSED, 10, "");
	(void)line("settle", NULL, NULL, "moved",
	    line("intent", "32", "pass", NULL, 0, 9), 50);
	assert_int_equal(compare(), 0);
	assert_int_equal(all.decided, 6);
	assert_int_equal(all.ours, 6);
}

static void
what_warder_did_not_do_is_found_once(void **state)
{
	static const char *const ends[] = { "unsent", "rejected", "throttled" };

	(void)state;
	(void)line("denied", "1", "pass", NULL, 0, 0);
	see("20", "gate", ADMIN_SEEN_PASSED, 10, "");
	see("20", "gate", ADMIN_SEEN_PASSED, 10, ""); /* on two pages */
	for (size_t i = 0; i < 3; i++) {
		char run[8];

		(void)snprintf(run, sizeof(run), "%zu", 21 + i);
		see(run, "gate", ADMIN_SEEN_PASSED, 10, "");
		(void)line("outcome", NULL, NULL, ends[i],
		    line("intent", run, "pass", NULL, 0, 9), 10);
	}
	/* We asked to pass, somebody refused, and the other way round. */
	see("24", "gate", ADMIN_SEEN_STOPPED, 10, "");
	(void)line("settle", NULL, NULL, "turned",
	    line("intent", "24", "pass", NULL, 0, 9), 10);
	see("25", "gate", ADMIN_SEEN_PASSED, 10, "");
	(void)line("settle", NULL, NULL, "waits",
	    line("intent", "25", "pass", NULL, 0, 9), 10);
	see("1", "gate", WAITS, 0, "");
	assert_int_equal(compare(), 6);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(all.findings[i].kind, RECONCILE_AROUND);
		assert_int_equal(all.findings[i].known, 0);
		assert_string_equal(all.findings[i].name, PLACE);
	}
	assert_string_equal(all.findings[0].act, "pass");
	assert_string_equal(all.findings[4].act, "refuse");
	put_on_record(&all.findings[0], 60);
	assert_int_equal(compare(), 6);
	assert_int_equal(all.findings[0].known, seq);
	assert_int_equal(all.findings[1].known, 0);
}

static void
a_job_started_anew_is_decided_anew(void **state)
{
	(void)state;
	(void)line("outcome", NULL, NULL, "passed",
	    line("intent", "20", "pass", NULL, 0, -60), -60);
	see("20", "gate", ADMIN_SEEN_PASSED, 10, "");
	assert_int_equal(compare(), 1);
}

static void
other_jobs_and_other_times_do_not_count(void **state)
{
	struct admin_seen cancelled = { .pipeline = "7",
		.run = "40",
		.job = "9",
		.stage = "prod",
		.name = "gate",
		.state = ADMIN_SEEN_STOPPED };

	(void)state;
	(void)line("denied", "1", "pass", NULL, 0, 5);
	see("1", "gate", WAITS, 0, "");
	see("20", "build", ADMIN_SEEN_PASSED, 10, "");
	see("21", "agate", ADMIN_SEEN_PASSED, 10, "");
	see("22", "gate", ADMIN_SEEN_PASSED, 4, ""); /* before line 1 */
	/* Never reached when the run was cancelled. */
	assert_int_equal(reconcile_job(&all, &cancelled), 0);
	assert_int_equal(compare(), 0);
	assert_int_equal(all.decided, 0);
	see("23", "gate", ADMIN_SEEN_PASSED, 6, "");
	assert_int_equal(compare(), 1);
	all.since_ms = T0 + 7 * MINUTE;
	assert_int_equal(compare(), 0);
}

/* Ids that somebody typed make no gate of anything, and nothing vanish. */
static void
a_line_without_a_hash_names_no_gate(void **state)
{
	struct record rec;
	size_t at = 0;
	struct reconcile_ids run;

	(void)state;
	record_begin(&rec, "denied");
	record_set(&rec, M_TS, "2026-01-01T00:00:00.000Z");
	record_set(&rec, M_ORG, all.org);
	record_set(&rec, M_PIPE, "7");
	record_set(&rec, M_RUN, "99");
	record_set(&rec, M_JOB, "9");
	record_set(&rec, M_NAME, "shop/pay/prod/build");
	assert_int_equal(reconcile_line(&all, &rec), 0);
	see("20", "build", ADMIN_SEEN_PASSED, 10, "");
	assert_false(reconcile_next_unread(&all, &at, &run));
	assert_int_equal(compare(), 0);
}

static void
another_organization_is_not_looked_at(void **state)
{
	(void)state;
	line_org = "another";
	(void)line("intent", "20", "pass", NULL, 0, 9);
	line_org = all.org;
	(void)line("denied", "1", "pass", NULL, 0, 0);
	see("20", "gate", ADMIN_SEEN_PASSED, 10, "");
	assert_int_equal(reconcile_run(&all, "7", "1"), 0);
	/* Around, and run 1 without its job. */
	assert_int_equal(compare(), 2);
}

static void
a_gate_is_gone_only_if_the_server_says_so(void **state)
{
	struct reconcile_ids run;
	size_t at = 0;

	(void)state;
	(void)line("denied", "20", "pass", NULL, 0, 1);
	(void)line("denied", "21", "pass", NULL, 0, 1);
	(void)line("denied", "21", "pass", NULL, 0, 2);
	assert_true(reconcile_next_unread(&all, &at, &run));
	assert_string_equal(run.run, "20");
	assert_string_equal(run.job, "");
	assert_int_equal(reconcile_unreadable(&all, &run), 0);
	assert_true(reconcile_next_unread(&all, &at, &run));
	assert_string_equal(run.run, "21");
	assert_int_equal(reconcile_gone(&all, &run), 0);
	assert_false(reconcile_next_unread(&all, &at, &run));
	assert_int_equal(compare(), 1);
	assert_int_equal(all.findings[0].kind, RECONCILE_VANISHED);
	assert_string_equal(all.findings[0].ids.run, "21");
	put_on_record(&all.findings[0], 60);
	assert_int_equal(compare(), 1);
	assert_int_equal(all.findings[0].known, seq);
}

static void
validators_are_noted_then_compared(void **state)
{
	(void)state;
	see("20", "gate", WAITS, 0, "11,12");
	see("3", "gate", WAITS, 0, "5"); /* an older run: not its say */
	assert_int_equal(compare(), 1);
	assert_int_equal(all.findings[0].kind, RECONCILE_NOTED);
	assert_string_equal(all.findings[0].validators, "11,12");
	put_on_record(&all.findings[0], 1);
	assert_int_equal(compare(), 0);
	see("100", "gate", WAITS, 0, "77");
	assert_int_equal(compare(), 1);
	assert_int_equal(all.findings[0].kind, RECONCILE_REVISED);
	assert_string_equal(all.findings[0].ids.run, "100");
	put_on_record(&all.findings[0], 2);
	assert_int_equal(compare(), 0);
	/* Back again is a change too. */
	see("101", "gate", WAITS, 0, "11,12");
	assert_int_equal(compare(), 1);
	assert_int_equal(all.findings[0].kind, RECONCILE_REVISED);
}

static void
a_name_too_long_for_a_line_is_the_same_name_next_time(void **state)
{
	struct admin_seen seen = { .pipeline = "7",
		.run = "20",
		.job = "9",
		.stage = "prod",
		.state = WAITS,
		.flags = ADMIN_SEEN_GATE,
		.validators = "11" };

	(void)state;
	memset(seen.name, 'x', 500);
	assert_int_equal(reconcile_job(&all, &seen), 0);
	assert_int_equal(compare(), 1);
	put_on_record(&all.findings[0], 1);
	assert_int_equal(compare(), 0);
}

static void
ids_that_are_none_are_not_taken(void **state)
{
	struct admin_seen seen = { .pipeline = "7", .run = "0", .job = "9" };

	(void)state;
	assert_int_equal(reconcile_job(&all, &seen), WARDER_EFORM);
	assert_int_equal(reconcile_run(&all, "7", "x"), WARDER_EFORM);
	assert_int_equal(reconcile_pipeline(&all, "", "pay"), WARDER_EFORM);
	assert_int_equal(compare(), 0);
}

#define IN_TURN(test) cmocka_unit_test_setup_teardown(test, begin, end)

/* Whoever tells more than there can be is not listened to for ever. */
static void
lists_have_an_end(void **state)
{
	void *array = NULL;
	size_t room = (size_t)1 << 23;

	(void)state;
	assert_int_equal(
	    reconcile_grow(&array, &room, room, 100), WARDER_EFULL);
	assert_null(array);
	assert_int_equal(room, (size_t)1 << 23);
	room = 0;
	assert_int_equal(reconcile_grow(&array, &room, 0, 100), WARDER_OK);
	assert_in_range(room, 1, 1000);
	free(array);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TURN(what_warder_decided_is_no_finding),
		IN_TURN(what_warder_did_not_do_is_found_once),
		IN_TURN(a_job_started_anew_is_decided_anew),
		IN_TURN(other_jobs_and_other_times_do_not_count),
		IN_TURN(a_line_without_a_hash_names_no_gate),
		IN_TURN(another_organization_is_not_looked_at),
		IN_TURN(a_gate_is_gone_only_if_the_server_says_so),
		IN_TURN(validators_are_noted_then_compared),
		IN_TURN(a_name_too_long_for_a_line_is_the_same_name_next_time),
		IN_TURN(ids_that_are_none_are_not_taken),
		cmocka_unit_test(lists_have_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
