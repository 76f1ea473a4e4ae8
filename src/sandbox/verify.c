/* SPDX-License-Identifier: ISC */
/*
 * The gateway's checks, one function each, in the order in which they are
 * made. The signature itself is computed by acs3.c.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "sandbox/acs3.h"
#include "sandbox/calls.h"
#include "sandbox/nonce.h"
#include "sandbox/verify.h"

struct check {
	struct sandbox *s;
	struct req *r;
	struct acs3 sent;
	struct key key;
};

#define FAIL(name, http, code, text)                                           \
	static const struct fail name = { http, code, text }

FAIL(no_action, 404, "InvalidAction.NotFound", "No such action.");
FAIL(no_version, 404, "NoSuchVersion", "No such version.");
FAIL(no_api, 404, "InvalidApi.NotFound", "The path is not that action's.");
FAIL(bad_method, 400, "UnsupportedHTTPMethod", "Another method is needed.");
FAIL(missing, 400, "MissingParameter", "A needed header is absent.");
FAIL(twice, 400, "InvalidParameter", "A header came twice.");
FAIL(other_method, 400, "InvalidSignatureMethod", "Not ACS3-HMAC-SHA256.");
FAIL(incomplete, 400, "IncompleteSignature",
    "Authorization is malformed, or does not name what must be signed.");
FAIL(no_key, 404, "InvalidAccessKeyId.NotFound", "No such key.");
FAIL(off_key, 400, "InvalidAccessKeyId.Inactive", "The key is off.");
FAIL(no_token, 400, "MissingSecurityToken", "The key needs its token.");
FAIL(bad_token, 400, "InvalidSecurityToken.MismatchWithAccessKey",
    "The token is not the key's.");
FAIL(old_token, 400, "InvalidSecurityToken.Expired", "The token has run out.");
FAIL(bad_date, 400, "InvalidTimeStamp.Format", "The date is malformed.");
FAIL(old_date, 400, "InvalidTimeStamp.Expired",
    "The date is more than 15 minutes off.");
FAIL(bad_hash, 400, "SignatureDoesNotMatch", "The body has another hash.");
FAIL(bad_signature, 400, "SignatureDoesNotMatch", "The signature is not ours.");
FAIL(old_nonce, 400, "SignatureNonceUsed", "The nonce was used before.");

static const char *
header(const struct check *c, const char *name)
{
	return pairs_header(&c->r->headers, name);
}

static const struct fail *
check_call(struct check *c)
{
	const char *action = header(c, "x-acs-action");
	const char *version = header(c, "x-acs-version");

	c->r->call = action == NULL ? NULL : calls_find(action);
	if (c->r->call == NULL)
		return &no_action;
	if (version == NULL || strcmp(version, CALLS_VERSION) != 0)
		return &no_version;
	if (!calls_path_fits(c->r->call, c->r))
		return &no_api;
	if (strcmp(c->r->method, c->r->call->method) != 0)
		return &bad_method;
	return NULL;
}

static const struct fail *
check_headers(struct check *c)
{
	static const char *const needed[] = { "host", "x-acs-action",
		"x-acs-version", "x-acs-date", "x-acs-signature-nonce",
		"x-acs-content-sha256", "authorization" };
	const struct pairs *h = &c->r->headers;
	size_t i;

	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		const char *value = pairs_header(h, needed[i]);

		if (value == NULL || value[0] == '\0')
			return &missing;
		if (pairs_count(h, needed[i]) > 1)
			return &twice;
	}
	switch (acs3_parse(header(c, "authorization"), &c->sent)) {
	case ACS3_GOOD:
		return NULL;
	case ACS3_OTHER_METHOD:
		return &other_method;
	case ACS3_MALFORMED:
		break;
	}
	return &incomplete;
}

static bool
must_be_signed(const char *name)
{
	return strcasecmp(name, "host") == 0 ||
	       strcasecmp(name, "content-type") == 0 ||
	       strncasecmp(name, "x-acs-", 6) == 0;
}

static const struct fail *
check_signed_headers(struct check *c)
{
	const struct pairs *h = &c->r->headers;
	size_t i, j;

	for (i = 0; i < h->n; i++) {
		char *name;
		bool is_named;

		if (!must_be_signed(h->v[i].name))
			continue;
		name = text_dup(h->v[i].name);
		for (j = 0; name[j] != '\0'; j++)
			if (name[j] >= 'A' && name[j] <= 'Z')
				name[j] = (char)(name[j] + 32);
		is_named = acs3_names(c->sent.signed_headers, name);
		free(name);
		if (!is_named)
			return &incomplete;
	}
	return NULL;
}

static const struct fail *
check_key(struct check *c)
{
	if (!sandbox_key(c->s, c->sent.credential, &c->key))
		return &no_key;
	return c->key.is_active ? NULL : &off_key;
}

static const struct fail *
check_token(struct check *c)
{
	const char *token = header(c, "x-acs-security-token");

	if (c->key.token == NULL)
		return token == NULL ? NULL : &bad_token;
	if (token == NULL)
		return &no_token;
	if (strcmp(token, c->key.token) != 0)
		return &bad_token;
	return c->key.ends_ms != 0 &&
	               (double)sandbox_shown_ms(c->s) >= c->key.ends_ms
	           ? &old_token
	           : NULL;
}

int64_t
verify_date_ms(const char *text)
{
	struct tm tm = { 0 };
	char again[32];
	time_t t;

	if (strlen(text) != 20 ||
	    sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2dZ", &tm.tm_year, &tm.tm_mon,
	        &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6)
		return -1;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	t = timegm(&tm);
	/* Written again it must be the same: no 30 February, no spaces. */
	if (t < 0 || gmtime_r(&t, &tm) == NULL ||
	    strftime(again, sizeof(again), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0 ||
	    strcmp(again, text) != 0)
		return -1;
	return (int64_t)t * 1000;
}

