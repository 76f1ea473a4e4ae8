/* SPDX-License-Identifier: ISC */
/* Floor 0: secret bytes, bounded buffers, text, time, configuration. */
#include "config.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/blob.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/text.h"

static void
a_blob_never_grows_above_its_capacity(void **state)
{
	auto_blob struct blob *blob = NULL;

	(void)state;
	assert_int_equal(blob_new(0, &blob), WARDER_ETOOBIG);
	assert_int_equal(blob_new(BLOB_MAX + 1, &blob), WARDER_ETOOBIG);
	assert_null(blob);
	assert_int_equal(blob_new(4, &blob), 0);
	assert_int_equal(blob_append(blob, "abc", 3), 0);
	assert_int_equal(blob_append(blob, "de", 2), WARDER_ETOOBIG);
	assert_int_equal(blob_len(blob), 3);
	assert_int_equal(blob_set_len(blob, 5), WARDER_ETOOBIG);
}

static void
a_shortened_blob_forgets_its_tail(void **state)
{
	auto_blob struct blob *blob = NULL;

	(void)state;
	assert_int_equal(blob_new(4, &blob), 0);
	assert_int_equal(blob_append(blob, "abcd", 4), 0);
	assert_int_equal(blob_set_len(blob, 1), 0);
	assert_memory_equal(blob_data(blob), "a\0\0\0", 4);
}

/* A sanitizer makes mlock() do nothing, so there no page ever is. */
#ifdef WARDER_SANITIZERS
#	define LOCKED 0
#else
#	define LOCKED 1
#endif

/* Is the page at `at` of this process locked, says the kernel? */
static bool
is_locked(const void *at)
{
	FILE *file = fopen("/proc/self/smaps", "re");
	uintptr_t first, last;
	bool is_here = false, found = false;
	char line[512];

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &first, &last) ==
		    2)
			is_here =
			    (uintptr_t)at >= first && (uintptr_t)at < last;
		if (is_here && strncmp(line, "VmFlags:", 8) == 0)
			found = strstr(line, " lo") != NULL;
	}
	if (file != NULL)
		(void)fclose(file);
	return found;
}

