/* SPDX-License-Identifier: ISC */
/* `warderctl ledger report`: what the page says, and what it never does. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/blob.h"

#include "ctl_ledger_scene.h"

#define PROOF " --key @ledger-v1.pub --checkpoint @ledger-v1.checkpoints "
#define MAKE "report --html %page.html %ledger.jsonl"

static char *page;

static void
load(void)
{
	free(page);
	page = scene_load("page.html");
}

static int
teardown(void **state)
{
	free(page);
	page = NULL;
	return scene_teardown(state);
}
#define ON_A_PAGE(test)                                                        \
	cmocka_unit_test_setup_teardown(test, scene_setup, teardown)

/* Who asked for a pass of job `job`, which waited `waits` seconds (0: not
 * told), and the seq of that line. */
static uint64_t
intent_after(unsigned int second, uint64_t waits, const char *user,
    const char *job, const char *glass)
{
	struct record rec;

	scene_begin(&rec, "intent", second);
	record_set(&rec, M_REC, "20260101-0001");
	record_set(&rec, M_USER, user);
	record_set(&rec, M_ACT, "pass");
	record_set(&rec, M_ORG, "5ebb");
	record_set(&rec, M_PIPE, "11222");
	record_set(&rec, M_RUN, "1187");
	record_set(&rec, M_JOB, job);
	record_set(&rec, M_NAME, "shop/pay-core/prod/gate");
	if (glass != NULL)
		record_set(&rec, M_GLASS, glass);
	if (waits != 0)
		record_set_int(&rec, M_N, waits);
	return scene_append(&rec);
}

static uint64_t
intent(
    unsigned int second, const char *user, const char *job, const char *glass)
{
	return intent_after(second, 0, user, job, glass);
}

static void
answer(unsigned int second, const char *event, uint64_t ref, const char *res)
{
	struct record rec;

	scene_begin(&rec, event, second);
	record_set(&rec, M_REC, "20260101-0001");
	record_set_int(&rec, M_REF, ref);
	record_set(&rec, M_RES, res);
	(void)scene_append(&rec);
}

static void
denied(const char *user, const char *err, const char *why)
{
	struct record rec;

	scene_begin(&rec, "denied", 5);
	record_set(&rec, M_REC, "20260101-0002");
	record_set(&rec, M_RES, "denied");
	record_set(&rec, M_ERR, err);
	record_set(&rec, M_USER, user);
	record_set(&rec, M_WHY, why);
	(void)scene_append(&rec);
}

static void
other_words_are_a_usage_error(void **state)
{
	(void)state;
	assert_int_equal(scene_run("report"), 2);
	assert_int_equal(scene_run("report %ledger.jsonl"), 2);
	assert_int_equal(scene_run(MAKE " --user chen"), 2);
	assert_int_equal(scene_run(MAKE " --format csv"), 2);
	assert_int_equal(scene_run(MAKE " --unverified"), 2);
	assert_int_equal(scene_run(MAKE " --since never"), 2);
	assert_int_equal(scene_run("export --html %page.html"), 2);
	assert_int_equal(
	    scene_run("report --html %none/page.html @ledger-v1.jsonl"), 2);
}

static void
the_page_says_what_was_proven_and_by_which_key(void **state)
{
	(void)state;
	assert_int_equal(
	    scene_run("report --html %page.html" PROOF "@ledger-v1.jsonl"), 0);
	assert_non_null(strstr(scene_said, "2 decisions in 12 lines (ok)"));
	load();
	assert_non_null(strstr(page, "The chain is unbroken."));
	assert_non_null(strstr(page, "12 proven, 1 to 12"));
	assert_non_null(strstr(page, "tests/vectors/ledger-v1.jsonl</code>"));
	assert_non_null(strstr(page, "warder/bastion-a+c785019f</code> hold; "
	                             "lines up to 12 are covered"));
	assert_non_null(strstr(page, "cc31330dd45b0a7d2c5d6ceaacb1aee8"
	                             "aa7b224c1fb62332f44d4fe9d6577d2f"));
	assert_non_null(strstr(page, "<td class=\"who\">zhou</td>"));
	assert_non_null(strstr(page, "smoke tests green on staging"));
	assert_non_null(strstr(page, ">self: 1, refused by policy 1<"));
}

