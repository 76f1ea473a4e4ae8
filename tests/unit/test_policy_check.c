/* SPDX-License-Identifier: ISC */
/*
 * The checker, row by row: each finding at its line and column, and a policy
 * that comes close to it and has none of that code, and no error at all.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/tzdata.h"
#include "check_rows.h"
#include "policy/check.h"

#define NOW 1795586531 /* 2026-11-25T06:02:11Z */

static const struct {
	const char *name;
	uint32_t uid;
	const char *group;
} users[] = {
	{ "root", 0, "" },
	{ "lin", 2001, "" },
	{ "chen", 2002, "release" },
	{ "fang", 2003, "release" },
	{ "he", 2004, "dev" },
	{ "zhao", 2005, "audit" },
	{ "qiu", 2006, "dba" },
	{ "sun", 2008, "oncall" },
};

static enum fact
find(void *ctx, enum check_kind kind, const char *name, uint32_t uid,
    check_visit *visit, void *arg)
{
	enum fact found = FACT_FALSE;

	(void)ctx;
	if (kind != CHECK_UID && strcmp(name, "lost") == 0)
		return FACT_UNKNOWN;
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		bool is_it = kind == CHECK_UID ? users[i].uid == uid
		             : kind == CHECK_USER
		                 ? strcmp(users[i].name, name) == 0
		                 : strcmp(users[i].group, name) == 0;

		if (!is_it)
			continue;
		visit(arg, users[i].name, users[i].uid);
		found = FACT_TRUE;
	}
	return found;
}

static bool
find_file(void *ctx, const char *path, const char **ret_bytes, size_t *ret_len)
{
	static const char calendar[] =
	    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n"
	    "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
	    "DTSTART:20260101T000000Z\r\nDTEND:20260102T000000Z\r\n"
	    "END:VEVENT\r\nEND:VCALENDAR\r\n";

	(void)ctx;
	if (strcmp(path, "bad.ics") == 0)
		return false;
	*ret_bytes = strstr(path, ".ics") != NULL ? calendar : "# nothing\n";
	*ret_len = strlen(*ret_bytes);
	return true;
}

struct found {
	struct policy *policy;
	struct check_finding *items;
	size_t n;
};

static struct found
check_with(
    const char *text, const struct check_people *people, const int64_t *now_s)
{
	const struct policy_source source = { .file = find_file };
	static char whole[8192];
	struct policy_diag diag;
	struct found found = { NULL, NULL, 0 };
	int r;

	(void)snprintf(whole, sizeof(whole), HEAD "%s", text);
	r = policy_parse_set(
	    whole, strlen(whole), &source, &found.policy, &diag);
	if (r != 0)
		print_error(
		    "%s%u:%u: %s\n", text, diag.line, diag.col, diag.text);
	assert_int_equal(r, 0);
	assert_int_equal(policy_check_at(found.policy, people, now_s,
	                     &found.items, &found.n),
	    0);
	return found;
}

static struct found
check(const char *text)
{
	const struct check_people people = { NULL, find };
	const int64_t now_s = NOW;

	return check_with(text, &people, &now_s);
}

static void
clear(struct found *found)
{
	free(found->items);
	policy_freep(&found->policy);
}

static void
say(const char *text, const struct found *found)
{
	print_error("%s", text);
	for (size_t i = 0; i < found->n; i++)
		print_error("%u:%u: %s: %s [%s]\n", found->items[i].line,
		    found->items[i].col,
		    found->items[i].is_warning ? "warning" : "error",
		    found->items[i].text, found->items[i].local_code);
}

static size_t
count(const struct found *found, const struct row *row)
{
	size_t n = 0;

	for (size_t i = 0; i < found->n; i++)
		n += strcmp(found->items[i].local_code, row->code) == 0 &&
		     found->items[i].line == row->line &&
		     found->items[i].col == row->col &&
		     found->items[i].is_warning == (row->level == WARNING);
	return n;
}

