/* SPDX-License-Identifier: ISC */
/* `warderctl ledger export`: what leaves, in which words, and what does not. */
#include "config.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/blob.h"
#include "ctl/ledger_proof.h"

#include "ctl_ledger_scene.h"

#define PROOF " --key @ledger-v1.pub --checkpoint @ledger-v1.checkpoints "

static const char *
text_of(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(object, name));
}

/* What stands at group.name of a document. */
static const cJSON *
below(const cJSON *all, const char *group, const char *name)
{
	const cJSON *inside = cJSON_GetObjectItemCaseSensitive(all, group);

	return cJSON_GetObjectItemCaseSensitive(inside, name);
}

static void
other_words_are_a_usage_error(void **state)
{
	(void)state;
	assert_int_equal(scene_run("export --format xml @ledger-v1.jsonl"), 2);
	assert_string_equal(scene_said, "");
	assert_int_equal(scene_run("export --json --format csv x"), 2);
	assert_int_equal(scene_run("export --until tomorrow x"), 2);
	assert_int_equal(scene_run("export --since 2026-01-02"
	                           " --until 2026-01-01 x"),
	    2);
	assert_int_equal(scene_run("verify --unverified x"), 2);
	assert_int_equal(scene_run("verify --run 7 x"), 2);
	assert_int_equal(scene_run("show --format csv"), 2);
	assert_int_equal(scene_run("export --help"), 0);
	assert_non_null(strstr(scene_said, "--format json|csv|ecs"));
}

static void
json_holds_each_line_byte_for_byte(void **state)
{
	char line[RECORD_LINE_MAX], path[512];
	cJSON *all;
	FILE *file;
	int n = 0;

	(void)state;
	assert_int_equal(scene_run("export" PROOF "@ledger-v1.jsonl"), 0);
	all = cJSON_Parse(scene_said);
	assert_non_null(all);
	assert_int_equal(
	    cJSON_GetArraySize(cJSON_GetObjectItem(all, "lines")), 12);
	assert_int_equal(scene_count(scene_said, "\"lines\":"), 1);
	assert_true(cJSON_IsTrue(cJSON_GetObjectItem(all, "complete")));
	assert_true(cJSON_IsTrue(cJSON_GetObjectItem(all, "verified")));
	assert_string_equal(text_of(all, "schema"), "warderctl.ledger/1");
	assert_string_equal(text_of(all, "exported"), "12");
	assert_non_null(strstr(
	    text_of(all, "checkpoint"), "warder/ledger/bastion-a\n12\n"));
	cJSON_Delete(all);
	(void)snprintf(path, sizeof(path), "%s/tests/vectors/ledger-v1.jsonl",
	    getenv("top_srcdir") == NULL ? "." : getenv("top_srcdir"));
	file = fopen(path, "re");
	assert_non_null(file);
	for (; fgets(line, sizeof(line), file) != NULL; n++) {
		line[strcspn(line, "\n")] = '\0';
		assert_non_null(strstr(scene_said, line));
	}
	(void)fclose(file);
	assert_int_equal(n, 12);
}

