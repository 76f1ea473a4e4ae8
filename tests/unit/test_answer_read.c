/* SPDX-License-Identifier: ISC */
/* Answers to a READ: which pieces come, and when none do. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "answer_text.h"
#include "courier/json.h"

#define S COURIER_API_SIGNED
#define T COURIER_API_TOKEN
#define HEAD "{\"success\":true,\"requestId\":\"r-1\","

static struct courier_done done;

static const char *
lines(enum courier_api api, enum courier_what what, const char *body)
{
	struct reply reply = answer_reply(200, body);

	return answer_lines(api, what, &reply, &done);
}

/* The lines of a run with these members. */
static const char *
run_lines(const char *members)
{
	static char body[8192];

	assert_true(snprintf(body, sizeof(body), HEAD "\"pipelineRun\":{%s}}",
	                members) < (int)sizeof(body));
	return lines(S, COURIER_RUN, body);
}

/* head, then `n` times part, then tail. */
static void
fill(char *ret, size_t size, const char *head, const char *part, size_t n,
    const char *tail)
{
	size_t len = (size_t)snprintf(ret, size, "%s", head);

	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(ret + len, size - len, "%s", part);
	len += (size_t)snprintf(ret + len, size - len, "%s", tail);
	assert_true(len < size);
}

static void
every_sample_comes_in_its_pieces(void **state)
{
	static const struct {
		const char *name;
		enum courier_api api;
		enum courier_what what;
	} samples[] = {
		{ "signed-run-and-half", S, COURIER_RUN },
		{ "signed-run-bigids", S, COURIER_RUN },
		{ "signed-run-no-commit", S, COURIER_RUN },
		{ "signed-run-not-allowed", S, COURIER_RUN },
		{ "signed-run-passed", S, COURIER_RUN },
		{ "signed-run-refused", S, COURIER_RUN },
		{ "signed-run-switch-manual", S, COURIER_RUN },
		{ "signed-run-two-gates", S, COURIER_RUN },
		{ "signed-run-two-waiting", S, COURIER_RUN },
		{ "signed-run-waiting-validator", S, COURIER_RUN },
		{ "signed-run-waiting", S, COURIER_RUN },
		{ "token-run-passed", T, COURIER_RUN },
		{ "token-run-waiting", T, COURIER_RUN },
		{ "signed-runs-page", S, COURIER_RUNS },
		{ "token-runs-page", T, COURIER_RUNS },
		{ "signed-pipelines-page", S, COURIER_PIPELINES },
		{ "signed-pipelines-page-last", S, COURIER_PIPELINES },
		{ "token-pipelines-page", T, COURIER_PIPELINES },
		{ "signed-pipeline", S, COURIER_PIPELINE },
		{ "signed-org-members", S, COURIER_MEMBERS },
		{ "signed-org-member", S, COURIER_MEMBERS },
		{ "token-org-members", T, COURIER_MEMBERS },
		{ "signed-resource-members", S, COURIER_RESOURCE_MEMBERS },
		{ "token-resource-members", T, COURIER_RESOURCE_MEMBERS },
		{ "signed-joined-orgs", S, COURIER_ORGANIZATIONS },
	};
	char name[128], *want;

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		(void)snprintf(name, sizeof(name), "%s.want", samples[i].name);
		want = strdup(answer_sample(name));
		assert_non_null(want);
		want[strlen(want) - 1] = '\0'; /* the line feed */
		(void)snprintf(name, sizeof(name), "%s.json", samples[i].name);
		assert_string_equal(
		    lines(samples[i].api, samples[i].what, answer_sample(name)),
		    want);
		free(want);
	}
}

