/* SPDX-License-Identifier: ISC */
/* A request as it is signed: what is missing, then what is there. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/blob.h"
#include "yunxiao/acs3.h"
#include "yunxiao/sign.h"

static const uint8_t nonce[SIGN_NONCE_LEN] = { 0x31, 0x56, 0x85, 0x32, 0x99,
	0xf3, 0x13, 0xe2, 0x3d, 0x16, 0x73, 0xdc, 0x12, 0xe1, 0x70, 0x3d };
#define SIGNATURE_OF_PASS                                                      \
	"ACS3-HMAC-SHA256 Credential=LTAI5tTESTACCESSKEYID01"                  \
	",SignedHeaders=host;x-acs-action;x-acs-content-sha"                   \
	"256;x-acs-date;x-acs-signature-nonce;x-acs-version"                   \
	",Signature="                                                          \
	"80acf0b30123b2749367a67020b1b36eb22c245858cc8b006520065e975417f8"
#define AT_MS 1767323045000 /* 2026-01-02T03:04:05Z */

static struct blob *
blob_of(const char *text)
{
	struct blob *blob = NULL;

	assert_int_equal(blob_new(strlen(text) + 1, &blob), 0);
	assert_int_equal(blob_append(blob, text, strlen(text)), 0);
	return blob;
}

static struct request
pass_request(enum api api)
{
	struct call_args args = { .ids = { "5ebbc0228123212b59a1b2c3", "11222",
		                      "1111", "111" } };
	struct request request;

	assert_int_equal(request_build(api, CALL_PASS, &args, &request), 0);
	return request;
}

static void
get(const struct signed_request *all, const char *name, char *ret)
{
	for (size_t i = 0; i < all->headers_n; i++) {
		size_t len;
		const char *value = signed_value(all, i, &len);

		if (strcmp(all->headers[i].name, name) == 0) {
			memcpy(ret, value, len);
			ret[len] = '\0';
			return;
		}
	}
	ret[0] = '\0';
}

static void
a_key_that_lacks_a_part_signs_nothing(void **state)
{
	auto_blob struct blob *secret = blob_of("TestAccessKeySecret"),
	                      *empty = blob_of("");
	struct request request = pass_request(API_SIGNED);
	const struct sign_key bad[] = {
		{ API_SIGNED, "", "LTAI5t", secret, NULL },
		{ API_SIGNED, "h", "", secret, NULL },
		{ API_SIGNED, "h", "LTAI5t", NULL, NULL },
		{ API_SIGNED, "h", "LTAI5t", empty, NULL },
		{ API_SIGNED, "h", "STS.LTAI5t", secret, NULL },
		{ API_SIGNED, "h", "STS.LTAI5t", secret, empty },
	};
	struct signed_request out = { .headers_n = 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    sign_request(&request, &bad[i], nonce, AT_MS, &out),
		    WARDER_EFORM);
	assert_null(out.values);
}

static void
a_key_of_the_other_api_signs_nothing(void **state)
{
	auto_blob struct blob *secret = blob_of("TestAccessKeySecret");
	struct request request = pass_request(API_SIGNED);
	struct sign_key key = { API_TOKEN, "h", "", secret, NULL };
	struct signed_request out = { .headers_n = 0 };

	(void)state;
	assert_int_equal(
	    sign_request(&request, &key, nonce, AT_MS, &out), WARDER_ETYPE);
}

/* The published vectors' pass, made from typed ids this time. */
static void
a_pass_is_signed_as_the_vendor_signs_it(void **state)
{
	auto_blob struct blob *secret =
	    blob_of("TestAccessKeySecret0123456789");
	struct request request = pass_request(API_SIGNED);
	struct sign_key key = { API_SIGNED, "devops.cn-hangzhou.aliyuncs.com",
		"LTAI5tTESTACCESSKEYID01", secret, NULL };
	auto_signed struct signed_request out = { .headers_n = 0 };
	char value[4096];

	(void)state;
	assert_int_equal(sign_request(&request, &key, nonce, AT_MS, &out), 0);
	get(&out, "x-acs-date", value);
	assert_string_equal(value, "2026-01-02T03:04:05Z");
	get(&out, "x-acs-action", value);
	assert_string_equal(value, "PassPipelineValidate");
	get(&out, "Authorization", value);
	assert_string_equal(value, SIGNATURE_OF_PASS);
	get(&out, "host", value);
	assert_string_equal(value, "");
	get(&out, "x-acs-security-token", value);
	assert_string_equal(value, "");
}

/* A carrier leaves the port of https out of Host. */
static void
the_usual_port_is_not_signed(void **state)
{
	auto_blob struct blob *secret =
	    blob_of("TestAccessKeySecret0123456789");
	struct request request = pass_request(API_SIGNED);
	struct sign_key key = { API_SIGNED,
		"devops.cn-hangzhou.aliyuncs.com:443",
		"LTAI5tTESTACCESSKEYID01", secret, NULL };
	auto_signed struct signed_request out = { .headers_n = 0 };
	char value[4096];

	(void)state;
	assert_int_equal(sign_request(&request, &key, nonce, AT_MS, &out), 0);
	get(&out, "Authorization", value);
	assert_string_equal(value, SIGNATURE_OF_PASS);
}

