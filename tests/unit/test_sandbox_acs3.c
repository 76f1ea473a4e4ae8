/* SPDX-License-Identifier: ISC */
/*
 * The sandbox's own signature: every known answer, and that one changed
 * byte anywhere gives another one.
 */
#include "config.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sandbox/acs3.h"
#include "sandbox/world.h"

static cJSON *vectors;

static char *
read_whole(const char *name)
{
	const char *top = getenv("top_srcdir");
	struct text path = { 0 }, t = { 0 };
	char piece[4096];
	size_t n;
	FILE *f;

	text_printf(&path, "%s/%s", top != NULL ? top : ".", name);
	f = fopen(path.s, "r");
	text_free(&path);
	if (f == NULL)
		return NULL;
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		text_add_bytes(&t, piece, n);
	fclose(f);
	return t.s;
}

static int
load_vectors(void **state)
{
	char *text = read_whole("tests/vectors/acs3.json");

	(void)state;
	if (text == NULL)
		return -1;
	vectors = cJSON_Parse(text);
	free(text);
	return vectors != NULL ? 0 : -1;
}

static int
free_vectors(void **state)
{
	(void)state;
	cJSON_Delete(vectors);
	return 0;
}

static void
add_escaped(struct text *t, const char *s)
{
	for (; *s != '\0'; s++)
		text_printf(t, "%%%02x", (unsigned char)*s);
}

/*
 * The target as a client could send it: every byte of the query escaped,
 * which a canonical query undoes.
 */
static struct req *
request_of(const cJSON *input)
{
	struct text target = { 0 };
	const cJSON *q, *h;
	const char *hex;
	struct req *r;
	bool is_first = true;

	text_add(&target, get_text(input, "path"));
	cJSON_ArrayForEach(q, get(input, "query"))
	{
		const char *value =
		    cJSON_GetStringValue(cJSON_GetArrayItem(q, 1));

		text_add(&target, is_first ? "?" : "&");
		add_escaped(
		    &target, cJSON_GetStringValue(cJSON_GetArrayItem(q, 0)));
		if (value != NULL) {
			text_add(&target, "=");
			add_escaped(&target, value);
		}
		is_first = false;
	}
	r = req_new(get_text(input, "method"), target.s);
	text_free(&target);
	cJSON_ArrayForEach(h, get(input, "headers"))
	{
		pairs_add(&r->headers, h->string, cJSON_GetStringValue(h));
	}
	for (hex = get_text(input, "bodyHex"); *hex != '\0'; hex += 2) {
		char two[3] = { hex[0], hex[1], '\0' };
		char byte = (char)strtoul(two, NULL, 16);

		text_add_bytes(&r->body, &byte, 1);
	}
	return r;
}

static void
check_vector(const cJSON *v)
{
	const cJSON *input = get(v, "input"), *expected = get(v, "expected");
	struct req *r = request_of(input);
	struct acs3 sent = { 0 };
	char hash[65], signature[65];
	char *canonical;

	assert_int_equal(
	    acs3_parse(get_text(expected, "authorization"), &sent), ACS3_GOOD);
	assert_string_equal(sent.credential, get_text(input, "accessKeyId"));
	acs3_body_hash(r, hash);
	assert_string_equal(hash, get_text(expected, "hashedPayload"));
	canonical = acs3_canonical(r, sent.signed_headers, hash);
	assert_non_null(canonical);
	assert_string_equal(canonical, get_text(expected, "canonicalRequest"));
	acs3_sign(get_text(input, "accessKeySecret"), canonical, signature);
	assert_string_equal(signature, sent.signature);
	/* Another secret must not do. */
	acs3_sign("x", canonical, signature);
	assert_string_not_equal(signature, sent.signature);
	free(canonical);
	acs3_free(&sent);
	req_freep(&r);
}

