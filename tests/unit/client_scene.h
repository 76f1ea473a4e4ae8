/* SPDX-License-Identifier: ISC */
/*
 * A client in a child process, from ACT to its exit code, and the test as
 * everybody else: desk, keeper, warder-pam, and whoever has taken one over.
 */
#ifndef WARDER_TESTS_CLIENT_SCENE_H
#define WARDER_TESTS_CLIENT_SCENE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/blob.h"
#include "ledger/note.h"
#include "wire/challenge.h"
#include "wire/person.h"
#include "wire/prompt.h"

struct client_scene {
	char folder[64], path[96];
	int listener, desk, end; /* end: what was handed on of the channel */
	pid_t child;
	struct blob *pam_secret, *host_seed;
	uint8_t pam_public[PROMPT_KEY_LEN], request[PROMPT_REQUEST_LEN];
	struct peer maker;
	struct prompt_line *line;   /* warder-pam's */
	struct challenge challenge; /* the true one; tests change it */
	struct person_result result;
	bool no_prompt; /* -n */
};

/* The child has sent ACT and HELLO when this returns. */
int client_scene_set_up(void **state);
int client_scene_tear_down(void **state);
void client_scene_begin(struct client_scene *scene);

/* warder-pam's side: HELLO is taken, the challenge shown, ACCEPT awaited. */
void client_scene_hear_hello(struct client_scene *scene);
void client_scene_challenge(struct client_scene *scene);
bool client_scene_is_accepted(struct client_scene *scene);

/* The keeper's side. */
void client_scene_note(struct client_scene *scene, uint8_t exit);
void client_scene_end(struct client_scene *scene, uint8_t exit);
void client_scene_recorded(struct client_scene *scene);

/* How the client ended. */
int client_scene_exit(struct client_scene *scene);

#endif
