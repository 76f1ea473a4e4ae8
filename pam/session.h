/* SPDX-License-Identifier: ISC */
/*
 * One connection of the keeper: AUTH, then the channel's checks, HELLO,
 * CHALLENGE, ACCEPT, PAM, VERDICT. Nothing of PAM runs before the person has
 * accepted the very challenge that the keeper made.
 */
#ifndef WARDER_PAM_SESSION_H
#define WARDER_PAM_SESSION_H

#include "base/blob.h"
#include "pam/auth.h"

struct session_setup {
	const struct auth_calls *calls;
	const struct blob *secret; /* NULL: pam.key could not be read */
	/* Whether libpam would take that service and no other for it: 0. */
	int (*check_service)(const char *service);
	uint8_t public[PROMPT_KEY_LEN];
};

/*
 * The whole of it on the keeper's connection `sock`. 0 when a verdict was
 * sent, whatever it says; else why none was: the caller logs that and ends.
 */
WARDER_MUST_CHECK int session_run(int sock, const struct session_setup *setup);

#endif