/* In a child: 1 it is locked, 2 it reads "abcd", 4 it reads as zeros. */
static int
seen_by_a_child(const struct blob *blob)
{
	int status = -1;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit((is_locked(blob_data(blob)) ? 1 : 0) |
		      (memcmp(blob_data(blob), "abcd", 4) == 0 ? 2 : 0) |
		      (memcmp(blob_data(blob), "\0\0\0\0", 4) == 0 ? 4 : 0));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
a_childs_copy_of_a_blob_is_locked_too(void **state)
{
	auto_blob struct blob *blob = NULL, *gone = NULL;

	(void)state;
	assert_int_equal(blob_new(4, &gone), 0);
	assert_int_equal(blob_new(4, &blob), 0);
	assert_int_equal(blob_append(blob, "abcd", 4), 0);
	assert_int_equal(is_locked(blob_data(blob)), LOCKED);
	assert_false(is_locked(&blob)); /* the question is answered truly */
	blob_freep(&gone);
	assert_int_equal(seen_by_a_child(blob), LOCKED | 2);
}

/* Runs last: nothing takes this back. */
static void
a_child_of_a_listener_sees_zeros(void **state)
{
	auto_blob struct blob *before = NULL, *blob = NULL;

	(void)state;
	assert_int_equal(blob_new(4, &before), 0);
	assert_int_equal(blob_append(before, "abcd", 4), 0);
	blob_wipe_on_fork();
	assert_int_equal(blob_new(4, &blob), 0);
	assert_int_equal(blob_append(blob, "abcd", 4), 0);
	assert_int_equal(seen_by_a_child(blob) & ~LOCKED, 4);
	assert_int_equal(seen_by_a_child(before), LOCKED | 2);
	assert_memory_equal(blob_data(blob), "abcd", 4);
}

static void
sixteen_blobs_and_no_more(void **state)
{
	struct blob *blobs[BLOB_COUNT_MAX] = { NULL }, *one_more = NULL;

	(void)state;
	for (size_t i = 0; i < BLOB_COUNT_MAX; i++)
		assert_int_equal(blob_new(1, &blobs[i]), 0);
	assert_int_equal(blob_new(1, &one_more), WARDER_EFULL);
	assert_null(one_more);
	blob_freep(&blobs[7]);
	assert_int_equal(blob_new(1, &blobs[7]), 0);
	for (size_t i = 0; i < BLOB_COUNT_MAX; i++)
		blob_freep(&blobs[i]);
}

static void
a_null_blob_equals_nothing(void **state)
{
	(void)state;
	assert_false(blob_is_equal(NULL, NULL));
}

static void
a_reader_never_passes_the_end(void **state)
{
	static const uint8_t bytes[] = { 0, 5, 'a', 'b' };
	struct rbuf in = rbuf_of(bytes, sizeof(bytes));
	char text[9];

	(void)state;
	assert_int_equal(get_text16(&in, 8, text), WARDER_ETRUNC);
	in = rbuf_of(bytes, sizeof(bytes));
	assert_int_equal(get_text16(&in, 4, text), WARDER_ETOOBIG);
}

static void
a_text_with_a_nul_is_refused(void **state)
{
	static const uint8_t bytes[] = { 3, 'a', 0, 'b' };
	struct rbuf in = rbuf_of(bytes, sizeof(bytes));
	char text[9];

	(void)state;
	assert_int_equal(get_text8(&in, 8, text), WARDER_ETEXT);
}

static void
what_is_put_is_got_back(void **state)
{
	uint8_t bytes[64];
	struct wbuf out = wbuf_of(bytes, sizeof(bytes));
	struct rbuf in;
	uint64_t big;
	uint16_t small;
	char text[9];

	(void)state;
	put_u64(&out, UINT64_C(0x0102030405060708));
	put_u16(&out, 0x1112);
	put_text16(&out, "\xe7\xbb\x86");
	assert_int_equal(wbuf_end(&out), 0);
	in = rbuf_of(bytes, out.len);
	assert_int_equal(get_u64(&in, &big), 0);
	assert_int_equal(get_u16(&in, &small), 0);
	assert_int_equal(rbuf_end(&in), WARDER_ETRAIL);
	assert_int_equal(get_text16(&in, 8, text), 0);
	assert_int_equal(rbuf_end(&in), 0);
	assert_true(big == UINT64_C(0x0102030405060708));
	assert_int_equal(small, 0x1112);
	assert_string_equal(text, "\xe7\xbb\x86");
}

static void
a_full_writer_stays_failed(void **state)
{
	uint8_t bytes[3];
	struct wbuf out = wbuf_of(bytes, sizeof(bytes));

	(void)state;
	put_u32(&out, 1);
	put_u8(&out, 1);
	assert_int_equal(wbuf_end(&out), WARDER_ETOOBIG);
	assert_int_equal(out.len, 0);
}

static void
bad_utf8_is_no_text(void **state)
{
	static const char *const bad[] = { "\x80", "\xc0\x80", "\xc1\xbf",
		"\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe4\xb8",
		"\xf8\x88\x80\x80\x80", "\xff" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_is_clean(bad[i], strlen(bad[i])));
	assert_true(text_is_clean("\xf0\x9f\x98\x80", 4));
}

static void
hostile_characters_are_shown_not_obeyed(void **state)
{
	char shown[64];

	(void)state;
	assert_string_equal(text_show(shown, sizeof(shown),
	                        "a\x1b[31m\xe2\x80\xae"
	                        "b"),
	    "a\\u{001b}[31m\\u{202e}b");
	assert_string_equal(
	    text_show(shown, 8, "abcdefgh"), "abcd\xe2\x80\xa6");
}

static void
a_document_steers_no_terminal(void **state)
{
	char *printed = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&printed, &len);

	(void)state;
	assert_non_null(out);
	assert_int_equal(
	    text_put_json(out,
	        "{\n\t\"a\":\"x\\u001b\x7f\xc2\x9b\xe2\x80\xae\xe2\x80\xa8"
	        "\xf3\xa0\x81\x81\xff\xc0\xaf\xed\xa0\x80 \xe4\xba\x91\\\"\"}"),
	    0);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(printed,
	    "{\n\t\"a\":\"x\\u001b\\u007f\\u009b\\u202e\\u2028\\udb40\\udc41"
	    "\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd \xe4\xba\x91\\\"\"}\n");
	free(printed);
}

static void
an_id_is_digits_up_to_2_to_the_63(void **state)
{
	static const char *const bad[] = { "", "0", "01", "-1", "+1", " 1",
		"1 ", "9223372036854775808", "99999999999999999999", "1e3",
		"\xef\xbc\x91" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_is_id(bad[i]));
	assert_true(text_is_id("9223372036854775807"));
	assert_true(text_is_id("1"));
}

