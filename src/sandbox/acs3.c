/* SPDX-License-Identifier: ISC */
/*
 * ACS3-HMAC-SHA256 as the receiving side sees it: from the raw target and
 * the headers as they came. GnuTLS does the hashes.
 */
#include "config.h"

#include <ctype.h>
#include <gnutls/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/acs3.h"

static void
hex_of(const unsigned char *digest, char ret_hex[65])
{
	struct text t = { 0 };

	text_add_hex(&t, digest, 32);
	memcpy(ret_hex, t.s, 65);
	text_free(&t);
}

static void
sha256_hex(const void *bytes, size_t len, char ret_hex[65])
{
	unsigned char digest[32];

	if (gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes, len, digest) != 0)
		abort();
	hex_of(digest, ret_hex);
}

/* Takes `name=` and the value up to the next comma; NULL: not there. */
static char *
take_member(const char **at, const char *name, bool is_last)
{
	size_t len = strlen(name), value;

	if (strncmp(*at, name, len) != 0)
		return NULL;
	*at += len;
	value = strcspn(*at, ", \t");
	if (value == 0 || (*at)[value] != (is_last ? '\0' : ','))
		return NULL;
	*at += value + (is_last ? 0 : 1);
	return text_dupn(*at - value - (is_last ? 0 : 1), value);
}

enum acs3_form
acs3_parse(const char *authorization, struct acs3 *ret)
{
	size_t word = strcspn(authorization, " ");
	const char *at = authorization + word;
	struct acs3 a = { 0 };

	if (word != strlen(ACS3_ALGORITHM) ||
	    strncmp(authorization, ACS3_ALGORITHM, word) != 0)
		return ACS3_OTHER_METHOD;
	if (*at++ != ' ')
		return ACS3_MALFORMED;
	a.credential = take_member(&at, "Credential=", false);
	if (a.credential != NULL)
		a.signed_headers = take_member(&at, "SignedHeaders=", false);
	if (a.signed_headers != NULL)
		a.signature = take_member(&at, "Signature=", true);
	if (a.signature == NULL || strlen(a.signature) != 64 ||
	    strspn(a.signature, "0123456789abcdef") != 64) {
		acs3_free(&a);
		return ACS3_MALFORMED;
	}
	*ret = a;
	return ACS3_GOOD;
}

void
acs3_free(struct acs3 *a)
{
	free(a->credential);
	free(a->signed_headers);
	free(a->signature);
	memset(a, 0, sizeof(*a));
}

void
acs3_body_hash(const struct req *r, char ret_hex[65])
{
	sha256_hex(r->body.len > 0 ? r->body.s : "", r->body.len, ret_hex);
}

/* `name:value\n` of one signed header. */
static bool
add_header(const struct req *r, const char *name, struct text *t)
{
	const char *value, *end, *p;

	if (pairs_count(&r->headers, name) != 1)
		return false;
	for (p = name; *p != '\0'; p++)
		if (isupper((unsigned char)*p))
			return false;
	value = pairs_header(&r->headers, name);
	value += strspn(value, " \t");
	end = value + strlen(value);
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	text_add(t, name);
	text_add(t, ":");
	text_add_bytes(t, value, (size_t)(end - value));
	text_add(t, "\n");
	return true;
}

static bool
add_headers(const struct req *r, const char *names, struct text *t)
{
	char *before = NULL;
	bool good = true;

	while (good) {
		size_t len = strcspn(names, ";");
		char *name = text_dupn(names, len);

		good = len > 0 && (before == NULL || strcmp(before, name) < 0);
		good = good && add_header(r, name, t);
		free(before);
		before = name;
		names += len;
		if (*names++ == '\0')
			break;
	}
	free(before);
	return good;
}

char *
acs3_canonical(
    const struct req *r, const char *signed_headers, const char *payload_hash)
{
	struct text t = { 0 };

	text_printf(&t, "%s\n", r->method);
	if (!req_canonical_path(r, &t))
		goto bad;
	text_add(&t, "\n");
	if (!req_canonical_query(r, &t))
		goto bad;
	text_add(&t, "\n");
	if (!add_headers(r, signed_headers, &t))
		goto bad;
	text_printf(&t, "\n%s\n%s", signed_headers, payload_hash);
	return t.s;
bad:
	text_free(&t);
	return NULL;
}

void
acs3_sign(const char *secret, const char *canonical, char ret_hex[65])
{
	struct text to_sign = { 0 };
	unsigned char digest[32];
	char hash[65];

	sha256_hex(canonical, strlen(canonical), hash);
	text_printf(&to_sign, "%s\n%s", ACS3_ALGORITHM, hash);
	if (gnutls_hmac_fast(GNUTLS_MAC_SHA256, secret, strlen(secret),
	        to_sign.s, to_sign.len, digest) != 0)
		abort();
	text_free(&to_sign);
	hex_of(digest, ret_hex);
}

bool
acs3_names(const char *signed_headers, const char *name)
{
	size_t len = strlen(name);

	for (;;) {
		size_t here = strcspn(signed_headers, ";");

		if (here == len && strncmp(signed_headers, name, len) == 0)
			return true;
		signed_headers += here;
		if (*signed_headers++ == '\0')
			return false;
	}
}
