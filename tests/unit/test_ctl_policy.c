/* SPDX-License-Identifier: ISC */
/* What `policy diff` and `policy check` tell of a policy that is edited. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ctl/policy.h"
#include "ctl/policy_diff.h"
#include "ctl/policy_disk.h"
#include "ctl/policy_report.h"

static struct installed old, new;

static void
put(struct installed *set, const char *name, const char *bytes)
{
	struct installed_file *file = &set->files[set->n++];

	(void)snprintf(file->name, sizeof(file->name), "%s", name);
	file->bytes = bytes;
	file->len = bytes == NULL ? 0 : strlen(bytes);
}

static int
empty_sets(void **state)
{
	(void)state;
	old.n = new.n = 0;
	return 0;
}

static char *
printed(const struct installed *before)
{
	auto_policy_diff struct policy_diff diff = { .n = 0 };
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_int_equal(policy_diff_make(before, &new, &diff), 0);
	policy_diff_print(out, &diff);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void
shows(const char *want)
{
	char *text = printed(&old);

	assert_string_equal(text, want);
	free(text);
}

static void
the_same_twice_is_no_change(void **state)
{
	(void)state;
	put(&old, "policy", "version 1\ntimezone UTC\n");
	put(&new, "policy", "version 1\ntimezone UTC\n");
	shows("no line changes\n");
}

static void
a_line_that_goes_and_one_that_comes_are_shown(void **state)
{
	(void)state;
	put(&old, "policy", "version 1\npermit a\npermit b\n");
	put(&new, "policy", "version 1\npermit b\npermit c\n");
	shows("--- policy\n- permit a\n+ permit c\n");
}

static void
a_line_that_moved_is_no_change_but_its_file_is_named(void **state)
{
	(void)state;
	put(&old, "policy", "version 1\npermit a\npermit b\n");
	put(&new, "policy", "version 1\npermit b\n\npermit a\n");
	shows("--- policy (only blank lines, or the order of lines)\n");
}

static void
a_beginning_of_a_line_is_another_line(void **state)
{
	(void)state;
	put(&old, "policy", "deny user eve on x because \"gone\"\n");
	put(&new, "policy", "deny user eve on x\n");
	shows("--- policy\n- deny user eve on x because \"gone\"\n"
	      "+ deny user eve on x\n");
}

static void
a_file_that_comes_and_one_that_goes_are_named_so(void **state)
{
	(void)state;
	put(&old, "policy", "version 1\n");
	put(&old, "teams/old.policy", "deny a\n");
	put(&new, "policy", "version 1\n");
	put(&new, "teams/new.policy", "deny b");
	shows("--- teams/new.policy (new)\n+ deny b\n"
	      "--- teams/old.policy (gone)\n- deny a\n");
}

static void
all_is_new_where_nothing_was(void **state)
{
	char *text;

	(void)state;
	put(&new, "policy", "version 1\n");
	text = printed(NULL);
	assert_string_equal(text, "--- policy (new)\n+ version 1\n");
	free(text);
}

static void
a_calendar_that_cannot_be_read_is_not_an_empty_one(void **state)
{
	(void)state;
	put(&old, "cn.ics", "");
	put(&new, "cn.ics", NULL);
	shows("--- cn.ics (cannot be read now: it counts as a freeze)\n");
}

static void
a_calendar_steers_no_screen(void **state)
{
	(void)state;
	put(&old, "cn.ics", "SUMMARY:a\r\n");
	put(&new, "cn.ics", "SUMMARY:\033[2Ja\tb\r\nSUMMARY:\xff\r\n");
	shows("--- cn.ics\n- SUMMARY:a\n+ SUMMARY:\\u{001b}[2Ja\tb\n"
	      "+ SUMMARY:\xef\xbf\xbd\n");
}

static void
a_long_file_is_compared_at_once(void **state)
{
	char *before, *after, line[64];
	size_t n = 0, m = 0, size = 200000u * 24;
	auto_policy_diff struct policy_diff diff = { .n = 0 };

	(void)state;
	before = malloc(size);
	after = malloc(size);
	assert_non_null(before);
	assert_non_null(after);
	/* Each line against each would take minutes. */
	for (int i = 0; i < 200000; i++) {
		n += (size_t)snprintf(before + n, 24, "line %d\n", i);
		m += (size_t)snprintf(after + m, 24, "line %d\n", i + 1);
	}
	put(&old, "policy", before);
	put(&new, "policy", after);
	assert_int_equal(policy_diff_make(&old, &new, &diff), 0);
	assert_int_equal(diff.gone, 1);
	assert_int_equal(diff.come, 1);
	assert_int_equal(diff.files[0].come.items[0].number, 200000);
	(void)snprintf(line, sizeof(line), "%.*s",
	    (int)diff.files[0].gone.items[0].len,
	    diff.files[0].gone.items[0].text);
	assert_string_equal(line, "line 0");
	free(before);
	free(after);
}