/* It loads nothing, runs nothing, and says so to the browser. */
static void
the_page_is_one_file_without_a_script(void **state)
{
	static const char *const never[] = { "<script", "<link", "<img",
		"<iframe", "<object", "<form", "href=", "src=", "url(",
		"style=\"", "@import", "http:", "https:", " onload", " onclick",
		"unsafe-inline" };

	(void)state;
	assert_int_equal(
	    scene_run("report --html %page.html" PROOF "@ledger-v1.jsonl"), 0);
	load();
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		assert_null(strstr(page, never[i]));
	assert_non_null(strstr(page, "\"Content-Security-Policy\" content=\""
	                             "default-src 'none'; style-src 'sha256-"));
	assert_int_equal(scene_count(page, "<style>"), 1);
	assert_non_null(strstr(page, "@media print"));
	assert_non_null(strstr(page, "prefers-color-scheme:dark"));
	assert_true(scene_count(page, "<svg viewBox=\"0 0 1040") == 1);
}

static void
foreign_words_stay_words(void **state)
{
	char *big = malloc(1024 * 1024 + 1);

	(void)state;
	denied("<script>alert(1)</script>", "self",
	    "\" onload='x' <b>&amp; \x1b[31m\xe2\x80\xae\r\nevil");
	assert_non_null(big);
	memset(big, '<', 1024 * 1024);
	big[1024 * 1024] = '\0';
	denied(big, "self", big);
	free(big);
	assert_int_equal(scene_run(MAKE), 0);
	load();
	assert_null(strstr(page, "<script"));
	assert_null(strstr(page, "<b>&amp;amp;"));
	assert_null(strchr(page, '\x1b'));
	assert_null(strchr(page, '\r'));
	assert_null(strstr(page, "\xe2\x80\xae"));
	assert_null(strstr(page, "<<"));
	assert_non_null(strstr(page, "<td class=\"who\">&lt;script&gt;alert(1)"
	                             "&lt;/script&gt;</td>"));
	assert_non_null(strstr(page,
	    "&quot; onload=&#39;x&#39; &lt;b&gt;&amp;amp; \\u{001b}[31m"
	    "\\u{202e}\\u{000d}\\u{000a}evil</td>"));
	assert_true(strlen(page) < 64 * 1024);
}

static void
a_decision_counts_once_and_when_it_is_settled(void **state)
{
	uint64_t first, second, third;

	(void)state;
	first = intent(60, "chen", "1", NULL);
	answer(65, "outcome", first, "passed");
	second = intent(120, "chen", "2", NULL);
	answer(180, "outcome", second, "unknown");
	answer(1020, "settle", second, "moved");
	third = intent(1100, "zhou", "3", "night");
	answer(1101, "outcome", third, "rejected");
	(void)intent(1200, "fang", "4", NULL);
	assert_int_equal(scene_run(MAKE), 41);
	load();
	assert_non_null(strstr(page, "an intent is open"));
	assert_non_null(strstr(page, "<b>2</b><span>gates passed"));
	assert_non_null(strstr(page, "<b>2</b><span>not done"));
	assert_non_null(strstr(page, "<b>1</b><span>break-glass"));
	assert_non_null(strstr(page, "<b>3</b><span>people"));
	assert_non_null(strstr(page, ">chen: 2, passed 2<"));
	assert_non_null(strstr(page, ">night: 1, not done 1<"));
	assert_non_null(strstr(page, ">moved</span>"));
	assert_non_null(strstr(page, ">open</span>"));
	assert_null(strstr(page, ">unknown</span>"));
	/* 5 s and 15 min after the first line about each. */
	assert_non_null(strstr(page, "2 gates: half of them within 5 s, nine "
	                             "of ten within 5 s, the longest 15 min"));
}

/* A gate's own start counts, also that of a second attempt of the same job. */
static void
a_wait_begins_when_the_server_says(void **state)
{
	(void)state;
	answer(
	    65, "outcome", intent_after(60, 7200, "chen", "1", NULL), "passed");
	answer(
	    95, "outcome", intent_after(90, 20, "chen", "1", NULL), "passed");
	/* More than a line can be old: not before 1970, so not believed. */
	answer(101, "outcome",
	    intent_after(100, RECORD_INT_MAX, "chen", "3", NULL), "passed");
	assert_int_equal(scene_run(MAKE), 0);
	load();
	assert_non_null(strstr(page, "3 gates: half of them within 25 s, nine "
	                             "of ten within 25 s, the longest 2 h"));
}

static void
what_was_decided_around_warder_is_told_if_there_is_any(void **state)
{
	struct record rec;

	(void)state;
	denied("chen", "self", "because");
	assert_int_equal(scene_run(MAKE), 0);
	load();
	assert_null(strstr(page, "around warder"));
	for (unsigned int i = 0; i < 3; i++) {
		scene_begin(&rec, "foreign", 10 + i);
		record_set(&rec, M_RES, i < 2 ? "around" : "vanished");
		(void)scene_append(&rec);
	}
	assert_int_equal(scene_run(MAKE), 0);
	load();
	assert_non_null(
	    strstr(page, "<b>2</b><span>decided around warder</span>"));
}