static void
every_known_answer_agrees(void **state)
{
	const cJSON *v;
	int n = 0;

	(void)state;
	cJSON_ArrayForEach(v, get(vectors, "vectors"))
	{
		check_vector(v);
		n++;
	}
	assert_int_equal(n, 40);
}

static struct req *
plain_request(const char *target)
{
	struct req *r = req_new("POST", target);

	pairs_add(&r->headers, "Host", "h:1");
	pairs_add(&r->headers, "X-Acs-Date", " \tnow ");
	return r;
}

static void
a_broken_escape_has_no_canonical_form(void **state)
{
	static const char *const targets[] = { "/a%", "/a%2", "/a%2g", "/%zz",
		"/a%00", "/a?b=%", "/a?%9=1", "/a?b=%00" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		struct req *r = plain_request(targets[i]);

		assert_null(acs3_canonical(r, "host;x-acs-date", "-"));
		req_parse_target(r);
		assert_true(r->is_malformed);
		req_freep(&r);
	}
}

static void
signed_headers_must_be_there_once_sorted_and_lower_case(void **state)
{
	static const char *const names[] = { "", "host;", ";host", "Host",
		"x-acs-date;host", "host;host", "host;x-acs-nonce", "host;;" };
	struct req *r = plain_request("/");
	char *canonical;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_null(acs3_canonical(r, names[i], "-"));
	canonical = acs3_canonical(r, "host;x-acs-date", "-");
	assert_string_equal(canonical,
	    "POST\n/\n\nhost:h:1\nx-acs-date:now\n\nhost;x-acs-date\n-");
	free(canonical);
	pairs_add(&r->headers, "HOST", "h:2");
	assert_null(acs3_canonical(r, "host;x-acs-date", "-"));
	req_freep(&r);
}

static void
an_authorization_of_another_form_is_refused(void **state)
{
#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	static const char *const bad[] = {
		"ACS3-HMAC-SHA256",
		"ACS3-HMAC-SHA256 ",
		"ACS3-HMAC-SHA256  Credential=a,SignedHeaders=b,Signature=" HEX,
		"ACS3-HMAC-SHA256 Credential=a, SignedHeaders=b,Signature=" HEX,
		"ACS3-HMAC-SHA256 Credential=,SignedHeaders=b,Signature=" HEX,
		"ACS3-HMAC-SHA256 Credential=a,SignedHeaders=,Signature=" HEX,
		"ACS3-HMAC-SHA256 SignedHeaders=b,Credential=a,Signature=" HEX,
		"ACS3-HMAC-SHA256 Credential=a,SignedHeaders=b,Signature=0" HEX,
		"ACS3-HMAC-SHA256 Credential=a,SignedHeaders=b,Signature=ab",
		"ACS3-HMAC-SHA256 Credential=a,SignedHeaders=b,Signature=" HEX
		",x=1",
	};
	struct acs3 a = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(acs3_parse(bad[i], &a), ACS3_MALFORMED);
	assert_int_equal(acs3_parse("Bearer x", &a), ACS3_OTHER_METHOD);
	assert_int_equal(acs3_parse("", &a), ACS3_OTHER_METHOD);
	assert_null(a.credential);
}

static void
a_part_of_a_name_is_not_the_name(void **state)
{
	(void)state;
	assert_true(acs3_names("host;x-acs-date", "host"));
	assert_true(acs3_names("host;x-acs-date", "x-acs-date"));
	assert_false(acs3_names("host;x-acs-date", "x-acs"));
	assert_false(acs3_names("host;x-acs-date", "x-acs-date2"));
	assert_false(acs3_names("", "host"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_broken_escape_has_no_canonical_form),
		cmocka_unit_test(
		    signed_headers_must_be_there_once_sorted_and_lower_case),
		cmocka_unit_test(an_authorization_of_another_form_is_refused),
		cmocka_unit_test(a_part_of_a_name_is_not_the_name),
		cmocka_unit_test(every_known_answer_agrees),
	};

	return cmocka_run_group_tests(tests, load_vectors, free_vectors);
}
