/* SPDX-License-Identifier: ISC */
/*
 * The runs of one pipeline, page by page: which older pages are worth a
 * request, and what a server gains by showing pages twice. Nothing.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "keeper/runs.h"

static void
show(struct runs *runs, const char *id, const char *status)
{
	struct item item = { .kind = ITEM_RUN };

	(void)snprintf(item.run.run, sizeof(item.run.run), "%s", id);
	(void)snprintf(item.run.status, sizeof(item.run.status), "%s", status);
	runs_take(runs, &item);
}

static void
end_page(struct runs *runs, const char *token)
{
	struct item item = { .kind = ITEM_PAGE_END };

	(void)snprintf(
	    item.page_end.token, sizeof(item.page_end.token), "%s", token);
	item.page_end.complete = token[0] == '\0';
	runs_take(runs, &item);
}

static void
the_newest_run_is_the_greatest_number(void **state)
{
	struct runs runs = { .n = 0 };

	(void)state;
	/* A try that failed. */
	runs_begin(&runs);
	show(&runs, "101", "WAITING");
	runs_begin(&runs);
	show(&runs, "99", "SUCCESS");
	show(&runs, "100", "WAITING");
	show(&runs, "098", "WAITING");
	show(&runs, "x", "WAITING");
	show(&runs, "9", "RUNNING");
	end_page(&runs, "");
	assert_string_equal(runs.newest, "100");
	assert_int_equal(runs.n, 2);
	assert_false(runs_reads_on(&runs));
}

static void
an_older_page_is_read_only_where_runs_were_left_behind(void **state)
{
	struct runs runs = { .n = 0 };

	(void)state;
	runs_begin(&runs);
	show(&runs, "100", "WAITING");
	show(&runs, "99", "SUCCESS");
	end_page(&runs, "t2");
	assert_false(runs_reads_on(&runs));
	show(&runs, "98", "WAITING");
	assert_true(runs_reads_on(&runs));
	/* A try of the second page that failed, then a good one. */
	runs_begin(&runs);
	show(&runs, "40", "WAITING");
	runs_begin(&runs);
	show(&runs, "41", "WAITING");
	end_page(&runs, "t3");
	assert_int_equal(runs.n, 3);
	assert_string_equal(runs.ids[2], "41");
	assert_true(runs_reads_on(&runs));
	/* The same page again brings nothing, so it is the last. */
	runs_begin(&runs);
	show(&runs, "41", "WAITING");
	end_page(&runs, "t3");
	assert_false(runs_reads_on(&runs));
	assert_int_equal(runs.n, 3);
	assert_string_equal(runs.newest, "100");
}

static void
too_many_runs_are_said(void **state)
{
	struct runs runs = { .n = 0 };
	char id[8];

	(void)state;
	runs_begin(&runs);
	for (int i = 0; i < RUNS_MAX + 1; i++) {
		(void)snprintf(id, sizeof(id), "%d", 100 - i);
		show(&runs, id, "RUNNING");
	}
	end_page(&runs, "t2");
	assert_int_equal(runs.n, RUNS_MAX);
	assert_true(runs.is_short);
	assert_false(runs_reads_on(&runs));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_run_is_the_greatest_number),
		cmocka_unit_test(
		    an_older_page_is_read_only_where_runs_were_left_behind),
		cmocka_unit_test(too_many_runs_are_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
