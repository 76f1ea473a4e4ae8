/* SPDX-License-Identifier: ISC */
/* Header lines of a stranger, ports of an address, and memory that is wiped. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "courier/fences.h"
#include "courier/head.h"
#include "courier/transfer.h"
#include "courier/wipe.h"

static int
add(struct head *head, const char *line)
{
	return head_add(head, line, strlen(line));
}

static void
the_101st_line_ends_it(void **state)
{
	struct head head = { 0 };

	(void)state;
	for (int i = 0; i < TRANSFER_LINES_MAX; i++)
		assert_int_equal(add(&head, "a: b\r\n"), 0);
	assert_int_equal(add(&head, "a: b\r\n"), WARDER_ETOOBIG);
}

static void
more_than_64_kib_end_it(void **state)
{
	static char line[16384];
	struct head head = { 0 };

	(void)state;
	memset(line, 'x', sizeof(line));
	for (int i = 0; i < 4; i++)
		assert_int_equal(head_add(&head, line, sizeof(line)), 0);
	assert_int_equal(head_add(&head, line, 1), WARDER_ETOOBIG);
}

/* A proxy's answer, or a 100, says nothing about the one that counts. */
static void
a_status_line_begins_anew_and_the_caps_go_on(void **state)
{
	struct head head = { 0 };

	(void)state;
	assert_int_equal(add(&head, "HTTP/1.1 200 OK\r\n"), 0);
	assert_int_equal(add(&head, "x-acs-request-id: p\r\n"), 0);
	assert_int_equal(add(&head, "content-encoding: br\r\n"), 0);
	assert_int_equal(
	    add(&head, "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"), 0);
	assert_int_equal(add(&head, "X-Next-Page: 2\r\n"), 0);
	assert_int_equal(add(&head, "x-acs-retry-after: 5\r\n"), 0);
	assert_int_equal(add(&head, "X-Page: 1\r\n"), 0);
	assert_int_equal(add(&head, "x-total-pages: 12\r\n"), 0);
	assert_true(head.is_encoded && head.has_next_page);
	assert_int_equal(head.page, 1);
	assert_int_equal(head.total_pages, 12);
	assert_int_equal(head.date_ms, 1767225600000);
	assert_int_equal(head.retry_after_ms, 5);
	assert_string_equal(head.request_id, "p");
	assert_int_equal(add(&head, "HTTP/1.1 200 OK\r\n"), 0);
	assert_false(head.is_encoded || head.has_next_page);
	assert_int_equal(head.date_ms, 0);
	assert_int_equal(head.retry_after_ms, 0);
	assert_string_equal(head.request_id, "");
	assert_int_equal(head.page + head.total_pages, 0);
	assert_int_equal(head.lines, 9);
}

static void
values_are_taken_whole_or_not_at_all(void **state)
{
	char line[256];
	struct head head = { 0 };

	(void)state;
	assert_int_equal(
	    add(&head, "Content-TYPE: \t Application/JSON; X=1 \r\n"), 0);
	assert_string_equal(head.type, "application/json; x=1");
	memset(line, 'a', sizeof(line));
	memcpy(line, "content-type: ", 14);
	assert_int_equal(head_add(&head, line, sizeof(line)), 0);
	assert_string_equal(head.type, "");
	assert_int_equal(add(&head, "x-acs-request-id: \xff\r\n"), 0);
	assert_string_equal(head.request_id, "");
	assert_int_equal(head_add(&head, "date: x\0y\r\n", 11), 0);
	assert_int_equal(head.date_ms, 0);
}

static void
a_wait_is_a_plain_number(void **state)
{
	static const char *const bad[] = { "x-acs-retry-after: -1\r\n",
		"x-acs-retry-after: 1.5\r\n", "x-acs-retry-after: 0x5\r\n",
		"x-acs-retry-after: 4294967296\r\n", "x-acs-retry-after:\r\n",
		"x-acs-retry-after 5\r\n", "x-acs-retry-after : 5\r\n" };
	struct head head = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(add(&head, bad[i]), 0);
		assert_int_equal(head.retry_after_ms, 0);
	}
	assert_int_equal(add(&head, "X-ACS-Retry-After:4294967295\r\n"), 0);
	assert_int_equal(head.retry_after_ms, UINT32_MAX);
}

static void
an_encoding_said_once_is_enough(void **state)
{
	struct head head = { 0 };

	(void)state;
	assert_int_equal(add(&head, "Content-Encoding: Identity\r\n"), 0);
	assert_false(head.is_encoded);
	assert_int_equal(add(&head, "Content-Encoding: gzip\r\n"), 0);
	assert_int_equal(add(&head, "Content-Encoding: identity\r\n"), 0);
	assert_true(head.is_encoded);
}

static void
ports_are_those_of_the_address(void **state)
{
	(void)state;
	assert_int_equal(conf_port_of("a.b", 443), 443);
	assert_int_equal(conf_port_of("a.b:8443", 443), 8443);
	assert_int_equal(conf_port_of("http://p:3128", 1080), 3128);
	assert_int_equal(conf_port_of("http://p:3128/", 1080), 3128);
	assert_int_equal(conf_port_of("https://p", 443), 443);
	assert_int_equal(conf_port_of("", 443), 443);
	assert_int_equal(conf_port_of("a:0", 443), 443);
	assert_int_equal(conf_port_of("a:65536", 443), 443);
	assert_int_equal(conf_port_of("a:99999999999", 443), 443);
	assert_int_equal(conf_port_of("[::1]", 443), 443);
	assert_int_equal(conf_port_of("[::1]:8443", 443), 8443);
	assert_int_equal(conf_port_of("a:44x", 443), 443);
}

static void
memory_moves_and_counts(void **state)
{
	char *text = wipe_strdup("abc"), *more;

	(void)state;
	assert_non_null(text);
	more = wipe_realloc(text, 100);
	assert_non_null(more);
	assert_string_equal(more, "abc");
	more = wipe_realloc(more, 2);
	assert_non_null(more);
	assert_memory_equal(more, "ab", 2);
	wipe_free(more);
	wipe_free(NULL);
	assert_null(wipe_malloc(SIZE_MAX));
	assert_null(wipe_calloc(SIZE_MAX / 4, 8));
	more = wipe_calloc(3, 3);
	assert_memory_equal(more, "\0\0\0\0\0\0\0\0\0", 9);
	wipe_free(more);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_101st_line_ends_it),
		cmocka_unit_test(more_than_64_kib_end_it),
		cmocka_unit_test(a_status_line_begins_anew_and_the_caps_go_on),
		cmocka_unit_test(values_are_taken_whole_or_not_at_all),
		cmocka_unit_test(a_wait_is_a_plain_number),
		cmocka_unit_test(an_encoding_said_once_is_enough),
		cmocka_unit_test(ports_are_those_of_the_address),
		cmocka_unit_test(memory_moves_and_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