/* Damage at line 8; line 7 is the changed one, so it does not leave either. */
static void
nothing_behind_the_damage_leaves(void **state)
{
	cJSON *all;

	(void)state;
	assert_int_equal(
	    scene_run("export --format ecs @ledger-v1/01-byte.jsonl"), 40);
	assert_int_equal(scene_count(scene_said, "\n"), 6);
	assert_int_equal(
	    scene_run("export --format ecs @ledger-v1/03-removed.jsonl"), 40);
	assert_int_equal(scene_count(scene_said, "\n"), 4);
	assert_int_equal(
	    scene_run("export @ledger-v1/13-two-outcomes.jsonl"), 40);
	all = cJSON_Parse(scene_said);
	assert_non_null(all);
	assert_string_equal(text_of(all, "verdict"), "pair");
	assert_true(cJSON_IsFalse(cJSON_GetObjectItem(all, "complete")));
	cJSON_Delete(all);
	/* Chained anew from line 7 on: the checkpoint for 8 says no. */
	assert_int_equal(scene_run("export --format csv" PROOF
	                           "@ledger-v1/08-rechained.jsonl"),
	    40);
	assert_int_equal(scene_count(scene_said, "\r\n"), 1);
	assert_int_equal(scene_run("export --format csv --key @ledger-v1.pub"
	                           " --checkpoint @ledger-v1/12-note-key"
	                           ".checkpoints @ledger-v1.jsonl"),
	    40);
	assert_int_equal(scene_count(scene_said, "\r\n") < 13, 1);
	assert_int_equal(scene_run("export /nonexistent/ledger.jsonl"), 25);
	assert_non_null(strstr(scene_said, "\"complete\":false"));
	assert_int_equal(scene_run("export --key /nonexistent"
	                           " @ledger-v1.jsonl"),
	    25);
	assert_string_equal(scene_said, "");
}

static void
what_was_asked_for_unproven_leaves_with_the_code_of_the_damage(void **state)
{
	cJSON *all;

	(void)state;
	assert_int_equal(
	    scene_run("export --unverified @ledger-v1/03-removed.jsonl"), 40);
	all = cJSON_Parse(scene_said);
	assert_non_null(all);
	assert_true(cJSON_IsFalse(cJSON_GetObjectItem(all, "verified")));
	assert_int_equal(
	    cJSON_GetArraySize(cJSON_GetObjectItem(all, "lines")), 11);
	cJSON_Delete(all);
	/* A line of 5000 bytes is none, and the rest of it is no other. */
	assert_int_equal(
	    scene_run("export --unverified @ledger-v1/17-long.jsonl"), 40);
	all = cJSON_Parse(scene_said);
	assert_non_null(all);
	assert_true(cJSON_IsFalse(cJSON_GetObjectItem(all, "complete")));
	cJSON_Delete(all);
}

static void
open_and_torn_are_said_and_all_lines_leave(void **state)
{
	(void)state;
	assert_int_equal(scene_run("export @ledger-v1/14-open.jsonl"), 41);
	assert_non_null(strstr(scene_said, "\"verdict\":\"open\""));
	assert_int_equal(scene_run("export @ledger-v1/06-torn.jsonl"), 0);
	assert_non_null(strstr(scene_said, "\"verdict\":\"torn\""));
}

static size_t
rows(const char *flags)
{
	char line[512];

	(void)snprintf(line, sizeof(line),
	    "export --format ecs %s @ledger-v1.jsonl", flags);
	assert_int_equal(scene_run(line), 0);
	return scene_count(scene_said, "\n");
}

static void
filters_narrow_and_an_outcome_counts_as_of_its_intent(void **state)
{
	(void)state;
	assert_int_equal(rows(""), 12);
	assert_int_equal(rows("--user zhou"), 3);
	assert_int_equal(rows("--user zhou --result passed"), 1);
	assert_non_null(strstr(scene_said, "\"action\":\"outcome\""));
	assert_int_equal(rows("--user chen --result passed"), 0);
	assert_int_equal(rows("--event denied"), 1);
	assert_int_equal(rows("--org shop"), 4);
	assert_int_equal(rows("--org 5ebbc0228123212b59xxxxx"), 4);
	assert_int_equal(rows("--org sho"), 0);
	assert_int_equal(rows("--pipeline pay-core --run 1187"), 4);
	assert_int_equal(rows("--pipeline 11222 --event outcome"), 1);
	assert_int_equal(rows("--run 1188"), 0);
	assert_int_equal(rows("--since 2026-01-02"), 0);
	assert_int_equal(rows("--until 2026-01-01T00:00:03Z"), 2);
	assert_int_equal(rows("--since 2026-01-01T00:00:02.222Z"
	                      " --until 2026-01-01T00:00:03.333Z"),
	    1);
}

