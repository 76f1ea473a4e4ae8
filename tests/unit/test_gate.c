/* SPDX-License-Identifier: ISC */
/* Which gate, whether it waits, and what names it. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/blob.h"
#include "base/text.h"
#include "yunxiao/gate.h"
#include "yunxiao/look.h"

static struct gate_facts
usual(void)
{
	return (struct gate_facts){ .ids = { "a1b2c3d4e5f6a7b8c9d0e1f2",
		                        "5300586", "41", "226240002" } };
}

static void
ids_that_are_none_have_no_hash(void **state)
{
	struct gate_facts facts = usual();
	uint8_t hash[GATE_HASH_LEN] = { 7 };

	(void)state;
	facts.ids.run[0] = '\0';
	assert_int_equal(gate_hash(&facts, hash), WARDER_EFORM);
	assert_int_equal(hash[0], 7);
}

static void
the_gate_that_shows_nothing_has_this_hash(void **state)
{
	struct gate_facts facts = usual();
	uint8_t hash[GATE_HASH_LEN];
	char handle[GATE_HANDLE_SIZE], hex[65];

	(void)state;
	assert_int_equal(gate_hash(&facts, hash), 0);
	gate_handle_print(handle, hash);
	hex_print(hex, hash, sizeof(hash));
	assert_string_equal(handle, "6kbv-n58f-4yea");
	assert_string_equal(hex,
	    "34d7ba950f279cac95b7e7a8a4519bdd24ec92545f0921d953408e00cb6e3e69");
}

static void
a_handle_is_read_strictly(void **state)
{
	static const char *const bad[] = { "", "6kbv-n58f-4ye", "6kbvn58f4yeaa",
		"6kbv-n58f4yea", "6kbvn58f-4yea", "6kbv_n58f_4yea",
		"6kbv-n58f-4yei", "6kbv-n58f-4yel", "6kbv-n58f-4yeo",
		"6kbv-n58f-4yeu", "6kbv--58f-4yea", "6kbv-n58f-4ye ",
		"6kbv-n58f-4y\xc3\xa9", "-6kb-vn58f4yea" };
	char handle[GATE_HANDLE_SIZE] = "same";

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    gate_handle_parse(bad[i], handle), WARDER_EFORM);
	assert_string_equal(handle, "same");
	assert_int_equal(gate_handle_parse("6KBVn58f4YEA", handle), 0);
	assert_string_equal(handle, "6kbv-n58f-4yea");
}

static void
a_fingerprint_reads_back(void **state)
{
	uint8_t hash[GATE_HASH_LEN];
	char printed[GATE_FINGERPRINT_SIZE], read[GATE_FINGERPRINT_SIZE];
	char joined[27];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(hash); i++)
		hash[i] = (uint8_t)(37 * i + 11);
	gate_fingerprint_print(printed, hash);
	assert_int_equal(strlen(printed), 31);
	for (size_t i = 0; printed[i] != '\0'; i++) {
		if (printed[i] != '-')
			joined[n++] = printed[i];
	}
	joined[n] = '\0';
	assert_int_equal(n, 26);
	assert_int_equal(gate_fingerprint_parse(joined, read), 0);
	assert_string_equal(read, printed);
	assert_int_equal(
	    gate_fingerprint_parse("6kbv-n58f-4yea", read), WARDER_EFORM);
}

static void
a_hidden_value_never_enters(void **state)
{
	struct gate_parameter parameter = { { "PASSWORD", NULL }, true,
		{ "one", NULL } };
	struct gate_facts facts = usual();
	uint8_t first[GATE_HASH_LEN], second[GATE_HASH_LEN];

	(void)state;
	facts.parameters = &parameter;
	facts.parameters_n = 1;
	assert_int_equal(gate_hash(&facts, first), 0);
	parameter.value.text = "other";
	assert_int_equal(gate_hash(&facts, second), 0);
	assert_memory_equal(first, second, sizeof(first));
	parameter.is_hidden = false;
	assert_int_equal(gate_hash(&facts, second), 0);
	assert_memory_not_equal(first, second, sizeof(first));
}

static void
a_cut_text_counts_by_its_whole(void **state)
{
	static const uint8_t whole[32] = { 1 }, other[32] = { 2 };
	struct gate_facts facts = usual();
	uint8_t first[GATE_HASH_LEN], second[GATE_HASH_LEN];

	(void)state;
	facts.stage = (struct gate_text){ "same beginning", whole };
	assert_int_equal(gate_hash(&facts, first), 0);
	facts.stage.whole = other;
	assert_int_equal(gate_hash(&facts, second), 0);
	assert_memory_not_equal(first, second, sizeof(first));
}

/* A run with one stage and one gate; the caller changes it. */

