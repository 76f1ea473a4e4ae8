/* SPDX-License-Identifier: ISC */
/*
 * Protocol 2: the keeper asks warder-pam to prove one person. One AUTH a
 * connection, one VERDICT, then the end of it.
 *
 *   AUTH 2 fd    (keeper)      who, by which PAM service, for which challenge
 *   ACCEPTED 3   (warder-pam)  the person took the challenge; PAM begins
 *   VERDICT 1    (warder-pam)  what PAM said, word by word
 *
 * The keeper believes nothing but a VERDICT for which proof_check() is 0 and
 * after which proof_end() is 0; an end without one is a failed proof.
 */
#ifndef WARDER_WIRE_PROOF_H
#define WARDER_WIRE_PROOF_H

#include <stdbool.h>

#include "wire/challenge.h"
#include "wire/frame.h"

#define PROOF_AUTH WIRE_TYPE(WIRE_PROOF, 2)
#define PROOF_VERDICT WIRE_TYPE(WIRE_PROOF, 1)
#define PROOF_ACCEPTED WIRE_TYPE(WIRE_PROOF, 3)

#define PROOF_YES 0xa5c3691eu
#define PROOF_SERVICE 64
#define PROOF_USER 256
#define PROOF_TTY 32
#define PROOF_WORD 32
#define PROOF_END_MS 2000      /* from VERDICT to the end of the connection */
#define PROOF_NO_PROMPT 1u     /* flags: a PAM prompt ends it (no_prompt) */
#define PROOF_LIMIT_MS 120000u /* the longest limit_ms that is taken */

struct proof_auth {
	char service[PROOF_SERVICE + 1]; /* of [a-z0-9-], not empty */
	char user[PROOF_USER + 1];       /* name of the channel's maker */
	char tty[PROOF_TTY + 1];         /* "pts/3", or empty */
	uint8_t lang;                    /* enum person_lang */
	uint8_t flags;
	uint32_t limit_ms;   /* HELLO to ACCEPT, and again the PAM run */
	uint8_t request[32]; /* R of the ACT that the keeper got */
	uint8_t challenge[CHALLENGE_BODY_MAX]; /* as challenge_put() wrote it */
	size_t challenge_len;
};

struct proof_verdict {
	uint32_t authn;            /* PROOF_YES, or anything else for no */
	uint32_t authenticate;     /* results of pam_authenticate(3) and */
	uint32_t acct_mgmt;        /* pam_acct_mgmt(3); PROOF_NOT_RUN */
	char user[PROOF_USER + 1]; /* PAM_USER after both */
	uint8_t digest[32];        /* of the accepted challenge, or zeros */
	uint32_t answers;          /* how many prompts were answered */
	/* "" with PROOF_YES; else one of pam expired new_password renamed
	 * timeout gone no_prompt request start */
	char word[PROOF_WORD + 1];
};
#define PROOF_NOT_RUN 0xffffffffu

/* Keeper. `end` is its end of the prompt channel; a copy of it goes along. */
WARDER_MUST_CHECK int proof_auth_send(
    int sock, const struct proof_auth *auth, int end, int64_t deadline);

/*
 * warder-pam. The descriptor stays in the frame. EFORM: a service name that
 * no file could have, no user, or a limit above PROOF_LIMIT_MS or 0; the
 * challenge is one (challenge_get()).
 */
WARDER_MUST_CHECK int proof_auth_take(
    const struct frame *frame, struct proof_auth *ret_auth);

WARDER_MUST_CHECK int proof_accepted_send(int sock, int64_t deadline);
/* The body alone, for who cannot send in the ordinary way. */
void proof_verdict_put(struct wbuf *out, const struct proof_verdict *verdict);
WARDER_MUST_CHECK int proof_verdict_send(
    int sock, const struct proof_verdict *verdict, int64_t deadline);

/*
 * Keeper: waits for one message and says which it was: PROOF_ACCEPTED, then
 * *ret_verdict is untouched, or PROOF_VERDICT. ACCEPTED comes at most once
 * and VERDICT ends it: the caller holds it to that. EOF, ETIME: warder-pam
 * failed; ETYPE, EFD, EFORM, …: it broke the protocol. Both are no proof.
 */
WARDER_MUST_CHECK int proof_recv(int sock, int64_t deadline, uint32_t *ret_type,
    struct proof_verdict *ret_verdict);

/*
 * Keeper: 0 only for the constant, both results 0, that very name, that very
 * digest, no failure word. Else ECRED.
 */
WARDER_MUST_CHECK int proof_check(const struct proof_verdict *verdict,
    const char *user, const uint8_t digest[32]);

/* Keeper: 0 when the connection ends within PROOF_END_MS without a byte. */
WARDER_MUST_CHECK int proof_end(int sock);

#endif
