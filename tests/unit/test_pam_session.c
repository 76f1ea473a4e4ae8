/* SPDX-License-Identifier: ISC */
/*
 * What warder-pam checks before PAM: the handed-on end, the name, the
 * request, the acceptance. Whatever fails here, no module ever runs.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"
#include "tests/unit/pam_scene.h"

static void
a_stream_pair_ends_it_unread(void **state)
{
	struct scene *scene = *state;
	int pair[2];

	fd_closep(&scene->client);
	fd_closep(&scene->handed);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	scene->client = pair[0];
	scene->handed = pair[1];
	scene_begin(scene);
	scene_no_verdict_comes(scene);
}

/* The real user's connection to a listener of somebody else. */
static void
a_connection_to_a_listener_ends_it_unread(void **state)
{
	struct scene *scene = *state;
	struct sockaddr address = { .sa_family = AF_UNIX };
	auto_fd int listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	struct sockaddr_storage bound;
	socklen_t len = sizeof(bound);

	/* Autobound: an abstract name of the kernel's choice. */
	assert_int_equal(bind(listener, &address, sizeof(sa_family_t)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(
	    getsockname(listener, (struct sockaddr *)&bound, &len), 0);
	fd_closep(&scene->client);
	fd_closep(&scene->handed);
	scene->handed = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	assert_int_equal(
	    connect(scene->handed, (struct sockaddr *)&bound, len), 0);
	scene_begin(scene);
	scene_no_verdict_comes(scene);
}

static void
another_name_than_the_makers_is_refused(void **state)
{
	struct scene *scene = *state;

	(void)snprintf(scene->auth.user, sizeof(scene->auth.user), "%s",
	    "nobody-like-this");
	scene_begin(scene);
	assert_string_equal(scene_verdict_of(scene, false).word, "start");
}

/* libpam would take the service `other` for it. */
static void
a_service_that_is_not_there_is_refused_before_a_word(void **state)
{
	struct scene *scene = *state;

	(void)snprintf(scene->auth.service, sizeof(scene->auth.service), "%s",
	    "warder-mfa");
	scene_begin(scene);
	assert_string_equal(scene_verdict_of(scene, false).word, "start");
}

static void
a_service_name_with_a_slash_is_refused(void **state)
{
	struct scene *scene = *state;

	(void)snprintf(scene->auth.service, sizeof(scene->auth.service), "%s",
	    "../../tmp/evil");
	scene_begin(scene);
	scene_no_verdict_comes(scene);
}

static void
a_changed_request_is_refused_before_the_challenge(void **state)
{
	struct scene *scene = *state;
	struct frame none = FRAME_NONE;

	scene->auth.request[0] ^= 1;
	scene_begin(scene);
	scene_say_hello(scene);
	assert_string_equal(scene_verdict_of(scene, false).word, "request");
	assert_int_equal(frame_recv(scene->client, WIRE_PROMPT,
	                     clock_boot_ms() + 500, &none),
	    WARDER_EOF);
}

static void
without_hello_its_time_runs_out(void **state)
{
	struct scene *scene = *state;

	scene_begin(scene);
	assert_string_equal(scene_verdict_of(scene, false).word, "timeout");
}

static void
a_plain_frame_instead_of_hello_ends_it(void **state)
{
	struct scene *scene = *state;

	scene_begin(scene);
	assert_int_equal(
	    frame_send_now(scene->client, PROMPT_HELLO, 0, NULL, -1), 0);
	assert_string_equal(scene_verdict_of(scene, false).word, "gone");
}

static void
another_digest_is_not_accepted_and_pam_never_runs(void **state)
{
	struct scene *scene = *state;
	struct proof_verdict verdict;
	uint8_t digest[32];

	scene_begin(scene);
	scene_say_hello(scene);
	scene_see_challenge(scene, digest);
	digest[31] ^= 1;
	assert_int_equal(prompt_send_accept(scene->line, digest), 0);
	verdict = scene_verdict_of(scene, false);
	assert_string_equal(verdict.word, "request");
	assert_int_equal(verdict.authenticate, PROOF_NOT_RUN);
}

static void
without_acceptance_pam_never_runs(void **state)
{
	struct scene *scene = *state;
	struct proof_verdict verdict;
	uint8_t digest[32];

	stack_messages = 0; /* a stack that would say yes at once */
	scene_begin(scene);
	scene_say_hello(scene);
	scene_see_challenge(scene, digest);
	verdict = scene_verdict_of(scene, false);
	assert_string_equal(verdict.word, "timeout");
	assert_int_equal(verdict.authenticate, PROOF_NOT_RUN);
}

#define SCENE(f)                                                               \
	cmocka_unit_test_setup_teardown(f, scene_set_up, scene_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(a_stream_pair_ends_it_unread),
		SCENE(a_connection_to_a_listener_ends_it_unread),
		SCENE(another_name_than_the_makers_is_refused),
		SCENE(a_service_that_is_not_there_is_refused_before_a_word),
		SCENE(a_service_name_with_a_slash_is_refused),
		SCENE(a_changed_request_is_refused_before_the_challenge),
		SCENE(without_hello_its_time_runs_out),
		SCENE(a_plain_frame_instead_of_hello_ends_it),
		SCENE(another_digest_is_not_accepted_and_pam_never_runs),
		SCENE(without_acceptance_pam_never_runs),
	};

	if (base_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
