/* SPDX-License-Identifier: ISC */
/* Every case of a folder: the decision has to be the one that it names. */
#include "config.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/policy_document.h"

struct count {
	size_t decided, wrong;
};

static const char *
text_of(const cJSON *object, const char *name)
{
	const char *text = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(object, name));

	return text == NULL ? "(none)" : text;
}

static bool
is_same_text(const cJSON *want, const cJSON *got, const char *name)
{
	return strcmp(text_of(want, name), text_of(got, name)) == 0;
}

static bool
is_same_rule(const cJSON *want, const cJSON *got)
{
	static const char *const numbers[] = { "line", "col" };

	if (!is_same_text(want, got, "file"))
		return false;
	for (size_t i = 0; i < 2; i++) {
		const cJSON *a =
		    cJSON_GetObjectItemCaseSensitive(want, numbers[i]);

		if (a != NULL &&
		    !cJSON_Compare(a,
		        cJSON_GetObjectItemCaseSensitive(got, numbers[i]), 1))
			return false;
	}
	return true;
}

static bool
is_same_lists(const cJSON *want, const cJSON *got)
{
	const cJSON *rules = cJSON_GetObjectItemCaseSensitive(want, "rules");
	const cJSON *codes = cJSON_GetObjectItemCaseSensitive(want, "blocking");
	const cJSON *is = cJSON_GetObjectItemCaseSensitive(got, "rules");
	const cJSON *why = cJSON_GetObjectItemCaseSensitive(got, "blocking");

	if (!cJSON_IsArray(rules) || !cJSON_IsArray(codes) ||
	    cJSON_GetArraySize(rules) != cJSON_GetArraySize(is) ||
	    cJSON_GetArraySize(codes) != cJSON_GetArraySize(why))
		return false;
	for (int i = 0; i < cJSON_GetArraySize(rules); i++)
		if (!is_same_rule(cJSON_GetArrayItem(rules, i),
		        cJSON_GetArrayItem(is, i)))
			return false;
	for (int i = 0; i < cJSON_GetArraySize(codes); i++)
		if (strcmp(cJSON_GetArrayItem(codes, i)->valuestring,
		        text_of(cJSON_GetArrayItem(why, i), "local_code")) != 0)
			return false;
	return true;
}

static bool
is_expected(const cJSON *want, const cJSON *got)
{
	return is_same_text(want, got, "verdict") &&
	       is_same_text(want, got, "code") &&
	       is_same_text(want, got, "local_code") &&
	       is_same_lists(want, got);
}

/* Every member stands in every document, whatever was decided. */
static bool
has_all_members(const cJSON *got)
{
	static const char *const names[] = { "schema", "verdict", "code",
		"local_code", "origin", "exit", "verb", "phase", "rule",
		"rules", "blocking", "missing", "roles", "via" };
	size_t n = sizeof(names) / sizeof(names[0]);

	for (size_t i = 0; i < n; i++)
		if (cJSON_GetObjectItemCaseSensitive(got, names[i]) == NULL)
			return false;
	return (size_t)cJSON_GetArraySize(got) == n;
}

static void
judge(const char *name, const struct policy_case *pcase, const cJSON *got,
    struct count *count)
{
	const cJSON *want =
	    cJSON_GetObjectItemCaseSensitive(pcase->root, "expect");
	char *text;

	if (has_all_members(got) && is_expected(want, got)) {
		count->decided++;
		return;
	}
	count->wrong++;
	text = cJSON_Print(got);
	print_error("%s: not as expected:\n%s\n", name, text);
	free(text);
}

static void
run_case(const char *folder, const char *name, struct count *count)
{
	static char bytes[4u << 20];
	struct policy_case pcase;
	char path[4096], why[160];
	cJSON *got = NULL;
	FILE *file;
	size_t len;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "re");
	assert_non_null(file);
	len = fread(bytes, 1, sizeof(bytes), file);
	assert_int_equal(fclose(file), 0);
	assert_true(len < sizeof(bytes));
	assert_int_equal(policy_case_parse(bytes, len, &pcase, why), 0);
	assert_int_equal(policy_document_make(&pcase, &got), 0);
	judge(name, &pcase, got, count);
	cJSON_Delete(got);
	policy_case_clear(&pcase);
}

static int
is_json(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot != NULL && strcmp(dot, ".json") == 0;
}

static struct count
run_folder(const char *name)
{
	struct count count = { 0 };
	struct dirent **entries;
	const char *srcdir = getenv("srcdir");
	char folder[2048];
	int n;

	(void)snprintf(folder, sizeof(folder), "%s/tests/policy/%s",
	    srcdir == NULL ? "." : srcdir, name);
	n = scandir(folder, &entries, is_json, alphasort);
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		run_case(folder, entries[i]->d_name, &count);
		free(entries[i]);
	}
	free(entries);
	print_message(
	    "%s: %zu decided, %zu wrong\n", name, count.decided, count.wrong);
	return count;
}

static void
known_answers_are_given(void **state)
{
	struct count count = run_folder("golden");

	(void)state;
	assert_int_equal(count.wrong, 0);
	assert_int_equal(count.decided, 70);
}

static void
cases_of_this_language_are_all_decided(void **state)
{
	struct count count = run_folder("cases");

	(void)state;
	assert_int_equal(count.wrong, 0);
	assert_true(count.decided >= 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers_are_given),
		cmocka_unit_test(cases_of_this_language_are_all_decided),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
