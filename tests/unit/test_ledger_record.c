/* SPDX-License-Identifier: ISC */
/* One value has one line, and nothing else reads as a line. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/blob.h"
#include "ledger/record.h"

#define PREV "0000000000000000000000000000000000000000000000000000000000000000"
#define FRAME(rest)                                                            \
	"{\"v\":1,\"seq\":1,\"ts\":\"2026-01-01T00:00:01.111Z\",\"mono\":5,"   \
	"\"boot\":\"0f3c9a1e\",\"host\":\"a\",\"ev\":\"auth\"," rest           \
	"\"prev\":\"" PREV "\"}\n"

static void
fill(struct record *rec)
{
	record_begin(rec, "auth");
	record_set_int(rec, M_V, 1);
	record_set_int(rec, M_SEQ, 1);
	record_set(rec, M_TS, "2026-01-01T00:00:01.111Z");
	record_set_int(rec, M_MONO, 5);
	record_set(rec, M_BOOT, "0f3c9a1e");
	record_set(rec, M_HOST, "a");
	record_set(rec, M_PREV, PREV);
}

/* Prints, and holds the line against its own reading. */
static const char *
printed(const struct record *rec)
{
	static char line[RECORD_LINE_MAX + 1];
	struct record again;
	size_t len;

	assert_int_equal(record_print(rec, line, &len), 0);
	assert_int_equal(strlen(line), len);
	assert_int_equal(record_parse(line, len, &again), 0);
	return line;
}

static bool
reads(const char *line)
{
	struct record rec;

	return record_parse(line, strlen(line), &rec) == 0;
}

