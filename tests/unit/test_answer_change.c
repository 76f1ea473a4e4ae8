/* SPDX-License-Identifier: ISC */
/* Repositories, commits and comparisons: what is not said stays unknown. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "answer_text.h"
#include "courier/json.h"

#define S COURIER_API_SIGNED
#define T COURIER_API_TOKEN
#define ID "51f3b8a09c7d2e46f18a0b3c5d7e9f2461a8c0de"
#define NOBODY "author|\nauthor|\n"

static struct courier_done done;

static const char *
lines(enum courier_api api, enum courier_what what, const char *body)
{
	struct reply reply = answer_reply(200, body);

	return answer_lines(api, what, &reply, &done);
}

static void
every_sample_comes_in_its_pieces(void **state)
{
	static const struct {
		const char *name;
		enum courier_api api;
		enum courier_what what;
	} samples[] = {
		{ "signed-repository", S, COURIER_REPOSITORY },
		{ "signed-commit", S, COURIER_COMMIT },
		{ "signed-compare", S, COURIER_COMPARE },
		{ "token-commit", T, COURIER_COMMIT },
		{ "token-compare", T, COURIER_COMPARE },
	};
	char name[128], *want;

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		(void)snprintf(name, sizeof(name), "%s.want", samples[i].name);
		want = strdup(answer_sample(name));
		assert_non_null(want);
		want[strlen(want) - 1] = '\0'; /* the line feed */
		(void)snprintf(name, sizeof(name), "%s.json", samples[i].name);
		assert_string_equal(
		    lines(samples[i].api, samples[i].what, answer_sample(name)),
		    want);
		free(want);
	}
}

/* The bare form of the token API is short to write. */
static void
what_a_commit_does_not_say_is_unknown(void **state)
{
	(void)state;
	assert_string_equal(
	    lines(T, COURIER_COMMIT, "{}"), "commit||||0\n" NOBODY "1 ");
	assert_string_equal(
	    lines(T, COURIER_COMMIT,
	        "{\"id\":\"main\",\"title\":7,\"authorName\":[],"
	        "\"authorEmail\":null,\"committerEmail\":{},"
	        "\"parentIds\":\"x\",\"signature\":\"verified\"}"),
	    "commit||7||0\n" NOBODY "1 ");
	/* An address is none if it only says that there is none. */
	assert_string_equal(lines(T, COURIER_COMMIT,
	                        "{\"id\":\"" ID "\",\"authorEmail\":\"null\","
	                        "\"committerEmail\":\" \\n\"}"),
	    "commit|" ID "|||0\n" NOBODY "1 ");
	assert_string_equal(lines(T, COURIER_COMMIT, "[]"), "0 ");
	assert_string_equal(lines(T, COURIER_COMMIT, "true"), "0 ");
	assert_string_equal(
	    lines(S, COURIER_COMMIT, "{\"success\":true}"), "0 ");
}

static void
only_the_word_verified_is_a_yes(void **state)
{
	static const struct {
		const char *word;
		int tri;
	} words[] = { { "\"verified\"", 2 }, { "\"Verified\"", 1 },
		{ "\"unverified\"", 1 }, { "\"\"", 0 }, { "null", 0 },
		{ "true", 0 }, { "{}", 0 } };
	char body[256], want[128];

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		(void)snprintf(body, sizeof(body),
		    "{\"signature\":{\"verificationStatus\":%s}}",
		    words[i].word);
		(void)snprintf(want, sizeof(want), "commit||||%d\n" NOBODY "1 ",
		    words[i].tri);
		assert_string_equal(lines(T, COURIER_COMMIT, body), want);
	}
}

static void
an_address_that_is_too_long_is_none(void **state)
{
	char body[512], address[COURIER_ADDRESS_MAX + 2];

	(void)state;
	memset(address, 'a', sizeof(address) - 1);
	address[COURIER_ADDRESS_MAX + 1] = '\0';
	(void)snprintf(body, sizeof(body), "{\"authorEmail\":\"%s\"}", address);
	assert_string_equal(
	    lines(T, COURIER_COMMIT, body), "commit||||0\n" NOBODY "1 ");
	address[COURIER_ADDRESS_MAX] = '\0';
	(void)snprintf(
	    body, sizeof(body), "{\"authorEmail\":\" %s \"}", address);
	assert_non_null(strstr(lines(T, COURIER_COMMIT, body), address));
}

static void
a_title_that_is_missing_is_the_message(void **state)
{
	(void)state;
	assert_string_equal(lines(T, COURIER_COMMIT, "{\"message\":\"a\\nb\"}"),
	    "commit||a\nb||0\n" NOBODY "1 ");
}

