/* SPDX-License-Identifier: ISC */
/* What a run's jobs and actions mean, word by word and flag by flag. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "yunxiao/look.h"

static const struct gate_ids asked = { "org1", "41", "7", "100" };

struct act {
	uint8_t kind, may;
};

static void
add_job(struct run_facts *run, const char *id, const char *status,
    const struct act *acts, size_t n)
{
	struct run_job job = { .start_ms = 1 };

	assert_int_equal(text_copy(job.id, sizeof(job.id), id), 0);
	assert_int_equal(text_copy(job.status, sizeof(job.status), status), 0);
	assert_int_equal(
	    text_copy(job.name.text, sizeof(job.name.text), "人工卡点"), 0);
	assert_int_equal(run_add_job(run, &job), 0);
	for (size_t i = 0; i < n; i++) {
		const struct run_action action = { .kind = acts[i].kind,
			.may = acts[i].may };

		assert_int_equal(run_add_action(run, &action), 0);
	}
}

static struct run_facts *
a_run(void)
{
	const struct run_stage stage = { .status = "WAITING" };
	struct run_facts *run = run_new();

	assert_non_null(run);
	assert_int_equal(
	    text_copy(run->pipeline, sizeof(run->pipeline), "41"), 0);
	assert_int_equal(text_copy(run->run, sizeof(run->run), "7"), 0);
	assert_int_equal(run_add_stage(run, &stage), 0);
	return run;
}

static void
every_word_of_a_status_has_its_meaning(void **state)
{
	static const struct {
		const char *word;
		enum gate_state means;
	} words[] = {
		{ "INIT", GATE_NOT_REACHED },
		{ "WAITING", GATE_WAITING },
		{ "SWITCH_MANUAL", GATE_WAITING },
		{ "SUCCESS", GATE_PASSED },
		{ "FINISH", GATE_PASSED },
		{ "FAIL", GATE_STOPPED },
		{ "CANCELED", GATE_STOPPED },
		{ "CANCELLED", GATE_STOPPED },
		{ "CANCELLING", GATE_STOPPED },
		{ "SKIP", GATE_STOPPED },
		{ "RUNNING", GATE_NOT_KNOWN },
		{ "UNKOWN", GATE_NOT_KNOWN },
		{ "waiting", GATE_NOT_KNOWN },
		{ "WAITING ", GATE_NOT_KNOWN },
		{ "PASSED", GATE_NOT_KNOWN },
		{ "", GATE_NOT_KNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (gate_state_of(words[i].word) != words[i].means)
			fail_msg("%s", words[i].word);
}

#define PASS RUN_ACTION_PASS
#define REFUSE RUN_ACTION_REFUSE
#define OTHER RUN_ACTION_OTHER

static void
only_one_enabled_action_allows(void **state)
{
	/* may: 0 missing, null or no boolean; 1 disabled; 2 enabled */
	static const struct {
		const char *status;
		struct act acts[3];
		size_t n;
		bool is_gate, may_pass, may_refuse;
	} rows[] = {
		{ "WAITING", { { PASS, 2 }, { REFUSE, 2 } }, 2, true, true,
		    true },
		{ "SWITCH_MANUAL", { { PASS, 2 } }, 1, true, true, false },
		{ "WAITING", { { PASS, 1 }, { REFUSE, 1 } }, 2, true, false,
		    false },
		{ "WAITING", { { PASS, 0 }, { REFUSE, 2 } }, 2, true, false,
		    true },
		{ "WAITING", { { PASS, 2 }, { PASS, 2 } }, 2, true, false,
		    false },
		{ "WAITING", { { PASS, 2 }, { PASS, 1 } }, 2, true, false,
		    false },
		{ "WAITING", { { REFUSE, 2 }, { REFUSE, 2 } }, 2, true, false,
		    false },
		{ "WAITING", { { OTHER, 2 } }, 1, false, false, false },
		{ "WAITING", { { OTHER, 2 }, { PASS, 2 }, { OTHER, 1 } }, 3,
		    true, true, false },
		{ "WAITING", { { 0, 0 } }, 0, false, false, false },
		{ "RUNNING", { { PASS, 2 }, { REFUSE, 2 } }, 2, true, false,
		    false },
		{ "INIT", { { PASS, 2 } }, 1, true, false, false },
		{ "SUCCESS", { { PASS, 2 } }, 1, true, false, false },
		{ "PONDERING", { { PASS, 2 } }, 1, true, false, false },
	};
	struct look look;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		auto_run struct run_facts *run = a_run();

		add_job(run, "100", rows[i].status, rows[i].acts, rows[i].n);
		assert_int_equal(look_at(run, &asked, &look), 0);
		if (look.is_gate != rows[i].is_gate ||
		    look.may_pass != rows[i].may_pass ||
		    look.may_refuse != rows[i].may_refuse)
			fail_msg("row %zu", i);
	}
}

static void
an_answer_about_something_else_counts_for_nothing(void **state)
{
	static const struct act pass[] = { { PASS, 2 } };
	struct gate_ids other = asked;
	struct look look;
	auto_run struct run_facts *run = a_run();

	(void)state;
	add_job(run, "100", "WAITING", pass, 1);
	assert_int_equal(text_copy(other.run, sizeof(other.run), "8"), 0);
	assert_int_equal(look_at(run, &other, &look), WARDER_ESTALE);
	other = asked;
	assert_int_equal(
	    text_copy(other.pipeline, sizeof(other.pipeline), "410"), 0);
	assert_int_equal(look_at(run, &other, &look), WARDER_ESTALE);
	other = asked;
	assert_int_equal(text_copy(other.job, sizeof(other.job), "101"), 0);
	assert_int_equal(look_at(run, &other, &look), WARDER_EMISSING);
	/* A job that occurs twice is no one job. */
	add_job(run, "100", "WAITING", pass, 1);
	assert_int_equal(look_at(run, &asked, &look), WARDER_ESTALE);
}

static void
of_several_gates_each_is_found_once(void **state)
{
	static const struct act pass[] = { { PASS, 2 } },
	                        no[] = { { PASS, 1 } },
	                        other[] = { { OTHER, 2 } };
	auto_run struct run_facts *run = a_run();
	struct look look;
	size_t at = 0;

	(void)state;
	assert_false(look_next_waiting(run, &at, &look));
	add_job(run, "1", "WAITING", other, 1);
	add_job(run, "2", "WAITING", no, 1);
	add_job(run, "3", "SUCCESS", pass, 1);
	add_job(run, "4", "SWITCH_MANUAL", pass, 1);
	assert_true(look_next_waiting(run, &at, &look));
	assert_string_equal(run->jobs[look.job].id, "2");
	assert_false(look.may_pass);
	assert_true(look.says_pass);
	assert_true(look_next_waiting(run, &at, &look));
	assert_string_equal(run->jobs[look.job].id, "4");
	assert_false(look_next_waiting(run, &at, &look));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_of_a_status_has_its_meaning),
		cmocka_unit_test(only_one_enabled_action_allows),
		cmocka_unit_test(
		    an_answer_about_something_else_counts_for_nothing),
		cmocka_unit_test(of_several_gates_each_is_found_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