static void
only_the_time_asked_for_counts(void **state)
{
	uint64_t ref = intent(60, "chen", "1", NULL);

	(void)state;
	answer(3700, "outcome", ref, "passed");
	denied("lin", "calendar", "x");
	assert_int_equal(scene_run(MAKE " --since 2026-01-01T01:00:00Z"
	                                " --until 2026-01-01T02:00:00Z"),
	    0);
	load();
	assert_non_null(strstr(page, "From 2026-01-01 01:00 on, before "
	                             "2026-01-01 02:00 (UTC)"));
	assert_non_null(strstr(page, "<b>1</b><span>gates passed"));
	assert_non_null(strstr(page, "<b>0</b><span>refused by policy"));
	assert_null(strstr(page, "calendar"));
	assert_int_equal(scene_run(MAKE " --since 2026-01-02"), 0);
	load();
	assert_non_null(strstr(page, "No line of the ledger is of that time."));
}

/* The latest rows are there, and the sums are of all. */
static void
many_decisions_make_a_page_that_opens(void **state)
{
	char user[32];

	(void)state;
	for (int i = 0; i < 2100; i++) {
		(void)snprintf(user, sizeof(user), "user-%04d", i);
		denied(user, "self", "x");
	}
	assert_int_equal(scene_run(MAKE), 0);
	load();
	assert_int_equal(scene_count(page, "<tr><td"), 2000);
	assert_non_null(strstr(page, "The latest 2000 of 2100"));
	assert_non_null(strstr(page, "<b>2100</b><span>refused by policy"));
	assert_non_null(strstr(page, "<td class=\"who\">user-2099</td>"));
	assert_null(strstr(page, "<td class=\"who\">user-0099</td>"));
	assert_non_null(strstr(page, ">2088 others: 2088,"));
}

static void
a_broken_ledger_is_called_broken_first(void **state)
{
	(void)state;
	assert_int_equal(scene_run("report --html %page.html"
	                           " @ledger-v1/03-removed.jsonl"),
	    40);
	load();
	assert_non_null(strstr(page, "The ledger is broken."));
	assert_non_null(strstr(page, "line 5: another line should stand here"));
	assert_non_null(strstr(page, "4 proven, 1 to 4"));
	assert_null(strstr(page, "is unbroken"));
	assert_null(strstr(page, ">zhou<"));
	assert_int_equal(
	    scene_run("report --html %page.html /nonexistent"), 25);
	load();
	assert_non_null(strstr(page, "could not be read to its end"));
	assert_non_null(strstr(page, "0 proven"));
}

static void
the_file_is_private_and_never_over_a_link(void **state)
{
	char place[128], other[128], *text;
	struct stat st;
	int fd;

	(void)state;
	(void)snprintf(place, sizeof(place), "%s/page.html", scene_dir);
	(void)snprintf(other, sizeof(other), "%s/other", scene_dir);
	fd = open(other, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	assert_int_equal(write(fd, "kept", 4), 4);
	assert_int_equal(close(fd), 0);
	assert_int_equal(symlink(other, place), 0);
	assert_int_equal(
	    scene_run("report --html %page.html @ledger-v1.jsonl"), 21);
	assert_string_equal(scene_said, "");
	text = scene_load("other");
	assert_string_equal(text, "kept");
	free(text);
	assert_int_equal(unlink(place), 0);
	/* A plain file is replaced, and its mode with it. */
	assert_int_equal(rename(other, place), 0);
	assert_int_equal(
	    scene_run("report --html %page.html @ledger-v1.jsonl"), 0);
	assert_int_equal(lstat(place, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	load();
	assert_non_null(strstr(page, "</html>"));
	assert_int_equal(unlink(place), 0);
	/* Nothing of a temporary name is left behind: the folder goes. */
	assert_int_equal(rmdir(scene_dir), 0);
	assert_int_equal(mkdir(scene_dir, 0700), 0);
}

static int
setup(void **state)
{
	(void)state;
	return base_init();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_PAGE(other_words_are_a_usage_error),
		ON_A_PAGE(the_page_says_what_was_proven_and_by_which_key),
		ON_A_PAGE(the_page_is_one_file_without_a_script),
		ON_A_PAGE(foreign_words_stay_words),
		ON_A_PAGE(a_decision_counts_once_and_when_it_is_settled),
		ON_A_PAGE(a_wait_begins_when_the_server_says),
		ON_A_PAGE(
		    what_was_decided_around_warder_is_told_if_there_is_any),
		ON_A_PAGE(only_the_time_asked_for_counts),
		ON_A_PAGE(many_decisions_make_a_page_that_opens),
		ON_A_PAGE(a_broken_ledger_is_called_broken_first),
		ON_A_PAGE(the_file_is_private_and_never_over_a_link),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