static void
a_comparison_without_commits_is_not_read(void **state)
{
	(void)state;
	assert_string_equal(lines(T, COURIER_COMPARE, "{\"diffs\":[]}"), "0 ");
	assert_string_equal(
	    lines(T, COURIER_COMPARE, "{\"commits\":null,\"diffs\":[]}"), "0 ");
	assert_string_equal(
	    lines(T, COURIER_COMPARE, "{\"commits\":{},\"diffs\":[]}"), "0 ");
	assert_string_equal(lines(T, COURIER_COMPARE, "[]"), "0 ");
	/* None is an answer; files that were not told are no empty list. */
	assert_string_equal(lines(T, COURIER_COMPARE, "{\"commits\":[]}"),
	    "page||1\npage||0\n1 ");
	assert_string_equal(
	    lines(T, COURIER_COMPARE, "{\"commits\":[],\"diffs\":[]}"),
	    "page||1\npage||1\n1 ");
	/* What is no commit is one whose author nobody knows. */
	assert_string_equal(
	    lines(T, COURIER_COMPARE, "{\"commits\":[7],\"diffs\":[]}"),
	    "commit||||0\n" NOBODY "page||1\npage||1\n1 ");
}

/* How often `part` stands in `text`. */
static size_t
count(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)) != NULL; text++)
		n++;
	return n;
}

static void
list_of(char *ret, size_t size, size_t commits, size_t paths)
{
	size_t len = (size_t)snprintf(ret, size, "{\"commits\":[");

	for (size_t i = 0; i < commits; i++)
		len += (size_t)snprintf(
		    ret + len, size - len, "%s{}", i == 0 ? "" : ",");
	len += (size_t)snprintf(ret + len, size - len, "],\"diffs\":[");
	for (size_t i = 0; i < paths; i++)
		len += (size_t)snprintf(
		    ret + len, size - len, "%s{}", i == 0 ? "" : ",");
	len += (size_t)snprintf(ret + len, size - len, "]}");
	assert_true(len < size);
}

static void
a_list_above_its_cap_says_that_it_is_cut(void **state)
{
	static char body[8192];
	const char *text;

	(void)state;
	list_of(body, sizeof(body), COURIER_COMMITS_MAX, 1);
	text = lines(T, COURIER_COMPARE, body);
	assert_int_equal(count(text, "commit|"), COURIER_COMMITS_MAX);
	assert_non_null(strstr(text, "page||1\npath|1||\npage||1\n1 "));
	list_of(body, sizeof(body), COURIER_COMMITS_MAX + 1, 1);
	text = lines(T, COURIER_COMPARE, body);
	assert_int_equal(count(text, "commit|"), COURIER_COMMITS_MAX);
	assert_non_null(strstr(text, "page||0\npath|1||\npage||1\n1 "));
	/* As many files as were asked for may not be all. */
	list_of(body, sizeof(body), 0, COURIER_PATHS_MAX - 1);
	text = lines(T, COURIER_COMPARE, body);
	assert_int_equal(count(text, "page||1"), 2);
	list_of(body, sizeof(body), 0, COURIER_PATHS_MAX);
	text = lines(T, COURIER_COMPARE, body);
	assert_int_equal(count(text, "path|"), COURIER_PATHS_MAX);
	assert_int_equal(count(text, "page||1"), 1);
	list_of(body, sizeof(body), 0, COURIER_PATHS_MAX + 1);
	text = lines(T, COURIER_COMPARE, body);
	assert_int_equal(count(text, "path|"), COURIER_PATHS_MAX);
	assert_int_equal(count(text, "page||0"), 1);
}

static void
a_repository_without_a_number_has_none(void **state)
{
	(void)state;
	assert_string_equal(lines(T, COURIER_REPOSITORY, "{\"id\":\"1/..\"}"),
	    "repository||\n1 ");
	assert_string_equal(lines(T, COURIER_REPOSITORY,
	                        "{\"id\":1.5,\"pathWithNamespace\":[\"a\"]}"),
	    "repository||\n1 ");
	assert_string_equal(lines(T, COURIER_REPOSITORY, "[]"), "0 ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sample_comes_in_its_pieces),
		cmocka_unit_test(what_a_commit_does_not_say_is_unknown),
		cmocka_unit_test(only_the_word_verified_is_a_yes),
		cmocka_unit_test(an_address_that_is_too_long_is_none),
		cmocka_unit_test(a_title_that_is_missing_is_the_message),
		cmocka_unit_test(a_comparison_without_commits_is_not_read),
		cmocka_unit_test(a_list_above_its_cap_says_that_it_is_cut),
		cmocka_unit_test(a_repository_without_a_number_has_none),
	};

	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
