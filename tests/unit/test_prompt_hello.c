/* SPDX-License-Identifier: ISC */
/*
 * HELLO, which begins the sealed line: only the maker of the channel can say
 * it, to warder-pam alone, and for the request that the keeper got.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "tests/unit/prompt_scene.h"

static void
a_hello_sealed_to_somebody_else_does_not_open(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame hello = FRAME_NONE;
	auto_blob struct blob *seed = NULL, *other = NULL;
	uint8_t public[PROMPT_KEY_LEN];

	seed = blob_of("some other seed, also 32 bytes l", PROMPT_KEY_LEN);
	assert_int_equal(pamkey_of_seed(seed, &other, public), 0);
	scene_next(scene->pam, &hello);
	assert_int_equal(prompt_take_hello(scene->pam, &hello, &scene->maker,
	                     other, public, scene->request, &scene->theirs),
	    WARDER_EBOX);
	assert_null(scene->theirs);
}

static void
a_hello_without_credentials_is_refused(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame hello = FRAME_NONE;

	scene_next(scene->pam, &hello);
	assert_true(hello.has_cred);
	hello.has_cred = false;
	assert_int_equal(scene_take_hello(scene, &hello), WARDER_ECRED);
}

static void
a_hello_by_another_user_is_refused(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame hello = FRAME_NONE;

	scene_next(scene->pam, &hello);
	hello.cred.uid++;
	assert_int_equal(scene_take_hello(scene, &hello), WARDER_ECRED);
}

/* The kernel writes down who sent it, not who made the pair. */
static void
a_hello_by_another_process_is_refused(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame hello = FRAME_NONE;
	struct prompt_line *line = NULL;
	pid_t child;
	int status;

	scene_next(scene->pam, &hello);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(prompt_send_hello(scene->client, scene->public,
		          scene->request, &line) == 0
		          ? 0
		          : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	scene_next(scene->pam, &hello);
	assert_int_equal(hello.cred.pid, child);
	assert_int_equal(scene_take_hello(scene, &hello), WARDER_ECRED);
}

static void
a_hello_for_another_request_is_stale(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame hello = FRAME_NONE;

	scene_next(scene->pam, &hello);
	prompt_request(scene->request, 1, "another body", 12);
	assert_int_equal(scene_take_hello(scene, &hello), WARDER_ESTALE);
}

static void
a_cut_hello_does_not_open(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame hello = FRAME_NONE;

	scene_next(scene->pam, &hello);
	assert_int_equal(hello.len, 112);
	hello.len--;
	assert_int_equal(scene_take_hello(scene, &hello), WARDER_EBOX);
}

static void
the_request_digest_covers_language_and_body(void **state)
{
	uint8_t a[32], b[32], c[32];

	(void)state;
	prompt_request(a, 1, "xy", 2);
	prompt_request(b, 2, "xy", 2);
	prompt_request(c, 1, "xz", 2);
	assert_memory_not_equal(a, b, 32);
	assert_memory_not_equal(a, c, 32);
}

#define HELLO(f)                                                               \
	cmocka_unit_test_setup_teardown(f, scene_set_up, scene_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		HELLO(a_hello_sealed_to_somebody_else_does_not_open),
		HELLO(a_hello_without_credentials_is_refused),
		HELLO(a_hello_by_another_user_is_refused),
		HELLO(a_hello_by_another_process_is_refused),
		HELLO(a_hello_for_another_request_is_stale),
		HELLO(a_cut_hello_does_not_open),
		cmocka_unit_test(the_request_digest_covers_language_and_body),
	};

	if (base_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
