/* SPDX-License-Identifier: ISC */
/* What an answer means, and what a code says. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "yunxiao/answer.h"
#include "yunxiao/codes.h"

static struct answer
signed_answer(uint16_t http, uint8_t success, const char *code)
{
	struct answer answer = { .api = API_SIGNED,
		.sent = 1,
		.http = http,
		.readable = 1,
		.success = success,
		.connections = 1 };

	snprintf(answer.code, sizeof(answer.code), "%s", code);
	return answer;
}

static enum answer_outcome
judge(struct answer answer)
{
	return answer_judge(&answer).outcome;
}

static void
what_is_not_plain_is_unknown(void **state)
{
	static const struct {
		uint16_t http;
		uint8_t success;
		const char *code;
	} cases[] = {
		{ 200, 1, "" }, /* false without a code */
		{ 200, 0, "" }, /* success absent or of another type */
		{ 200, 2, "InvalidPipeline.NotFound" }, /* contradiction */
		{ 404, 2, "InvalidPipeline.NotFound" },
		{ 200, 1, "Sandbox.GateNotWaiting" }, /* not listed */
		{ 404, 1, "Sandbox.JobNotFound" },
		{ 400, 0, "SignatureNonceUsed" },
		{ 500, 0, "InternalError" },
		{ 503, 0, "InvalidPipeline.NotFound" },
		{ 302, 0, "" },
		{ 302, 2, "" },
		{ 0, 0, "" },
		{ 200, 0, "InvalidPipeline.NotFound" },
		{ 403, 1, "MissingWhatever" }, /* a prefix is a gateway's */
		{ 400, 1, "invalidpipeline.notfound" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(judge(signed_answer(cases[i].http,
		                     cases[i].success, cases[i].code)),
		    ANSWER_UNKNOWN);
}

static void
a_cut_answer_is_unknown_whatever_it_says(void **state)
{
	struct answer answer = signed_answer(200, 2, "");

	(void)state;
	answer.readable = 0;
	assert_int_equal(judge(answer), ANSWER_UNKNOWN);
	answer = signed_answer(403, 1, "Forbidden.AccessDenied");
	answer.readable = 0;
	assert_int_equal(judge(answer), ANSWER_UNKNOWN);
	answer = signed_answer(403, 1, "Forbidden.AccessDenied");
	answer.connections = 2;
	assert_int_equal(judge(answer), ANSWER_UNKNOWN);
}

static void
nothing_sent_is_said_only_when_nothing_came_back(void **state)
{
	struct answer answer = { .api = API_SIGNED };

	(void)state;
	assert_int_equal(judge(answer), ANSWER_NOT_SENT);
	answer.http = 200;
	assert_int_equal(judge(answer), ANSWER_UNKNOWN);
	answer = (struct answer){ .api = API_SIGNED, .sent = 1 };
	assert_int_equal(judge(answer), ANSWER_UNKNOWN);
}

static void
a_listed_refusal_is_final(void **state)
{
	(void)state;
	assert_int_equal(judge(signed_answer(403, 1, "Forbidden.AccessDenied")),
	    ANSWER_REFUSED);
	assert_int_equal(judge(signed_answer(200, 1, "Forbidden.AccessDenied")),
	    ANSWER_REFUSED);
	assert_int_equal(judge(signed_answer(400, 0, "SignatureDoesNotMatch")),
	    ANSWER_REFUSED);
	assert_int_equal(
	    judge(signed_answer(404, 0, "InvalidAccessKeyId.NotFound")),
	    ANSWER_REFUSED);
	assert_int_equal(
	    judge(signed_answer(400, 0, "MissingSomething")), ANSWER_REFUSED);
}

static void
flow_control_tells_how_long(void **state)
{
	struct answer answer = signed_answer(400, 0, "Throttling.User");
	struct answer_meaning meaning;

	(void)state;
	answer.retry_after_ms = 1500;
	meaning = answer_judge(&answer);
	assert_int_equal(meaning.outcome, ANSWER_THROTTLED);
	assert_int_equal(meaning.wait_ms, 1500);
	answer.retry_after_ms = 3600000;
	meaning = answer_judge(&answer);
	assert_int_equal(meaning.wait_ms, ANSWER_WAIT_MAX_MS);
	answer.http = 503;
	assert_int_equal(judge(answer), ANSWER_UNKNOWN);
	answer = signed_answer(429, 0, "");
	answer.readable = 0;
	answer.retry_after_ms = 10;
	assert_int_equal(judge(answer), ANSWER_THROTTLED);
}

