/* SPDX-License-Identifier: ISC */
/* Answers to a pass or a refusal: facts, and what is none. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "answer_text.h"
#include "courier/json.h"

#define S COURIER_API_SIGNED
#define T COURIER_API_TOKEN

/* `READABLE SUCCESS BARE CODE` */
static const char *
facts(enum courier_api api, int http, const char *body)
{
	static char text[256];
	struct reply reply = answer_reply(http, body);
	struct courier_done done = { 0 };

	answer_act(api, &reply, &done);
	assert_int_equal(done.http, http);
	assert_int_equal(done.items, 0);
	(void)snprintf(text, sizeof(text), "%d %d %d %s", done.readable,
	    done.success, done.bare, done.code);
	return text;
}

static void
every_sample_is_told_as_it_is(void **state)
{
	static const struct {
		const char *name;
		enum courier_api api;
		int http;
		const char *facts;
	} samples[] = {
		{ "signed-pass-ok", S, 200, "1 2 0 " },
		{ "signed-refuse-ok", S, 200, "1 2 0 " },
		{ "signed-pass-ok-nothing-1", S, 200, "1 2 0 " },
		{ "signed-pass-ok-nothing-2", S, 200, "1 2 0 " },
		{ "signed-pass-ok-nothing-3", S, 200, "1 2 0 " },
		{ "signed-pass-ok-nothing-4", S, 200, "1 2 0 " },
		{ "signed-business-false", S, 200,
		    "1 1 0 InvalidPipelineRun.NotFound" },
		{ "signed-business-404", S, 404,
		    "1 1 0 InvalidPipelineRun.NotFound" },
		{ "signed-business-false-nothing", S, 200, "1 1 0 " },
		{ "signed-pass-success-string", S, 200, "1 0 0 " },
		{ "signed-pass-success-number", S, 200, "1 0 0 " },
		{ "signed-pass-success-missing", S, 200, "1 0 0 " },
		{ "signed-pass-contradiction", S, 200,
		    "1 2 0 Forbidden.AccessDenied" },
		{ "gateway-signature", S, 400, "1 0 0 SignatureDoesNotMatch" },
		{ "gateway-clock", S, 400, "1 0 0 InvalidTimeStamp.Expired" },
		{ "gateway-nonce-used", S, 400, "1 0 0 SignatureNonceUsed" },
		{ "gateway-key-unknown", S, 404,
		    "1 0 0 InvalidAccessKeyId.NotFound" },
		{ "gateway-token-missing", S, 400,
		    "1 0 0 MissingSecurityToken" },
		{ "gateway-throttled", S, 400, "1 0 0 Throttling.User" },
		{ "gateway-unavailable", S, 503, "1 0 0 ServiceUnavailable" },
		{ "gateway-no-permission", S, 401,
		    "1 0 0 InvalidParam.NoPermission" },
		{ "token-pass-true", T, 200, "1 0 2 " },
		{ "token-pass-false", T, 200, "1 0 1 " },
		{ "token-pass-string", T, 200, "0 0 0 " },
		{ "token-pass-object", T, 200, "1 2 0 " },
		{ "token-error-429", T, 429, "1 0 0 TooManyRequests" },
		{ "token-error-500", T, 500, "1 0 0 InternalServerError" },
	};
	char name[128];

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		(void)snprintf(name, sizeof(name), "%s.json", samples[i].name);
		assert_string_equal(
		    facts(samples[i].api, samples[i].http, answer_sample(name)),
		    samples[i].facts);
	}
}

static void
only_the_word_true_is_true(void **state)
{
	static const char *const others[] = { "\"true\"", "1", "1.0", "null",
		"{}", "[]", "\"\"", "[true]", "\"TRUE\"" };
	char body[64];

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		(void)snprintf(
		    body, sizeof(body), "{\"success\":%s}", others[i]);
		assert_string_equal(facts(S, 200, body), "1 0 0 ");
	}
	assert_string_equal(facts(S, 200, "{\"Success\":true}"), "1 0 0 ");
	assert_string_equal(facts(S, 200, "{\"success\":true}"), "1 2 0 ");
}

/* The signed API has no bare word; there it says nothing. */
static void
a_bare_word_counts_in_the_token_api_only(void **state)
{
	(void)state;
	assert_string_equal(facts(S, 200, "true"), "0 0 0 ");
	assert_string_equal(facts(T, 200, " true\n"), "1 0 2 ");
	assert_string_equal(facts(T, 200, "1"), "0 0 0 ");
	assert_string_equal(facts(T, 200, "[true]"), "0 0 0 ");
	assert_string_equal(facts(T, 200, "truetrue"), "0 0 0 ");
}

