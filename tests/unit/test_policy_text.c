/* SPDX-License-Identifier: ISC */
/* The words of the policy language: what reads, what is refused, and where. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/check.h"
#include "policy/policy.h"

#define HEAD                                                                   \
	"version 1\ntimezone Asia/Shanghai\n"                                  \
	"org shop id 5ebbc0228123212b59xxxxx {\n"                              \
	"  key k\n  mirror yunxiao strict\n  owner lin\n  admin @rm\n"         \
	"  member @dev\n  viewer zhao\n  account chen=11\n  account wu=12\n"   \
	"  robot 99\n}\n"
#define PERMIT "permit pass, refuse, view on shop/*/*/* to owner admin\n"

static void
expect_error(const char *text, const char *local_code, unsigned int line,
    unsigned int col)
{
	struct policy *policy = NULL;
	struct policy_diag diag;

	assert_int_equal(
	    policy_parse(text, strlen(text), &policy, &diag), WARDER_EFORM);
	assert_null(policy);
	assert_string_equal(diag.local_code, local_code);
	assert_int_equal(diag.line, line);
	assert_int_equal(diag.col, col);
}

static bool
find_text(void *ctx, const char *path, const char **ret_bytes, size_t *ret_len)
{
	*ret_bytes = strcmp(path, "more") == 0 ? ctx : NULL;
	*ret_len = *ret_bytes == NULL ? 0 : strlen(*ret_bytes);
	return *ret_bytes != NULL;
}

static const struct {
	const char *line, *local_code; /* NULL: it reads */
	uint32_t col;
} rows[] = {
	{ "label prod shop/*/*/* shop/a/b/c", NULL, 0 },
	{ "label prod", "syntax", 11 },
	{ "label owner shop/*/*/*", "bad_value", 7 },
	{ "window day mon..fri 10:00-17:30", NULL, 0 },
	{ "window day sat..mon sun 22:00-02:00 00:00-24:00, wed "
	  "01:00-02:00 in Europe/Berlin",
	    NULL, 0 },
	{ "window day mon 10:00-10:00", "bad_value", 16 },
	{ "window day mon 10:00-24:01", "bad_value", 16 },
	{ "window day moon 10:00-11:00", "bad_value", 12 },
	{ "window day mon 10:00-11:00 in Berlin", "bad_value", 31 },
	{ "calendar cn calendars/cn.ics", NULL, 0 },
	{ "calendar cn ../cn.ics", "bad_value", 13 },
	{ "calendar cn a*.ics", "bad_value", 13 },
	{ "require newest, age 24h, tty on shop/*/*/*", NULL, 0 },
	{ "require age 0h on shop/*/*/*", "bad_value", 13 },
	{ "require age 367d on shop/*/*/*", "bad_value", 13 },
	{ "require source local 10.0.0.0/8 ::1 2001:db8::/32 on "
	  "shop/*/*/*",
	    NULL, 0 },
	{ "require source 10.0.0.1/8 on shop/*/*/*", "bad_value", 16 },
	{ "require source 10.0.0.0/33 on shop/*/*/*", "bad_value", 16 },
	{ "require branch main \"on\" release/* on shop/*/*/*", NULL, 0 },
	{ "require branch a** on shop/*/*/*", "bad_value", 16 },
	{ "require quorum 2 @a + 1 admin distinct hosts on shop/*/*/*", NULL,
	    0 },
	{ "require quorum 2 wu on shop/*/*/*", "bad_value", 18 },
	{ "require quorum 17 @a on shop/*/*/*", "bad_value", 16 },
	{ "require quorum 9 @a + 9 @b on shop/*/*/*", "limit", 25 },
	{ "require mfa 5 on shop/*/*/*", "bad_value", 13 },
	{ "deny outside day on shop/*/*/*", NULL, 0 },
	{ "deny trigger schedule webhook on shop/*/*/*", NULL, 0 },
	{ "deny trigger cron on shop/*/*/*", "syntax", 14 },
	{ "deny user wu @a member on shop/*/*/* because \"no\"", NULL, 0 },
	{ "delegate chen to wu on shop/*/*/* from 2026-12-01 through "
	  "2027-03-02 because \"leave\"",
	    NULL, 0 },
	{ "delegate chen to wu on shop/*/*/* from 2026-12-01 through "
	  "2027-03-03",
	    "bad_value", 59 },
	{ "delegate chen to wu on shop/*/*/* from 2026-02-29 through "
	  "2026-03-01",
	    "bad_value", 40 },
	{ "delegate @a to wu on shop/*/*/* from 2026-12-01 through "
	  "2026-12-01",
	    "bad_value", 10 },
	{ "include more", NULL, 0 },
	{ "include policy.d/*", NULL, 0 },
	{ "include none", "include", 9 },
	{ "include */a", "bad_value", 9 },
};

