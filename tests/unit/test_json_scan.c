/* SPDX-License-Identifier: ISC */
/* What is refused before a tree is built, and digits that stay whole. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "courier/json.h"
#include "courier/wipe.h"

static int
parse(const char *text, cJSON **ret)
{
	return json_parse((const uint8_t *)text, strlen(text), ret);
}

/* The result of reading bytes that may hold anything. */
static int
read_bytes(const void *bytes, size_t len)
{
	auto_json cJSON *json = NULL;
	int r = json_parse(bytes, len, &json);

	assert_true((r == 0) == (json != NULL));
	return r;
}

static int
read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

static void
assert_becomes(const char *text, const char *want)
{
	char *out = NULL;
	size_t len;

	assert_int_equal(
	    json_scan((const uint8_t *)text, strlen(text), &out, &len), 0);
	assert_int_equal(len, strlen(want));
	assert_string_equal(out, want);
	wipe_free(out);
}

static void
a_nul_in_a_string_is_refused(void **state)
{
	(void)state;
	assert_int_equal(read_text("\"alice\\u0000.evil\""), WARDER_EFORM);
	assert_int_equal(read_text("{\"a\\u0000\":1}"), WARDER_EFORM);
	assert_int_equal(read_bytes("\"a\0b\"", 5), WARDER_EFORM);
	assert_int_equal(read_bytes("1\0", 2), WARDER_EFORM);
	assert_int_equal(read_bytes("\"\\\0\"", 4), WARDER_EFORM);
}

static void
a_name_twice_in_one_object_is_refused(void **state)
{
	(void)state;
	assert_int_equal(read_text("{\"a\":1,\"a\":1}"), WARDER_EFORM);
	assert_int_equal(read_text("{\"a\":1,\"b\":2,\"a\":3}"), WARDER_EFORM);
	assert_int_equal(read_text("[{\"\":1,\"\":2}]"), WARDER_EFORM);
	assert_int_equal(
	    read_text("{\"x\":{\"y\":{\"a\":1,\"a\":2}}}"), WARDER_EFORM);
}

static void
a_name_spelt_in_two_ways_is_one_name(void **state)
{
	(void)state;
	assert_int_equal(read_text("{\"a\":1,\"\\u0061\":2}"), WARDER_EFORM);
	assert_int_equal(
	    read_text("{\"\xc3\xa9\":1,\"\\u00E9\":2}"), WARDER_EFORM);
	assert_int_equal(
	    read_text("{\"\xe4\xba\xba\":1,\"\\u4eba\":2}"), WARDER_EFORM);
	assert_int_equal(
	    read_text("{\"\xf0\x9f\x98\x80\":1,\"\\ud83d\\ude00\":2}"),
	    WARDER_EFORM);
	assert_int_equal(read_text("{\"/\":1,\"\\/\":2}"), WARDER_EFORM);
}

static void
one_name_in_two_objects_is_fine(void **state)
{
	(void)state;
	assert_int_equal(read_text("[{\"a\":1},{\"a\":2}]"), 0);
	assert_int_equal(read_text("{\"a\":{\"a\":{\"a\":[]}}}"), 0);
	assert_int_equal(read_text("{\"a\":[{\"b\":1},{\"b\":2}],\"b\":3}"), 0);
	assert_int_equal(read_text("{\"Code\":1,\"code\":2}"), 0);
}

