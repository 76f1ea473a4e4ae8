/* SPDX-License-Identifier: ISC */
/*
 * What one host remembers: marks never go down by themselves, no record
 * number comes twice, and failures close the question for a while.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/state_folder.h"

#define DAY UINT64_C(1767225600000) /* 2026-01-01 */

static void
marks_do_not_go_down(void **unused)
{
	auto_state struct state *state = open_state();
	struct state_mark mark = { .n = 7, .h = { 1, 2 }, .h_len = 2 }, got;

	(void)unused;
	assert_int_equal(state_mark_get(state, "seq", &got), STATE_ABSENT);
	assert_int_equal(state_mark_get(state, "name", &got), STATE_FORM);
	assert_int_equal(state_mark_set(state, "seq", &mark, true), STATE_DONE);
	mark.n = 6;
	assert_int_equal(
	    state_mark_set(state, "seq", &mark, true), STATE_STALE);
	assert_int_equal(state_mark_get(state, "seq", &got), STATE_OK);
	assert_int_equal(got.n, 7);
	assert_int_equal(got.h_len, 2);
	assert_int_equal(got.h[1], 2);
	mark.h_len = 0;
	assert_int_equal(
	    state_mark_set(state, "seq", &mark, false), STATE_DONE);
	assert_int_equal(state_mark_get(state, "seq", &got), STATE_OK);
	assert_int_equal(got.n, 6);
	assert_int_equal(got.h_len, 0);
}

static void
no_record_number_is_given_twice(void **unused)
{
	auto_state struct state *state = open_state();
	char text[21];

	(void)unused;
	assert_int_equal(
	    state_next_record(state, (int64_t)DAY, 0, text), STATE_DONE);
	assert_string_equal(text, "20260101-0001");
	assert_int_equal(
	    state_next_record(state, (int64_t)DAY + 86399999, 0, text),
	    STATE_DONE);
	assert_string_equal(text, "20260101-0002");
	assert_int_equal(
	    state_next_record(state, (int64_t)DAY + 86400000, 0, text),
	    STATE_DONE);
	assert_string_equal(text, "20260102-0001");
	/* The clock goes back. */
	assert_int_equal(
	    state_next_record(state, (int64_t)DAY, 0, text), STATE_DONE);
	assert_string_equal(text, "20260102-0002");
	/* The state was lost, the ledger knows of more. */
	assert_int_equal(state_next_record(
	                     state, (int64_t)DAY, UINT64_C(202601020031), text),
	    STATE_DONE);
	assert_string_equal(text, "20260102-0032");
}

static void
a_day_may_have_more_than_ten_thousand_records(void **unused)
{
	auto_state struct state *state = open_state();
	char text[21];

	(void)unused;
	assert_int_equal(state_next_record(
	                     state, (int64_t)DAY, UINT64_C(202601019998), text),
	    STATE_DONE);
	assert_string_equal(text, "20260101-9999");
	for (int i = 10000; i < 10003; i++) {
		char want[21];

		assert_int_equal(
		    state_next_record(state, (int64_t)DAY, 0, text),
		    STATE_DONE);
		(void)snprintf(want, sizeof(want), "20260101-%d", i);
		assert_string_equal(text, want);
	}
	assert_int_equal(
	    state_next_record(state, (int64_t)DAY + 86400000, 0, text),
	    STATE_DONE);
	assert_string_equal(text, "20260102-0001");
}

static void
five_failures_close_the_question_for_a_while(void **unused)
{
	auto_state struct state *state = open_state();
	int64_t now = (int64_t)DAY, wait = 0;

	(void)unused;
	for (int i = 0; i < 5; i++)
		assert_int_equal(
		    state_fail_take(state, 1002, 5, 900000, now + i, &wait),
		    STATE_OK);
	assert_int_equal(
	    state_fail_take(state, 1002, 5, 900000, now + 1000, &wait),
	    STATE_DENIED);
	assert_int_equal(wait, 899000);
	/* Another person, another count; another process, the same one. */
	assert_int_equal(
	    state_fail_take(state, 1003, 5, 900000, now, NULL), STATE_OK);
	state_freep(&state);
	state = open_state();
	assert_int_equal(
	    state_fail_take(state, 1002, 5, 900000, now + 899999, NULL),
	    STATE_DENIED);
	/* A clock that goes back opens nothing. */
	assert_int_equal(
	    state_fail_take(state, 1002, 5, 900000, now - 86400000, NULL),
	    STATE_DENIED);
	assert_int_equal(
	    state_fail_take(state, 1002, 5, 900000, now + 900000, NULL),
	    STATE_OK);
}

static void
a_proof_gives_the_count_back(void **unused)
{
	auto_state struct state *state = open_state();
	int64_t now = (int64_t)DAY;

	(void)unused;
	assert_int_equal(
	    state_fail_take(state, 1002, 0, 900000, now, NULL), STATE_DENIED);
	assert_int_equal(
	    state_fail_take(state, 1002, 1, 900000, now, NULL), STATE_OK);
	assert_int_equal(
	    state_fail_take(state, 1002, 1, 900000, now, NULL), STATE_DENIED);
	assert_int_equal(state_fail_forgive(state, 1002), STATE_DONE);
	assert_int_equal(
	    state_fail_take(state, 1002, 1, 900000, now, NULL), STATE_OK);
	assert_int_equal(state_fail_forgive(state, 4242), STATE_DONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_FOLDER(marks_do_not_go_down),
		IN_A_FOLDER(no_record_number_is_given_twice),
		IN_A_FOLDER(a_day_may_have_more_than_ten_thousand_records),
		IN_A_FOLDER(five_failures_close_the_question_for_a_while),
		IN_A_FOLDER(a_proof_gives_the_count_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
