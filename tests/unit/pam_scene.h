/* SPDX-License-Identifier: ISC */
/*
 * One connection of the keeper to warder-pam: the test is keeper and client,
 * a child is warder-pam, PAM is a table that asks what a test wants.
 */
#ifndef WARDER_TESTS_PAM_SCENE_H
#define WARDER_TESTS_PAM_SCENE_H

#include <stdbool.h>
#include <sys/types.h>

#include "pam/session.h"

struct scene {
	int keeper, pam;    /* protocol 2 */
	int client, handed; /* the prompt channel */
	struct blob *secret;
	uint8_t public[PROMPT_KEY_LEN], request[PROMPT_REQUEST_LEN];
	struct proof_auth auth;
	struct prompt_line *line;
	pid_t child;
};

/* The fake stack: messages of one style at once, or it sits there. */
extern int stack_messages, stack_style;
extern bool stack_sits;

int scene_set_up(void **state);
int scene_tear_down(void **state);

/* Sends AUTH and starts the child; our copies of its ends are gone. */
void scene_begin(struct scene *scene);
void scene_say_hello(struct scene *scene);
void scene_next(struct scene *scene, uint32_t type, struct frame *frame);
void scene_see_challenge(struct scene *scene, uint8_t ret_digest[32]);

/* All of it up to the accepted challenge. */
void scene_take_it(struct scene *scene);
void scene_answer(struct scene *scene, const char *word);
struct proof_verdict scene_verdict_of(struct scene *scene, bool was_accepted);
void scene_no_verdict_comes(struct scene *scene);

#endif
