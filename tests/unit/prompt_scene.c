/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fd.h"
#include "tests/unit/prompt_scene.h"
#include "wire/frame.h"

struct blob *
blob_of(const void *bytes, size_t len)
{
	struct blob *blob = NULL;

	assert_int_equal(blob_new(len + 1, &blob), 0);
	assert_int_equal(blob_append(blob, bytes, len), 0);
	return blob;
}

void
scene_next(int sock, struct frame *frame)
{
	assert_int_equal(
	    frame_recv(sock, WIRE_PROMPT, clock_boot_ms() + 500, frame), 0);
}

int
scene_set_up(void **state)
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

int
scene_tear_down(void **state)
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

int
scene_take_hello(struct scene *scene, const struct frame *hello)
{
	return prompt_take_hello(scene->pam, hello, &scene->maker,
	    scene->secret, scene->public, scene->request, &scene->theirs);
}