static void
two_codes_that_differ_are_not_understood(void **state)
{
	(void)state;
	assert_string_equal(facts(S, 200,
	                        "{\"success\":true,\"errorCode\":\"A\","
	                        "\"code\":\"B\"}"),
	    "0 0 0 ");
	assert_string_equal(
	    facts(S, 400, "{\"Code\":\"A\",\"code\":\"B\"}"), "0 0 0 ");
	assert_string_equal(
	    facts(S, 400, "{\"Code\":\"A\",\"errorCode\":\"A\"}"), "1 0 0 A");
	assert_string_equal(
	    facts(S, 400, "{\"Code\":\"A\",\"errorCode\":\"\\\"\\\"\"}"),
	    "1 0 0 A");
}

static void
a_code_that_says_something_never_vanishes(void **state)
{
	char body[512], want[128] = "1 2 0 ";

	(void)state;
	assert_string_equal(
	    facts(S, 200, "{\"success\":true,\"errorCode\":0}"), "1 2 0 0");
	assert_string_equal(
	    facts(S, 200, "{\"success\":true,\"errorCode\":\"nullx\"}"),
	    "1 2 0 nullx");
	(void)snprintf(body, sizeof(body),
	    "{\"success\":true,\"errorCode\":\"%0200d\"}", 7);
	memset(want + 6, '0', 96);
	assert_string_equal(facts(S, 200, body), want);
}

static void
a_code_that_says_nothing_is_none(void **state)
{
	static const char *const nothing[] = { "null", "\"\"", "\"null\"",
		"\"\\\"\\\"\"", "\"\xe2\x80\x9d\xe2\x80\x9c\"", "\"\\\\\"",
		"\"'' \"", "\"  \"", "{}", "[]", "true" };
	char body[128];

	(void)state;
	for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++) {
		(void)snprintf(body, sizeof(body),
		    "{\"success\":true,\"errorCode\":%s,\"errorMessage\":%s}",
		    nothing[i], nothing[i]);
		assert_string_equal(facts(S, 200, body), "1 2 0 ");
	}
}

static void
each_thing_that_the_scan_refuses_is_not_readable(void **state)
{
	static const char *const bodies[] = { "", " ", "<html></html>",
		"{\"success\":true,\"success\":true}",
		"{\"success\":true,\"\\u0073uccess\":true}",
		"{\"success\":true,\"x\":\"\\u0000\"}",
		"{\"success\":true,\"x\":\"\\ud800\"}",
		"{\"success\":true,\"x\":\"\xff\"}",
		"{\"success\":true,\"x\":\"\n\"}",
		"\xef\xbb\xbf{\"success\":true}", "{\"success\":true}x",
		"{\"success\":true", "{\"success\":tru" };

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		assert_string_equal(facts(S, 200, bodies[i]), "0 0 0 ");
		assert_string_equal(facts(T, 200, bodies[i]), "0 0 0 ");
	}
}

static void
half_an_answer_is_not_readable(void **state)
{
	struct reply reply = answer_reply(200, "{\"success\":true}");
	struct courier_done done = { 0 };

	(void)state;
	reply.is_whole = false;
	answer_act(S, &reply, &done);
	assert_int_equal(done.readable, 0);
	assert_int_equal(done.success, TRI_ABSENT);
}

static void
the_request_id_of_the_body_goes_before_that_of_the_head(void **state)
{
	struct reply reply = answer_reply(200, "{\"requestId\":\"body\"}");
	struct courier_done done = { 0 };

	(void)state;
	(void)snprintf(reply.request_id, sizeof(reply.request_id), "head");
	answer_act(S, &reply, &done);
	assert_string_equal(done.request_id, "body");
	reply.body = (const uint8_t *)"{\"requestId\":null}";
	reply.len = 18;
	answer_act(S, &reply, &done);
	assert_string_equal(done.request_id, "head");
}

static int
setup(void **state)
{
	(void)state;
	json_init();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sample_is_told_as_it_is),
		cmocka_unit_test(only_the_word_true_is_true),
		cmocka_unit_test(a_bare_word_counts_in_the_token_api_only),
		cmocka_unit_test(two_codes_that_differ_are_not_understood),
		cmocka_unit_test(a_code_that_says_something_never_vanishes),
		cmocka_unit_test(a_code_that_says_nothing_is_none),
		cmocka_unit_test(
		    each_thing_that_the_scan_refuses_is_not_readable),
		cmocka_unit_test(half_an_answer_is_not_readable),
		cmocka_unit_test(
		    the_request_id_of_the_body_goes_before_that_of_the_head),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