static const struct fail *
check_date(struct check *c)
{
	int64_t sent = verify_date_ms(header(c, "x-acs-date"));
	int64_t off;

	if (sent < 0)
		return &bad_date;
	off = sent - sandbox_shown_ms(c->s);
	return off > VERIFY_WINDOW_MS || off < -VERIFY_WINDOW_MS ? &old_date
	                                                         : NULL;
}

static const struct fail *
check_body(struct check *c)
{
	char hash[65];

	acs3_body_hash(c->r, hash);
	return strcmp(hash, header(c, "x-acs-content-sha256")) == 0 ? NULL
	                                                            : &bad_hash;
}

static const struct fail *
check_signature(struct check *c)
{
	char *canonical = acs3_canonical(
	    c->r, c->sent.signed_headers, header(c, "x-acs-content-sha256"));
	char signature[65];
	bool is_same;

	if (canonical == NULL)
		return &bad_signature;
	acs3_sign(c->key.secret, canonical, signature);
	is_same = strcmp(signature, c->sent.signature) == 0;
	free(canonical);
	return is_same ? NULL : &bad_signature;
}

/* From here on the nonce is spent, whatever becomes of the request. */
static const struct fail *
check_nonce(struct check *c)
{
	return nonces_spend(c->s->nonces, header(c, "x-acs-signature-nonce"),
	           sandbox_shown_ms(c->s))
	           ? NULL
	           : &old_nonce;
}

const struct fail *
verify_request(struct sandbox *s, struct req *r, struct key *ret_key)
{
	static const struct fail *(*const checks[])(struct check *) = {
		check_call,
		check_headers,
		check_signed_headers,
		check_key,
		check_token,
		check_date,
		check_body,
		check_signature,
		check_nonce,
	};
	struct check c = { .s = s, .r = r };
	const struct fail *why = NULL;
	size_t i;

	for (i = 0; i < sizeof(checks) / sizeof(checks[0]) && !why; i++)
		why = checks[i](&c);
	acs3_free(&c.sent);
	if (why == NULL)
		*ret_key = c.key;
	return why;
}
