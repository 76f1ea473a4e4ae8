/* SPDX-License-Identifier: ISC */
/*
 * What a client believes: nothing of a challenge that differs, nothing of a
 * line that was touched, no success without this host's signature.
 */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fd.h"
#include "tests/unit/client_scene.h"

/* Up to the accepted challenge, where nothing is wrong. */
static void
accept_it(struct client_scene *scene)
{
	client_scene_begin(scene);
	client_scene_hear_hello(scene);
	client_scene_challenge(scene);
	assert_true(client_scene_is_accepted(scene));
}

static int
refuses_challenge(struct client_scene *scene)
{
	client_scene_begin(scene);
	client_scene_hear_hello(scene);
	client_scene_challenge(scene);
	assert_false(client_scene_is_accepted(scene));
	return client_scene_exit(scene);
}

static void
a_signed_pass_is_believed(void **state)
{
	accept_it(*state);
	client_scene_note(*state, REASON_DONE);
	client_scene_end(*state, REASON_DONE);
	assert_int_equal(client_scene_exit(*state), REASON_DONE);
}

static void
an_unsigned_pass_is_not_believed(void **state)
{
	accept_it(*state);
	client_scene_end(*state, REASON_DONE);
	assert_int_equal(client_scene_exit(*state), REASON_DETACHED);
}

static void
an_unsigned_vote_is_not_believed(void **state)
{
	accept_it(*state);
	client_scene_end(*state, REASON_VOTED);
	assert_int_equal(client_scene_exit(*state), REASON_DETACHED);
}

static void
an_unsigned_already_is_not_believed(void **state)
{
	client_scene_begin(*state);
	client_scene_end(*state, REASON_ALREADY);
	assert_int_equal(client_scene_exit(*state), REASON_DETACHED);
}

static void
an_unsigned_otherwise_is_not_believed(void **state)
{
	client_scene_begin(*state);
	client_scene_end(*state, REASON_OTHERWISE);
	assert_int_equal(client_scene_exit(*state), REASON_DETACHED);
}

static void
a_signature_for_another_exit_proves_nothing(void **state)
{
	accept_it(*state);
	client_scene_note(*state, REASON_ALREADY);
	client_scene_end(*state, REASON_DONE);
	assert_int_equal(client_scene_exit(*state), REASON_DETACHED);
}

static void
a_signature_for_another_request_proves_nothing(void **state)
{
	struct client_scene *scene = *state;

	accept_it(scene);
	scene->request[0] ^= 1;
	client_scene_note(scene, REASON_DONE);
	client_scene_end(scene, REASON_DONE);
	assert_int_equal(client_scene_exit(scene), REASON_DETACHED);
}

static void
a_signature_of_another_host_proves_nothing(void **state)
{
	struct client_scene *scene = *state;

	accept_it(scene);
	blob_space(scene->host_seed)[0] ^= 1;
	client_scene_note(scene, REASON_DONE);
	client_scene_end(scene, REASON_DONE);
	assert_int_equal(client_scene_exit(scene), REASON_DETACHED);
}

static void
a_signature_of_another_day_proves_nothing(void **state)
{
	accept_it(*state);
	clock_set_for_test(clock_real_ms() - 86400000, clock_boot_ms());
	client_scene_note(*state, REASON_DONE);
	clock_set_for_test(-1, -1);
	client_scene_end(*state, REASON_DONE);
	assert_int_equal(client_scene_exit(*state), REASON_DETACHED);
}

static void
a_refusal_needs_no_signature(void **state)
{
	client_scene_begin(*state);
	client_scene_end(*state, REASON_DENIED);
	assert_int_equal(client_scene_exit(*state), REASON_DENIED);
}

/* The channel is closed before the client has said HELLO on it. */
static void
a_refusal_that_comes_at_once_is_told(void **state)
{
	struct client_scene *scene = *state;

	client_scene_begin(scene);
	fd_closep(&scene->end);
	client_scene_end(scene, REASON_UNAUTHENTICATED);
	assert_int_equal(client_scene_exit(scene), REASON_UNAUTHENTICATED);
}

static void
a_challenge_with_another_reason_is_not_accepted(void **state)
{
	struct client_scene *scene = *state;

	scene->challenge.reason[0] = 'R';
	assert_int_equal(refuses_challenge(scene), REASON_UNAUTHENTICATED);
}

