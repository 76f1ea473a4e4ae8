/* SPDX-License-Identifier: ISC */
/*
 * The conversation of PAM, carried over the sealed line. Modules may ask
 * anything; the person sees each text at once and answers strictly in turn.
 * The first failure stays: whatever a module makes of it, there is no proof.
 */
#ifndef WARDER_PAM_CONV_H
#define WARDER_PAM_CONV_H

#include <stdbool.h>
#include <stdint.h>

#include <security/pam_appl.h>

#include "wire/prompt.h"

#define CONV_MESSAGES_MAX 32

struct conv {
	struct prompt_line *line; /* borrowed */
	int end;                  /* of the prompt channel, borrowed */
	int keeper;               /* watched for its hang-up only */
	int64_t deadline;         /* boot ms, of the whole PAM run */
	bool no_prompt;
	uint32_t answers;
	const char *failure; /* NULL, or a word of VERDICT: the first */
};

/*
 * Waits for one frame of the client, and ends early when the keeper goes.
 * Word of VERDICT, or NULL with the frame there.
 */
const char *conv_wait(const struct conv *conv, struct frame *ret_frame);

/* For struct pam_conv; `conv` is a struct conv. */
int conv_talk(int n, const struct pam_message **messages,
    struct pam_response **ret_responses, void *conv);

#endif
