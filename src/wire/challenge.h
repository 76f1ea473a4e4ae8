/* SPDX-License-Identifier: ISC */
/*
 * The challenge: what is about to be decided, as warder-pam shows it before
 * any password is asked. The keeper makes it, warder-pam forwards its bytes,
 * the client compares and accepts its digest. One codec for all three. Pure.
 */
#ifndef WARDER_WIRE_CHALLENGE_H
#define WARDER_WIRE_CHALLENGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define CHALLENGE_SOURCES_MAX 16
#define CHALLENGE_TEXT_MAX 512
/* The longest body: every text at its limit. */
#define CHALLENGE_BODY_MAX                                                     \
	(32 + 1 + 32 + 2 * 65 + 3 * 20 + 3 * 514 + 1 +                         \
	    CHALLENGE_SOURCES_MAX * (65 + 514) + 258 + 2 * 65 + 21)

struct challenge_source {
	char commit[65];
	char branch[CHALLENGE_TEXT_MAX + 1];
};

struct challenge {
	uint8_t nonce[32];
	uint8_t verb; /* 1 pass, 2 refuse */
	uint8_t gate[32];
	char org[65], alias[65];
	char pipeline[20], pipeline_name[CHALLENGE_TEXT_MAX + 1];
	char run[20], job[20];
	char stage[CHALLENGE_TEXT_MAX + 1], job_name[CHALLENGE_TEXT_MAX + 1];
	uint8_t sources_n;
	struct challenge_source sources[CHALLENGE_SOURCES_MAX];
	char reason[257], ticket[65], glass[65], ref[21];
};

/*
 * Adds a source unless it is there; its branch is cut at a character to the
 * limit. ETOOBIG: the commit. EFULL: more than a challenge has.
 */
WARDER_MUST_CHECK int challenge_add_source(
    struct challenge *challenge, const char *commit, const char *branch);

/*
 * Sorts the sources, drops equal ones, and writes the body. A value that no
 * challenge may have is EBUG in out->r. Texts were cut to their limit by
 * whoever filled the struct (text_cut()).
 */
void challenge_put(struct wbuf *out, struct challenge *challenge);

/*
 * Reads a whole body. EFORM: verb, order of sources; ETRUNC, ETRAIL, ETEXT,
 * ETOOBIG.
 */
WARDER_MUST_CHECK int challenge_get(
    struct rbuf in, struct challenge *ret_challenge);

/* SHA-256 of `warder/challenge/1` LF and the body as it was sent. */
void challenge_digest(uint8_t ret[32], const void *body, size_t len);

#endif
