/* SPDX-License-Identifier: ISC */
/*
 * Every case of a folder: the decision has to be the one that it names. A
 * case with words that this version does not have is refused at the first of
 * them, which is found here by a reading of its own.
 */
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

struct place {
	uint32_t line, col;
	const char *local_code;
};

struct count {
	size_t decided, refused, wrong;
};

static const char *const statements_later[] = { "label", "window", "calendar",
	"break-glass", "delegate", "include", NULL };
static const char *const conditions_later[] = { "newest", "age", "tty",
	"source", "branch", "quorum", NULL };
static const char *const denials_later[] = { "outside", "during", "trigger",
	"user", NULL };

static bool
is_one_of(const char *word, size_t len, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strlen(*list) == len && memcmp(*list, word, len) == 0)
			return true;
	return false;
}

/* Whether word number `n` (from 0) of a line is not of this version. */
static bool
is_later(const char *first, size_t first_len, const char *word, size_t len,
    size_t n, bool is_new_condition)
{
	bool is_require = first_len == 7 && memcmp(first, "require", 7) == 0;
	bool is_deny = first_len == 4 && memcmp(first, "deny", 4) == 0;

	if (n == 0)
		return is_one_of(word, len, statements_later);
	return (is_require && is_new_condition &&
	           is_one_of(word, len, conditions_later)) ||
	       (is_deny && n == 1 && is_one_of(word, len, denials_later));
}

static const char *
word_end(const char *at, const char *end)
{
	if (*at == '"') {
		for (at++; at < end && *at != '"'; at++)
			if (*at == '\\')
				at++;
		return at < end ? at + 1 : end;
	}
	if (*at == ',')
		return at + 1;
	while (at < end && strchr(" \t,#", *at) == NULL)
		at++;
	return at;
}

/* The column in the line, or 0. *ret_code: a label is merely undefined. */
static uint32_t
later_in_line(const char *line, const char *end, const char **ret_code)
{
	const char *at = line, *first = NULL, *stop;
	size_t first_len = 0, n = 0;
	bool is_new = true, is_target = false;

	for (; at < end && *at != '#'; at = stop) {
		stop = at + 1;
		if (*at == ' ' || *at == '\t')
			continue;
		stop = word_end(at, end);
		if (n == 0) {
			first = at;
			first_len = (size_t)(stop - at);
		}
		*ret_code = "syntax";
		if (is_later(
		        first, first_len, at, (size_t)(stop - at), n, is_new))
			return (uint32_t)(at - line) + 1;
		*ret_code = "undefined";
		if (stop - at == 2 && memcmp(at, "to", 2) == 0)
			is_target = false;
		if (is_target && *at != '"' &&
		    memchr(at, '/', (size_t)(stop - at)) == NULL)
			return (uint32_t)(at - line) + 1;
		if (stop - at == 2 && memcmp(at, "on", 2) == 0)
			is_target = true;
		is_new = n == 0 || *at == ',';
		n++;
	}
	return 0;
}

static bool
find_later(const char *text, size_t len, struct place *ret)
{
	const char *end;
	uint32_t line = 1;
	size_t n;

	for (; len > 0; text += n, len -= n, line++) {
		end = memchr(text, '\n', len);
		n = end == NULL ? len : (size_t)(end - text);
		ret->col = later_in_line(text, text + n, &ret->local_code);
		ret->line = line;
		if (ret->col != 0)
			return true;
		n += end != NULL;
	}
	return false;
}

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

static bool
is_refused_at(const cJSON *got, const struct place *place)
{
	const cJSON *rule = cJSON_GetObjectItemCaseSensitive(got, "rule");

	return strcmp(text_of(got, "verdict"), "error") == 0 &&
	       strcmp(text_of(got, "local_code"), place->local_code) == 0 &&
	       (uint32_t)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(
	           rule, "line")) == place->line &&
	       (uint32_t)cJSON_GetNumberValue(
	           cJSON_GetObjectItemCaseSensitive(rule, "col")) == place->col;
}

static void
judge(const char *name, const struct policy_case *pcase, const cJSON *got,
    struct count *count)
{
	const cJSON *want =
	    cJSON_GetObjectItemCaseSensitive(pcase->root, "expect");
	struct place place;
	char *text;

	if (has_all_members(got) && is_expected(want, got)) {
		count->decided++;
		return;
	}
	if (has_all_members(got) &&
	    find_later(pcase->policy, pcase->policy_len, &place) &&
	    is_refused_at(got, &place)) {
		count->refused++;
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
	print_message("%s: %zu decided, %zu refused by name, %zu wrong\n", name,
	    count.decided, count.refused, count.wrong);
	return count;
}

static void
known_answers_are_given(void **state)
{
	struct count count = run_folder("golden");

	(void)state;
	assert_int_equal(count.wrong, 0);
	assert_int_equal(count.decided, 35);
	assert_int_equal(count.refused, 35);
}

static void
cases_of_this_language_are_all_decided(void **state)
{
	struct count count = run_folder("cases");

	(void)state;
	assert_int_equal(count.wrong, 0);
	assert_int_equal(count.refused, 0);
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