static void
add_pair(const char *user, const char *res, bool is_settled)
{
	static unsigned int second = 1;
	struct record rec;
	uint64_t ref;

	scene_begin(&rec, "intent", second++);
	record_set(&rec, M_REC, "20260101-0001");
	record_set(&rec, M_USER, user);
	ref = scene_append(&rec);
	scene_begin(&rec, "outcome", second++);
	record_set(&rec, M_REC, "20260101-0001");
	record_set(&rec, M_RES, res);
	record_set_int(&rec, M_REF, ref);
	(void)scene_append(&rec);
	if (!is_settled)
		return;
	for (int i = 0; i < 100; i++)
		add_pair("zhou", "passed", false);
	scene_begin(&rec, "settle", second++);
	record_set(&rec, M_REC, "20260101-0001");
	record_set(&rec, M_RES, "moved");
	record_set_int(&rec, M_REF, ref);
	(void)scene_append(&rec);
}

/* An unknown outcome is settled after a quarter of an hour or more. */
static void
however_late_the_answer_comes_it_counts_as_of_its_intent(void **state)
{
	(void)state;
	add_pair("chen", "unknown", true);
	assert_int_equal(
	    scene_run("export --format ecs --user chen %ledger.jsonl"), 0);
	assert_int_equal(scene_count(scene_said, "\n"), 3);
	assert_int_equal(scene_count(scene_said, "\"moved\""), 1);
	assert_int_equal(
	    scene_run("export --format ecs --user zhou %ledger.jsonl"), 0);
	assert_int_equal(scene_count(scene_said, "\n"), 200);
}

static void
ecs_has_the_names_of_the_schema(void **state)
{
	cJSON *all;

	(void)state;
	assert_int_equal(rows("--user zhou --event outcome"), 1);
	all = cJSON_Parse(scene_said);
	assert_non_null(all);
	assert_string_equal(
	    text_of(all, "@timestamp"), "2026-01-01T00:00:10.110Z");
	assert_string_equal(
	    cJSON_GetStringValue(below(all, "event", "outcome")), "success");
	assert_string_equal(
	    cJSON_GetStringValue(below(all, "event", "id")), "20260101-0003");
	assert_true(
	    cJSON_GetNumberValue(below(all, "event", "duration")) == 412e6);
	assert_true(
	    cJSON_GetNumberValue(below(all, "event", "sequence")) == 10);
	assert_null(below(all, "error", "message"));
	cJSON_Delete(all);
	assert_int_equal(rows("--event denied"), 1);
	all = cJSON_Parse(scene_said);
	assert_string_equal(
	    cJSON_GetStringValue(below(all, "event", "outcome")), "failure");
	assert_string_equal(
	    cJSON_GetStringValue(below(all, "event", "reason")), "self");
	assert_string_equal(
	    cJSON_GetStringValue(below(all, "user", "id")), "1005");
	assert_string_equal(cJSON_GetStringValue(below(all, "error", "code")),
	    "Forbidden.AccessDenied");
	assert_string_equal(cJSON_GetStringValue(below(all, "warder", "job")),
	    "9007199254740993");
	cJSON_Delete(all);
}

/* The cell of a record whose reason is `why`. */
static void
csv_of(const char *why)
{
	struct record rec;

	scene_begin(&rec, "intent", 1);
	record_set(&rec, M_WHY, why);
	(void)scene_append(&rec);
	assert_int_equal(
	    scene_run("export --format csv --event intent %ledger.jsonl"), 41);
}