static void
a_line_is_written_in_one_way_only(void **state)
{
	static const char *const bad[] = {
		"",
		"\n",
		"{}\n",
		"null\n",
		FRAME("\"uid\":01,"),
		FRAME("\"uid\":-1,"),
		FRAME("\"uid\":+1,"),
		FRAME("\"uid\":1.0,"),
		FRAME("\"uid\":1e3,"),
		FRAME("\"uid\":\"1\","),
		FRAME("\"uid\":,"),
		FRAME("\"uid\":9007199254740992,"),
		FRAME("\"uid\":18446744073709551617,"),
		FRAME("\"uid\": 1,"),
		FRAME("\"uid\":1 ,"),
		FRAME("\"uid\":1,\"uid\":1,"),
		FRAME("\"uid\":1,\"user\":\"x\","),
		FRAME("\"nobody\":1,"),
		FRAME("\"uid\":true,"),
		FRAME("\"uid\":null,"),
		FRAME("\"user\":[\"x\"],"),
		FRAME("\"user\":{},"),
		FRAME("\"user\":\"\\u0041\","),
		FRAME("\"user\":\"\\u001B\","),
		FRAME("\"user\":\"\\n\","),
		FRAME("\"user\":\"\\/\","),
		FRAME("\"user\":\"\x1b[31m\","),
		FRAME("\"user\":\"\xe2\x80\xae\","),
		FRAME("\"user\":\"\xff\","),
		FRAME("\"user\":\"\xc0\xaf\","),
		FRAME("\"user\":\"\xed\xa0\x80\","),
		FRAME("\"user\":\"\\ud800\","),
		FRAME("\"user\":\"\\udb40\\udc00x\\udc00\","),
		FRAME("\"user\":\"x,"),
		FRAME("\"act\":\"stop\","),
		FRAME("\"act\":\"passrefuse\","),
		FRAME("\"gate\":\"00\","),
		FRAME("\"boot\":\"0f3c9a1e\","),
		FRAME("\"res\":\"Passed\","),
		FRAME("\"rec\":\"20260101\","),
		FRAME("\"run\":\"12a\","),
		FRAME("\"run\":\"\","),
		FRAME("\"clk\":\"maybe\","),
		FRAME("\"uid\":1,,"),
		FRAME("") "x",
		FRAME("") "\n",
		" " FRAME(""),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (reads(bad[i]))
			fail_msg("taken: %s", bad[i]);
}

static void
what_is_written_so_reads(void **state)
{
	(void)state;
	assert_true(reads(FRAME("")));
	assert_true(reads(FRAME("\"user\":\"\",\"uid\":0,")));
	assert_true(reads(FRAME("\"uid\":9007199254740991,")));
	assert_true(reads(FRAME("\"user\":\"\\ud83d\\ude00\",")) == false);
	assert_true(reads(FRAME("\"user\":\"\xf0\x9f\x98\x80\",")));
	assert_true(reads(FRAME("\"user\":\"\\udb40\\udc01\",")));
	assert_true(reads(FRAME("\"user\":\"\\u0000\",")));
}

static void
every_prefix_of_a_line_is_no_line(void **state)
{
	static const char line[] = FRAME("\"user\":\"\\u001b \\\\ \\\"\",");
	struct record rec;

	(void)state;
	for (size_t len = 0; len < sizeof(line) - 1; len++)
		assert_int_not_equal(record_parse(line, len, &rec), 0);
	assert_int_equal(record_parse(line, sizeof(line) - 1, &rec), 0);
}

static void
an_escape_in_a_name_stays_text(void **state)
{
	struct record rec;

	(void)state;
	fill(&rec);
	record_set(&rec, M_MSG,
	    "a\n{\"v\":1}\x1b]0;x\x07\xe2\x80\xae\xc2\x85\xf3\xa0\x80\x81\"\\");
	assert_string_equal(printed(&rec),
	    FRAME("\"msg\":\"a\\u000a{\\\"v\\\":1}\\u001b]0;x\\u0007\\u202e"
	          "\\u0085\\udb40\\udc01\\\"\\\\\","));
}

static void
bytes_that_are_no_text_become_a_mark(void **state)
{
	struct record rec;

	(void)state;
	fill(&rec);
	record_set_bytes(&rec, M_MSG, "a\xff\xe4\xba\0z", 6);
	assert_string_equal(printed(&rec),
	    FRAME(
	        "\"msg\":\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\\u0000z\","));
}

static void
a_long_text_is_cut_at_a_character(void **state)
{
	char text[600], *line;
	struct record rec;

	(void)state;
	fill(&rec);
	memset(text, 'x', sizeof(text));
	text[64] = '\0';
	record_set(&rec, M_USER, text);
	line = strstr(printed(&rec), "\"user\":\"");
	assert_int_equal(strcspn(line + 8, "\""), 64);
	text[64] = 'x';
	text[65] = '\0';
	record_set(&rec, M_USER, text);
	line = strstr(printed(&rec), "\"user\":\"");
	assert_int_equal(strcspn(line + 8, "\""), 64);
	assert_memory_equal(line + 8 + 61, "\xe2\x80\xa6\"", 4);
	/* An escape of six bytes is cut whole, not in its middle. */
	memset(text, '\a', 12);
	text[12] = '\0';
	record_set(&rec, M_USER, text);
	line = strstr(printed(&rec), "\"user\":\"");
	assert_memory_equal(line + 8 + 60, "\xe2\x80\xa6\"", 4);
}

static void
a_value_of_the_wrong_shape_is_never_written(void **state)
{
	char line[RECORD_LINE_MAX + 1];
	struct record rec;
	size_t len;

	(void)state;
	fill(&rec);
	record_set(&rec, M_GATE, "not a hash");
	assert_int_equal(record_check(&rec), WARDER_EFORM);
	assert_int_equal(record_print(&rec, line, &len), WARDER_EFORM);
	fill(&rec);
	record_set_int(&rec, M_UID, RECORD_INT_MAX + 1);
	assert_int_equal(record_print(&rec, line, &len), WARDER_EFORM);
	fill(&rec);
	record_unset(&rec, M_HOST);
	assert_int_equal(record_print(&rec, line, &len), WARDER_EFORM);
}

static void
all_members_at_their_limits_fit_one_line(void **state)
{
	char text[1024], digits[21];
	struct record rec;

	(void)state;
	fill(&rec);
	memset(text, '\x01', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	memset(digits, '9', 20);
	digits[20] = '\0';
	for (enum member m = M_REC; m < M_PREV; m++) {
		struct record before = rec;

		if (member_is_int(m)) {
			record_set_int(&rec, m, RECORD_INT_MAX);
			continue;
		}
		record_set(&rec, m, text);
		if (record_check(&rec) != 0) {
			rec = before;
			record_set(&rec, m, digits);
		}
		if (record_check(&rec) != 0)
			rec = before;
	}
	record_set(&rec, M_REC, "20260101-00000000000");
	record_set_hex(&rec, M_GATE, text, 32);
	record_set_hex(&rec, M_POL, text, 32);
	record_set_hex(&rec, M_VD, text, 32);
	record_set_hex(&rec, M_H, text, 32);
	record_set_hex(&rec, M_SID, text, 16);
	record_set(&rec, M_ACT, "refuse");
	record_set(&rec, M_CLK, "unknown");
	record_set(&rec, M_SYS, "require");
	assert_int_equal(rec.present, (UINT64_C(1) << M_COUNT) - 1);
	assert_true(strlen(printed(&rec)) <= RECORD_LINE_MAX);
}

static void
setting_for_ever_ends_in_an_error_not_in_memory(void **state)
{
	struct record rec;

	(void)state;
	fill(&rec);
	for (int i = 0; i < 10000; i++)
		record_set(&rec, M_MSG, "again");
	assert_int_equal(record_check(&rec), WARDER_EFULL);
}

/* A script that looks for one word must not find it in another. */
static void
outcomes_share_no_word(void **state)
{
	static const char *const words[] = { "passed", "stopped", "unconfirmed",
		"rejected", "throttled", "unsent", "unknown", "moved", "turned",
		"waits", "vanished", "proven", "failed", "denied", "voted",
		"withdrawn", "expired", "sealed", "replaced", "retired",
		"rekeyed", "found", "installed", "verified" };
	const size_t n = sizeof(words) / sizeof(words[0]);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			if (i != j)
				assert_null(strstr(words[i], words[j]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_written_in_one_way_only),
		cmocka_unit_test(what_is_written_so_reads),
		cmocka_unit_test(every_prefix_of_a_line_is_no_line),
		cmocka_unit_test(an_escape_in_a_name_stays_text),
		cmocka_unit_test(bytes_that_are_no_text_become_a_mark),
		cmocka_unit_test(a_long_text_is_cut_at_a_character),
		cmocka_unit_test(a_value_of_the_wrong_shape_is_never_written),
		cmocka_unit_test(all_members_at_their_limits_fit_one_line),
		cmocka_unit_test(
		    setting_for_ever_ends_in_an_error_not_in_memory),
		cmocka_unit_test(outcomes_share_no_word),
	};

	return base_init() != 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