static void
a_challenge_with_another_ticket_is_not_accepted(void **state)
{
	struct client_scene *scene = *state;

	scene->challenge.ticket[0] = '\0';
	assert_int_equal(refuses_challenge(scene), REASON_UNAUTHENTICATED);
}

static void
a_challenge_of_another_verb_is_not_accepted(void **state)
{
	struct client_scene *scene = *state;

	scene->challenge.verb = 2;
	assert_int_equal(refuses_challenge(scene), REASON_UNAUTHENTICATED);
}

static void
a_challenge_for_another_gate_is_not_accepted(void **state)
{
	struct client_scene *scene = *state;

	scene->challenge.gate[31] ^= 1;
	assert_int_equal(refuses_challenge(scene), REASON_UNAUTHENTICATED);
}

static void
a_challenge_for_another_job_is_not_accepted(void **state)
{
	struct client_scene *scene = *state;

	scene->challenge.job[0] = '8';
	assert_int_equal(refuses_challenge(scene), REASON_UNAUTHENTICATED);
}

static void
a_challenge_for_another_commit_is_not_accepted(void **state)
{
	struct client_scene *scene = *state;

	scene->challenge.sources[0].commit[39] = '1';
	assert_int_equal(refuses_challenge(scene), REASON_UNAUTHENTICATED);
}

static void
a_challenge_that_leaves_a_commit_out_is_not_accepted(void **state)
{
	struct client_scene *scene = *state;

	scene->challenge.sources_n = 0;
	assert_int_equal(refuses_challenge(scene), REASON_UNAUTHENTICATED);
}

/* What a desk can do without the key: write something plain. */
static void
an_injected_challenge_is_not_accepted(void **state)
{
	struct client_scene *scene = *state;
	uint8_t body[CHALLENGE_BODY_MAX];
	struct wbuf out = wbuf_of(body, sizeof(body));

	client_scene_begin(scene);
	client_scene_hear_hello(scene);
	challenge_put(&out, &scene->challenge);
	assert_int_equal(
	    frame_send_now(scene->end, PROMPT_CHALLENGE, 0, &out, -1), 0);
	assert_false(client_scene_is_accepted(scene));
	assert_int_equal(client_scene_exit(scene), REASON_UNREACHABLE);
}

static void
a_prompt_before_the_challenge_ends_it(void **state)
{
	struct client_scene *scene = *state;
	const struct prompt_text text = { PROMPT_NO_ECHO, "Password: " };

	client_scene_begin(scene);
	client_scene_hear_hello(scene);
	assert_int_equal(prompt_send_text(scene->line, &text), 0);
	assert_false(client_scene_is_accepted(scene));
	assert_int_equal(client_scene_exit(scene), REASON_UNREACHABLE);
}

static void
a_second_challenge_ends_it(void **state)
{
	struct client_scene *scene = *state;

	accept_it(scene);
	client_scene_challenge(scene);
	/* It has left the channel: the keeper sees that, and says so. */
	assert_false(client_scene_is_accepted(scene));
	client_scene_end(scene, REASON_CANCELLED);
	assert_int_equal(client_scene_exit(scene), REASON_UNREACHABLE);
}

static void
a_prompt_under_no_prompt_ends_it(void **state)
{
	struct client_scene *scene = *state;
	const struct prompt_text text = { PROMPT_NO_ECHO, "Password: " };

	scene->no_prompt = true;
	accept_it(scene);
	assert_int_equal(prompt_send_text(scene->line, &text), 0);
	assert_false(client_scene_is_accepted(scene));
	client_scene_end(scene, REASON_CANCELLED);
	assert_int_equal(client_scene_exit(scene), REASON_INPUT);
}

static void
a_desk_that_goes_before_the_acceptance_has_sent_nothing(void **state)
{
	struct client_scene *scene = *state;

	client_scene_begin(scene);
	fd_closep(&scene->desk);
	assert_int_equal(client_scene_exit(scene), REASON_UNREACHABLE);
}

static void
a_desk_that_goes_after_the_acceptance_leaves_it_open(void **state)
{
	struct client_scene *scene = *state;

	accept_it(scene);
	fd_closep(&scene->desk);
	assert_int_equal(client_scene_exit(scene), REASON_DETACHED);
}