static void
a_number_under_its_cap_is_read_whole(void **state)
{
	uint64_t n = 7;

	(void)state;
	assert_int_equal(text_parse_number("3", 2, &n), WARDER_EFORM);
	assert_int_equal(n, 7);
	assert_int_equal(text_parse_number("2", 2, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(
	    text_parse_number("18446744073709551615", UINT64_MAX, &n), 0);
	assert_true(n == UINT64_MAX);
	assert_int_equal(
	    text_parse_number("18446744073709551616", UINT64_MAX, &n),
	    WARDER_EFORM);
}

static void
a_stamp_is_read_in_one_form_only(void **state)
{
	char text[CLOCK_STAMP_SIZE];
	int64_t ms;

	(void)state;
	clock_stamp(text, INT64_C(1767225601111), 1);
	assert_string_equal(text, "2026-01-01T00:00:01.111Z");
	assert_int_equal(clock_parse_stamp(text, &ms), 0);
	assert_true(ms == INT64_C(1767225601111));
	assert_int_equal(
	    clock_parse_stamp("2026-02-30T00:00:00Z", &ms), WARDER_EFORM);
	assert_int_equal(
	    clock_parse_stamp("2026-01-01T00:00:01Z ", &ms), WARDER_EFORM);
}

static void
an_unknown_or_repeated_setting_rejects_the_file(void **state)
{
	static const char unknown[] = "slots 3\nslotz 4\n";
	static const char twice[] = "slots 3\n# x\nslots 4\n";
	static const char bad[] = "connect_timeout 5\n";
	static const char *const roles[] = { "server_role owner\n",
		"server_role boss b1\n", "server_role owner b1 b2\n",
		"server_role owner b/1\n",
		"server_role owner b1\nserver_role admin b1\n" };
	struct conf conf;
	struct diag diag;

	(void)state;
	assert_int_equal(
	    conf_parse(unknown, strlen(unknown), &conf, &diag), WARDER_EFORM);
	assert_int_equal(diag.line, 2);
	assert_int_equal(
	    conf_parse(twice, strlen(twice), &conf, &diag), WARDER_EFORM);
	assert_int_equal(diag.line, 3);
	assert_int_equal(
	    conf_parse(bad, strlen(bad), &conf, &diag), WARDER_EFORM);
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		assert_int_equal(
		    conf_parse(roles[i], strlen(roles[i]), &conf, &diag),
		    WARDER_EFORM);
}

static void
a_configuration_is_read(void **state)
{
	static const char text[] = "# made by init\n"
	                           "endpoint 127.0.0.1:8443\n"
	                           "master file\n"
	                           "mfa 2 warder-mfa\n"
	                           "confirm_timeout 90s\n"
	                           "server_role owner b1\n"
	                           "server_role  admin  b2 # two\n"
	                           "syslog best-effort\n";
	struct conf conf;
	struct diag diag;

	(void)state;
	assert_int_equal(conf_parse(text, strlen(text), &conf, &diag), 0);
	assert_string_equal(conf.endpoint, "127.0.0.1:8443");
	assert_int_equal(conf.master, CONF_MASTER_FILE);
	assert_string_equal(conf.service[1], "warder");
	assert_string_equal(conf.service[2], "warder-mfa");
	assert_int_equal(conf.confirm_timeout_ms, 90000);
	assert_string_equal(conf.server_role[0].role, "owner");
	assert_string_equal(conf.server_role[1].role, "admin");
	assert_string_equal(conf.server_role[1].id, "b2");
	assert_string_equal(conf.server_role[2].id, "");
	assert_false(conf.syslog_required);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_blob_never_grows_above_its_capacity),
		cmocka_unit_test(a_shortened_blob_forgets_its_tail),
		cmocka_unit_test(a_childs_copy_of_a_blob_is_locked_too),
		cmocka_unit_test(sixteen_blobs_and_no_more),
		cmocka_unit_test(a_null_blob_equals_nothing),
		cmocka_unit_test(a_reader_never_passes_the_end),
		cmocka_unit_test(a_text_with_a_nul_is_refused),
		cmocka_unit_test(what_is_put_is_got_back),
		cmocka_unit_test(a_full_writer_stays_failed),
		cmocka_unit_test(bad_utf8_is_no_text),
		cmocka_unit_test(hostile_characters_are_shown_not_obeyed),
		cmocka_unit_test(a_document_steers_no_terminal),
		cmocka_unit_test(an_id_is_digits_up_to_2_to_the_63),
		cmocka_unit_test(a_number_under_its_cap_is_read_whole),
		cmocka_unit_test(a_stamp_is_read_in_one_form_only),
		cmocka_unit_test(
		    an_unknown_or_repeated_setting_rejects_the_file),
		cmocka_unit_test(a_configuration_is_read),
		cmocka_unit_test(a_child_of_a_listener_sees_zeros),
	};

	return base_init() != 0 ||
	       cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
