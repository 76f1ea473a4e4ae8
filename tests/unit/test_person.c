/* SPDX-License-Identifier: ISC */
/*
 * The bytes of every message of protocol 1, written down once by hand from
 * the table of the protocol; and bodies that nobody may send.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "wire/person.h"

#define GATE_HEX                                                               \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static const uint8_t gate_bytes[GATE_LEN] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
	11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
	29, 30, 31 };

static void
put_hex(const struct layout *layout, const void *msg, char *ret)
{
	uint8_t body[FRAME_BODY_MAX];
	struct wbuf out = wbuf_of(body, sizeof(body));

	layout_put(&out, layout, msg);
	assert_int_equal(wbuf_end(&out), 0);
	hex_print(ret, body, out.len);
}

/* Written it is `hex`; read back it is the same; a byte less or more is not. */
static void
check_bytes(const struct layout *layout, const void *msg, const char *hex)
{
	static char got[2 * FRAME_BODY_MAX + 1];
	static uint8_t body[FRAME_BODY_MAX];
	union person_any back;
	size_t len = strlen(hex) / 2;

	put_hex(layout, msg, got);
	assert_string_equal(got, hex);
	assert_int_equal(hex_parse(hex, body, len), 0);
	assert_int_equal(layout_get(rbuf_of(body, len), layout, &back), 0);
	assert_memory_equal(&back, msg, layout->size);
	body[len] = 0;
	assert_int_equal(
	    layout_get(rbuf_of(body, len + 1), layout, &back), WARDER_ETRAIL);
	for (size_t cut = 0; cut < len; cut++)
		assert_int_not_equal(
		    layout_get(rbuf_of(body, cut), layout, &back), 0);
}

static int
read_hex(const struct layout *layout, const char *hex)
{
	static uint8_t body[FRAME_BODY_MAX];
	union person_any msg;
	size_t len = strlen(hex) / 2;

	assert_int_equal(hex_parse(hex, body, len), 0);
	return layout_get(rbuf_of(body, len), layout, &msg);
}

static void
an_explanation_has_these_bytes(void **state)
{
	static const struct person_explained explained = { VERDICT_IS_DENY,
		PERSON_REFUSE, 5, EXPLAINED_IS_CUT | EXPLAINED_NOT_ALL, 258,
		"li", "owner admin" };
	static const struct person_way way = { 5, VERDICT_IS_PENDING, WAY_VOTES,
		2, WAY_TTY | WAY_WRITTEN, 5, 1, "n", "why", "T", "a,b" };

	(void)state;
	check_bytes(&person_explained_layout, &explained,
	    "03"
	    "02"
	    "05"
	    "09"
	    "0000000000000102"
	    "00026c69"
	    "0b6f776e65722061646d696e");
	check_bytes(&person_way_layout, &way,
	    "05"
	    "02"
	    "07"
	    "02"
	    "09"
	    "05"
	    "0000000000000001"
	    "00016e"
	    "0003776879"
	    "0154"
	    "0003612c62");
}

/* A verdict, a way, a kind, a flag and a trigger that are none. */
static void
an_explanation_outside_its_range_is_refused(void **state)
{
	static const char *const explained[] = { "04010000", "00010000",
		"01030000", "01010010" };
	static const char *const ways[] = { "060101000000", "010301000000",
		"010109000000", "010101050000", "010101001000",
		"010101000006" };
	char hex[64];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		(void)snprintf(hex, sizeof(hex), "%s%s", explained[i],
		    "0000000000000000000000");
		assert_int_equal(
		    read_hex(&person_explained_layout, hex), WARDER_EFORM);
	}
	for (size_t i = 0; i < 6; i++) {
		(void)snprintf(hex, sizeof(hex), "%s%s", ways[i],
		    "000000000000000000000000000000");
		assert_int_equal(
		    read_hex(&person_way_layout, hex), WARDER_EFORM);
	}
}

/* Each hex is written as the table of the protocol has its fields. */
static void
requests_have_these_bytes(void **state)
{
	static const struct person_look look = { PERSON_ZH, "shop", "10877",
		"2291", "" };
	static const struct person_list list = { PERSON_EN, "", "p", 1 };
	static const struct person_whoami whoami = { PERSON_EN };
	static const struct person_explain explain = { PERSON_PASS, "li", 258,
		"why", "T" };
	static const struct person_log log = { PERSON_EN, "ab", 1, 1 };
	struct person_act act = { .verb = PERSON_REFUSE,
		.reason = "no",
		.ticket = "T-1",
		.flags = PERSON_ACT_NO_PROMPT };

	(void)state;
	memcpy(act.gate, gate_bytes, GATE_LEN);
	check_bytes(&person_look_layout, &look,
	    "02"
	    "0473686f70"
	    "00053130383737"
	    "0432323931"
	    "00");
	check_bytes(&person_act_layout, &act,
	    "02" GATE_HEX "00026e6f"
	    "03542d31"
	    "00"
	    "00"
	    "01");
	check_bytes(&person_list_layout, &list,
	    "01"
	    "00"
	    "000170"
	    "01");
	check_bytes(&person_whoami_layout, &whoami, "01");
	check_bytes(&person_explain_layout, &explain,
	    "01"
	    "00026c69"
	    "0000000000000102"
	    "0003776879"
	    "0154");
	check_bytes(&person_log_layout, &log,
	    "01"
	    "026162"
	    "0000000000000001"
	    "01");
}

