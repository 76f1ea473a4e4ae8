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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"
#include "wire/pamkey.h"
#include "wire/prompt.h"

struct scene {
	int client, pam; /* the two ends */
	struct blob *secret;
	uint8_t public[PROMPT_KEY_LEN], request[PROMPT_REQUEST_LEN];
	struct peer maker;
	struct prompt_line *ours, *theirs; /* the client's, warder-pam's */
};

static struct blob *
blob_of(const void *bytes, size_t len)
{
	struct blob *blob = NULL;

	assert_int_equal(blob_new(len + 1, &blob), 0);
	assert_int_equal(blob_append(blob, bytes, len), 0);
	return blob;
}

static void
next(int sock, struct frame *frame)
{
	assert_int_equal(
	    frame_recv(sock, WIRE_PROMPT, clock_boot_ms() + 500, frame), 0);
}

/* A pair, its keys, and a HELLO that waits to be read. */
static int
set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	auto_blob struct blob *seed = NULL;
	int pair[2];

	assert_non_null(scene);
	seed = blob_of("a seed for tests, 32 bytes long.", PROMPT_KEY_LEN);
	assert_int_equal(
	    pamkey_of_seed(seed, &scene->secret, scene->public), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	scene->client = pair[0];
	scene->pam = pair[1];
	prompt_request(scene->request, 1, "body", 4);
	assert_int_equal(peer_of_channel(scene->pam, &scene->maker), 0);
	assert_int_equal(peer_want_credentials(scene->pam), 0);
	assert_int_equal(prompt_send_hello(scene->client, scene->public,
	                     scene->request, &scene->ours),
	    0);
	*state = scene;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *scene = *state;

	prompt_line_freep(&scene->ours);
	prompt_line_freep(&scene->theirs);
	blob_freep(&scene->secret);
	fd_closep(&scene->client);
	fd_closep(&scene->pam);
	free(scene);
	return 0;
}

static int
take_hello(struct scene *scene, const struct frame *hello)
{
	return prompt_take_hello(scene->pam, hello, &scene->maker,
	    scene->secret, scene->public, scene->request, &scene->theirs);
}

static void
a_hello_sealed_to_somebody_else_does_not_open(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame hello = FRAME_NONE;
	auto_blob struct blob *seed = NULL, *other = NULL;
	uint8_t public[PROMPT_KEY_LEN];

	seed = blob_of("some other seed, also 32 bytes l", PROMPT_KEY_LEN);
	assert_int_equal(pamkey_of_seed(seed, &other, public), 0);
	next(scene->pam, &hello);
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

	next(scene->pam, &hello);
	assert_true(hello.has_cred);
	hello.has_cred = false;
	assert_int_equal(take_hello(scene, &hello), WARDER_ECRED);
}

static void
a_hello_by_another_user_is_refused(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame hello = FRAME_NONE;

	next(scene->pam, &hello);
	hello.cred.uid++;
	assert_int_equal(take_hello(scene, &hello), WARDER_ECRED);
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

	next(scene->pam, &hello);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(prompt_send_hello(scene->client, scene->public,
		          scene->request, &line) == 0
		          ? 0
		          : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	next(scene->pam, &hello);
	assert_int_equal(hello.cred.pid, child);
	assert_int_equal(take_hello(scene, &hello), WARDER_ECRED);
}

static void
a_hello_for_another_request_is_stale(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame hello = FRAME_NONE;

	next(scene->pam, &hello);
	prompt_request(scene->request, 1, "another body", 12);
	assert_int_equal(take_hello(scene, &hello), WARDER_ESTALE);
}

static void
a_cut_hello_does_not_open(void **state)
{
	struct scene *scene = *state;
	auto_frame struct frame hello = FRAME_NONE;

	next(scene->pam, &hello);
	assert_int_equal(hello.len, 112);
	hello.len--;
	assert_int_equal(take_hello(scene, &hello), WARDER_EBOX);
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

#define HELLO(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

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
