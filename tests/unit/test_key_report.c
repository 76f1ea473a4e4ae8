/* SPDX-License-Identifier: ISC */
/* When a key ends, and what of the keeper's answer about one is believed. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/key_report.h"
#include "ctl/key_term.h"

#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define DAY (1440 * MINUTE)

static void
each_kind_is_warned_of_in_its_own_time(void **state)
{
	static const struct {
		enum seal_kind kind;
		uint64_t sealed, end, now;
		enum key_term term;
	} cases[] = {
		{ SEAL_ACCESS_KEY, 0, 0, 89 * DAY, KEY_TERM_FINE },
		{ SEAL_ACCESS_KEY, 0, 0, 90 * DAY, KEY_TERM_OLD },
		{ SEAL_ACCESS_KEY, 9 * DAY, 0, DAY, KEY_TERM_FINE },
		{ SEAL_TOKEN, 0, 30 * DAY, 16 * DAY, KEY_TERM_FINE },
		{ SEAL_TOKEN, 0, 30 * DAY, 16 * DAY + 1, KEY_TERM_SOON },
		{ SEAL_TOKEN, 0, 30 * DAY, 30 * DAY - 1, KEY_TERM_SOON },
		{ SEAL_TOKEN, 0, 30 * DAY, 30 * DAY, KEY_TERM_OVER },
		{ SEAL_TOKEN, 0, 200 * DAY, 99 * DAY, KEY_TERM_OLD },
		{ SEAL_STS, 0, 60 * MINUTE, 45 * MINUTE, KEY_TERM_FINE },
		{ SEAL_STS, 0, 60 * MINUTE, 45 * MINUTE + 1, KEY_TERM_SOON },
		{ SEAL_STS, 0, 60 * MINUTE, 59 * MINUTE, KEY_TERM_SOON },
		{ SEAL_STS, 0, 60 * MINUTE, 59 * MINUTE + 1, KEY_TERM_OVER },
		{ SEAL_STS, 0, 60 * MINUTE, 61 * MINUTE, KEY_TERM_OVER },
		{ SEAL_STS, 0, UINT64_MAX, 0, KEY_TERM_FINE },
		{ SEAL_TOKEN, 0, 1, UINT64_MAX, KEY_TERM_OVER },
		{ SEAL_HOST, 0, 0, 900 * DAY, KEY_TERM_FINE },
	};
	struct conf conf;
	char text[200];

	(void)state;
	conf_defaults(&conf);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    key_term_of(&conf, cases[i].kind, cases[i].sealed,
		        cases[i].end, cases[i].now),
		    cases[i].term);
		(void)key_term_print(text, sizeof(text), &conf, cases[i].kind,
		    cases[i].sealed, cases[i].end, cases[i].now);
		assert_int_equal(
		    text[0] == '\0', cases[i].term == KEY_TERM_FINE);
	}
}

static void
what_is_left_is_told_in_a_fitting_unit(void **state)
{
	static const struct {
		uint64_t ms;
		const char *text;
	} cases[] = {
		{ 0, "0 seconds" },
		{ 1999, "1 second" },
		{ 119 * SECOND, "119 seconds" },
		{ 2 * MINUTE, "2 minutes" },
		{ 119 * MINUTE, "119 minutes" },
		{ 47 * 60 * MINUTE, "47 hours" },
		{ 2 * DAY, "2 days" },
		{ UINT64_MAX, "213503982334 days" },
	};
	char text[KEY_LEFT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(
		    key_left_print(text, cases[i].ms), cases[i].text);
}

/* One message as the keeper would send it. */
static int
take(struct key_report *report, const struct layout *layout, const void *msg)
{
	static struct frame frame;
	struct wbuf out = wbuf_of(frame.body, sizeof(frame.body));

	layout_put(&out, layout, msg);
	assert_int_equal(wbuf_end(&out), 0);
	frame.type = layout->type;
	frame.len = out.len;
	frame.fd = -1;
	return key_report_take(report, &frame);
}

static int
take_row(
    struct key_report *report, const char *topic, uint64_t n, const char *text)
{
	struct admin_row row = { .n = n };

	(void)snprintf(row.topic, sizeof(row.topic), "%s", topic);
	(void)snprintf(row.text, sizeof(row.text), "%s", text);
	return take(report, &admin_row_layout, &row);
}

static void
an_answer_is_put_together(void **state)
{
	struct key_report report = { .has_key = false };
	const struct admin_key key = { .name = "shop", .kind = SEAL_TOKEN };
	const struct admin_gate gate = { .job = "7", .pass = TRI_TRUE };
	const struct admin_done done = { .exit = REASON_INCOMPLETE };

	(void)state;
	assert_int_equal(take(&report, &admin_key_layout, &key), 0);
	assert_true(report.has_key);
	assert_int_equal(take_row(&report, "unread-why", 0, "lost"), 0);
	for (uint64_t i = 0; i < 100; i++)
		assert_int_equal(take_row(&report, "pipeline", i, "name"), 0);
	assert_int_equal(report.pipelines_n, 100);
	assert_int_equal(report.pipelines[99].id, 99);
	assert_int_equal(take(&report, &admin_gate_layout, &gate), 0);
	assert_string_equal(report.gates[0].job, "7");
	assert_int_equal(take_row(&report, "unread", 0, "pay"), 0);
	assert_int_equal(take_row(&report, "unread-why", 0, "503"), 0);
	assert_string_equal(report.unread[0].code, "503");
	assert_int_equal(take_row(&report, "organization", 77, "o"), 0);
	assert_int_equal(report.admin, TRI_ABSENT);
	/* The end is for whoever asked. */
	assert_int_equal(
	    take(&report, &admin_done_layout, &done), WARDER_ETYPE);
	key_report_clear(&report);
	assert_null(report.pipelines);
}

static void
what_does_not_belong_there_ends_it(void **state)
{
	struct key_report report = { .has_key = false };
	const struct admin_key key = { .name = "shop", .kind = SEAL_TOKEN };
	const struct admin_check other = { .org = "shop" };

	(void)state;
	assert_int_equal(take_row(&report, "nothing", 0, ""), WARDER_EFORM);
	assert_int_equal(
	    take(&report, &admin_check_layout, &other), WARDER_ETYPE);
	assert_int_equal(take(&report, &admin_key_layout, &key), 0);
	assert_int_equal(take(&report, &admin_key_layout, &key), WARDER_EFORM);
	key_report_clear(&report);
}

static void
above_the_cap_it_is_counted(void **state)
{
	struct key_report report = { .has_key = false };

	(void)state;
	for (size_t i = 0; i < REPORT_UNREAD_MAX + 5; i++)
		assert_int_equal(take_row(&report, "unread", 0, "x"), 0);
	assert_int_equal(report.unread_n, REPORT_UNREAD_MAX);
	assert_int_equal(report.left_out, 5);
	key_report_clear(&report);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_warned_of_in_its_own_time),
		cmocka_unit_test(what_is_left_is_told_in_a_fitting_unit),
		cmocka_unit_test(an_answer_is_put_together),
		cmocka_unit_test(what_does_not_belong_there_ends_it),
		cmocka_unit_test(above_the_cap_it_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