static void
a_frame_of_another_kind_from_the_desk_ends_it(void **state)
{
	struct client_scene *scene = *state;
	const char nothing = 0;

	client_scene_begin(scene);
	assert_int_equal(layout_send(scene->desk, 2, &person_ready_layout,
	                     &nothing, -1, clock_boot_ms() + 500),
	    0);
	assert_int_equal(client_scene_exit(scene), REASON_UNREACHABLE);
}

static void
ctrl_c_before_the_acceptance_is_130(void **state)
{
	struct client_scene *scene = *state;

	client_scene_begin(scene);
	client_scene_hear_hello(scene);
	assert_int_equal(kill(scene->child, SIGINT), 0);
	assert_int_equal(client_scene_exit(scene), 130);
}

static void
ctrl_c_that_the_keeper_still_saw_is_130(void **state)
{
	struct client_scene *scene = *state;

	accept_it(scene);
	assert_int_equal(kill(scene->child, SIGINT), 0);
	assert_false(client_scene_is_accepted(scene));
	client_scene_end(scene, REASON_CANCELLED);
	assert_int_equal(client_scene_exit(scene), 130);
}

/* It came too late: what was recorded is sent, and its end is awaited. */
static void
ctrl_c_that_crossed_the_intent_waits_for_the_outcome(void **state)
{
	struct client_scene *scene = *state;

	accept_it(scene);
	assert_int_equal(kill(scene->child, SIGINT), 0);
	assert_false(client_scene_is_accepted(scene));
	client_scene_recorded(scene);
	client_scene_note(scene, REASON_DONE);
	client_scene_end(scene, REASON_DONE);
	assert_int_equal(client_scene_exit(scene), REASON_DONE);
}

/* Two that come too fast are one, so it is pressed until the client goes. */
static void
the_second_ctrl_c_after_the_intent_leaves_with_24(void **state)
{
	struct client_scene *scene = *state;
	siginfo_t info = { 0 };

	accept_it(scene);
	client_scene_recorded(scene);
	for (int i = 0; i < 200 && info.si_pid == 0; i++) {
		(void)usleep(50000);
		assert_int_equal(kill(scene->child, SIGINT), 0);
		assert_int_equal(waitid(P_PID, (id_t)scene->child, &info,
		                     WEXITED | WNOWAIT | WNOHANG),
		    0);
	}
	assert_int_equal(client_scene_exit(scene), REASON_DETACHED);
}

#define SCENE(f)                                                               \
	cmocka_unit_test_setup_teardown(                                       \
	    f, client_scene_set_up, client_scene_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(an_unsigned_pass_is_not_believed),
		SCENE(an_unsigned_vote_is_not_believed),
		SCENE(an_unsigned_already_is_not_believed),
		SCENE(an_unsigned_otherwise_is_not_believed),
		SCENE(a_signature_for_another_exit_proves_nothing),
		SCENE(a_signature_for_another_request_proves_nothing),
		SCENE(a_signature_of_another_host_proves_nothing),
		SCENE(a_signature_of_another_day_proves_nothing),
		SCENE(a_refusal_needs_no_signature),
		SCENE(a_refusal_that_comes_at_once_is_told),
		SCENE(a_challenge_with_another_reason_is_not_accepted),
		SCENE(a_challenge_with_another_ticket_is_not_accepted),
		SCENE(a_challenge_of_another_verb_is_not_accepted),
		SCENE(a_challenge_for_another_gate_is_not_accepted),
		SCENE(a_challenge_for_another_job_is_not_accepted),
		SCENE(a_challenge_for_another_commit_is_not_accepted),
		SCENE(a_challenge_that_leaves_a_commit_out_is_not_accepted),
		SCENE(an_injected_challenge_is_not_accepted),
		SCENE(a_prompt_before_the_challenge_ends_it),
		SCENE(a_second_challenge_ends_it),
		SCENE(a_prompt_under_no_prompt_ends_it),
		SCENE(a_desk_that_goes_before_the_acceptance_has_sent_nothing),
		SCENE(a_desk_that_goes_after_the_acceptance_leaves_it_open),
		SCENE(a_frame_of_another_kind_from_the_desk_ends_it),
		SCENE(ctrl_c_before_the_acceptance_is_130),
		SCENE(ctrl_c_that_the_keeper_still_saw_is_130),
		SCENE(ctrl_c_that_crossed_the_intent_waits_for_the_outcome),
		SCENE(the_second_ctrl_c_after_the_intent_leaves_with_24),
		SCENE(a_signed_pass_is_believed),
	};

	if (base_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