static void
no_cell_is_a_formula(void **state)
{
	(void)state;
	csv_of("=HYPERLINK(\"http://a\",\"b\")");
	assert_non_null(strstr(
	    scene_said, ",\"'=HYPERLINK(\"\"http://a\"\",\"\"b\"\")\","));
	csv_of("+1");
	assert_non_null(strstr(scene_said, ",\"'+1\","));
	csv_of("-1");
	assert_non_null(strstr(scene_said, ",\"'-1\","));
	csv_of("@SUM(A1)");
	assert_non_null(strstr(scene_said, ",\"'@SUM(A1)\","));
	csv_of("\t=1");
	assert_non_null(strstr(scene_said, ",\"'\\u{0009}=1\","));
	csv_of("\r=1");
	assert_non_null(strstr(scene_said, ",\"'\\u{000d}=1\","));
	csv_of("\xef\xbc\x9d"
	       "1");
	assert_non_null(strstr(scene_said, ",\"'\xef\xbc\x9d"
	                                   "1\","));
	csv_of("'x");
	assert_non_null(strstr(scene_said, ",\"''x\","));
	csv_of("a=b");
	assert_non_null(strstr(scene_said, ",\"a=b\","));
	csv_of("done; =1+1;@x;'y;z");
	assert_non_null(strstr(scene_said, ",\"done; '=1+1;'@x;''y;z\","));
	assert_null(strstr(scene_said, "\"="));
	assert_null(strstr(scene_said, ",="));
}

static void
a_hostile_text_stays_one_cell_of_one_row(void **state)
{
	char *big = malloc(1024 * 1024 + 1);
	size_t before;

	(void)state;
	csv_of("a\r\nb,\"c\"\x1b[31m\xe2\x80\xae<script>\xff");
	assert_non_null(
	    strstr(scene_said, ",\"a\\u{000d}\\u{000a}b,\"\"c\"\"\\u{001b}[31m"
	                       "\\u{202e}<script>\xef\xbf\xbd\","));
	assert_int_equal(scene_count(scene_said, "\r\n"), 2);
	assert_int_equal(scene_count(scene_said, "\n"), 2);
	assert_non_null(big);
	memset(big, 'x', 1024 * 1024);
	big[0] = '=';
	big[1024 * 1024] = '\0';
	before = strlen(scene_said);
	csv_of(big);
	free(big);
	assert_int_equal(scene_count(scene_said, "\r\n"), 3);
	assert_non_null(strstr(scene_said, ",\"'=xxxx"));
	assert_true(strlen(scene_said) < before + RECORD_LINE_MAX);
}

static void
count_line(void *arg, const char *line, size_t len, const struct record *rec)
{
	(void)line;
	(void)len;
	(void)rec;
	++*(unsigned int *)arg;
}

static void
add_vote(unsigned int second)
{
	struct record rec;

	scene_begin(&rec, "vote", second);
	(void)scene_append(&rec);
}

/* What was written so far is now a file of its own. */
static void
close_scene(const char *name)
{
	char from[128], to[128];

	(void)snprintf(from, sizeof(from), "%s/ledger.jsonl", scene_dir);
	(void)snprintf(to, sizeof(to), "%s/%s", scene_dir, name);
	assert_int_equal(rename(from, to), 0);
}

static void
files_in_their_order_are_one_ledger_and_a_missing_one_has_a_name(void **state)
{
	(void)state;
	add_vote(1);
	add_vote(2);
	close_scene("ledger.1.jsonl");
	add_vote(3);
	close_scene("ledger.3.jsonl");
	add_vote(4);
	assert_int_equal(scene_run("verify %ledger.1.jsonl %ledger.3.jsonl"
	                           " %ledger.jsonl"),
	    0);
	assert_non_null(strstr(scene_said, "whole: 4 lines, unbroken"));
	assert_int_equal(scene_run("export %ledger.1.jsonl %ledger.3.jsonl"
	                           " %ledger.jsonl"),
	    0);
	assert_int_equal(scene_count(scene_said, "\"ev\":\"vote\""), 4);
	assert_int_equal(scene_run("verify %ledger.1.jsonl %ledger.jsonl"), 40);
	assert_non_null(strstr(scene_said, "ledger.jsonl, line 3: "));
	assert_non_null(strstr(
	    scene_said, "missing: ledger.3.jsonl, which begins with line 3\n"));
	assert_int_equal(
	    scene_run("verify --json %ledger.1.jsonl %ledger.jsonl"), 40);
	assert_non_null(strstr(scene_said, "\"missing\":\"ledger.3.jsonl\""));
	/* The wrong order is not called a missing file. */
	assert_int_equal(scene_run("verify %ledger.1.jsonl %ledger.jsonl"
	                           " %ledger.3.jsonl"),
	    40);
	assert_null(strstr(scene_said, "missing"));
	/* Nor is a line that was taken out of the middle of one. */
	assert_int_equal(scene_run("verify %ledger.3.jsonl"), 40);
	assert_null(strstr(scene_said, "missing"));
}