static struct run_facts *
make_run(const char *status)
{
	struct run_facts *run = run_new();
	struct run_stage stage = { .status = "WAITING" };
	struct run_job job = { .id = "226240002" };

	assert_non_null(run);
	assert_int_equal(text_copy(run->pipeline, 65, "5300586"), 0);
	assert_int_equal(text_copy(run->run, 65, "41"), 0);
	assert_int_equal(text_copy(job.status, 33, status), 0);
	assert_int_equal(run_add_stage(run, &stage), 0);
	assert_int_equal(run_add_job(run, &job), 0);
	return run;
}

static void
add_action(struct run_facts *run, uint8_t kind, uint8_t may)
{
	struct run_action action = { .kind = kind, .may = may };
	struct run_validator one = { .id = "101" }, two = { .id = "102" };

	assert_int_equal(run_add_action(run, &action), 0);
	assert_int_equal(run_add_validator(run, &one), 0);
	assert_int_equal(run_add_validator(run, &two), 0);
}

static const struct gate_ids asked = { "a1b2c3d4e5f6a7b8c9d0e1f2", "5300586",
	"41", "226240002" };

static void
an_answer_about_another_run_counts_for_nothing(void **state)
{
	auto_run struct run_facts *run = make_run("WAITING");
	struct run_job again = { .id = "226240002" };
	struct gate_ids ids = asked;
	struct look look = { .job = 99 };

	(void)state;
	add_action(run, RUN_ACTION_PASS, 2);
	ids.run[0] = '5';
	assert_int_equal(look_at(run, &ids, &look), WARDER_ESTALE);
	ids = asked;
	ids.pipeline[0] = '6';
	assert_int_equal(look_at(run, &ids, &look), WARDER_ESTALE);
	ids = asked;
	ids.job[0] = '3';
	assert_int_equal(look_at(run, &ids, &look), WARDER_EMISSING);
	assert_int_equal(run_add_job(run, &again), 0);
	assert_int_equal(look_at(run, &asked, &look), WARDER_ESTALE);
	assert_int_equal(look.job, 99);
}

