/* SPDX-License-Identifier: ISC */
/*
 * PROFILE_DONE of protocol 4: the one message of `warder-courier --profile`,
 * to the warderctl that started it. It goes from locked memory to locked
 * memory: the frame is built and read in a blob, never on the stack.
 *
 *   PROFILE_DONE 9  word t8 24 ("" or import_…), what t8 64 (a mode, or what
 *                   is wrong; foreign), kind u8 (0 none, 1 AccessKey, 2 STS),
 *                   id t8 64, secret t16 256, token t16 2048
 */
#ifndef WARDER_WIRE_PROFILE_H
#define WARDER_WIRE_PROFILE_H

#include <stdint.h>

#include "base/blob.h"
#include "wire/courier.h"

#define COURIER_PROFILE_DONE WIRE_TYPE(WIRE_COURIER, 9)
#define PROFILE_WORD_MAX 24
#define PROFILE_WHAT_MAX 64
#define PROFILE_ID_MAX 64
#define PROFILE_SECRET_MAX 256
#define PROFILE_TOKEN_MAX 2048

struct profile {
	char word[PROFILE_WORD_MAX + 1];
	char what[PROFILE_WHAT_MAX + 1];
	uint8_t kind;
	char id[PROFILE_ID_MAX + 1];
	struct blob *secret, *token; /* owned; NULL: empty */
};

void profile_clear(struct profile *profile);
#define auto_profile __attribute__((cleanup(profile_clear)))

WARDER_MUST_CHECK int profile_send(
    int sock, const struct profile *profile, int64_t deadline);

/*
 * ret_profile is zeroed before use and cleared by the caller, also after a
 * failure. EOF, ETIME; ETYPE, ETRUNC, ETRAIL, ETOOBIG, ETEXT; EFORM: neither
 * an error nor a whole credential.
 */
WARDER_MUST_CHECK int profile_recv(
    int sock, int64_t deadline, struct profile *ret_profile);

/* The body alone, for tests. */
WARDER_MUST_CHECK int profile_get(
    const struct blob *body, struct profile *ret_profile);

#endif
