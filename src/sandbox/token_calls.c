/* SPDX-License-Identifier: ISC */
/*
 * The table of the token API's calls, and what is checked before one of them
 * is served. The calls have the names that the signed API gives them, so
 * that a fault or a test can speak of either family.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "sandbox/codeup.h"
#include "sandbox/token.h"

#define FLOW "/oapi/v1/flow"
#define CODEUP "/oapi/v1/codeup"
#define REPOSITORY "/repositories/{x}"
#define IN_ORG "/organizations/{o}"
#define PLATFORM "/oapi/v1/platform"
#define IN_RUNS "/pipelines/{p}/runs"
#define IN_JOB "/pipelines/{p}/pipelineRuns/{r}/jobs/{j}"

struct row {
	struct call call; /* path: whole, or behind a prefix */
	const char *scope;
};

/* clang-format off */
static const struct row rows[] = {
	{ { "PassPipelineValidate",    "POST", IN_JOB "/pass",      serve_pass },
	    "runs:write" },
	{ { "RefusePipelineValidate",  "POST", IN_JOB "/refuse",    serve_refuse },
	    "runs:write" },
	{ { "GetLatestPipelineRun",    "GET",
	    IN_RUNS "/latestPipelineRun", token_latest }, "runs:read" },
	{ { "GetPipelineRun",          "GET",  IN_RUNS "/{r}",      token_run },
	    "runs:read" },
	{ { "ListPipelineRuns",        "GET",  IN_RUNS,             token_runs },
	    "runs:read" },
	{ { "ListPipelines",           "GET",  "/pipelines",        token_pipelines },
	    "pipelines:read" },
	{ { "GetPipeline",             "GET",  "/pipelines/{p}",    token_pipeline },
	    "pipelines:read" },
	{ { "ListResourceMembers",     "GET",
	    "/resourceMembers/resourceTypes/pipeline/resourceIds/{p}",
	    token_roles }, "pipelines:read" },
	{ { "ListOrganizationMembers", "GET",
	    PLATFORM IN_ORG "/members", token_members }, "members:read" },
	{ { "GetRepositoryCommit",     "GET",
	    REPOSITORY "/commits/{c}", token_commit }, "code:read" },
	{ { "GetCompareDetail",        "GET",
	    REPOSITORY "/compares", token_compare }, "code:read" },
	{ { "GetUserByToken",          "GET",  PLATFORM "/user",    token_whoami },
	    "" },
};
/* clang-format on */

#define NROWS (sizeof(rows) / sizeof(rows[0]))

#define FAIL(name, http, code, text)                                           \
	static const struct fail name = { http, code, text }

FAIL(no_api, 404, "InvalidApi.NotFound", "No such path at this host.");
FAIL(bad_method, 400, "UnsupportedHTTPMethod", "Another method is needed.");
FAIL(has_body, 400, "BadRequest", "This call takes no body.");
FAIL(no_token, 401, "Unauthorized", "x-yunxiao-token is needed, once.");
FAIL(unknown, 401, "InvalidTokenError", "This token is not known.");
FAIL(run_out, 401, "ExpiredTokenError", "This token has run out.");
FAIL(no_scope, 403, "Forbidden", "This token lacks a scope.");
FAIL(outside, 403, "Forbidden.InvalidUser.UserNotInCurrentOrganization",
    "Not a member.");
FAIL(bad_param, 400, "BadRequest", "A parameter is absent or wrong.");

bool
token_is(const struct req *r)
{
	return r->nsegments > 0 && strcmp(r->segments[0], "oapi") == 0;
}

/* The organization whose region edition answers at that Host, or NULL. */
static const cJSON *
tenant_of(const struct sandbox *s, const struct req *r)
{
	const char *host = pairs_header(&r->headers, "host");
	const cJSON *o;

	if (host == NULL)
		return NULL;
	cJSON_ArrayForEach(o, get(s->world.root, "organizations"))
	{
		const char *name = get_text(o, "host");
		size_t len = strlen(name);

		if (len > 0 && strncasecmp(host, name, len) == 0 &&
		    (host[len] == '\0' || host[len] == ':'))
			return o;
	}
	return NULL;
}