static void
bytes_that_are_no_utf8_are_refused(void **state)
{
	static const char *const bad[] = { "\"\xff\"", "\"\xc3\"",
		"\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"",
		"\"\x80\"", "{\"\xe4\xba\":1}" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(read_text(bad[i]), WARDER_ETEXT);
	assert_int_equal(read_text("\xff"), WARDER_EFORM);
}

static void
a_byte_order_mark_is_refused(void **state)
{
	(void)state;
	assert_int_equal(read_text("\xef\xbb\xbf{}"), WARDER_EFORM);
	assert_int_equal(read_text("{}\xef\xbb\xbf"), WARDER_EFORM);
	assert_int_equal(read_bytes("\xfe\xff\0{\0}", 6), WARDER_EFORM);
}

static void
half_a_surrogate_pair_is_refused(void **state)
{
	static const char *const bad[] = { "\"\\ud800\"", "\"\\udc00\"",
		"\"\\ud800x\"", "\"\\ud800\\n\"", "\"\\ud800\\u0041\"",
		"\"\\ud800\\ud800\"", "\"\\udfff\\ud800\"", "\"\\uD83D" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(read_text(bad[i]), WARDER_EFORM);
	assert_int_equal(read_text("\"\\ud83d\\uDE00\""), 0);
}

static void
control_bytes_and_unknown_escapes_are_refused(void **state)
{
	static const char *const bad[] = { "\"a\nb\"", "\"\t\"", "\"\x1f\"",
		"\"\\x41\"", "\"\\'\"", "\"\\", "\"\\u12\"", "\"\\u12g4\"",
		"\"", "\"abc" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(read_text(bad[i]), WARDER_EFORM);
	assert_int_equal(read_text("\"\\n\\t\\\"\\\\\\/\\b\\f\\r\x7f\""), 0);
}

static void
nothing_but_space_may_follow(void **state)
{
	static const char *const bad[] = { "{}x", "{}{}", "true false", "1,",
		"\"a\"\"b\"", "{}\v", "{}\f", "{}\xc2\xa0", "[]]", "{}\x1" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(read_text(bad[i]), WARDER_EFORM);
	assert_int_equal(read_text(" \t\r\n{} \r\n\t"), 0);
}

static void
what_is_no_json_is_refused(void **state)
{
	static const char *const bad[] = { "", " ", "{", "[", "}", "{a:1}",
		"{'a':1}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "[1,]", "[,1]",
		"[1 2]", "tru", "True", "nullx", "NaN", "Infinity", "undefined",
		"01", "-", "-01", "1.", ".5", "+1", "1e", "1e+", "0x1", "1_000",
		"{1:2}", "{\"a\":1 \"b\":2}", "/**/1", "<html>" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(read_text(bad[i]), WARDER_EFORM);
}

static void
integers_come_out_digit_for_digit(void **state)
{
	auto_json cJSON *json = NULL;

	(void)state;
	assert_int_equal(parse("{\"a\":9007199254740993,"
	                       "\"b\":9223372036854775807,\"c\":-1,"
	                       "\"d\":0}",
	                     &json),
	    0);
	assert_string_equal(json_text(json, "a"), "9007199254740993");
	assert_string_equal(json_text(json, "b"), "9223372036854775807");
	assert_string_equal(json_text(json, "c"), "-1");
	assert_string_equal(json_text(json, "d"), "0");
}

static void
other_numbers_are_no_texts(void **state)
{
	auto_json cJSON *json = NULL;

	(void)state;
	assert_int_equal(
	    parse("{\"a\":1.0,\"b\":1e3,\"c\":-0.5E-7,\"d\":1E999}", &json), 0);
	assert_null(json_text(json, "a"));
	assert_null(json_text(json, "b"));
	assert_null(json_text(json, "c"));
	assert_null(json_text(json, "d"));
	assert_non_null(json_any(json, "d"));
}

static void
only_integers_are_rewritten(void **state)
{
	(void)state;
	assert_becomes("1", "\"1\"");
	assert_becomes("[1,2, 3]", "[\"1\",\"2\",\"3\"]");
	assert_becomes("{\"1\": 12}", "{\"1\":\"12\"}");
	assert_becomes("\"1,2\"", "\"1,2\"");
	assert_becomes("[true,null,\"\\\"5\"]", "[true,null,\"\\\"5\"]");
}

/* `n` containers, one in another. */
static char *
nest(size_t n, char open, char close)
{
	char *text = calloc(1, 2 * n + 1);

	assert_non_null(text);
	memset(text, open, n);
	memset(text + n, close, n);
	return text;
}

static void
a_depth_of_33_is_refused(void **state)
{
	char *fits = nest(JSON_DEPTH_MAX, '[', ']');
	char *deep = nest(JSON_DEPTH_MAX + 1, '[', ']');
	char *abyss = nest(1000000, '[', ']');

	(void)state;
	assert_int_equal(read_text(fits), 0);
	assert_int_equal(read_text(deep), WARDER_ETOOBIG);
	assert_int_equal(read_text(abyss), WARDER_ETOOBIG);
	free(fits);
	free(deep);
	free(abyss);
}

static void
too_many_values_and_bytes_are_refused(void **state)
{
	size_t len = JSON_BYTES_MAX + 1;
	char *text = malloc(len + 1);

	(void)state;
	assert_non_null(text);
	memset(text, ' ', len);
	text[0] = '1';
	assert_int_equal(read_bytes(text, len - 1), 0);
	assert_int_equal(read_bytes(text, len), WARDER_ETOOBIG);
	for (size_t i = 0; i < len; i++)
		text[i] = i % 2 == 0 ? '1' : ',';
	text[0] = '[';
	text[1] = ' ';
	text[len - 2] = ']';
	text[len - 3] = '1';
	assert_int_equal(read_bytes(text, len - 1), WARDER_ETOOBIG);
	free(text);
}

/* Names of which each is another: sorted once, in no time. */
static void
many_names_end_soon(void **state)
{
	char *text = malloc(JSON_BYTES_MAX);
	size_t len = 0;

	(void)state;
	assert_non_null(text);
	text[len++] = '{';
	for (int i = 0; i < 150000; i++)
		len += (size_t)snprintf(
		    text + len, JSON_BYTES_MAX - len, "\"n%d\":{},", i);
	text[len - 1] = '}';
	assert_int_equal(read_bytes(text, len), 0);
	len -= 1;
	len += (size_t)snprintf(
	    text + len, JSON_BYTES_MAX - len, ",\"n77777\":{}}");
	assert_int_equal(read_bytes(text, len), WARDER_EFORM);
	free(text);
}

static void
members_are_found_by_their_exact_name(void **state)
{
	auto_json cJSON *json = NULL;

	(void)state;
	assert_int_equal(
	    parse("{\"Code\":\"x\",\"list\":[],\"object\":{}}", &json), 0);
	assert_null(json_text(json, "code"));
	assert_string_equal(json_text(json, "Code"), "x");
	assert_null(json_array(json, "object"));
	assert_null(json_object(json, "list"));
	assert_non_null(json_array(json, "list"));
	assert_non_null(json_object(json, "object"));
	assert_null(json_any(NULL, "list"));
	assert_null(json_any(json_any(json, "Code"), "list"));
}

static int
setup(void **state)
{
	(void)state;
	json_init();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_nul_in_a_string_is_refused),
		cmocka_unit_test(a_name_twice_in_one_object_is_refused),
		cmocka_unit_test(a_name_spelt_in_two_ways_is_one_name),
		cmocka_unit_test(one_name_in_two_objects_is_fine),
		cmocka_unit_test(bytes_that_are_no_utf8_are_refused),
		cmocka_unit_test(a_byte_order_mark_is_refused),
		cmocka_unit_test(half_a_surrogate_pair_is_refused),
		cmocka_unit_test(control_bytes_and_unknown_escapes_are_refused),
		cmocka_unit_test(nothing_but_space_may_follow),
		cmocka_unit_test(what_is_no_json_is_refused),
		cmocka_unit_test(integers_come_out_digit_for_digit),
		cmocka_unit_test(other_numbers_are_no_texts),
		cmocka_unit_test(only_integers_are_rewritten),
		cmocka_unit_test(a_depth_of_33_is_refused),
		cmocka_unit_test(too_many_values_and_bytes_are_refused),
		cmocka_unit_test(many_names_end_soon),
		cmocka_unit_test(members_are_found_by_their_exact_name),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
