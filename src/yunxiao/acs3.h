/* SPDX-License-Identifier: ISC */
/*
 * ACS3-HMAC-SHA256, the arithmetic alone: canonical request, string to sign,
 * Authorization. For sign.c and for the test tool that is held against known
 * answers. The keeper calls sign.h, which builds what is signed by itself.
 * Source: Alibaba Cloud help, document 2593177. Pure.
 */
#ifndef WARDER_YUNXIAO_ACS3_H
#define WARDER_YUNXIAO_ACS3_H

#include <stddef.h>
#include <stdint.h>

#include "base/blob.h"
#include "base/err.h"

#define ACS3_HEX_SIZE 65
#define ACS3_TO_SIGN_SIZE 82 /* algorithm, LF, 64 hex, NUL */
#define ACS3_PAIRS_MAX 128

/* Texts are bytes with a length: a name or a value may hold anything. */
struct acs3_text {
	const char *bytes;
	size_t len;
};

struct acs3_pair {
	struct acs3_text name, value;
};

struct acs3_request {
	struct acs3_text method;
	struct acs3_text path;         /* percent-encoded, as on the wire */
	const struct acs3_pair *query; /* decoded, in any order */
	size_t query_n;
	const struct acs3_pair *headers; /* all that the request carries */
	size_t headers_n;
	const uint8_t *body;
	size_t body_len;
};

/* The canonical request and the names that it signs. Blobs: they may hold
 * the security token. ETOOBIG, ENOMEM, EFULL. */
WARDER_MUST_CHECK int acs3_canonical(const struct acs3_request *request,
    struct blob **ret_canonical, struct blob **ret_names);

void acs3_to_sign(char ret[ACS3_TO_SIGN_SIZE], const struct blob *canonical);

/*
 * Lower-case hex of HMAC-SHA-256. The state lives in guarded memory and is
 * wiped. ENOMEM.
 */
WARDER_MUST_CHECK int acs3_signature(
    char ret[ACS3_HEX_SIZE], const struct blob *secret, const char *to_sign);

/* Percent-encodes: A-Z a-z 0-9 - _ . ~ stay. Returns the length it needs. */
size_t acs3_encode(char *ret, size_t size, struct acs3_text text);

#endif
