/* SPDX-License-Identifier: ISC */
/* `warderctl ledger`: what it says and how it exits, on files anywhere. */
#include "config.h"

#include <cjson/cJSON.h>
#include <fcntl.h>
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
#include "ctl/commands.h"

static char said[16384];
static char vectors[512];

/*
 * Runs `ledger` with the words of `line`; @ before a word stands for the
 * folder of the recorded ledgers. Keeps what it printed.
 */
static int
run(const char *line)
{
	char copy[1024], paths[8][640], *words[16] = { NULL }, *rest = NULL;
	int argc = 0, n = 0, status, saved = dup(1), out;
	char name[] = "/tmp/test_ctl_ledger.XXXXXX";
	ssize_t len;

	(void)snprintf(copy, sizeof(copy), "ledger %s", line);
	for (char *word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		if (word[0] == '@') {
			(void)snprintf(paths[n], sizeof(paths[n]), "%s/%s",
			    vectors, word + 1);
			word = paths[n++];
		}
		words[argc++] = word;
	}
	out = mkstemp(name);
	assert_true(out >= 0);
	(void)unlink(name);
	(void)fflush(stdout);
	assert_int_equal(dup2(out, 1), 1);
	status = ctl_ledger(argc, words);
	(void)fflush(stdout);
	assert_int_equal(dup2(saved, 1), 1);
	(void)close(saved);
	len = pread(out, said, sizeof(said) - 1, 0);
	(void)close(out);
	assert_true(len >= 0);
	said[len] = '\0';
	return status;
}

static void
other_words_are_a_usage_error(void **state)
{
	(void)state;
	assert_int_equal(run(""), 2);
	assert_int_equal(run("mend"), 2);
	assert_int_equal(run("verify --mend"), 2);
	assert_int_equal(run("verify --since 2026-01-01 x"), 2);
	assert_int_equal(run("show a b"), 2);
	assert_int_equal(run("show --since yesterday"), 2);
	assert_int_equal(run("show --checkpoint x"), 2);
}

static void
damage_is_named_with_its_line(void **state)
{
	(void)state;
	assert_int_equal(run("verify @ledger-v1/01-byte.jsonl"), 40);
	assert_non_null(strstr(said, "broken: "));
	assert_non_null(strstr(said, "01-byte.jsonl, line 8: "));
	assert_non_null(strstr(said, "(chain)"));
	assert_null(strstr(said, "whole"));
	assert_int_equal(run("verify --key @ledger-v1.pub --checkpoint"
	                     " @ledger-v1.checkpoints"
	                     " @ledger-v1/08-rechained.jsonl"),
	    40);
	assert_non_null(strstr(said, "line 8: "));
	assert_non_null(strstr(said, "(checkpoint)"));
	assert_int_equal(run("verify --key @ledger-v1.pub --checkpoint"
	                     " @ledger-v1/12-note-key.checkpoints"
	                     " @ledger-v1.jsonl"),
	    40);
	assert_non_null(strstr(said, "12-note-key.checkpoints"));
	assert_non_null(strstr(said, "(note_key)"));
}

static void
checkpoints_without_a_key_prove_nothing(void **state)
{
	(void)state;
	assert_int_equal(run("verify --checkpoint @ledger-v1.checkpoints"
	                     " --key /nonexistent @ledger-v1.jsonl"),
	    25);
	assert_null(strstr(said, "whole"));
	assert_int_equal(run("verify /nonexistent/ledger.jsonl"), 25);
	assert_null(strstr(said, "whole"));
	assert_int_equal(run("verify --checkpoint /nonexistent/notes"
	                     " --key @ledger-v1.pub @ledger-v1.jsonl"),
	    25);
	assert_non_null(strstr(said, "unread: /nonexistent/notes: "));
	assert_null(strstr(said, "whole"));
}

static void
whole_is_said_with_what_covers_it(void **state)
{
	(void)state;
	assert_int_equal(run("verify @ledger-v1.jsonl"), 0);
	assert_string_equal(
	    said, "whole: 12 lines, unbroken\nno checkpoint was looked at\n");
	assert_int_equal(run("verify @ledger-v1.jsonl --key @ledger-v1.pub"
	                     " --checkpoint @ledger-v1.checkpoints"),
	    0);
	assert_string_equal(said,
	    "whole: 12 lines, unbroken\n"
	    "2 checkpoints by warder/bastion-a+c785019f hold; "
	    "lines up to 12 are covered\n");
	assert_int_equal(run("verify @ledger-v1/14-open.jsonl"), 41);
	assert_non_null(strstr(said, "open: line 9: "));
	assert_int_equal(run("verify @ledger-v1/06-torn.jsonl"), 0);
	assert_non_null(strstr(said, "torn: "));
}

static void
json_is_one_document(void **state)
{
	cJSON *all;

	(void)state;
	assert_int_equal(run("verify --json @ledger-v1/03-removed.jsonl"), 40);
	all = cJSON_Parse(said);
	assert_non_null(all);
	assert_string_equal(
	    cJSON_GetStringValue(cJSON_GetObjectItem(all, "schema")),
	    "warderctl.ledger/1");
	assert_string_equal(
	    cJSON_GetStringValue(cJSON_GetObjectItem(all, "verdict")), "seq");
	assert_string_equal(
	    cJSON_GetStringValue(cJSON_GetObjectItem(all, "seq")), "5");
	assert_true(cJSON_IsTrue(cJSON_GetObjectItem(all, "complete")));
	cJSON_Delete(all);
	assert_int_equal(run("verify --json /nonexistent"), 25);
	all = cJSON_Parse(said);
	assert_true(cJSON_IsFalse(cJSON_GetObjectItem(all, "complete")));
	cJSON_Delete(all);
}

static void
a_receipt_is_shown_only_if_it_holds(void **state)
{
	(void)state;
	assert_int_equal(
	    run("show --key @ledger-v1.pub @ledger-v1/r1-word.receipt"), 40);
	assert_string_equal(said, "");
	assert_int_equal(
	    run("show --key @ledger-v1.pub @ledger-v1/r3-other-pair.receipt"),
	    40);
	assert_string_equal(said, "");
	assert_int_equal(run("show --key /nonexistent @ledger-v1.receipt"), 25);
	assert_int_equal(
	    run("show --key @ledger-v1.pub @ledger-v1.receipt"), 0);
	assert_non_null(strstr(said, "2026-01-01T00:00:09.999Z intent\n"));
	assert_non_null(strstr(said, "  res    passed\n"));
	/* What a server said must not steer the terminal. */
	assert_null(strchr(said, '\x1b'));
	assert_null(strstr(said, "\xe2\x80\xae"));
	assert_int_equal(
	    run("show --json --key @ledger-v1.pub @ledger-v1.receipt"), 0);
	assert_non_null(strstr(said, "\"lines\":[{\"v\":1,\"seq\":9,"));
}

static int
setup(void **state)
{
	const char *top = getenv("top_srcdir");

	(void)state;
	(void)snprintf(vectors, sizeof(vectors), "%s/tests/vectors",
	    top == NULL ? "." : top);
	return base_init();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_words_are_a_usage_error),
		cmocka_unit_test(damage_is_named_with_its_line),
		cmocka_unit_test(checkpoints_without_a_key_prove_nothing),
		cmocka_unit_test(whole_is_said_with_what_covers_it),
		cmocka_unit_test(json_is_one_document),
		cmocka_unit_test(a_receipt_is_shown_only_if_it_holds),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
