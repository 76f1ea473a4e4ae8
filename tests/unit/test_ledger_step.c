/* SPDX-License-Identifier: ISC */
/*
 * A clock that was set stands between the two lines whose times do not fit;
 * a host that slept, or was started anew, did not set its clock.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "ledger/inside.h"
#include "tests/unit/ledger_fixture.h"

#define REAL_MS INT64_C(1790000000000)
#define BOOT_MS INT64_C(5000000)

/* The file, after a line at these clocks and one at others. */
static const char *
lines_around(int64_t real_ms, int64_t boot_ms)
{
	static char text[4 * RECORD_LINE_MAX];
	auto_ledger struct ledger *ledger = NULL;
	FILE *lines;
	size_t n;

	clock_set_for_test(REAL_MS, BOOT_MS);
	ledger = fixture_open();
	assert_int_equal(
	    fixture_append(ledger, "denied", 0, "denied", NULL), 0);
	clock_set_for_test(REAL_MS + real_ms, BOOT_MS + boot_ms);
	assert_int_equal(
	    fixture_append(ledger, "denied", 0, "denied", NULL), 0);
	assert_non_null(lines = fopen(file, "re"));
	n = fread(text, 1, sizeof(text) - 1, lines);
	text[n] = '\0';
	(void)fclose(lines);
	return text;
}

static void
a_clock_that_was_set_is_told_before_the_next_line(void **state)
{
	const char *text = lines_around(4000, 1000), *step;

	(void)state;
	assert_non_null(step = strstr(text, "\"ev\":\"clock.step\""));
	assert_non_null(strstr(step, "\"n\":3000,"));
	assert_non_null(strstr(step, "\"ev\":\"denied\""));
	fixture_assert_whole(4);
}

static void
a_clock_set_back_is_told_too(void **state)
{
	(void)state;
	assert_non_null(strstr(lines_around(-9000, 1000), "\"n\":10000,"));
	fixture_assert_whole(4);
}

static void
it_is_told_once(void **state)
{
	auto_ledger struct ledger *ledger = NULL;
	struct ledger_aside asides[LEDGER_ASIDES];

	(void)state;
	(void)lines_around(60000, 0);
	ledger = fixture_open();
	assert_int_equal(
	    fixture_append(ledger, "denied", 0, "denied", NULL), 0);
	assert_int_equal(ledger_take_asides(ledger, asides), 0);
	fixture_assert_whole(5);
}

static void
who_appends_gets_it_for_syslog(void **state)
{
	auto_ledger struct ledger *ledger = NULL;
	struct ledger_aside asides[LEDGER_ASIDES];

	(void)state;
	clock_set_for_test(REAL_MS, BOOT_MS);
	ledger = fixture_open();
	clock_set_for_test(REAL_MS + 7000, BOOT_MS);
	assert_int_equal(
	    fixture_append(ledger, "denied", 0, "denied", NULL), 0);
	assert_int_equal(ledger_take_asides(ledger, asides), 1);
	assert_true(record_is(&asides[0].rec, M_EV, "clock.step"));
	assert_int_equal(record_int(&asides[0].rec, M_SEQ), 2);
	assert_int_equal(ledger_take_asides(ledger, asides), 0);
}

static void
two_seconds_are_no_step(void **state)
{
	(void)state;
	assert_null(strstr(lines_around(3000, 1000), "clock.step"));
	fixture_assert_whole(3);
}

static void
a_host_that_slept_did_not_set_its_clock(void **state)
{
	(void)state;
	assert_null(strstr(lines_around(86400000, 86400000), "clock.step"));
}

static void
nothing_is_said_across_a_boot(void **state)
{
	struct ledger ledger = { .seq = 1, .boot = "0123abcd" };
	struct record rec;

	(void)state;
	clock_set_for_test(REAL_MS, BOOT_MS);
	record_begin(&rec, "denied");
	record_set(&rec, M_TS, "2026-01-01T00:00:00.000Z");
	record_set_int(&rec, M_MONO, 5);
	record_set(&rec, M_BOOT, "0123abce");
	ledger_note_clocks(&ledger, &rec);
	assert_false(ledger_clock_stepped(&ledger, &rec));
	record_set(&rec, M_BOOT, "0123abcd");
	ledger_note_clocks(&ledger, &rec);
	assert_true(ledger_clock_stepped(&ledger, &rec));
}

#define STEP(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STEP(a_clock_that_was_set_is_told_before_the_next_line),
		STEP(a_clock_set_back_is_told_too),
		STEP(it_is_told_once),
		STEP(who_appends_gets_it_for_syslog),
		STEP(two_seconds_are_no_step),
		STEP(a_host_that_slept_did_not_set_its_clock),
		STEP(nothing_is_said_across_a_boot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
