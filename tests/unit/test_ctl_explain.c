/* SPDX-License-Identifier: ISC */
/*
 * `policy explain`: what people and programs are told. That the ways work is
 * shown by test_explain_policy; here, that they are told in full.
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
#include <unistd.h>

#include <cmocka.h>

#include "ctl/explain_report.h"
#include "ctl/policy.h"

struct told {
	struct policy_case pcase;
	struct explain_report report;
	cJSON *json;
	char *text;
};

static const char *
path_of(const char *name)
{
	static char path[4096];
	const char *srcdir = getenv("srcdir");

	(void)snprintf(path, sizeof(path), "%s/tests/policy/golden/%s",
	    srcdir == NULL ? "." : srcdir, name);
	return path;
}

static struct told
tell(const char *name)
{
	struct told told = { .text = NULL };
	char *bytes = NULL, why[160];
	size_t len;
	FILE *out;

	assert_int_equal(policy_read(path_of(name), &bytes, &len), 0);
	assert_int_equal(policy_case_parse(bytes, len, &told.pcase, why), 0);
	free(bytes);
	assert_int_equal(explain_report_make(&told.pcase, &told.report), 0);
	told.json = explain_report_json(&told.report);
	assert_non_null(told.json);
	out = open_memstream(&told.text, &len);
	assert_non_null(out);
	explain_report_print(out, &told.report);
	assert_int_equal(fclose(out), 0);
	return told;
}

static void
untell(struct told *told)
{
	free(told->text);
	cJSON_Delete(told->json);
	explain_report_clear(&told->report);
	policy_case_clear(&told->pcase);
}

static const cJSON *
at(const cJSON *json, const char *list, int n)
{
	return cJSON_GetArrayItem(
	    cJSON_GetObjectItemCaseSensitive(json, list), n);
}

static const char *
text(const cJSON *json, const char *name)
{
	const char *value =
	    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));

	return value == NULL ? "(none)" : value;
}

static double
number(const cJSON *json, const char *name)
{
	return cJSON_GetNumberValue(
	    cJSON_GetObjectItemCaseSensitive(json, name));
}

static void
every_obstacle_is_told_with_its_line(void **state)
{
	struct told told = tell("003-sample-self-and-ticket.json");
	const cJSON *step = at(told.json, "steps", 1);

	(void)state;
	assert_non_null(strstr(told.text,
	    "deny: pass would end with exit code 5\nIn the way:\n"
	    "  policy:36: you started or wrote this change [self]\n"));
	assert_non_null(strstr(told.text,
	    "  policy:31: a ticket of this form is asked for [ticket]\n"
	    "      require ticket \"(CHG|INC)-[0-9]{4,8}\""));
	assert_string_equal(text(told.json, "schema"), "warder.explain/1");
	assert_int_equal(number(told.json, "would_exit"), 5);
	assert_string_equal(text(step, "fact"), "ticket");
	assert_string_equal(text(step, "result"), "fails");
	assert_int_equal(
	    number(cJSON_GetObjectItemCaseSensitive(step, "rule"), "line"), 31);
	assert_null(at(told.json, "steps", 2));
	untell(&told);
}

static void
ways_name_people_and_texts(void **state)
{
	struct told told = tell("003-sample-self-and-ticket.json");
	const cJSON *way = at(told.json, "ways", 0);

	(void)state;
	assert_non_null(strstr(told.text,
	    "  1. by lin, chen, fang, qiu or zhou, with a ticket such as "
	    "\"INC-1111\"\n"));
	assert_non_null(strstr(told.text,
	    "for another run, started and written by somebody else"));
	assert_string_equal(text(way, "becomes"), "permit");
	assert_string_equal(text(at(way, "changes", 0), "kind"), "person");
	assert_string_equal(
	    text(at(at(way, "changes", 0), "people", 1), "name"), "chen");
	assert_string_equal(text(at(way, "changes", 1), "kind"), "text");
	assert_string_equal(text(at(way, "changes", 1), "ticket"), "INC-1111");
	assert_string_equal(text(at(way, "changes", 1), "reason"), "(none)");
	untell(&told);
}

static void
when_is_told_on_the_wall_of_whoever_asks(void **state)
{
	assert_int_equal(setenv("TZ", "Asia/Tokyo", 1), 0);
	tzset();

	struct told told = tell("027-window-end-does-not-count.json");

	(void)state;
	assert_non_null(
	    strstr(told.text, "  1. from Thu 2026-11-26 11:00 JST on\n"));
	assert_string_equal(
	    text(at(at(told.json, "ways", 0), "changes", 0), "at"),
	    "2026-11-26T02:00:00Z");
	untell(&told);
}

static void
votes_tell_who_and_what_becomes_of_it(void **state)
{
	struct told told = tell("042-quorum-caller-has-no-seat.json");

	(void)state;
	assert_non_null(
	    strstr(told.text, "      still open: 1 more of @release-managers\n"
	                      "      still open: 1 more of @dba\n"));
	assert_non_null(
	    strstr(told.text, "or zhou; that is a vote, others are awaited\n"));
	assert_non_null(strstr(told.text, "  2. after votes of "));
	assert_string_equal(
	    text(at(told.json, "ways", 0), "becomes"), "pending");
	untell(&told);
}

static void
a_permit_tells_its_lines_and_no_way(void **state)
{
	struct told told = tell("001-sample-permit.json");

	(void)state;
	assert_string_equal(told.text,
	    "permit: pass would end with exit code 0\n"
	    "policy:25 permits it; nothing is missing.\n");
	assert_string_equal(text(at(told.json, "steps", 0), "result"), "fits");
	assert_string_equal(text(at(told.json, "steps", 0), "fact"), "permit");
	assert_null(at(told.json, "ways", 0));
	assert_true(cJSON_IsTrue(
	    cJSON_GetObjectItemCaseSensitive(told.json, "all_tried")));
	untell(&told);
}

static void
a_policy_that_does_not_read_is_told_as_that(void **state)
{
	struct told told = tell("061-error-unknown-word.json");

	(void)state;
	assert_non_null(strstr(told.text, "error: policy or facts cannot be "
	                                  "used; would end with exit code "
	                                  "21\nIn the way:\n  policy:19: "));
	assert_null(strstr(told.text, "would do"));
	assert_int_equal(number(told.json, "would_exit"), 21);
	assert_null(at(told.json, "ways", 0));
	untell(&told);
}

/* A name that moves the cursor could paint another answer. */
static void
hostile_names_do_not_steer_the_screen(void **state)
{
	struct explain_person person = { 7, "a\033[2Jb" };
	struct told told = tell("003-sample-self-and-ticket.json");
	char *shown = NULL;
	size_t len;
	FILE *out = open_memstream(&shown, &len);

	(void)state;
	assert_non_null(out);
	told.report.got.ways[0].changes[0].people = &person;
	told.report.got.ways[0].changes[0].people_n = 1;
	explain_report_print(out, &told.report);
	assert_int_equal(fclose(out), 0);
	assert_null(strchr(shown, '\033'));
	assert_non_null(strstr(shown, "by a\\u{001b}[2Jb, with"));
	free(shown);
	untell(&told);
}