static const char *
word(const cJSON *json, const char *name)
{
	return cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(json, name));
}

static void
programs_read_the_same(void **state)
{
	auto_policy_diff struct policy_diff diff = { .n = 0 };
	cJSON *document = policy_report_new();
	const cJSON *file, *line;

	(void)state;
	put(&old, "policy", "a\nb\n");
	put(&new, "policy", "a\n\nc\n");
	assert_int_equal(policy_diff_make(&old, &new, &diff), 0);
	policy_diff_json(document, &diff);
	assert_string_equal(word(document, "schema"), "warderctl.policy/1");
	file = cJSON_GetArrayItem(
	    cJSON_GetObjectItemCaseSensitive(document, "files"), 0);
	assert_string_equal(word(file, "name"), "policy");
	assert_string_equal(word(file, "state"), "changed");
	line = cJSON_GetArrayItem(
	    cJSON_GetObjectItemCaseSensitive(file, "added"), 0);
	assert_string_equal(word(line, "text"), "c");
	assert_int_equal(
	    cJSON_GetObjectItemCaseSensitive(line, "line")->valueint, 3);
	cJSON_Delete(document);
}

static void
wrong_arguments_are_2_and_help_is_0(void **state)
{
	char *const unknown[] = { "diff", "--forse", NULL };
	char *const two[] = { "diff", "a", "b", NULL };
	char *const help[] = { "diff", "--help", NULL };
	char *const none[] = { "diff", "/nonexistent/policy", NULL };

	(void)state;
	assert_int_equal(
	    policy_diff_command(2, (char **)(uintptr_t)unknown), 2);
	assert_int_equal(policy_diff_command(3, (char **)(uintptr_t)two), 2);
	assert_int_equal(policy_diff_command(2, (char **)(uintptr_t)help), 0);
	assert_int_equal(policy_diff_command(2, (char **)(uintptr_t)none), 2);
	assert_int_equal(policy_check_command(2, (char **)(uintptr_t)help), 0);
}

/* The exit code of `policy COMMAND FILE`, for a policy of this text. */
static int
run_on(int (*command)(int, char **), const char *text)
{
	char path[] = "/tmp/warder-test-policy-XXXXXX";
	char name[] = "policy", json[] = "--json";
	char *argv[] = { name, json, path, NULL };
	int fd = mkstemp(path), code;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	(void)close(fd);
	code = command(3, argv);
	(void)unlink(path);
	return code;
}

static void
an_error_is_21_whatever_else_differs(void **state)
{
	(void)state;
	assert_int_equal(run_on(policy_diff_command, "version 2\n"), 21);
	assert_int_equal(run_on(policy_check_command, "version 2\n"), 21);
	assert_int_equal(run_on(policy_diff_command,
	                     "version 1\ntimezone UTC\nlabel x a/b/c/d\n"),
	    21);
}

static void
a_policy_that_is_not_in_force_is_42(void **state)
{
	struct installed *installed = calloc(1, sizeof(*installed));
	char *bytes = NULL;
	int r;

	(void)state;
	assert_non_null(installed);
	r = policy_installed_load(installed, &bytes);
	/*
	 * Nothing is in force here, or some other policy; but a build may lie
	 * below a folder that others write to, and then nothing installed
	 * there is believed.
	 */
	assert_int_equal(
	    run_on(policy_diff_command, "version 1\ntimezone UTC\n"),
	    r == 0 || r == WARDER_EMISSING ? 42 : 25);
	free(bytes);
	free(installed);
	assert_int_equal(
	    run_on(policy_check_command, "version 1\ntimezone UTC\n"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_same_twice_is_no_change, empty_sets),
		cmocka_unit_test_setup(
		    a_line_that_goes_and_one_that_comes_are_shown, empty_sets),
		cmocka_unit_test_setup(
		    a_line_that_moved_is_no_change_but_its_file_is_named,
		    empty_sets),
		cmocka_unit_test_setup(
		    a_beginning_of_a_line_is_another_line, empty_sets),
		cmocka_unit_test_setup(
		    a_file_that_comes_and_one_that_goes_are_named_so,
		    empty_sets),
		cmocka_unit_test_setup(
		    all_is_new_where_nothing_was, empty_sets),
		cmocka_unit_test_setup(
		    a_calendar_that_cannot_be_read_is_not_an_empty_one,
		    empty_sets),
		cmocka_unit_test_setup(a_calendar_steers_no_screen, empty_sets),
		cmocka_unit_test_setup(
		    a_long_file_is_compared_at_once, empty_sets),
		cmocka_unit_test_setup(programs_read_the_same, empty_sets),
		cmocka_unit_test(wrong_arguments_are_2_and_help_is_0),
		cmocka_unit_test(an_error_is_21_whatever_else_differs),
		cmocka_unit_test(a_policy_that_is_not_in_force_is_42),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