static void
only_the_own_ledger_is_rotated(void **state)
{
	(void)state;
	add_vote(1);
	assert_int_equal(scene_run("export --rotate %ledger.jsonl"), 2);
	assert_int_equal(scene_run("verify --rotate"), 2);
	assert_int_equal(scene_run("show --rotate"), 2);
	assert_int_equal(scene_run("report --html %page.html --rotate"), 2);
}

/* What comes or changes between the proof and the reading was not proven. */
static void
only_what_was_proven_leaves_whatever_happens_meanwhile(void **state)
{
	char path[128], *text;
	const char *files[] = { path };
	const struct ledger_question question = { .files = files,
		.n_files = 1 };
	struct ledger_proof proof;
	unsigned int n = 0;
	const struct ledger_reader reader = { count_line, &n };

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/ledger.jsonl", scene_dir);
	add_vote(1);
	add_vote(2);
	assert_int_equal(ledger_prove(&question, &proof), REASON_DONE);
	add_vote(3);
	assert_int_equal(ledger_walk(&proof, false, &reader), REASON_DONE);
	assert_int_equal(n, 2);
	/* Cut to its first line. */
	n = 0;
	text = scene_load("ledger.jsonl");
	assert_int_equal(truncate(path, strchr(text, '\n') + 1 - text), 0);
	free(text);
	assert_int_equal(
	    ledger_walk(&proof, false, &reader), REASON_INCOMPLETE);
	assert_int_equal(n, 1);
	/* The same lines but for the last, whose chain fits. */
	n = 0;
	ledger_proof_free(&proof);
	assert_int_equal(unlink(path), 0);
	scene_restart();
	add_vote(1);
	add_vote(2);
	assert_int_equal(ledger_prove(&question, &proof), REASON_DONE);
	assert_int_equal(unlink(path), 0);
	scene_restart();
	add_vote(1);
	add_vote(9);
	assert_int_equal(
	    ledger_walk(&proof, false, &reader), REASON_INCOMPLETE);
	assert_int_equal(n, 1);
	ledger_proof_free(&proof);
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
		IN_A_SCENE(other_words_are_a_usage_error),
		IN_A_SCENE(json_holds_each_line_byte_for_byte),
		IN_A_SCENE(nothing_behind_the_damage_leaves),
		IN_A_SCENE(
		    what_was_asked_for_unproven_leaves_with_the_code_of_the_damage),
		IN_A_SCENE(open_and_torn_are_said_and_all_lines_leave),
		IN_A_SCENE(
		    filters_narrow_and_an_outcome_counts_as_of_its_intent),
		IN_A_SCENE(
		    however_late_the_answer_comes_it_counts_as_of_its_intent),
		IN_A_SCENE(ecs_has_the_names_of_the_schema),
		IN_A_SCENE(
		    files_in_their_order_are_one_ledger_and_a_missing_one_has_a_name),
		IN_A_SCENE(only_the_own_ledger_is_rotated),
		IN_A_SCENE(no_cell_is_a_formula),
		IN_A_SCENE(a_hostile_text_stays_one_cell_of_one_row),
		IN_A_SCENE(
		    only_what_was_proven_leaves_whatever_happens_meanwhile),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
