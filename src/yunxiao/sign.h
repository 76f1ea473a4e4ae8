/* SPDX-License-Identifier: ISC */
/*
 * Turns a request of request.h into what the courier carries: its target and
 * its headers, signed. The secret stays in its blob; only the signature, or
 * the token that has to travel, leaves. Called by the keeper. Pure.
 */
#ifndef WARDER_YUNXIAO_SIGN_H
#define WARDER_YUNXIAO_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include "base/blob.h"
#include "base/err.h"
#include "yunxiao/request.h"

#define SIGN_NONCE_LEN 16
#define SIGN_HEADERS_MAX 12
#define SIGN_VALUES_MAX 8192

/* All borrowed. From the opened record only. */
struct sign_key {
	enum api api;
	const char *endpoint;      /* host or host:port */
	const char *id;            /* AccessKey id; "" for a personal token */
	const struct blob *secret; /* API_TOKEN, API_REGION: the token */
	const struct blob *token;  /* security token of an STS key, or NULL */
};

/*
 * Values stand in one blob, one after another, since one of them may be a
 * credential. Name and value together are what goes on the wire.
 */
struct sign_header {
	const char *name; /* a constant */
	size_t offset, len;
};

struct signed_request {
	struct sign_header headers[SIGN_HEADERS_MAX];
	size_t headers_n;
	struct blob *values;
};

void signed_request_clear(struct signed_request *signed_request);
#define auto_signed __attribute__((cleanup(signed_request_clear)))

/*
 * Signs with a nonce and a time of the caller's (fresh for every request).
 * `ret_signed` is zeroed before use by the caller and cleared by
 * signed_request_clear(). The host is not in the list: the carrier makes it
 * from the endpoint. ETYPE: the request was built for another API. EFORM:
 * the key lacks a part. ENOMEM, ETOOBIG.
 */
WARDER_MUST_CHECK int sign_request(const struct request *request,
    const struct sign_key *key, const uint8_t nonce[SIGN_NONCE_LEN],
    int64_t real_ms, struct signed_request *ret_signed);

/* The value of one header; borrowed, not NUL terminated. */
const char *signed_value(
    const struct signed_request *signed_request, size_t n, size_t *ret_len);

#endif
