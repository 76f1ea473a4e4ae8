/* SPDX-License-Identifier: ISC */
/*
 * The table of the server's codes, cell by cell against a copy that was
 * written from the documents and not from the code.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "yunxiao/codes.h"

#define CELLS 7
#define ROWS_MAX 200

/* HTTP, code, meaning, Chinese meaning, text, done, again */
struct copy {
	char line[1024];
	const char *cell[CELLS];
};

static struct copy copies[ROWS_MAX];
static size_t copies_n;

static void
split(struct copy *copy)
{
	char *at = copy->line;

	copy->line[strcspn(copy->line, "\n")] = '\0';
	for (int i = 0; i < CELLS; i++) {
		assert_non_null(at);
		copy->cell[i] = strsep(&at, "\t");
	}
	assert_null(at);
}

static int
load(void **state)
{
	const char *top = getenv("top_srcdir");
	char path[4096];
	FILE *file;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/tests/vectors/codes-v1.tsv",
	    top == NULL ? TOP_SRCDIR : top);
	if ((file = fopen(path, "re")) == NULL)
		return -1;
	while (copies_n < ROWS_MAX && fgets(copies[copies_n].line,
	                                  sizeof(copies[0].line), file) != NULL)
		if (copies[copies_n].line[0] != '#')
			split(&copies[copies_n++]);
	return fclose(file);
}

/* Among the rows; NULL if it is none of them. */
static const struct code_row *
row_of(const char *code)
{
	const struct code_row *row;

	for (size_t n = 0; (row = code_row_at(n)) != NULL; n++)
		if (strcmp(row->code, code) == 0)
			return row;
	return NULL;
}

static void
every_cell_is_the_documents(void **state)
{
	(void)state;
	assert_true(copies_n > 60 && copies_n < ROWS_MAX);
	for (size_t i = 0; i < copies_n; i++) {
		const char *const *cell = copies[i].cell;
		const struct code_row *row = row_of(cell[1]);

		if (row == NULL)
			fail_msg("no row: %s", cell[1]);
		assert_string_equal(row->http, cell[0]);
		assert_string_equal(row->meaning.en, cell[2]);
		assert_string_equal(row->meaning.zh, cell[3]);
		assert_string_equal(row->text->en, cell[4]);
		assert_string_equal(code_done_word(row->done), cell[5]);
		assert_string_equal(code_again_word(row->again), cell[6]);
	}
}

static void
no_row_is_there_twice_or_without_a_copy(void **state)
{
	const struct code_row *row;
	size_t n = 0;

	(void)state;
	for (; (row = code_row_at(n)) != NULL; n++) {
		size_t hits = 0;

		for (size_t i = 0; i < copies_n; i++)
			hits += strcmp(copies[i].cell[1], row->code) == 0;
		if (hits != 1)
			fail_msg("%zu copies: %s", hits, row->code);
		assert_ptr_equal(row_of(row->code), row);
	}
	assert_int_equal(n, copies_n);
}

/* What is named in one language is named in the other. */
static void
both_languages_name_the_same(void **state)
{
	const struct code_row *row;

	(void)state;
	for (size_t n = 0; (row = code_row_at(n)) != NULL; n++) {
		const char *en = row->text->en;

		assert_true(strlen(row->text->zh) > 20);
		for (; (en = strchr(en, '{')) != NULL; en++) {
			char name[16] = "";

			memcpy(name, en, strcspn(en, "}") + 1);
			if (strstr(row->text->zh, name) == NULL)
				fail_msg("%s: no %s", row->code, name);
		}
		for (const char *at = row->text->zh;
		     (at = strchr(at, '{')) != NULL; at++) {
			char name[16] = "";

			memcpy(name, at, strcspn(at, "}") + 1);
			if (strstr(row->text->en, name) == NULL)
				fail_msg("%s: no %s", row->code, name);
		}
	}
}

