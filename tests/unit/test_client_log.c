/* SPDX-License-Identifier: ISC */
/*
 * What the client takes for its log and for a receipt: the vector of a host,
 * another record's, another host's, changed, cut, without end, and no line.
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

#include "client/log.h"

#define RECORD "20260101-0003"

static char receipt[NOTE_MAX + 1];
static struct note_verifier verifier;
static struct log_answer answer;

static size_t
load(const char *name, char *to, size_t size)
{
	char path[512];
	FILE *file;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/tests/vectors/%s",
	    getenv("top_srcdir"), name);
	file = fopen(path, "re");
	assert_non_null(file);
	n = fread(to, 1, size - 1, file);
	(void)fclose(file);
	to[n] = '\0';
	return n;
}

static int
set_up(void **state)
{
	char line[256];
	size_t n = load("ledger-v1.pub", line, sizeof(line));

	(void)state;
	assert_int_equal(note_verifier_parse(line, n, &verifier), 0);
	(void)load("ledger-v1.receipt", receipt, sizeof(receipt));
	memset(&answer, 0, sizeof(answer));
	answer.note = calloc(1, NOTE_MAX + 1);
	return answer.note == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	log_clear(&answer);
	return 0;
}

/* As the keeper tells a text: line by line, without their LFs. */
static void
tell(char *text)
{
	char *lf;

	for (; (lf = strchr(text, '\n')) != NULL; text = lf + 1) {
		*lf = '\0';
		assert_true(log_take(&answer, text));
	}
}

static void
a_receipt_of_this_host_holds(void **state)
{
	char again[NOTE_MAX + 1];

	(void)state;
	memcpy(again, receipt, sizeof(again));
	tell(receipt);
	assert_string_equal(answer.note, again);
	assert_int_equal(
	    log_check_receipt(&answer, RECORD, &verifier), NOTE_OK);
}

static void
one_of_another_record_does_not(void **state)
{
	(void)state;
	tell(receipt);
	assert_int_equal(
	    log_check_receipt(&answer, "20260101-0004", &verifier), NOTE_PAIR);
	assert_int_equal(
	    log_check_receipt(&answer, "20260101-000", &verifier), NOTE_PAIR);
}

static void
nor_one_that_was_changed_or_cut_or_of_another_host(void **state)
{
	size_t len = strlen(receipt);

	(void)state;
	for (size_t i = 0; i < len; i++) {
		if (receipt[i] == '\n')
			continue;
		memcpy(answer.note, receipt, len);
		answer.note[i] = (char)(answer.note[i] ^ 1);
		answer.note_len = len;
		assert_int_not_equal(
		    log_check_receipt(&answer, RECORD, &verifier), NOTE_OK);
	}
	memcpy(answer.note, receipt, len);
	for (answer.note_len = 0; answer.note_len < len; answer.note_len++)
		assert_int_not_equal(
		    log_check_receipt(&answer, RECORD, &verifier), NOTE_OK);
	verifier.key[0] ^= 1;
	assert_int_not_equal(
	    log_check_receipt(&answer, RECORD, &verifier), NOTE_OK);
}

static void
a_receipt_without_end_is_refused(void **state)
{
	static char line[4001];
	bool is_taken = true;

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	for (int i = 0; i < 100 && is_taken; i++)
		is_taken = log_take(&answer, line);
	assert_false(is_taken);
	assert_true(answer.note_len <= NOTE_MAX);
}

static void
lines_of_a_ledger_are_taken_and_no_others(void **state)
{
	static char lines[65536];
	char *lf;

	(void)state;
	free(answer.note);
	answer.note = NULL;
	(void)load("ledger-v1.jsonl", lines, sizeof(lines));
	lf = strchr(lines, '\n');
	assert_non_null(lf);
	*lf = '\0';
	assert_true(log_take(&answer, lines));
	assert_int_equal(answer.lines.n, 1);
	assert_false(log_take(&answer, ""));
	assert_false(log_take(&answer, "{}"));
	assert_false(log_take(&answer, "Passed."));
	lines[strlen(lines) - 1] = ' ';
	assert_false(log_take(&answer, lines));
	assert_int_equal(answer.lines.n, 1);
}

static void
lines_of_another_verb_are_left_out(void **state)
{
	static char lines[65536];
	size_t all, passes;
	char *at, *lf;

	(void)state;
	free(answer.note);
	answer.note = NULL;
	(void)load("ledger-v1.jsonl", lines, sizeof(lines));
	tell(lines);
	all = answer.lines.n;
	log_clear(&answer);
	answer.act = "refuse";
	(void)load("ledger-v1.jsonl", lines, sizeof(lines));
	passes = 0;
	for (at = lines; (lf = strchr(at, '\n')) != NULL; at = lf + 1) {
		*lf = '\0';
		passes += strstr(at, "\"act\":\"pass\"") != NULL;
		assert_true(log_take(&answer, at));
	}
	assert_true(passes > 0);
	assert_int_equal(answer.lines.n, all - passes);
}

int
main(void)
{
#define STAGED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		STAGED(a_receipt_of_this_host_holds),
		STAGED(one_of_another_record_does_not),
		STAGED(nor_one_that_was_changed_or_cut_or_of_another_host),
		STAGED(a_receipt_without_end_is_refused),
		STAGED(lines_of_a_ledger_are_taken_and_no_others),
		STAGED(lines_of_another_verb_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