static void
success_is_a_boolean_beside_no_code(void **state)
{
	static const char *const nothing[] = { "", "\"\"", "\\", "''", " ",
		"\xe2\x80\x9d\xe2\x80\x9c", "null" };

	(void)state;
	for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++)
		assert_int_equal(
		    judge(signed_answer(200, 2, nothing[i])), ANSWER_ACCEPTED);
	assert_int_equal(judge(signed_answer(204, 2, "")), ANSWER_ACCEPTED);
}

static void
a_bare_true_is_the_token_apis_alone(void **state)
{
	struct answer answer = { .api = API_SIGNED,
		.sent = 1,
		.http = 200,
		.readable = 1,
		.bare = 2,
		.connections = 1 };

	(void)state;
	assert_int_equal(judge(answer), ANSWER_UNKNOWN);
	answer.api = API_TOKEN;
	assert_int_equal(judge(answer), ANSWER_ACCEPTED);
	answer.bare = 1;
	assert_int_equal(judge(answer), ANSWER_UNKNOWN);
	answer.bare = 0;
	answer.success = 2;
	assert_int_equal(judge(answer), ANSWER_ACCEPTED);
}

static void
a_code_is_found_exactly_before_a_prefix(void **state)
{
	(void)state;
	assert_string_equal(
	    code_find("InvalidActionX", true)->code, "InvalidAction*");
	assert_string_equal(code_find("InvalidX", true)->code, "Invalid*");
	assert_string_equal(code_find("InvalidX", false)->code, "");
	assert_string_equal(code_find("InvalidSecurityToken.New", true)->code,
	    "InvalidSecurityToken.*");
	assert_string_equal(
	    code_find("InvalidOrganization.NotFound", true)->code,
	    "InvalidOrganization.NotFound");
	assert_string_equal(code_find("Missing*", false)->code, "");
	assert_int_equal(
	    code_find("NeverHeardOf", true)->done, CODE_DONE_MAYBE);
	assert_int_equal(
	    code_find("NeverHeardOf", true)->again, CODE_AGAIN_LOOK);
	assert_string_equal(
	    code_find("InvalidResourceRole.NotFoun", false)->code,
	    "InvalidResourceRole.NotFoun");
}

/* What a server fault or a used nonce did is not known. */
static void
few_codes_may_have_acted(void **state)
{
	const struct code_row *row;
	size_t n = 0, maybe = 0;

	(void)state;
	for (; (row = code_row_at(n)) != NULL; n++) {
		struct code_words words = { .code = row->code };
		char text[1024];

		maybe += row->done == CODE_DONE_MAYBE;
		assert_int_equal(row->done == CODE_DONE_MAYBE,
		    row->again == CODE_AGAIN_LOOK);
		for (int lang = CODE_EN; lang <= CODE_ZH; lang++) {
			code_print(text, sizeof(text), row,
			    (enum code_lang)lang, &words);
			assert_true(strlen(text) > 40);
			assert_null(strchr(text, '{'));
		}
	}
	assert_int_equal(maybe, 5);
	assert_true(n > 60);
}

static void
a_sentence_names_who_speaks_and_ends_with_the_code(void **state)
{
	struct code_words words = { .code = "InvalidPipelineRun.NotFound",
		.pipeline = "11222",
		.run = "1187",
		.http = 404,
		.request_id = "4F0C" };
	char text[512];

	(void)state;
	code_print(
	    text, sizeof(text), code_find(words.code, false), CODE_EN, &words);
	assert_string_equal(text,
	    "Yunxiao says: Pipeline 11222 has no run 1187. Runs are counted "
	    "within one pipeline: is 11222 the right one? "
	    "(InvalidPipelineRun.NotFound, HTTP 404, request 4F0C)");
	words.code = "InvalidTimeStamp.Expired";
	words.here_ms = 1767323045000;
	words.server_ms = words.here_ms + 1000000;
	code_print(
	    text, sizeof(text), code_find(words.code, false), CODE_EN, &words);
	assert_non_null(strstr(text, "16 min 40 s behind; 15 min are allowed"));
	assert_non_null(strstr(text, "2026-01-02T03:04:05Z"));
	code_print(text, 20, code_find(words.code, false), CODE_ZH, &words);
	assert_true(strlen(text) < 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_plain_is_unknown),
		cmocka_unit_test(a_cut_answer_is_unknown_whatever_it_says),
		cmocka_unit_test(
		    nothing_sent_is_said_only_when_nothing_came_back),
		cmocka_unit_test(a_bare_true_is_the_token_apis_alone),
		cmocka_unit_test(a_listed_refusal_is_final),
		cmocka_unit_test(flow_control_tells_how_long),
		cmocka_unit_test(success_is_a_boolean_beside_no_code),
		cmocka_unit_test(a_code_is_found_exactly_before_a_prefix),
		cmocka_unit_test(few_codes_may_have_acted),
		cmocka_unit_test(
		    a_sentence_names_who_speaks_and_ends_with_the_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