static void
only_a_plain_yes_may_pass(void **state)
{
	static const struct {
		const char *status;
		uint8_t may[2];
		size_t n;
		bool want;
	} cases[] = {
		{ "WAITING", { 2 }, 1, true },
		{ "SWITCH_MANUAL", { 2 }, 1, true },
		{ "WAITING", { 1 }, 1, false },
		{ "WAITING", { 0 }, 1, false },
		{ "WAITING", { 3 }, 1, false },
		{ "WAITING", { 2, 2 }, 2, false },
		{ "INIT", { 2 }, 1, false },
		{ "waiting", { 2 }, 1, false },
		{ "", { 2 }, 1, false },
		{ "SUCCESS", { 2 }, 1, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		auto_run struct run_facts *run = make_run(cases[i].status);
		struct look look;

		for (size_t k = 0; k < cases[i].n; k++)
			add_action(run, RUN_ACTION_PASS, cases[i].may[k]);
		assert_int_equal(look_at(run, &asked, &look), 0);
		assert_true(look.is_gate);
		assert_int_equal(look.may_pass, cases[i].want);
		assert_false(look.may_refuse);
	}
}

static void
a_job_started_by_hand_is_no_gate(void **state)
{
	auto_run struct run_facts *run = make_run("SWITCH_MANUAL");
	struct look look;
	size_t at = 0;

	(void)state;
	add_action(run, RUN_ACTION_OTHER, 2);
	assert_int_equal(look_at(run, &asked, &look), 0);
	assert_false(look.is_gate);
	assert_false(look.may_pass);
	assert_false(look_next_waiting(run, &at, &look));
}

static void
a_status_we_do_not_know_decides_nothing(void **state)
{
	static const char *const unknown[] = { "RUNNING", "UNKOWN", "success",
		"PASSED", "", "FAILURE" };
	static const char *const stopped[] = { "FAIL", "FAILED", "CANCELED",
		"CANCELLED", "CANCELLING", "SKIP", "SKIPPED", "ABORTED",
		"TERMINATED", "ERROR" };

	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		assert_int_equal(gate_state_of(unknown[i]), GATE_NOT_KNOWN);
	for (size_t i = 0; i < sizeof(stopped) / sizeof(stopped[0]); i++)
		assert_int_equal(gate_state_of(stopped[i]), GATE_STOPPED);
	assert_int_equal(gate_state_of("FINISH"), GATE_PASSED);
	assert_int_equal(gate_state_of("SUCCESS"), GATE_PASSED);
	assert_int_equal(gate_state_of("INIT"), GATE_NOT_REACHED);
}

static void
pieces_without_a_place_are_refused(void **state)
{
	auto_run struct run_facts *run = run_new();
	struct run_job job = { .id = "1" };
	struct run_action action = { .kind = RUN_ACTION_PASS };
	struct run_validator validator = { .id = "1" };
	struct run_stage stage = { .status = "" };

	(void)state;
	assert_int_equal(run_add_job(run, &job), WARDER_EFORM);
	assert_int_equal(run_add_action(run, &action), WARDER_EFORM);
	assert_int_equal(run_add_validator(run, &validator), WARDER_EFORM);
	assert_int_equal(run_add_stage(run, &stage), 0);
	assert_int_equal(run_add_job(run, &job), 0);
	assert_int_equal(run_add_validator(run, &validator), WARDER_EFORM);
	assert_int_equal(run_add_stage(run, &stage), 0);
	/* A stage without a job of its own does not lend it one. */
	assert_int_equal(run_add_action(run, &action), WARDER_EFORM);
}

static void
a_run_without_end_is_refused(void **state)
{
	auto_run struct run_facts *run = run_new();
	struct run_stage stage = { .status = "" };
	size_t n = 0;

	(void)state;
	while (run_add_stage(run, &stage) == 0)
		n++;
	assert_int_equal(n, RUN_ITEMS_MAX);
	assert_int_equal(run_add_stage(run, &stage), WARDER_EFULL);
}

static void
the_order_of_validators_is_no_other_gate(void **state)
{
	auto_run struct run_facts *run = make_run("WAITING");
	struct run_validator last = { .id = "100" };
	uint8_t first[GATE_HASH_LEN], second[GATE_HASH_LEN];
	struct look look;

	(void)state;
	add_action(run, RUN_ACTION_PASS, 2);
	add_action(run, RUN_ACTION_REFUSE, 2);
	assert_int_equal(look_at(run, &asked, &look), 0);
	assert_int_equal(look_hash(run, asked.org, &look, first), 0);
	memcpy(run->validators[0].id, "102", 4);
	memcpy(run->validators[1].id, "101", 4);
	assert_int_equal(look_hash(run, asked.org, &look, second), 0);
	assert_memory_equal(first, second, sizeof(first));
	assert_string_equal(look_validator(run, &look, 0), "102");
	assert_string_equal(look_validator(run, &look, 1), "101");
	assert_null(look_validator(run, &look, 2));
	/* One more is another gate; its status is not part of it. */
	memcpy(run->jobs[0].status, "SUCCESS", 8);
	assert_int_equal(look_hash(run, asked.org, &look, second), 0);
	assert_memory_equal(first, second, sizeof(first));
	assert_int_equal(run_add_validator(run, &last), 0);
	assert_int_equal(look_hash(run, asked.org, &look, second), 0);
	assert_memory_not_equal(first, second, sizeof(first));
}

static int
start(void **state)
{
	(void)state;
	return base_init();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_that_are_none_have_no_hash),
		cmocka_unit_test(a_handle_is_read_strictly),
		cmocka_unit_test(
		    an_answer_about_another_run_counts_for_nothing),
		cmocka_unit_test(only_a_plain_yes_may_pass),
		cmocka_unit_test(a_job_started_by_hand_is_no_gate),
		cmocka_unit_test(a_status_we_do_not_know_decides_nothing),
		cmocka_unit_test(pieces_without_a_place_are_refused),
		cmocka_unit_test(a_run_without_end_is_refused),
		cmocka_unit_test(a_hidden_value_never_enters),
		cmocka_unit_test(a_cut_text_counts_by_its_whole),
		cmocka_unit_test(the_order_of_validators_is_no_other_gate),
		cmocka_unit_test(a_fingerprint_reads_back),
		cmocka_unit_test(the_gate_that_shows_nothing_has_this_hash),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