/* Every statement reads; a word of none stops it at its place. */
static void
each_statement_reads_and_is_held_to_its_form(void **state)
{
	const struct policy_source source = {
		(void *)(uintptr_t) "deny user wu on shop/*/*/*\n", find_text,
		NULL, NULL
	};
	struct policy_diag diag;
	char text[2048];
	int r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		auto_policy struct policy *policy = NULL;

		(void)snprintf(text, sizeof(text), HEAD "%s\n", rows[i].line);
		r = policy_parse_set(
		    text, strlen(text), &source, &policy, &diag);
		if (rows[i].local_code == NULL) {
			if (r != 0)
				fail_msg("%s: %s", rows[i].line, diag.text);
			continue;
		}
		assert_int_equal(r, WARDER_EFORM);
		if (strcmp(diag.local_code, rows[i].local_code) != 0 ||
		    diag.line != 14 || diag.col != rows[i].col)
			fail_msg("%s: %s at %u:%u", rows[i].line,
			    diag.local_code, diag.line, diag.col);
	}
}

/* What a block lacks is told at its end, what it has twice by the checker. */
static void
a_block_is_whole_or_not_at_all(void **state)
{
#define GLASS "break-glass night on shop/*/*/* {\n"
	(void)state;
	expect_error(HEAD GLASS " to owner\n}\n", "syntax", 16, 1);
	expect_error(HEAD GLASS " to owner\n", "syntax", 14, 33);
	expect_error(HEAD GLASS " lifts self\n}\n", "syntax", 15, 8);
	expect_error(HEAD GLASS " require quorum 2 @a\n}\n", "syntax", 15, 10);
	expect_error(HEAD GLASS " at-most 0 per 1d\n}\n", "bad_value", 15, 10);
	expect_error(HEAD GLASS " open\n}\n", "syntax", 15, 2);
	expect_error(HEAD "label x {\n}\n", "syntax", 15, 1);
}

static void
a_bad_word_makes_the_policy_void_at_its_place(void **state)
{
	(void)state;
	expect_error("", "syntax", 1, 1);
	expect_error("version 2\n", "syntax", 1, 9);
	expect_error(HEAD "allow pass\n", "syntax", 14, 1);
	expect_error(HEAD "permit pass on shop/a/*/*\n", "syntax", 14, 26);
	expect_error(
	    HEAD "permit pass on shop/*/* to owner\n", "bad_value", 14, 16);
	expect_error(
	    HEAD "permit pass on shop/*/*/* to 1000\n", "bad_value", 14, 30);
	expect_error(HEAD "require reason \"^a\" on shop/*/*/*\n",
	    "bad_pattern", 14, 16);
	expect_error(HEAD "# \xe2\x80\xae\n", "encoding", 14, 3);
	expect_error(
	    HEAD "require reason \"a on shop/*/*/*\n", "syntax", 14, 16);
	expect_error(
	    "version 1\ntimezone UTC\norg a id b {\n key k\n", "syntax", 3, 12);
	expect_error("version 1\ntimezone UTC\norg a id b {\n auditor x\n}\n",
	    "bad_role", 4, 2);
}