static void
each_finding_is_reported_at_its_place(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct found found;

		if (rows[i].text == NULL)
			continue;
		found = check(rows[i].text);
		if (count(&found, &rows[i]) != 1) {
			print_error("%s at %u:%u is not reported:\n",
			    rows[i].code, rows[i].line, rows[i].col);
			say(rows[i].text, &found);
			wrong++;
		}
		clear(&found);
	}
	assert_int_equal(wrong, 0);
}

static void
what_comes_close_is_not_reported(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct found found = check(rows[i].near);
		bool is_wrong = false;

		for (size_t k = 0; k < found.n; k++)
			is_wrong |= !found.items[k].is_warning ||
			            strcmp(found.items[k].local_code,
			                rows[i].code) == 0;
		if (is_wrong) {
			print_error("%s, row %zu:\n", rows[i].code, i);
			say(rows[i].near, &found);
			wrong++;
		}
		clear(&found);
	}
	assert_int_equal(wrong, 0);
}

/* An undefined label is one finding, not also a line that says nothing. */
static void
an_undefined_label_is_not_called_unreachable(void **state)
{
	struct found found = check("permit pass on prod to owner\n");

	(void)state;
	assert_int_equal(found.n, 1);
	assert_string_equal(found.items[0].local_code, "undefined");
	clear(&found);
}

static void
without_an_instant_no_delegation_is_over(void **state)
{
	const struct check_people people = { NULL, find };
	struct found found = check_with("delegate chen to qiu on " ALL
	                                " from 2020-01-01 through 2020-01-02\n",
	    &people, NULL);

	(void)state;
	assert_int_equal(found.n, 0);
	clear(&found);
}

static void
without_the_name_service_the_text_is_checked_all_the_same(void **state)
{
	const struct check_people none = { .find = NULL };
	struct found found =
	    check_with("require quorum 9 @ghosts on nope/*/*/*\n"
	               "deny self trigger on " ALL "\n",
	        &none, NULL);

	(void)state;
	assert_int_equal(found.n, 1);
	assert_string_equal(found.items[0].local_code, "unreachable");
	clear(&found);
}

static void
findings_stand_in_the_order_of_the_text(void **state)
{
	struct found found = check("label z " ALL "\nlabel a nope/*/*/*\n"
	                           "require tty on nowhere\n");
	uint32_t last = 0;

	(void)state;
	assert_int_equal(found.n, 4);
	for (size_t i = 0; i < found.n; i++) {
		assert_true(
		    found.items[i].line * 1000 + found.items[i].col >= last);
		last = found.items[i].line * 1000 + found.items[i].col;
	}
	clear(&found);
}

/* Held line against line these would take minutes. */
static void
a_hundred_thousand_lines_are_checked_in_seconds(void **state)
{
	const struct check_people people = { NULL, find };
	const size_t lines = 100000;
	size_t size = lines * 64, len = 0, n = 0;
	char *text = malloc(size);
	struct check_finding *findings = NULL;
	struct policy *policy = NULL;
	struct policy_diag diag;
	clock_t start;

	(void)state;
	assert_non_null(text);
	len = (size_t)snprintf(text, size, HEAD);
	for (size_t i = 0; i < lines; i++)
		len += (size_t)snprintf(text + len, size - len,
		    i % 2 == 0 ? "permit refuse on shop/p%zu/*/* to member\n"
		               : "require quorum 2 admin on shop/p%zu/*/*\n",
		    i / 2);
	assert_int_equal(policy_parse(text, len, &policy, &diag), 0);
	start = clock();
	assert_int_equal(policy_check(policy, &people, &findings, &n), 0);
	assert_true((clock() - start) / CLOCKS_PER_SEC < 20);
	for (size_t i = 0; i < n; i++)
		assert_true(findings[i].is_warning);
	assert_int_equal(n, CHECK_WARNINGS_MAX);
	free(findings);
	policy_freep(&policy);
	free(text);
}