/* The path with and without the organization in it. */
static bool
fits(const char *prefix, const struct row *row, struct req *r)
{
	struct text path = { 0 };
	bool is_it;

	text_printf(&path, "%s%s", prefix, row->call.path);
	is_it = calls_match(path.s, r, &r->ids);
	text_free(&path);
	return is_it;
}

static bool
is_whole(const struct row *row)
{
	return strncmp(row->call.path, "/oapi/", 6) == 0;
}

static bool
is_of_codeup(const struct row *row)
{
	return strncmp(row->call.path, REPOSITORY, sizeof(REPOSITORY) - 1) == 0;
}

static bool
fits_any(const cJSON *tenant, const struct row *row, struct req *r)
{
	bool is_codeup = is_of_codeup(row);

	if (is_whole(row))
		return fits("", row, r);
	if (fits(is_codeup ? CODEUP IN_ORG : FLOW IN_ORG, row, r))
		return true;
	if (tenant == NULL || !fits(is_codeup ? CODEUP : FLOW, row, r))
		return false;
	r->ids.organization = get_text(tenant, "id");
	return true;
}

/* With the right method, if there is such a row; else of the right path. */
void
token_find(const struct sandbox *s, struct req *r)
{
	const cJSON *tenant = tenant_of(s, r);

	for (size_t i = 0; i < NROWS && r->call == NULL; i++)
		if (fits_any(tenant, &rows[i], r))
			r->call = &rows[i].call;
}

const char *
token_scope(const struct call *call)
{
	for (size_t i = 0; i < NROWS; i++)
		if (&rows[i].call == call)
			return rows[i].scope;
	return "";
}

/* Without a list a token may do everything. */
static bool
has_scope(const cJSON *token, const char *scope)
{
	const cJSON *list = get(token, "scopes"), *one;

	if (list == NULL || scope[0] == '\0')
		return true;
	cJSON_ArrayForEach(one, list)
	{
		if (text_equal(cJSON_GetStringValue(one), scope))
			return true;
	}
	return false;
}

static const cJSON *
token_of(const struct sandbox *s, const char *text)
{
	const cJSON *t;

	cJSON_ArrayForEach(t, get(s->world.root, "tokens"))
	{
		if (text_equal(get_text(t, "token"), text) &&
		    !cJSON_IsFalse(get(t, "active")))
			return t;
	}
	return NULL;
}

static const struct fail *
check_token(const struct sandbox *s, const struct req *r, struct key *ret_key)
{
	const char *text = pairs_header(&r->headers, "x-yunxiao-token");
	const cJSON *token;

	if (text == NULL || pairs_count(&r->headers, "x-yunxiao-token") > 1)
		return &no_token;
	if ((token = token_of(s, text)) == NULL)
		return &unknown;
	if (get(token, "endsAt") != NULL &&
	    (double)sandbox_shown_ms(s) >= get_number(token, "endsAt"))
		return &run_out;
	if (!has_scope(token, token_scope(r->call)))
		return &no_scope;
	*ret_key = (struct key){
		.id = "",
		.secret = "",
		.account = get_text(token, "account"),
		.is_active = true,
		.is_registered = !cJSON_IsFalse(get(token, "registered")),
	};
	return NULL;
}

const struct fail *
token_verify(const struct sandbox *s, const struct req *r, struct key *ret_key)
{
	if (r->call == NULL)
		return &no_api;
	if (strcmp(r->method, r->call->method) != 0)
		return &bad_method;
	if (r->body.len > 0)
		return &has_body;
	return check_token(s, r, ret_key);
}

const struct fail *
token_spelling(const struct fail *why)
{
	static const struct {
		const char *code;
		const struct fail *as;
	} others[] = {
		{ "Forbidden.UserNotInCurrentOrganization", &outside },
		{ "InvalidParam.ParamNotPresent", &bad_param },
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(others[i].code, why->code) == 0)
			return others[i].as;
	return why;
}