/* A reviewer of the file would not see it, and a terminal might obey it. */
static void
what_hides_or_steers_stands_nowhere_in_a_policy(void **state)
{
	static const char *const hidden[] = { "\x01", "\x1b[2J", "\r", "\x7f",
		"\xc2\x85", "\xc2\x9b", "\xc2\xad", "\xd8\x9c", "\xe1\xa0\x8e",
		"\xe2\x80\x8b", "\xe2\x80\xa8", "\xe2\x80\xae", "\xe2\x81\xa0",
		"\xe2\x81\xaa", "\xe2\x81\xaf", "\xef\xbb\xbf", "\xef\xbf\xb9",
		"\xef\xbf\xbb", "\xf3\xa0\x80\x81", "\xf3\xa0\x81\x81",
		"\xf3\xa0\x81\xbf", "\xff", "\xc0\xaf", "\xed\xa0\x80" };
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		(void)snprintf(text, sizeof(text), HEAD "# %s\n", hidden[i]);
		expect_error(text, "encoding", 14, 3);
		(void)snprintf(text, sizeof(text),
		    HEAD "permit pass on \"shop/%s/*/*\" to owner\n",
		    hidden[i]);
		expect_error(text, "encoding", 14, 22);
	}
}

static void
a_symbol_with_its_variation_selector_is_a_name(void **state)
{
	auto_policy struct policy *policy = NULL;
	static const char text[] =
	    HEAD "permit pass on \"shop/\xe2\x9c\x94\xef\xb8\x8f go/*/*\" "
	         "to owner\n";
	struct policy_diag diag;

	(void)state;
	assert_int_equal(policy_parse(text, strlen(text), &policy, &diag), 0);
}

/* The findings of that code, each a warning at `line`. */
static size_t
warnings(const char *text, const char *local_code, uint32_t line)
{
	auto_policy struct policy *policy = NULL;
	const struct check_people nobody = { .find = NULL };
	struct check_finding *findings = NULL;
	struct policy_diag diag;
	size_t n, found = 0;

	assert_int_equal(policy_parse(text, strlen(text), &policy, &diag), 0);
	assert_int_equal(policy_check(policy, &nobody, &findings, &n), 0);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(findings[i].local_code, local_code) != 0)
			continue;
		assert_true(findings[i].is_warning);
		assert_int_equal(findings[i].line, line);
		found++;
	}
	free(findings);
	return found;
}

/* Nobody could be told to be no author: the line would shut the gate. */
static void
authors_whom_no_line_knows_are_warned_of(void **state)
{
	const char *asks =
	    HEAD PERMIT "deny self trigger commit-author on shop/*/*/*\n";
	const char *other =
	    HEAD PERMIT "deny self commit-author on nowhere/*/*/*\n";
	const char *trigger = HEAD PERMIT "deny self trigger on shop/*/*/*\n";

	(void)state;
	assert_int_equal(warnings(asks, "no_authors", 15), 1);
	assert_int_equal(warnings(other, "no_authors", 15), 0);
	assert_int_equal(warnings(trigger, "no_authors", 15), 0);
	assert_int_equal(
	    warnings("version 1\ntimezone UTC\norg shop id a1 {\n key k\n"
	             " mirror yunxiao strict\n owner lin\n"
	             " account lin=1 lin@shop.example\n}\n"
	             "deny self commit-author on shop/*/*/*\n",
	        "no_authors", 9),
	    0);
	assert_int_equal(
	    warnings("version 1\ntimezone UTC\norg shop id a1 {\n key k\n"
	             " mirror yunxiao strict\n owner lin\n"
	             " account lin=1 lin@shop.example\n}\n"
	             "deny self commit-author on shop/*/*/*\n",
	        "authors", 9),
	    1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_statement_reads_and_is_held_to_its_form),
		cmocka_unit_test(a_block_is_whole_or_not_at_all),
		cmocka_unit_test(a_bad_word_makes_the_policy_void_at_its_place),
		cmocka_unit_test(
		    what_hides_or_steers_stands_nowhere_in_a_policy),
		cmocka_unit_test(
		    a_symbol_with_its_variation_selector_is_a_name),
		cmocka_unit_test(authors_whom_no_line_knows_are_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