/* Of a code without a gate nothing is known, and nothing is made up. */
static void
advice_needs_no_gate(void **state)
{
	const struct code_row *row;
	char text[1024];

	(void)state;
	for (size_t n = 0; (row = code_row_at(n)) != NULL; n++) {
		for (int lang = CODE_EN; lang <= CODE_ZH; lang++) {
			code_advise(
			    text, sizeof(text), row, (enum code_lang)lang);
			assert_true(strlen(text) > 20);
			assert_null(strpbrk(text, "{}"));
			assert_null(strstr(text, "1970"));
			assert_null(strstr(text, "HTTP"));
		}
	}
	code_advise(
	    text, sizeof(text), row_of("InvalidPipelineRun.NotFound"), CODE_EN);
	assert_string_equal(text,
	    "Pipeline PIPELINE has no run RUN. Runs are counted within one "
	    "pipeline: is PIPELINE the right one?");
	code_advise(text, sizeof(text), row_of("Forbidden.RAM"), CODE_EN);
	assert_non_null(strstr(text, "AliyunRDCFullAccess"));
	assert_non_null(strstr(text, "If it is a token: "));
}

static void
say(char text[1024], const char *code, enum code_lang lang,
    const struct code_words *words)
{
	code_print(text, 1024, code_find(code, true), lang, words);
}

static void
a_wait_is_told_in_seconds(void **state)
{
	struct code_words words = { .code = "Throttling.User",
		.wait_s = 17,
		.http = 400,
		.request_id = "4F0C" };
	char text[1024];

	(void)state;
	say(text, words.code, CODE_EN, &words);
	assert_string_equal(text,
	    "Yunxiao says: Yunxiao is busy for this account. Nothing was done. "
	    "Try again in 17 s. (Throttling.User, HTTP 400, request 4F0C)");
	say(text, words.code, CODE_ZH, &words);
	assert_non_null(strstr(text, "请 17 秒后再试"));
	words.wait_s = 0;
	say(text, words.code, CODE_EN, &words);
	assert_non_null(strstr(text, "Try again later."));
}

static void
a_skewed_clock_is_told_with_both_times(void **state)
{
	struct code_words words = { .code = "InvalidTimeStamp.Expired",
		.here_ms = 1767323045000,
		.server_ms = 1767323045000 + 1000000 };
	char text[1024];

	(void)state;
	say(text, words.code, CODE_EN, &words);
	assert_non_null(strstr(text,
	    "This host says 2026-01-02T03:04:05Z, the server "
	    "2026-01-02T03:20:45Z: 16 min 40 s behind; 15 min are allowed. Set "
	    "the clock. Nothing was done."));
	say(text, words.code, CODE_ZH, &words);
	assert_non_null(strstr(text, "本机慢 16 分 40 秒"));
	words.server_ms = words.here_ms - 1000000;
	say(text, words.code, CODE_EN, &words);
	assert_non_null(strstr(text, "16 min 40 s ahead; 15 min are allowed"));
	say(text, words.code, CODE_ZH, &words);
	assert_non_null(strstr(text, "本机快 16 分 40 秒"));
	words.server_ms = 0;
	say(text, words.code, CODE_EN, &words);
	assert_non_null(strstr(
	    text, "This host says 2026-01-02T03:04:05Z; 15 min are allowed."));
}

static void
rights_are_told_by_the_keys_family(void **state)
{
	struct code_words words = { .code = "Forbidden.RAM",
		.key = "shop-2026",
		.org = "shop",
		.api = API_SIGNED };
	char text[1024];

	(void)state;
	say(text, words.code, CODE_EN, &words);
	assert_non_null(strstr(text, "Key shop-2026 lacks a right."));
	assert_non_null(strstr(text, "a member of organization shop"));
	assert_null(strstr(text, "scopes"));
	words.api = API_REGION;
	say(text, words.code, CODE_EN, &words);
	assert_non_null(strstr(text, "scopes 流水线 and 流水线运行任务"));
	assert_null(strstr(text, "AliyunRDCFullAccess"));
	words.code = "InvalidAccessKeyId.NotFound";
	say(text, words.code, CODE_EN, &words);
	assert_null(strstr(text, "token"));
	words.key_id = "STS.NT5";
	say(text, words.code, CODE_EN, &words);
	assert_non_null(strstr(text, ", or its token has run out."));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_is_the_documents),
		cmocka_unit_test(no_row_is_there_twice_or_without_a_copy),
		cmocka_unit_test(both_languages_name_the_same),
		cmocka_unit_test(advice_needs_no_gate),
		cmocka_unit_test(a_wait_is_told_in_seconds),
		cmocka_unit_test(a_skewed_clock_is_told_with_both_times),
		cmocka_unit_test(rights_are_told_by_the_keys_family),
	};

	return cmocka_run_group_tests(tests, load, NULL);
}
