/* SPDX-License-Identifier: ISC */
/* The pieces of an answer on the wire; a courier may be a hostile one. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "wire/courier.h"

static uint8_t body[FRAME_BODY_MAX];

static void
assert_bytes(const void *bytes, size_t len, const char *want)
{
	char hex[2 * 512 + 1];

	assert_true(len <= 512);
	hex_print(hex, bytes, len);
	assert_string_equal(hex, want);
}

/* Golden bytes of each kind, read and written back. */
static const char *const items[] = {
	/* pipeline */ "01"
	               "0131"
	               "00"
	               "0001"
	               "61"
	               "0132"
	               "03",
	/* run */
	"02"
	"0131"
	"0132"
	"0141"
	"06"
	"0133"
	"0000000000000009",
	/* source */
	"03"
	"00"
	"0001"
	"72"
	"00"
	"0001"
	"62"
	"28"
	"33663161396330623764326534663561366238633964306531663261336234"
	"63356436653766"
	"3830",
	/* source, unknown commit */
	"03"
	"00"
	"0000"
	"00"
	"0000"
	"00",
	/* parameter */
	"04"
	"00"
	"0001"
	"6b"
	"01"
	"00"
	"0000",
	/* stage */
	"05"
	"00"
	"0003"
	"e4baba"
	"0141",
	/* job */
	"06"
	"0137"
	"00"
	"0001"
	"6e"
	"0141"
	"0000000000000001"
	"0000000000000002",
	/* action */
	"07"
	"01"
	"02",
	/* validator */
	"08"
	"0131",
	/* member */
	"09"
	"0131"
	"00"
	"0001"
	"6e"
	"00"
	"0001"
	"72"
	"0132",
	/* organization */
	"0a"
	"0131"
	"00"
	"0001"
	"6e"
	"02",
	/* page end */
	"0b"
	"0001"
	"74"
	"00",
	/* commit */
	"0c"
	"28"
	"33663161396330623764326534663561366238633964306531663261336234"
	"63356436653766"
	"3830"
	"00"
	"0001"
	"74"
	"00"
	"0001"
	"6e"
	"02",
	/* author */
	"0d"
	"0003"
	"614062",
	/* author, unknown */
	"0d"
	"0000",
	/* path, renamed */
	"0e"
	"04"
	"00"
	"0001"
	"61"
	"00"
	"0001"
	"62",
	/* parent, not understood */
	"0f"
	"00",
	/* repository */
	"10"
	"0137"
	"0003"
	"6f2f72",
};

static size_t
load(const char *hex)
{
	size_t len = strlen(hex) / 2;

	assert_int_equal(hex_parse(hex, body, len), 0);
	return len;
}

static void
every_piece_comes_back_as_it_was(void **state)
{
	uint8_t again[FRAME_BODY_MAX];
	struct item item;

	(void)state;
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
		struct wbuf out = wbuf_of(again, sizeof(again));
		size_t len = load(items[i]);

		assert_int_equal(get_item(rbuf_of(body, len), &item), 0);
		put_item(&out, &item);
		assert_int_equal(wbuf_end(&out), 0);
		assert_bytes(again, out.len, items[i]);
		for (size_t cut = 0; cut < len; cut++)
			assert_int_equal(
			    get_item(rbuf_of(body, cut), &item), WARDER_ETRUNC);
		body[len] = 0;
		assert_int_equal(
		    get_item(rbuf_of(body, len + 1), &item), WARDER_ETRAIL);
	}
}

static void
a_piece_out_of_its_range_is_refused(void **state)
{
	static const char *const bad[] = { "00", "11", "ff0131", "070001",
		"070401", "070103", /* action, tri */
		"0b000002",         /* complete */
		"04000001"
		"6b"
		"02"
		"000000", /* hidden */
		"0a0131"
		"000000"
		"03", /* admin */
		"05"
		"02"
		"0000"
		"00", /* cut */
		"03"
		"000000"
		"000000"
		"0141", /* a commit of one digit */
		"05"
		"01"
		"0001"
		"61", /* cut, and so short */
		"0c"
		"0141"
		"000000"
		"000000"
		"00", /* a commit of one digit */
		"0c"
		"00"
		"000000"
		"000000"
		"03", /* verified */
		"0e"
		"00"
		"000000"
		"000000",
		"0e"
		"05"
		"000000"
		"000000", /* how a file changed */
		"0f"
		"0161" }; /* a parent of one digit */
	struct item item;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_true(get_item(rbuf_of(body, load(bad[i])), &item) ==
		                WARDER_EFORM ||
		            get_item(rbuf_of(body, load(bad[i])), &item) ==
		                WARDER_ETRUNC);
}

static void
a_cut_text_brings_its_hash(void **state)
{
	struct item item = { .kind = ITEM_STAGE }, back;
	struct wbuf out = wbuf_of(body, sizeof(body));

	(void)state;
	memset(item.stage.name.text, 'a', COURIER_TXT_MAX - 3);
	memset(item.stage.name.whole, 0xab, COURIER_HASH_LEN);
	item.stage.name.cut = 1;
	put_item(&out, &item);
	assert_int_equal(wbuf_end(&out), 0);
	assert_int_equal(out.len, 1 + 1 + 2 + 509 + 32 + 1);
	assert_int_equal(get_item(rbuf_of(body, out.len), &back), 0);
	assert_memory_equal(&back, &item, sizeof(item));
	assert_int_equal(
	    get_item(rbuf_of(body, out.len - 32), &back), WARDER_ETRUNC);
}

static void
an_unknown_kind_is_not_written(void **state)
{
	struct item item = { .kind = 0 };
	struct wbuf out = wbuf_of(body, sizeof(body));

	(void)state;
	put_item(&out, &item);
	assert_int_equal(wbuf_end(&out), WARDER_EBUG);
	item.kind = ITEM_LAST + 1;
	out = wbuf_of(body, sizeof(body));
	put_item(&out, &item);
	assert_int_equal(wbuf_end(&out), WARDER_EBUG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_piece_comes_back_as_it_was),
		cmocka_unit_test(a_piece_out_of_its_range_is_refused),
		cmocka_unit_test(a_cut_text_brings_its_hash),
		cmocka_unit_test(an_unknown_kind_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