static void
a_gate_has_these_bytes(void **state)
{
	struct person_gate gate = { .org = "o",
		.alias = "a",
		.pipeline = "1",
		.pipeline_name = "p",
		.run = "2",
		.job = "3",
		.stage = "s",
		.job_name = "\xe4\xba\xba",
		.status = "WAITING",
		.started_ms = 1,
		.trigger = 2,
		.account = "9",
		.starter = "fang",
		.newest = TRI_TRUE,
		.superseded_by = "",
		.pass = TRI_TRUE,
		.refuse = TRI_FALSE,
		.can = PERSON_CAN_PASS | PERSON_CAN_REFUSE,
		.level = 3 };

	(void)state;
	memcpy(gate.gate, gate_bytes, GATE_LEN);
	check_bytes(&person_gate_layout, &gate,
	    GATE_HEX "016f"
	             "0161"
	             "0131"
	             "000170"
	             "0132"
	             "0133"
	             "000173"
	             "0003e4baba"
	             "0757414954494e47"
	             "0000000000000001"
	             "02"
	             "0139"
	             "000466616e67"
	             "02"
	             "00"
	             "02"
	             "01"
	             "03"
	             "03");
}

static void
answers_have_these_bytes(void **state)
{
	static const struct person_piece piece = { PIECE_SOURCE, "r", "b",
		"c" };
	static const struct person_rule rule = { RULE_PRIMARY, "l", "c", "f", 7,
		3, "t", "m", "" };
	static const struct person_need need = { NEED_LEVEL, 2, "t", "w" };
	static const struct person_progress progress = { PROGRESS_SENT, 1, 2, 3,
		"a", "b" };
	static const struct person_line line = { "{}" };
	static const struct person_person person = { 1000, 4294967295u, 5,
		"chen", "pts/0", "local", 2 };

	(void)state;
	check_bytes(&person_piece_layout, &piece,
	    "01"
	    "000172"
	    "000162"
	    "000163");
	check_bytes(&person_rule_layout, &rule,
	    "01"
	    "016c"
	    "0163"
	    "000166"
	    "00000007"
	    "00000003"
	    "000174"
	    "00016d"
	    "0000");
	check_bytes(&person_need_layout, &need,
	    "03"
	    "00000002"
	    "000174"
	    "000177");
	check_bytes(&person_progress_layout, &progress,
	    "04"
	    "0000000000000001"
	    "00000002"
	    "00000003"
	    "000161"
	    "000162");
	check_bytes(&person_line_layout, &line, "00027b7d");
	check_bytes(&person_note_layout, &line, "00027b7d");
	check_bytes(&person_person_layout, &person,
	    "000003e8"
	    "ffffffff"
	    "00000005"
	    "00046368656e"
	    "057074732f30"
	    "056c6f63616c"
	    "02");
}

static void
a_result_has_these_bytes(void **state)
{
	static const struct person_result result = { REASON_SERVER_REFUSED,
		ORIGIN_SERVER, 1, "l", "C", "r", 403, "q", "t", "x" };

	(void)state;
	check_bytes(&person_result_layout, &result,
	    "06"
	    "02"
	    "01"
	    "016c"
	    "0143"
	    "0172"
	    "0193"
	    "0171"
	    "000174"
	    "000178");
}

static void
a_servers_particulars_have_these_bytes(void **state)
{
	static const struct person_server server = { "k", "h", 3, 1, 2, 3, 4 };

	(void)state;
	check_bytes(&person_server_layout, &server,
	    "016b"
	    "000168"
	    "03"
	    "01"
	    "00000002"
	    "0000000000000003"
	    "0000000000000004");
	assert_int_equal(read_hex(&person_server_layout,
	                     "016b0001680400000000020000000000000003"
	                     "0000000000000004"),
	    WARDER_EFORM);
}

static void
a_keys_end_has_these_bytes(void **state)
{
	static const struct person_key key = { "shop-2026", 258 };

	(void)state;
	check_bytes(&person_key_layout, &key,
	    "0973686f702d32303236"
	    "0000000000000102");
	/* 65 characters, a NUL. */
	assert_int_equal(read_hex(&person_key_layout, "41"), WARDER_ETOOBIG);
	assert_int_equal(read_hex(&person_key_layout, "0100"
	                                              "0000000000000102"),
	    WARDER_ETEXT);
}

