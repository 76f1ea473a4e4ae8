/* SPDX-License-Identifier: ISC */
/*
 * A prompt channel with both of its ends in one process: the client's line
 * and the keys of warder-pam, for the tests of the sealed line.
 */
#ifndef WARDER_TESTS_PROMPT_SCENE_H
#define WARDER_TESTS_PROMPT_SCENE_H

#include <stddef.h>
#include <stdint.h>

#include "base/blob.h"
#include "wire/pamkey.h"
#include "wire/peer.h"
#include "wire/prompt.h"

struct scene {
	int client, pam; /* the two ends */
	struct blob *secret;
	uint8_t public[PROMPT_KEY_LEN], request[PROMPT_REQUEST_LEN];
	struct peer maker;
	struct prompt_line *ours, *theirs; /* the client's, warder-pam's */
};

/* A pair, its keys, and a HELLO that waits to be read. */
int scene_set_up(void **state);
int scene_tear_down(void **state);

/* These bytes as a secret; the caller frees it. */
struct blob *blob_of(const void *bytes, size_t len);

/* The frame that waits at `sock`; there is one. */
void scene_next(int sock, struct frame *frame);

/* prompt_take_hello() as warder-pam would, into scene->theirs. */
int scene_take_hello(struct scene *scene, const struct frame *hello);

#endif
