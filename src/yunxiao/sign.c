/* SPDX-License-Identifier: ISC */
/*
 * What is signed is made here, from a request that request.c built: nobody
 * can have bytes of his own signed. The secret is read in place by the HMAC
 * and by nothing else; this and src/seal are all that ever see it.
 */
#include "config.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "yunxiao/acs3.h"
#include "yunxiao/sign.h"

#define ACS_VERSION "2021-06-25"
#define ALGORITHM "ACS3-HMAC-SHA256"
#define AGENT "warder"
/* SHA-256 of nothing: no call of ours has a body. */
#define NO_BODY                                                                \
	"e3b0c44298fc1c149afbf4c8996fb924"                                     \
	"27ae41e4649b934ca495991b7852b855"

void
signed_request_clear(struct signed_request *signed_request)
{
	blob_freep(&signed_request->values);
	signed_request->headers_n = 0;
}

const char *
signed_value(
    const struct signed_request *signed_request, size_t n, size_t *ret_len)
{
	*ret_len = signed_request->headers[n].len;
	return (const char *)blob_data(signed_request->values) +
	       signed_request->headers[n].offset;
}

/* Begins a header; following add_bytes() make its value. */
static int
add_header(struct signed_request *out, const char *name, const char *value)
{
	struct sign_header *header = &out->headers[out->headers_n];
	size_t len = strlen(value);

	if (out->headers_n == SIGN_HEADERS_MAX)
		return WARDER_EBUG;
	header->name = name;
	header->offset = blob_len(out->values);
	header->len = len;
	out->headers_n++;
	return blob_append(out->values, value, len);
}

static int
add_bytes(struct signed_request *out, const void *bytes, size_t len)
{
	out->headers[out->headers_n - 1].len += len;
	return blob_append(out->values, bytes, len);
}

static int
add_secret(
    struct signed_request *out, const char *name, const struct blob *secret)
{
	int r;

	if ((r = add_header(out, name, "")) != 0)
		return r;
	return add_bytes(out, blob_data(secret), blob_len(secret));
}

/* The port that every carrier leaves out of Host is not signed either. */
static struct acs3_text
host_of(const char *endpoint)
{
	static const char port[] = ":443";
	struct acs3_text host = { endpoint, strlen(endpoint) };
	const size_t len = sizeof(port) - 1;

	if (host.len > len && memcmp(endpoint + host.len - len, port, len) == 0)
		host.len -= len;
	return host;
}

static struct acs3_text
text_of(const char *text)
{
	return (struct acs3_text){ text, strlen(text) };
}

/* All headers of `out` so far, and the host, go into the signature. */
static int
canonical_of(const struct request *request, const struct sign_key *key,
    const struct signed_request *out, struct blob **ret_canonical,
    struct blob **ret_names)
{
	struct acs3_pair headers[SIGN_HEADERS_MAX + 1];
	struct acs3_pair query[REQUEST_QUERY_MAX];
	struct acs3_request line = {
		.method = text_of(request->method),
		.path = text_of(request->path),
		.query = query,
		.query_n = request->query_n,
		.headers = headers,
		.headers_n = out->headers_n + 1,
	};
	size_t len;

	for (size_t i = 0; i < request->query_n; i++)
		query[i] = (struct acs3_pair){ text_of(request->query[i].name),
			text_of(request->query[i].value) };
	for (size_t i = 0; i < out->headers_n; i++) {
		const char *value = signed_value(out, i, &len);

		headers[i] = (struct acs3_pair){ text_of(out->headers[i].name),
			{ value, len } };
	}
	headers[out->headers_n] =
	    (struct acs3_pair){ text_of("host"), host_of(key->endpoint) };
	return acs3_canonical(&line, ret_canonical, ret_names);
}

static int
add_authorization(const struct request *request, const struct sign_key *key,
    struct signed_request *out)
{
	auto_blob struct blob *canonical = NULL, *names = NULL;
	char to_sign[ACS3_TO_SIGN_SIZE], signature[ACS3_HEX_SIZE];
	int r;

	if ((r = canonical_of(request, key, out, &canonical, &names)) != 0)
		return r;
	acs3_to_sign(to_sign, canonical);
	if ((r = acs3_signature(signature, key->secret, to_sign)) != 0)
		return r;
	if ((r = add_header(out, "Authorization", ALGORITHM " Credential=")) !=
	        0 ||
	    (r = add_bytes(out, key->id, strlen(key->id))) != 0 ||
	    (r = add_bytes(out, ",SignedHeaders=", 15)) != 0 ||
	    (r = add_bytes(out, blob_data(names), blob_len(names))) != 0 ||
	    (r = add_bytes(out, ",Signature=", 11)) != 0)
		return r;
	return add_bytes(out, signature, sizeof(signature) - 1);
}

static int
sign_acs3(const struct request *request, const struct sign_key *key,
    const uint8_t nonce[SIGN_NONCE_LEN], int64_t real_ms,
    struct signed_request *out)
{
	char nonce_hex[2 * SIGN_NONCE_LEN + 1], date[CLOCK_STAMP_SIZE];
	int r;

	hex_print(nonce_hex, nonce, SIGN_NONCE_LEN);
	clock_stamp(date, real_ms, 0);
	if ((r = add_header(out, "x-acs-action", request->action)) != 0 ||
	    (r = add_header(out, "x-acs-version", ACS_VERSION)) != 0 ||
	    (r = add_header(out, "x-acs-date", date)) != 0 ||
	    (r = add_header(out, "x-acs-signature-nonce", nonce_hex)) != 0 ||
	    (r = add_header(out, "x-acs-content-sha256", NO_BODY)) != 0)
		return r;
	if (key->token != NULL &&
	    (r = add_secret(out, "x-acs-security-token", key->token)) != 0)
		return r;
	return add_authorization(request, key, out);
}

static int
check_key(const struct request *request, const struct sign_key *key)
{
	if (request->api != key->api)
		return WARDER_ETYPE;
	if (key->endpoint == NULL || key->endpoint[0] == '\0' ||
	    key->secret == NULL || blob_len(key->secret) == 0)
		return WARDER_EFORM;
	if (key->api == API_SIGNED && (key->id == NULL || key->id[0] == '\0'))
		return WARDER_EFORM;
	if (key->token != NULL && blob_len(key->token) == 0)
		return WARDER_EFORM;
	if (key->token == NULL && key->api == API_SIGNED &&
	    strncmp(key->id, "STS.", 4) == 0)
		return WARDER_EFORM;
	return WARDER_OK;
}

int
sign_request(const struct request *request, const struct sign_key *key,
    const uint8_t nonce[SIGN_NONCE_LEN], int64_t real_ms,
    struct signed_request *ret_signed)
{
	auto_signed struct signed_request out = { .headers_n = 0 };
	int r;

	if ((r = check_key(request, key)) != 0 ||
	    (r = blob_new(SIGN_VALUES_MAX, &out.values)) != 0)
		return r;
	if (key->api == API_SIGNED)
		r = sign_acs3(request, key, nonce, real_ms, &out);
	else
		r = add_secret(&out, "x-yunxiao-token", key->secret);
	if (r != 0 || (r = add_header(&out, "User-Agent", AGENT)) != 0)
		return r;
	*ret_signed = out;
	out.values = NULL;
	return WARDER_OK;
}
