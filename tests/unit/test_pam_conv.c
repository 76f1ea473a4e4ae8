/* SPDX-License-Identifier: ISC */
/*
 * The conversation, and what ends it: wrong answers, silence, a person who
 * leaves, a module that sits there or asks what nobody can answer.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"
#include "tests/unit/pam_scene.h"

static void
a_wrong_answer_is_no_proof(void **state)
{
	struct proof_verdict verdict;

	scene_take_it(*state);
	scene_answer(*state, "donkey");
	verdict = scene_verdict_of(*state, true);
	assert_int_not_equal(verdict.authn, PROOF_YES);
	assert_string_equal(verdict.word, "pam");
}

static void
leaving_at_the_prompt_is_no_proof_whatever_the_stack_says(void **state)
{
	struct scene *scene = *state;
	struct proof_verdict verdict;

	scene_take_it(scene);
	fd_closep(&scene->client);
	verdict = scene_verdict_of(scene, true);
	assert_int_not_equal(verdict.authn, PROOF_YES);
	assert_string_equal(verdict.word, "gone");
}

static void
an_unanswered_prompt_runs_out_of_time(void **state)
{
	scene_take_it(*state);
	assert_string_equal(scene_verdict_of(*state, true).word, "timeout");
}

static void
a_module_that_sits_there_is_ended(void **state)
{
	stack_sits = true;
	scene_take_it(*state);
	assert_string_equal(scene_verdict_of(*state, true).word, "timeout");
}

static void
where_prompts_are_forbidden_none_is_made(void **state)
{
	struct scene *scene = *state;

	scene->auth.flags = PROOF_NO_PROMPT;
	scene_take_it(scene);
	assert_string_equal(scene_verdict_of(scene, true).word, "no_prompt");
}

static void
thirty_three_messages_at_once_are_refused(void **state)
{
	stack_messages = 33;
	stack_style = PAM_TEXT_INFO;
	scene_take_it(*state);
	assert_string_equal(scene_verdict_of(*state, true).word, "pam");
}

static void
a_binary_prompt_is_refused(void **state)
{
	stack_style = 7;
	scene_take_it(*state);
	assert_string_equal(scene_verdict_of(*state, true).word, "pam");
}

static void
an_information_is_shown_at_once(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame frame = FRAME_NONE;
	struct prompt_text text;

	stack_style = PAM_TEXT_INFO;
	scene_take_it(scene);
	scene_next(scene, PROMPT_TEXT, &frame);
	assert_int_equal(prompt_open_text(scene->line, &frame, &text), 0);
	assert_int_equal(text.style, PROMPT_INFO);
	assert_int_equal(scene_verdict_of(scene, true).authn, PROOF_YES);
}

static void
the_right_answer_proves(void **state)
{
	struct scene *scene = *state;
	struct proof_verdict verdict;
	uint8_t digest[32];

	scene_take_it(scene);
	scene_answer(scene, "horse");
	verdict = scene_verdict_of(scene, true);
	challenge_digest(
	    digest, scene->auth.challenge, scene->auth.challenge_len);
	assert_int_equal(proof_check(&verdict, scene->auth.user, digest), 0);
	assert_int_equal(verdict.answers, 1);
	/* And nothing less than all of it. */
	assert_int_not_equal(proof_check(&verdict, "nobody-else", digest), 0);
	digest[0] ^= 1;
	assert_int_not_equal(
	    proof_check(&verdict, scene->auth.user, digest), 0);
	digest[0] ^= 1;
	verdict.authn = 1;
	assert_int_not_equal(
	    proof_check(&verdict, scene->auth.user, digest), 0);
}

#define SCENE(f)                                                               \
	cmocka_unit_test_setup_teardown(f, scene_set_up, scene_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(a_wrong_answer_is_no_proof),
		SCENE(
		    leaving_at_the_prompt_is_no_proof_whatever_the_stack_says),
		SCENE(an_unanswered_prompt_runs_out_of_time),
		SCENE(a_module_that_sits_there_is_ended),
		SCENE(where_prompts_are_forbidden_none_is_made),
		SCENE(thirty_three_messages_at_once_are_refused),
		SCENE(a_binary_prompt_is_refused),
		SCENE(an_information_is_shown_at_once),
		SCENE(the_right_answer_proves),
	};

	if (base_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