static void
a_temporary_key_sends_and_signs_its_token(void **state)
{
	auto_blob struct blob *secret =
	                          blob_of("TestAccessKeySecret0123456789"),
	                      *token = blob_of("CAISTestSecurityToken+/==");
	struct request request = pass_request(API_SIGNED);
	struct sign_key key = { API_SIGNED, "127.0.0.1:8443", "STS.NTtest",
		secret, token };
	auto_signed struct signed_request out = { .headers_n = 0 };
	char value[4096];

	(void)state;
	assert_int_equal(sign_request(&request, &key, nonce, AT_MS, &out), 0);
	get(&out, "x-acs-security-token", value);
	assert_string_equal(value, "CAISTestSecurityToken+/==");
	get(&out, "Authorization", value);
	assert_non_null(strstr(value,
	    "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
	    "x-acs-security-token;x-acs-signature-nonce;x-acs-version,"));
	assert_null(strstr(value, "TestAccessKeySecret"));
}

static void
a_personal_token_is_a_header_of_its_own(void **state)
{
	auto_blob struct blob *token = blob_of("pt-TESTTESTTESTTEST");
	struct request request = pass_request(API_TOKEN);
	struct sign_key key = { API_TOKEN, "openapi-rdc.aliyuncs.com", "",
		token, NULL };
	auto_signed struct signed_request out = { .headers_n = 0 };
	char value[4096];

	(void)state;
	assert_int_equal(sign_request(&request, &key, nonce, AT_MS, &out), 0);
	get(&out, "x-yunxiao-token", value);
	assert_string_equal(value, "pt-TESTTESTTESTTEST");
	get(&out, "Authorization", value);
	assert_string_equal(value, "");
}

static void
what_is_sent_is_what_is_signed(void **state)
{
	struct call_args args = { .ids = { .org = "5ebbc022" },
		.pipeline_name = "流水线 (生产)*",
		.statuses = "WAITING,RUNNING",
		.next_token = "a+b/c==" };
	auto_blob struct blob *canonical = NULL, *names = NULL;
	struct acs3_pair query[REQUEST_QUERY_MAX];
	struct acs3_request line = { .query = query };
	struct request request;
	char want[REQUEST_TARGET_SIZE], got[REQUEST_TARGET_SIZE];

	(void)state;
	assert_int_equal(
	    request_build(API_SIGNED, CALL_PIPELINES, &args, &request), 0);
	line.method = (struct acs3_text){ "GET", 3 };
	line.path = (struct acs3_text){ request.path, strlen(request.path) };
	for (size_t i = 0; i < request.query_n; i++)
		query[i] =
		    (struct acs3_pair){ { request.query[i].name,
			                    strlen(request.query[i].name) },
			    { request.query[i].value,
			        strlen(request.query[i].value) } };
	line.query_n = request.query_n;
	assert_int_equal(acs3_canonical(&line, &canonical, &names), 0);
	snprintf(want, sizeof(want), "GET\n%s\n%s\n", request.path,
	    strchr(request.target, '?') + 1);
	memcpy(got, blob_data(canonical), strlen(want));
	got[strlen(want)] = '\0';
	assert_string_equal(got, want);
}

static void
too_much_is_not_signed(void **state)
{
	static struct acs3_pair many[ACS3_PAIRS_MAX + 1];
	static char path[30000];
	struct acs3_request line = { .query = many,
		.query_n = ACS3_PAIRS_MAX + 1 };
	struct blob *canonical = NULL, *names = NULL;

	(void)state;
	assert_int_equal(
	    acs3_canonical(&line, &canonical, &names), WARDER_ETOOBIG);
	memset(path, 'x', sizeof(path));
	line.query_n = 0;
	line.path = (struct acs3_text){ path, sizeof(path) };
	assert_int_equal(
	    acs3_canonical(&line, &canonical, &names), WARDER_ETOOBIG);
	assert_null(canonical);
}

static int
start(void **state)
{
	(void)state;
	return base_init();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_that_lacks_a_part_signs_nothing),
		cmocka_unit_test(a_key_of_the_other_api_signs_nothing),
		cmocka_unit_test(too_much_is_not_signed),
		cmocka_unit_test(a_pass_is_signed_as_the_vendor_signs_it),
		cmocka_unit_test(the_usual_port_is_not_signed),
		cmocka_unit_test(a_temporary_key_sends_and_signs_its_token),
		cmocka_unit_test(a_personal_token_is_a_header_of_its_own),
		cmocka_unit_test(what_is_sent_is_what_is_signed),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
