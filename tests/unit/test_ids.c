/* SPDX-License-Identifier: ISC */
/* Ids as they may stand in a signed path, and the calls made of them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "yunxiao/acs3.h"
#include "yunxiao/ids.h"
#include "yunxiao/request.h"

static void
what_is_no_number_is_no_id(void **state)
{
	static const char *const bad[] = { "", "0", "01", "+1", "-1", " 1",
		"1 ", "1.0", "1e3", "{pipelineId}", "1/2", "1%2f", "..",
		"9223372036854775808", "10000000000000000000",
		"12345678901234567890", "\xd9\xa1", "\xef\xbc\x91", "0x1",
		"1\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(id_is_number(bad[i]));
	assert_true(id_is_number("1"));
	assert_true(id_is_number("9007199254740993"));
	assert_true(id_is_number("9223372036854775807"));
}

static void
an_organization_is_letters_and_digits(void **state)
{
	char longest[66];

	(void)state;
	memset(longest, 'a', 65);
	longest[65] = '\0';
	assert_false(id_is_org(longest));
	longest[64] = '\0';
	assert_true(id_is_org(longest));
	assert_false(id_is_org(""));
	assert_false(id_is_org("a/b"));
	assert_false(id_is_org("a.b"));
	assert_false(id_is_org("a%2f"));
	assert_false(id_is_org("\xc3\xa9"));
	assert_false(id_is_account("200000000000000101a"));
	assert_false(id_is_account("123456789012345678901"));
	assert_true(id_is_account("200000000000000101"));
}

static struct call_args
usual(void)
{
	return (
	    struct call_args){ .ids = { "5ebbc022", "11222", "1111", "111" } };
}

static void
a_missing_id_builds_nothing(void **state)
{
	struct request request = { .query_n = 77 };
	struct call_args args = usual();

	(void)state;
	args.ids.job[0] = '\0';
	assert_int_equal(request_build(API_SIGNED, CALL_PASS, &args, &request),
	    WARDER_EFORM);
	args = usual();
	memcpy(args.ids.run, "1/..", 5);
	assert_int_equal(
	    request_build(API_SIGNED, CALL_RUN, &args, &request), WARDER_EFORM);
	args = usual();
	args.account = "1/2";
	assert_int_equal(
	    request_build(API_SIGNED, CALL_MEMBER, &args, &request),
	    WARDER_EFORM);
	assert_int_equal(request.query_n, 77);
}

static void
an_api_has_its_own_calls_only(void **state)
{
	struct call_args args = usual();
	struct request request;

	(void)state;
	assert_int_equal(
	    request_build(API_SIGNED, CALL_WHOAMI, &args, &request),
	    WARDER_ETYPE);
	assert_int_equal(
	    request_build(API_TOKEN, CALL_ORGANIZATIONS, &args, &request),
	    WARDER_ETYPE);
	assert_int_equal(
	    request_build(API_NONE, CALL_RUN, &args, &request), WARDER_ETYPE);
}

static const struct {
	enum api api;
	enum call call;
	const char *method, *action, *target;
} wanted[] = {
	{ API_SIGNED, CALL_PASS, "POST", "PassPipelineValidate",
	    "/organization/5ebbc022/pipelines/11222/pipelineRuns/1111"
	    "/jobs/111/pass" },
	{ API_SIGNED, CALL_REFUSE, "POST", "RefusePipelineValidate",
	    "/organization/5ebbc022/pipelines/11222/pipelineRuns/1111"
	    "/jobs/111/refuse" },
	{ API_SIGNED, CALL_RUN, "GET", "GetPipelineRun",
	    "/organization/5ebbc022/pipelines/11222/pipelineRuns/"
	    "1111" },
	{ API_SIGNED, CALL_RUNS, "GET", "ListPipelineRuns",
	    "/organization/5ebbc022/pipelines/11222/pipelineRuns"
	    "?maxResults=30&nextToken=a%2Bb%2F%3D%3D" },
	{ API_SIGNED, CALL_PIPELINES, "GET", "ListPipelines",
	    "/organization/5ebbc022/pipelines?maxResults=30"
	    "&nextToken=a%2Bb%2F%3D%3D&pipelineName=%E6%B5%81%20x"
	    "&statusList=WAITING%2CRUNNING" },
	{ API_SIGNED, CALL_PIPELINE, "GET", "GetPipeline",
	    "/organization/5ebbc022/pipelines/11222" },
	{ API_SIGNED, CALL_MEMBERS, "GET", "ListOrganizationMembers",
	    "/organization/5ebbc022/members?maxResults=30"
	    "&nextToken=a%2Bb%2F%3D%3D" },
	{ API_SIGNED, CALL_MEMBER, "GET", "GetOrganizationMember",
	    "/organization/5ebbc022/members/200000000000000101" },
	{ API_SIGNED, CALL_RESOURCE_MEMBERS, "GET", "ListResourceMembers",
	    "/organization/5ebbc022/pipeline/11222/members" },
	{ API_SIGNED, CALL_ORGANIZATIONS, "GET", "ListJoinedOrganizations",
	    "/users/joinedOrgs" },
	{ API_TOKEN, CALL_PASS, "POST", NULL,
	    "/oapi/v1/flow/organizations/5ebbc022/pipelines/11222"
	    "/pipelineRuns/1111/jobs/111/pass" },
	{ API_TOKEN, CALL_REFUSE, "POST", NULL,
	    "/oapi/v1/flow/organizations/5ebbc022/pipelines/11222"
	    "/pipelineRuns/1111/jobs/111/refuse" },
	{ API_TOKEN, CALL_RUN, "GET", NULL,
	    "/oapi/v1/flow/organizations/5ebbc022/pipelines/11222"
	    "/runs/1111" },
	{ API_TOKEN, CALL_RUNS, "GET", NULL,
	    "/oapi/v1/flow/organizations/5ebbc022/pipelines/11222"
	    "/runs?page=2&perPage=30" },
	{ API_TOKEN, CALL_PIPELINES, "GET", NULL,
	    "/oapi/v1/flow/organizations/5ebbc022/pipelines?page=2&perPage=30"
	    "&pipelineName=%E6%B5%81%20x&statusList=WAITING%2CRUNNING" },
	{ API_TOKEN, CALL_PIPELINE, "GET", NULL,
	    "/oapi/v1/flow/organizations/5ebbc022/pipelines/11222" },
	{ API_TOKEN, CALL_RESOURCE_MEMBERS, "GET", NULL,
	    "/oapi/v1/flow/organizations/5ebbc022"
	    "/resourceMembers/resourceTypes/pipeline/resourceIds/11222" },
	{ API_TOKEN, CALL_MEMBERS, "GET", NULL,
	    "/oapi/v1/platform/organizations/5ebbc022/members"
	    "?page=2&perPage=30" },
	{ API_TOKEN, CALL_WHOAMI, "GET", NULL, "/oapi/v1/platform/user" },
	{ API_REGION, CALL_PASS, "POST", NULL,
	    "/oapi/v1/flow/pipelines/11222/pipelineRuns/1111/jobs/111"
	    "/pass" },
	{ API_REGION, CALL_REFUSE, "POST", NULL,
	    "/oapi/v1/flow/pipelines/11222/pipelineRuns/1111/jobs/111"
	    "/refuse" },
	{ API_REGION, CALL_RUN, "GET", NULL,
	    "/oapi/v1/flow/pipelines/11222/runs/1111" },
	{ API_REGION, CALL_RUNS, "GET", NULL,
	    "/oapi/v1/flow/pipelines/11222/runs?page=2&perPage=30" },
	{ API_REGION, CALL_PIPELINES, "GET", NULL,
	    "/oapi/v1/flow/pipelines?page=2&perPage=30"
	    "&pipelineName=%E6%B5%81%20x&statusList=WAITING%2CRUNNING" },
	{ API_REGION, CALL_PIPELINE, "GET", NULL,
	    "/oapi/v1/flow/pipelines/11222" },
	{ API_REGION, CALL_RESOURCE_MEMBERS, "GET", NULL,
	    "/oapi/v1/flow"
	    "/resourceMembers/resourceTypes/pipeline/resourceIds/11222" },
	{ API_REGION, CALL_MEMBERS, "GET", NULL,
	    "/oapi/v1/platform/organizations/5ebbc022/members"
	    "?page=2&perPage=30" },
	{ API_REGION, CALL_WHOAMI, "GET", NULL, "/oapi/v1/platform/user" },
};

static void
each_call_has_its_path(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		struct call_args args = usual();
		struct request request;

		args.account = "200000000000000101";
		args.next_token = "a+b/==";
		args.page = 2;
		if (wanted[i].call == CALL_PIPELINES) {
			args.pipeline_name = "\xe6\xb5\x81 x";
			args.statuses = "WAITING,RUNNING";
		}
		assert_int_equal(request_build(wanted[i].api, wanted[i].call,
		                     &args, &request),
		    0);
		assert_string_equal(request.target, wanted[i].target);
		assert_string_equal(request.method, wanted[i].method);
		if (wanted[i].action == NULL)
			assert_null(request.action);
		else
			assert_string_equal(request.action, wanted[i].action);
	}
}

/* The misspelling is the token API's own. */
static void
the_token_api_spells_it_endTme(void **state)
{
	struct call_args args = usual();
	struct request request;

	(void)state;
	args.from_ms = 1767315600000;
	args.to_ms = 1767322800000;
	args.statuses = "RUNNING";
	assert_int_equal(
	    request_build(API_TOKEN, CALL_RUNS, &args, &request), 0);
	assert_string_equal(request.target,
	    "/oapi/v1/flow/organizations/5ebbc022/pipelines/11222/runs"
	    "?endTme=1767322800000&page=1&perPage=30"
	    "&startTime=1767315600000&status=RUNNING");
	assert_int_equal(
	    request_build(API_SIGNED, CALL_RUNS, &args, &request), 0);
	assert_string_equal(request.target,
	    "/organization/5ebbc022/pipelines/11222/pipelineRuns"
	    "?endTime=1767322800000&maxResults=30"
	    "&startTime=1767315600000&status=RUNNING");
}

static void
a_long_name_is_no_call(void **state)
{
	static char name[600];
	struct call_args args = usual();
	struct request request;

	(void)state;
	memset(name, '%', sizeof(name) - 1);
	args.pipeline_name = name;
	assert_int_equal(
	    request_build(API_SIGNED, CALL_PIPELINES, &args, &request),
	    WARDER_ETOOBIG);
	name[512] = '\0';
	assert_int_equal(
	    request_build(API_SIGNED, CALL_PIPELINES, &args, &request), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_number_is_no_id),
		cmocka_unit_test(an_organization_is_letters_and_digits),
		cmocka_unit_test(a_missing_id_builds_nothing),
		cmocka_unit_test(an_api_has_its_own_calls_only),
		cmocka_unit_test(a_long_name_is_no_call),
		cmocka_unit_test(each_call_has_its_path),
		cmocka_unit_test(the_token_api_spells_it_endTme),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