static void
an_error_has_a_code_and_no_pieces(void **state)
{
	static const struct {
		const char *name;
		enum courier_api api;
		int http;
		const char *lines, *message;
	} errors[] = {
		{ "signed-business-404.json", S, 404,
		    "1 InvalidPipelineRun.NotFound", NULL },
		{ "gateway-clock.json", S, 400, "1 InvalidTimeStamp.Expired",
		    "Time stamp is too old." },
		{ "gateway-no-permission.json", S, 401,
		    "1 InvalidParam.NoPermission",
		    "The RAM user lacks a permission." },
		{ "token-error-400.json", T, 400, "1 BadRequest",
		    "Parameter jobId was not given." },
		{ "token-error-401.json", T, 401, "1 InvalidTokenError",
		    "This token is not known." },
		{ "token-error-403.json", T, 403,
		    "1 Forbidden.InvalidUser.UserNotInCurrentOrganization",
		    "Not a member." },
		{ "token-error-429.json", T, 429, "1 TooManyRequests",
		    "Please slow down." },
		{ "token-error-500.json", T, 500, "1 InternalServerError",
		    "Something broke." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		struct reply reply =
		    answer_reply(errors[i].http, answer_sample(errors[i].name));

		assert_string_equal(
		    answer_lines(errors[i].api, COURIER_RUN, &reply, &done),
		    errors[i].lines);
		assert_int_equal(done.http, errors[i].http);
		assert_int_equal(done.items, 0);
		assert_false(courier_is_good(&done));
		if (errors[i].message != NULL)
			assert_string_equal(done.message, errors[i].message);
	}
}

static void
only_a_success_said_in_so_many_words_has_a_payload(void **state)
{
	static const char *const bodies[] = {
		"{\"success\":\"true\",\"organizations\":[]}",
		"{\"success\":1,\"organizations\":[]}",
		"{\"success\":null,\"organizations\":[]}",
		"{\"success\":false,\"organizations\":[]}",
		"{\"Success\":true,\"organizations\":[]}",
		"{\"organizations\":[]}",
		"[]",
		"true",
		"\"organizations\"",
		"null",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		assert_string_equal(
		    lines(S, COURIER_ORGANIZATIONS, bodies[i]), "0 ");
	assert_string_equal(lines(S, COURIER_ORGANIZATIONS,
	                        HEAD "\"errorCode\":\"X\","
	                             "\"organizations\":[]}"),
	    "1 X");
	assert_string_equal(
	    lines(S, COURIER_ORGANIZATIONS, HEAD "\"organizations\":[]}"),
	    "page||1\n1 ");
}

static void
a_payload_of_another_shape_is_not_read(void **state)
{
	(void)state;
	assert_string_equal(
	    lines(S, COURIER_RUN, HEAD "\"pipelineRun\":[]}"), "0 ");
	assert_string_equal(
	    lines(S, COURIER_RUN, HEAD "\"pipelineRun\":null}"), "0 ");
	assert_string_equal(lines(S, COURIER_RUN, HEAD "\"x\":1}"), "0 ");
	assert_string_equal(
	    lines(S, COURIER_RUNS, HEAD "\"pipelineRuns\":{}}"), "0 ");
	assert_string_equal(
	    lines(S, COURIER_PIPELINES, HEAD "\"pipelines\":\"x\"}"), "0 ");
	assert_string_equal(lines(T, COURIER_RUN, "[]"), "0 ");
	assert_string_equal(lines(T, COURIER_RUNS, "{}"), "0 ");
	assert_string_equal(lines(T, COURIER_RUNS, "true"), "0 ");
}

static void
what_is_not_whole_or_not_json_is_not_read(void **state)
{
	const char *body = HEAD "\"organizations\":[]}";
	struct reply reply = answer_reply(200, body);

	(void)state;
	reply.is_whole = false;
	assert_string_equal(
	    answer_lines(S, COURIER_ORGANIZATIONS, &reply, &done), "0 ");
	reply = answer_reply(200, body);
	reply.is_encoded = true;
	assert_string_equal(
	    answer_lines(S, COURIER_ORGANIZATIONS, &reply, &done), "0 ");
	reply = answer_reply(200, body);
	(void)snprintf(reply.type, sizeof(reply.type), "text/html");
	(void)snprintf(
	    reply.request_id, sizeof(reply.request_id), "from-the-head");
	assert_string_equal(
	    answer_lines(S, COURIER_ORGANIZATIONS, &reply, &done), "0 ");
	assert_string_equal(done.request_id, "from-the-head");
	reply.type[0] = '\0';
	assert_string_equal(
	    answer_lines(S, COURIER_ORGANIZATIONS, &reply, &done), "0 ");
	assert_string_equal(answer_lines(T, COURIER_WHOAMI, &reply, &done),
	    "member||||\n"
	    "organization|||0\n"
	    "1 ");
}

static void
members_of_a_wrong_type_are_absent(void **state)
{
	(void)state;
	assert_string_equal(
	    run_lines("\"pipelineId\":1.0,\"pipelineRunId\":\"-1\","
	              "\"status\":[],\"triggerMode\":\"x\","
	              "\"creatorAccountId\":{},\"createTime\":-5,"
	              "\"sources\":{},\"stages\":\"\""),
	    "run||||0||0\n1 ");
	assert_string_equal(
	    run_lines("\"pipelineId\":1e3,\"pipelineRunId\":\"041\","
	              "\"triggerMode\":300,\"createTime\":\"17\","
	              "\"creatorAccountId\":null"),
	    "run||||0||17\n1 ");
	assert_string_equal(run_lines("\"pipelineId\":\"9223372036854775807\","
	                              "\"pipelineRunId\":9223372036854775808"),
	    "run|9223372036854775807|||0||0\n1 ");
}

static void
may_is_disable_turned_round(void **state)
{
	(void)state;
	assert_string_equal(
	    run_lines("\"stages\":[{\"name\":\"s\",\"stageInfo\":{\"jobs\":["
	              "{\"id\":7,\"actions\":["
	              "{\"type\":\"PassPipelineValidate\",\"disable\":false},"
	              "{\"type\":\"PassPipelineValidate\",\"disable\":true},"
	              "{\"type\":\"PassPipelineValidate\",\"disable\":0},"
	              "{\"type\":\"RefusePipelineValidate\",\"disable\":null},"
	              "{\"type\":\"RefusePipelineValidator\"},"
	              "{\"type\":\"passpipelinevalidate\"},{},5]}]}}]"),
	    "run||||0||0\nstage|s|\njob|7|||0|0\n"
	    "action|1|2\naction|1|1\naction|1|0\naction|2|0\naction|2|0\n"
	    "action|3|0\naction|3|0\naction|3|0\n1 ");
}

static void
a_validator_that_cannot_be_carried_spoils_the_run(void **state)
{
	(void)state;
	assert_string_equal(
	    run_lines("\"stages\":[{\"stageInfo\":{\"jobs\":[{\"actions\":["
	              "{\"type\":\"PassPipelineValidate\",\"params\":{"
	              "\"validators\":[200000000000000101,{}]}}]}]}}]"),
	    "run||||0||0\nstage||\njob||||0|0\naction|1|0\n"
	    "validator|200000000000000101\nvalidator|\n1 ");
	assert_string_equal(
	    run_lines("\"stages\":[{\"stageInfo\":{\"jobs\":[{\"actions\":["
	              "{\"type\":\"PassPipelineValidate\",\"params\":{"
	              "\"validators\":[\"12345678901234567890123456789012345"
	              "678901234567890123456789012345\"]}}]}]}}]"),
	    "0 ");
}

#define A40 "aAbBcCdDeE0123456789aAbBcCdDeE0123456789"
#define LOW "aabbccddee0123456789aabbccddee0123456789"

static const char *
commit(const char *data)
{
	char members[2048];

	(void)snprintf(members, sizeof(members),
	    "\"sources\":[{\"data\":{\"repo\":\"r\",%s}}]", data);
	return run_lines(members);
}

static void
the_commit_is_item_0_of_a_document_of_its_own(void **state)
{
	static const char *const unknown[] = {
		"\"commint\":\"{}\"",
		"\"commint\":\"[]\"",
		"\"commint\":\"\"",
		"\"commint\":null",
		"\"commint\":[{\"commitId\":\"" LOW "\"}]",
		"\"commint\":\"[{\\\"commitId\\\":\\\"abc\\\"}]\"",
		"\"commint\":\"[\\\"" LOW "\\\"]\"",
		"\"commint\":\"[{\\\"commitId\\\":\\\"" LOW "0\\\"}]\"",
		"\"commint\":\"[{\\\"commitId\\\":\\\"" LOW "\\\"}]x\"",
		"\"commint\":\"[{\\\"commitId\\\":\\\"" LOW
		"\\\",\\\"commitId\\\":\\\"" LOW "\\\"}]\"",
		"\"commint\":\"[{\\\"commitId\\\":\\\"" LOW
		"\\\"}]\",\"commit\":\"0" LOW "\"",
		"\"commint\":\"[{\\\"commitId\\\":\\\"" LOW
		"\\\"}]\",\"commit\":\"aabbccd\"",
		"\"commitId\":\"" LOW "\"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		assert_string_equal(
		    commit(unknown[i]), "run||||0||0\nsource|r||\n1 ");
	assert_string_equal(
	    commit("\"commint\":\"[{\\\"commitId\\\":\\\"" A40 "\\\"},7]\""),
	    "run||||0||0\nsource|r||" LOW "\n1 ");
	assert_string_equal(
	    commit("\"commit\":\"" LOW
	           "\",\"commint\":\"[{\\\"commitId\\\":\\\"" A40 "\\\"}]\""),
	    "run||||0||0\nsource|r||" LOW "\n1 ");
}

static void
a_parameter_is_hidden_unless_it_is_said_to_be_open(void **state)
{
	static const char *const hidden[] = { "\"encrypted\":true",
		"\"masked\":true", "\"masked\":\"false\"", "\"encrypted\":0",
		"\"encrypted\":{}", "\"masked\":\"\"" };
	char members[512];

	(void)state;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		(void)snprintf(members, sizeof(members),
		    "\"globalParams\":[{\"key\":\"k\",\"value\":\"hush\",%s}]",
		    hidden[i]);
		assert_string_equal(
		    run_lines(members), "run||||0||0\nparameter|k|1|\n1 ");
	}
	assert_string_equal(run_lines("\"globalParams\":[{\"key\":\"k\","
	                              "\"value\":\"v\"},5]"),
	    "run||||0||0\nparameter|k|0|v\nparameter||0|\n1 ");
}

static void
a_long_text_is_cut_at_a_character_and_hashed_whole(void **state)
{
	char members[2048], name[1024];

	(void)state;
	/* 171 times three bytes: 513. SHA-256 begins with 52 c9. */
	fill(name, sizeof(name), "", "\xe4\xba\xba", 171, "");
	(void)snprintf(
	    members, sizeof(members), "\"stages\":[{\"name\":\"%s\"}]", name);
	assert_string_equal(run_lines(members),
	    "run||||0||0\nstage|\xe4\xba\xba~510~52c9|\n1 ");
	fill(name, sizeof(name), "", "\xe4\xba\xba", 170, "ab");
	(void)snprintf(
	    members, sizeof(members), "\"stages\":[{\"name\":\"%s\"}]", name);
	assert_non_null(strstr(run_lines(members), name));
}

static void
a_webhook_is_in_no_piece(void **state)
{
	(void)state;
	assert_null(strstr(
	    lines(S, COURIER_PIPELINE, answer_sample("signed-pipeline.json")),
	    "SECRET"));
}

static void
a_person_who_is_switched_off_has_no_role(void **state)
{
	(void)state;
	assert_string_equal(
	    lines(S, COURIER_MEMBERS,
	        HEAD "\"members\":[{\"accountId\":\"1\",\"state\":\"blocked\","
	             "\"organizationRoleId\":\"r\","
	             "\"organizationRoleName\":\"owner\"}]}"),
	    "member|1|||\npage||1\n1 ");
	assert_string_equal(lines(T, COURIER_MEMBERS,
	                        "[{\"userId\":\"u\",\"status\":\"ENABLED\","
	                        "\"roleIds\":[\"a\",\"b\"]}]"),
	    "member|u|||a\nmember|u|||b\npage||1\n1 ");
}

/* More pieces than a READ may have: none at all come. */
static void
an_answer_of_too_many_pieces_is_not_read(void **state)
{
	size_t room = 2 * COURIER_ITEMS_MAX + 1024;
	char *body = calloc(1, room);

	(void)state;
	assert_non_null(body);
	fill(body, room, HEAD "\"pipelineRuns\":[5", ",5",
	    COURIER_ITEMS_MAX - 1, "]}");
	assert_string_equal(lines(S, COURIER_RUNS, body), "0 ");
	assert_int_equal(done.items, 0);
	free(body);
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
		cmocka_unit_test(every_sample_comes_in_its_pieces),
		cmocka_unit_test(an_error_has_a_code_and_no_pieces),
		cmocka_unit_test(
		    only_a_success_said_in_so_many_words_has_a_payload),
		cmocka_unit_test(a_payload_of_another_shape_is_not_read),
		cmocka_unit_test(what_is_not_whole_or_not_json_is_not_read),
		cmocka_unit_test(members_of_a_wrong_type_are_absent),
		cmocka_unit_test(may_is_disable_turned_round),
		cmocka_unit_test(
		    a_validator_that_cannot_be_carried_spoils_the_run),
		cmocka_unit_test(the_commit_is_item_0_of_a_document_of_its_own),
		cmocka_unit_test(
		    a_parameter_is_hidden_unless_it_is_said_to_be_open),
		cmocka_unit_test(
		    a_long_text_is_cut_at_a_character_and_hashed_whole),
		cmocka_unit_test(a_webhook_is_in_no_piece),
		cmocka_unit_test(a_person_who_is_switched_off_has_no_role),
		cmocka_unit_test(an_answer_of_too_many_pieces_is_not_read),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
