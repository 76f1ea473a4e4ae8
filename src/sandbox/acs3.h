/* SPDX-License-Identifier: ISC */
/*
 * The signature of one request, computed a second time and by other hands
 * than the one that is under test: no line and no library of that side is
 * used here. Source: Alibaba Cloud help, document 2593177.
 */
#ifndef WARDER_SANDBOX_ACS3_H
#define WARDER_SANDBOX_ACS3_H

#include <stdbool.h>

#include "sandbox/req.h"

#define ACS3_ALGORITHM "ACS3-HMAC-SHA256"

/* The three parts of an Authorization header. */
struct acs3 {
	char *credential;     /* AccessKeyId */
	char *signed_headers; /* names joined by ; */
	char *signature;      /* 64 hex digits, lower case */
};

enum acs3_form {
	ACS3_GOOD = 0x41435333,
	ACS3_OTHER_METHOD = 1,
	ACS3_MALFORMED = 2,
};

/* Exactly `ACS3-HMAC-SHA256 Credential=…,SignedHeaders=…,Signature=…`. */
enum acs3_form acs3_parse(const char *authorization, struct acs3 *ret);
void acs3_free(struct acs3 *a);

/* Lower-case hex SHA-256 of the body. */
void acs3_body_hash(const struct req *r, char ret_hex[65]);

/*
 * The CanonicalRequest over the named headers, with that payload hash.
 * The caller frees it. NULL: a broken escape, a name that is absent, there
 * twice, not in lower case or out of order.
 */
char *acs3_canonical(
    const struct req *r, const char *signed_headers, const char *payload_hash);

/* The signature of a canonical request as lower-case hex. */
void acs3_sign(const char *secret, const char *canonical, char ret_hex[65]);

/* Is that name one of the joined ones? */
bool acs3_names(const char *signed_headers, const char *name);

#endif