static void
the_command_ends_with_whether_it_answered(void **state)
{
	char explain[] = "explain", option[] = "--case", json[] = "--json";
	char none[] = "/nonexistent", path[4096];
	char *bare[] = { explain, NULL };
	char *missing[] = { explain, option, none, NULL };
	char *twice[] = { explain, json, json, option, path, NULL };
	char *half[] = { explain, json, option, NULL };
	char *good[] = { explain, option, path, json, NULL };
	int out = dup(STDOUT_FILENO);

	(void)state;
	(void)snprintf(path, sizeof(path), "%s",
	    path_of("003-sample-self-and-ticket.json"));
	assert_int_equal(policy_explain_case(1, bare), REASON_USAGE);
	assert_int_equal(policy_explain_case(3, missing), REASON_USAGE);
	assert_int_equal(policy_explain_case(5, twice), REASON_USAGE);
	assert_int_equal(policy_explain_case(3, half), REASON_USAGE);
	assert_true(out >= 0);
	(void)fflush(stdout);
	assert_non_null(freopen("/dev/null", "we", stdout));
	assert_int_equal(policy_explain_case(4, good), REASON_DONE);
	(void)fflush(stdout);
	assert_int_equal(dup2(out, STDOUT_FILENO), STDOUT_FILENO);
	assert_int_equal(close(out), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_obstacle_is_told_with_its_line),
		cmocka_unit_test(ways_name_people_and_texts),
		cmocka_unit_test(when_is_told_on_the_wall_of_whoever_asks),
		cmocka_unit_test(votes_tell_who_and_what_becomes_of_it),
		cmocka_unit_test(a_permit_tells_its_lines_and_no_way),
		cmocka_unit_test(a_policy_that_does_not_read_is_told_as_that),
		cmocka_unit_test(hostile_names_do_not_steer_the_screen),
		cmocka_unit_test(the_command_ends_with_whether_it_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