static void
ready_and_change_are_empty(void **state)
{
	(void)state;
	assert_int_equal(read_hex(&person_ready_layout, ""), 0);
	assert_int_equal(read_hex(&person_ready_layout, "00"), WARDER_ETRAIL);
	assert_int_equal(read_hex(&person_change_layout, ""), 0);
	assert_int_equal(read_hex(&person_change_layout, "00"), WARDER_ETRAIL);
}

static void
values_outside_their_range_are_refused(void **state)
{
	(void)state;
	assert_int_equal(read_hex(&person_whoami_layout, "00"), WARDER_EFORM);
	assert_int_equal(read_hex(&person_whoami_layout, "03"), WARDER_EFORM);
	/* A verb of a later step, an unused flag. */
	assert_int_equal(read_hex(&person_act_layout, "03" GATE_HEX "0000"
	                                              "00"
	                                              "00"
	                                              "00"
	                                              "00"),
	    WARDER_EFORM);
	assert_int_equal(read_hex(&person_act_layout, "01" GATE_HEX "0000"
	                                              "00"
	                                              "00"
	                                              "00"
	                                              "02"),
	    WARDER_EFORM);
	assert_int_equal(read_hex(&person_list_layout, "01"
	                                               "00"
	                                               "0000"
	                                               "80"),
	    WARDER_EFORM);
	assert_int_equal(read_hex(&person_piece_layout, "11"
	                                                "0000"
	                                                "0000"
	                                                "0000"),
	    WARDER_EFORM);
}

static void
a_text_longer_than_its_limit_is_refused(void **state)
{
	uint8_t body[1 + 3 + 2 + 300] = { PERSON_EN, 0 };
	union person_any msg;
	struct wbuf out = wbuf_of(body, sizeof(body));

	(void)state;
	put_u8(&out, PERSON_EN);
	put_u8(&out, PERSON_ORG + 1);
	memset(body + 2, 'x', PERSON_ORG + 1);
	assert_int_equal(
	    layout_get(rbuf_of(body, sizeof(body)), &person_look_layout, &msg),
	    WARDER_ETOOBIG);
}

static void
a_text_with_a_nul_or_broken_utf8_is_refused(void **state)
{
	(void)state;
	assert_int_equal(read_hex(&person_line_layout, "000100"), WARDER_ETEXT);
	assert_int_equal(
	    read_hex(&person_line_layout, "0002c328"), WARDER_ETEXT);
	assert_int_equal(
	    read_hex(&person_line_layout, "0003eda080"), WARDER_ETEXT);
}

static void
only_first_frames_bring_a_descriptor(void **state)
{
	(void)state;
	for (unsigned int number = 0; number < PERSON_NUMBERS; number++) {
		const struct layout *layout = person_layouts[number];

		if (layout == NULL)
			continue;
		assert_int_equal(layout->type, WIRE_TYPE(WIRE_PERSON, number));
		assert_int_equal(layout->takes_fd,
		    number == 2 || number == 6 || number == 8 || number == 14);
	}
}

static void
reserved_and_foreign_numbers_have_no_layout(void **state)
{
	(void)state;
	assert_null(person_layout(WIRE_TYPE(WIRE_PERSON, 0)));
	assert_null(person_layout(WIRE_TYPE(WIRE_PERSON, 10)));
	assert_null(person_layout(WIRE_TYPE(WIRE_PERSON, 16)));
	assert_null(person_layout(WIRE_TYPE(WIRE_PERSON, 18)));
	assert_null(person_layout(WIRE_TYPE(WIRE_PERSON, PERSON_NUMBERS)));
	assert_null(person_layout(WIRE_TYPE(WIRE_PERSON, 0xffff)));
	assert_null(person_layout(WIRE_TYPE(WIRE_PROOF, 2)));
	assert_null(person_layout(PERSON_LOOK + (1u << 16)));
	assert_ptr_equal(person_layout(PERSON_LOOK), &person_look_layout);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_outside_their_range_are_refused),
		cmocka_unit_test(a_text_longer_than_its_limit_is_refused),
		cmocka_unit_test(a_text_with_a_nul_or_broken_utf8_is_refused),
		cmocka_unit_test(only_first_frames_bring_a_descriptor),
		cmocka_unit_test(reserved_and_foreign_numbers_have_no_layout),
		cmocka_unit_test(requests_have_these_bytes),
		cmocka_unit_test(a_gate_has_these_bytes),
		cmocka_unit_test(an_explanation_has_these_bytes),
		cmocka_unit_test(an_explanation_outside_its_range_is_refused),
		cmocka_unit_test(answers_have_these_bytes),
		cmocka_unit_test(a_result_has_these_bytes),
		cmocka_unit_test(a_servers_particulars_have_these_bytes),
		cmocka_unit_test(a_keys_end_has_these_bytes),
		cmocka_unit_test(ready_and_change_are_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
