/* SPDX-License-Identifier: ISC */
/* Where a list goes on and where it ends, and what is no list at all. */
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
#define HEAD "{\"success\":true,\"requestId\":\"r-1\","

static struct courier_done done;

static const char *
lines(enum courier_api api, enum courier_what what, const char *body)
{
	struct reply reply = answer_reply(200, body);

	return answer_lines(api, what, &reply, &done);
}

/* head, then `n` times part, then tail. */
static void
fill(char *ret, size_t size, const char *head, const char *part, size_t n,
    const char *tail)
{
	size_t len = (size_t)snprintf(ret, size, "%s", head);

	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(ret + len, size - len, "%s", part);
	len += (size_t)snprintf(ret + len, size - len, "%s", tail);
	assert_true(len < size);
}

static void
a_page_says_where_it_goes_on(void **state)
{
	static const char *const ends[] = { "null", "\"\"", "\"null\"",
		"\"\\\"\\\"\"", "\"\\\\\"", "\" \"", "\"\xe2\x80\x9d\"", "{}" };
	char body[2048];
	struct reply reply;

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		(void)snprintf(body, sizeof(body),
		    HEAD "\"pipelines\":[],\"nextToken\":%s}", ends[i]);
		assert_string_equal(
		    lines(S, COURIER_PIPELINES, body), "page||1\n1 ");
	}
	assert_string_equal(lines(S, COURIER_PIPELINES,
	                        HEAD "\"pipelines\":[],\"nextToken\":5}"),
	    "page|5|0\n1 ");
	(void)snprintf(body, sizeof(body),
	    HEAD "\"pipelines\":[],\"nextToken\":\"%0600d\"}", 1);
	assert_string_equal(lines(S, COURIER_PIPELINES, body), "page||0\n1 ");
	reply = answer_reply(200, "[]");
	reply.has_next_page = true;
	(void)snprintf(reply.next_page, sizeof(reply.next_page), "2");
	assert_string_equal(
	    answer_lines(T, COURIER_RUNS, &reply, &done), "page|2|0\n1 ");
}

static void
a_full_page_without_a_word_about_the_next_is_no_end(void **state)
{
	char body[256];
	struct reply reply;

	(void)state;
	fill(body, sizeof(body), "[5", ",5", 29, "]");
	reply = answer_reply(200, body);
	assert_non_null(strstr(
	    answer_lines(T, COURIER_RUNS, &reply, &done), "page||0\n1 "));
	reply.has_next_page = true;
	assert_non_null(strstr(
	    answer_lines(T, COURIER_RUNS, &reply, &done), "page||1\n1 "));
}

/* A proxy that eats one header must not end a list early. */
static void
the_number_of_pages_counts_too(void **state)
{
	static const struct {
		const char *next;
		uint32_t page, total;
		const char *want;
	} cases[] = {
		{ "2", 1, 2, "page|2|0\n1 " },
		{ "", 1, 2, "page|2|0\n1 " },
		{ "0", 2, 3, "page|3|0\n1 " },
		{ "", 2, 2, "page||1\n1 " },
		{ "", 0, 9, "page||1\n1 " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct reply reply = answer_reply(200, "[]");

		reply.has_next_page = cases[i].next[0] != '\0';
		(void)snprintf(reply.next_page, sizeof(reply.next_page), "%s",
		    cases[i].next);
		reply.page = cases[i].page;
		reply.total_pages = cases[i].total;
		assert_string_equal(
		    answer_lines(T, COURIER_RUNS, &reply, &done),
		    cases[i].want);
	}
}

/* Bare answers have no envelope; a word against them counts all the same. */
static void
a_bare_answer_that_says_no_is_not_read(void **state)
{
	(void)state;
	assert_string_equal(lines(T, COURIER_RUN, "{\"success\":false}"), "0 ");
	assert_string_equal(
	    lines(T, COURIER_RUN, "{\"success\":\"true\"}"), "0 ");
	assert_string_equal(
	    lines(T, COURIER_PIPELINE, "{\"success\":null}"), "0 ");
	assert_string_equal(lines(T, COURIER_RESOURCE_MEMBERS, "{}"), "0 ");
	assert_string_equal(lines(T, COURIER_MEMBERS, "true"), "0 ");
	assert_string_equal(lines(T, COURIER_RESOURCE_MEMBERS,
	                        "{\"userId\":\"u\",\"role\":\"admin\"}"),
	    "member|u||admin|\npage||1\n1 ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_says_where_it_goes_on),
		cmocka_unit_test(
		    a_full_page_without_a_word_about_the_next_is_no_end),
		cmocka_unit_test(the_number_of_pages_counts_too),
		cmocka_unit_test(a_bare_answer_that_says_no_is_not_read),
	};

	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