/* Who the examples talk about; they end with the people they name. */
static const struct {
	const char *name, *groups;
} staff[] = {
	{ "lin", "" },
	{ "mei", "" },
	{ "chen", "release-managers shop-release" },
	{ "fang", "release-managers" },
	{ "qiu", "release-managers dba" },
	{ "zhou", "dba" },
	{ "wu", "oncall developers" },
	{ "zhao", "auditors" },
	{ "tang", "games-release" },
	{ "he", "developers shop-developers games-developers" },
};

static enum fact
find_staff(void *ctx, enum check_kind kind, const char *name, uint32_t uid,
    check_visit *visit, void *arg)
{
	enum fact found = FACT_FALSE;
	char word[64], groups[128];

	(void)ctx;
	(void)snprintf(word, sizeof(word), " %s ", name == NULL ? "" : name);
	for (size_t i = 0; i < sizeof(staff) / sizeof(staff[0]); i++) {
		(void)snprintf(groups, sizeof(groups), " %s ", staff[i].groups);
		if (kind == CHECK_UID    ? uid != 3000 + i
		    : kind == CHECK_USER ? strcmp(staff[i].name, name) != 0
		                         : strstr(groups, word) == NULL)
			continue;
		visit(arg, staff[i].name, 3000 + (uint32_t)i);
		found = FACT_TRUE;
	}
	return found;
}

static char *
load_example(const char *name, size_t *ret_len)
{
	const char *top = getenv("srcdir");
	static char bytes[65536];
	char path[4096];
	FILE *in;

	(void)snprintf(path, sizeof(path), "%s/policy/examples/%s",
	    top == NULL ? "." : top, name);
	in = fopen(path, "re");
	assert_non_null(in);
	*ret_len = fread(bytes, 1, sizeof(bytes) - 1, in);
	bytes[*ret_len] = '\0';
	(void)fclose(in);
	return bytes;
}

static bool
find_zone(void *ctx, const char *name, const void **ret_bytes, size_t *ret_len)
{
	return tzdata_find(ctx, name, ret_bytes, ret_len);
}

static void
expect_example(const char *name, const char *const *warnings, size_t n)
{
	const struct check_people people = { NULL, find_staff };
	struct tzdata tzdata = { 0 };
	const struct policy_source source = {
		.ctx = &tzdata, .file = find_file, .zone = find_zone
	};
	auto_policy struct policy *policy = NULL;
	struct found found = { NULL, NULL, 0 };
	struct policy_diag diag;
	const int64_t now_s = NOW;
	size_t len;
	const char *text = load_example(name, &len);

	assert_int_equal(
	    policy_parse_set(text, len, &source, &policy, &diag), 0);
	assert_int_equal(
	    policy_check_at(policy, &people, &now_s, &found.items, &found.n),
	    0);
	if (found.n != n)
		say(name, &found);
	assert_int_equal(found.n, n);
	for (size_t i = 0; i < n; i++) {
		assert_true(found.items[i].is_warning);
		assert_string_equal(found.items[i].local_code, warnings[i]);
	}
	free(found.items);
	tzdata_clear(&tzdata);
}

/* What they warn of is meant so, and said in them. */
static void
the_examples_have_no_error(void **state)
{
	static const char *const authors[] = { "authors" };

	(void)state;
	expect_example("small-team.policy", NULL, 0);
	expect_example("bank.policy", authors, 1);
	expect_example("many-organizations.policy", NULL, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_finding_is_reported_at_its_place),
		cmocka_unit_test(what_comes_close_is_not_reported),
		cmocka_unit_test(an_undefined_label_is_not_called_unreachable),
		cmocka_unit_test(without_an_instant_no_delegation_is_over),
		cmocka_unit_test(
		    without_the_name_service_the_text_is_checked_all_the_same),
		cmocka_unit_test(the_examples_have_no_error),
		cmocka_unit_test(
		    a_hundred_thousand_lines_are_checked_in_seconds),
		cmocka_unit_test(findings_stand_in_the_order_of_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
