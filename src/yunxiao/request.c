/* SPDX-License-Identifier: ISC */
/*
 * One table row a call. The path is a pattern with {o} {p} {r} {j} {a}, and
 * only ids that were checked here fill it, so nothing a person or a server
 * wrote can add a segment to a signed path.
 */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "yunxiao/acs3.h"
#include "yunxiao/request.h"

#define SIGNED_RUNS "/organization/{o}/pipelines/{p}/pipelineRuns"
#define SIGNED_JOB SIGNED_RUNS "/{r}/jobs/{j}"
#define TOKEN_JOB "/pipelines/{p}/pipelineRuns/{r}/jobs/{j}"
#define PLATFORM "/oapi/v1/platform"

/* Which of the optional query members a call takes. */
enum takes {
	TAKES_NOTHING = 0,
	TAKES_PAGE = 1,
	TAKES_NAME = 2,
	TAKES_STATUSES = 4, /* statusList */
	TAKES_STATUS = 8,
	TAKES_TIME = 16
};

struct shape {
	enum call call;
	enum ids_depth depth; /* 0: no id at all */
	const char *action;
	const char *method;
	const char *path;
	unsigned int takes;
};

/* clang-format off */
static const struct shape signed_shapes[] = {
	{ CALL_PASS, IDS_JOB, "PassPipelineValidate", "POST",
	    SIGNED_JOB "/pass", 0 },
	{ CALL_REFUSE, IDS_JOB, "RefusePipelineValidate", "POST",
	    SIGNED_JOB "/refuse", 0 },
	{ CALL_RUN, IDS_RUN, "GetPipelineRun", "GET", SIGNED_RUNS "/{r}", 0 },
	{ CALL_RUNS, IDS_PIPELINE, "ListPipelineRuns", "GET", SIGNED_RUNS,
	    TAKES_PAGE | TAKES_STATUS | TAKES_TIME },
	{ CALL_PIPELINES, IDS_ORG, "ListPipelines", "GET",
	    "/organization/{o}/pipelines",
	    TAKES_PAGE | TAKES_NAME | TAKES_STATUSES },
	{ CALL_PIPELINE, IDS_PIPELINE, "GetPipeline", "GET",
	    "/organization/{o}/pipelines/{p}", 0 },
	{ CALL_MEMBERS, IDS_ORG, "ListOrganizationMembers", "GET",
	    "/organization/{o}/members", TAKES_PAGE },
	{ CALL_MEMBER, IDS_ORG, "GetOrganizationMember", "GET",
	    "/organization/{o}/members/{a}", 0 },
	{ CALL_RESOURCE_MEMBERS, IDS_PIPELINE, "ListResourceMembers", "GET",
	    "/organization/{o}/pipeline/{p}/members", 0 },
	{ CALL_ORGANIZATIONS, 0, "ListJoinedOrganizations", "GET",
	    "/users/joinedOrgs", 0 },
};

/* A leading slash: below the prefix of the edition; else a whole path. */
static const struct shape token_shapes[] = {
	{ CALL_PASS, IDS_JOB, NULL, "POST", TOKEN_JOB "/pass", 0 },
	{ CALL_REFUSE, IDS_JOB, NULL, "POST", TOKEN_JOB "/refuse", 0 },
	{ CALL_RUN, IDS_RUN, NULL, "GET", "/pipelines/{p}/runs/{r}", 0 },
	{ CALL_RUNS, IDS_PIPELINE, NULL, "GET", "/pipelines/{p}/runs",
	    TAKES_PAGE | TAKES_STATUS | TAKES_TIME },
	{ CALL_PIPELINES, IDS_ORG, NULL, "GET", "/pipelines",
	    TAKES_PAGE | TAKES_NAME | TAKES_STATUSES },
	{ CALL_PIPELINE, IDS_PIPELINE, NULL, "GET", "/pipelines/{p}", 0 },
	{ CALL_RESOURCE_MEMBERS, IDS_PIPELINE, NULL, "GET",
	    "/resourceMembers/resourceTypes/pipeline/resourceIds/{p}", 0 },
	{ CALL_MEMBERS, IDS_ORG, NULL, "GET",
	    PLATFORM "/organizations/{o}/members", TAKES_PAGE },
	{ CALL_WHOAMI, 0, NULL, "GET", PLATFORM "/user", 0 },
};
/* clang-format on */

static const struct shape *
find_shape(enum api api, enum call call)
{
	const struct shape *shapes = signed_shapes;
	size_t n = sizeof(signed_shapes) / sizeof(signed_shapes[0]);

	if (api == API_TOKEN || api == API_REGION) {
		shapes = token_shapes;
		n = sizeof(token_shapes) / sizeof(token_shapes[0]);
	} else if (api != API_SIGNED) {
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		if (shapes[i].call == call)
			return &shapes[i];
	}
	return NULL;
}

static const char *
prefix_of(enum api api, const struct shape *shape)
{
	bool is_whole =
	    strncmp(shape->path, PLATFORM, sizeof(PLATFORM) - 1) == 0;

	if (api == API_SIGNED || is_whole)
		return "";
	return api == API_REGION ? "/oapi/v1/flow"
	                         : "/oapi/v1/flow/organizations/{o}";
}

static const char *
word_of(char letter, const struct call_args *args)
{
	switch (letter) {
	case 'o':
		return args->ids.org;
	case 'p':
		return args->ids.pipeline;
	case 'r':
		return args->ids.run;
	case 'j':
		return args->ids.job;
	case 'a':
		return args->account;
	}
	return NULL;
}

/* Appends `pattern` with its {x} filled in. */
static int
add_pattern(
    char *path, size_t size, const char *pattern, const struct call_args *args)
{
	size_t len = strlen(path);

	while (*pattern != '\0') {
		const char *word = pattern;
		size_t word_len = 1;

		if (pattern[0] == '{') {
			if ((word = word_of(pattern[1], args)) == NULL)
				return WARDER_EBUG;
			word_len = strlen(word);
			pattern += 2;
		}
		if (word_len >= size - len)
			return WARDER_ETOOBIG;
		memcpy(path + len, word, word_len);
		len += word_len;
		path[len] = '\0';
		pattern++;
	}
	return WARDER_OK;
}

static int
add_pair(struct request *request, const char *name, const char *value)
{
	struct request_pair *pair = &request->query[request->query_n];

	if (value == NULL || value[0] == '\0')
		return WARDER_OK;
	if (request->query_n == REQUEST_QUERY_MAX)
		return WARDER_EBUG;
	pair->name = name;
	request->query_n++;
	return text_copy(pair->value, sizeof(pair->value), value);
}

static int
add_time(struct request *request, const char *name, uint64_t ms)
{
	char value[24];

	snprintf(value, sizeof(value), "%llu", (unsigned long long)ms);
	return ms == 0 ? WARDER_OK : add_pair(request, name, value);
}

static int
add_page(struct request *request, const struct call_args *args)
{
	char page[12], size[12];
	int r;

	snprintf(page, sizeof(page), "%u", args->page == 0 ? 1 : args->page);
	snprintf(size, sizeof(size), "%d", REQUEST_PAGE);
	if (request->api == API_SIGNED) {
		r = add_pair(request, "maxResults", size);
		return r != 0
		           ? r
		           : add_pair(request, "nextToken", args->next_token);
	}
	r = add_pair(request, "page", page);
	return r != 0 ? r : add_pair(request, "perPage", size);
}

/*
 * In the order of the names, so that what is sent is what is signed. The
 * token API does spell it `endTme`.
 */
static int
add_query(struct request *request, const struct shape *shape,
    const struct call_args *args)
{
	bool has_time = (shape->takes & TAKES_TIME) != 0;
	int r;

	if (has_time && (r = add_time(request,
	                     request->api == API_SIGNED ? "endTime" : "endTme",
	                     args->to_ms)) != 0)
		return r;
	if ((shape->takes & TAKES_PAGE) != 0 &&
	    (r = add_page(request, args)) != 0)
		return r;
	if ((shape->takes & TAKES_NAME) != 0 &&
	    (r = add_pair(request, "pipelineName", args->pipeline_name)) != 0)
		return r;
	if (has_time &&
	    (r = add_time(request, "startTime", args->from_ms)) != 0)
		return r;
	if ((shape->takes & TAKES_STATUS) != 0 &&
	    (r = add_pair(request, "status", args->statuses)) != 0)
		return r;
	if ((shape->takes & TAKES_STATUSES) != 0)
		return add_pair(request, "statusList", args->statuses);
	return WARDER_OK;
}

static int
make_target(struct request *request)
{
	struct wbuf out = wbuf_of(request->target, sizeof(request->target) - 1);
	char encoded[3 * sizeof(request->query[0].value)];

	put_bytes(&out, request->path, strlen(request->path));
	for (size_t i = 0; i < request->query_n; i++) {
		const struct request_pair *pair = &request->query[i];
		struct acs3_text value = { pair->value, strlen(pair->value) };
		size_t len = acs3_encode(encoded, sizeof(encoded), value);

		put_bytes(&out, i == 0 ? "?" : "&", 1);
		put_bytes(&out, pair->name, strlen(pair->name));
		put_bytes(&out, "=", 1);
		put_bytes(&out, encoded, len);
	}
	request->target[out.len] = '\0';
	return wbuf_end(&out);
}

int
request_build(enum api api, enum call call, const struct call_args *args,
    struct request *ret_request)
{
	const struct shape *shape = find_shape(api, call);
	struct request request = { .call = call, .api = api };
	int r;

	if (shape == NULL)
		return WARDER_ETYPE;
	if (shape->depth != 0 && (r = ids_check(&args->ids, shape->depth)) != 0)
		return r;
	if (call == CALL_MEMBER &&
	    (args->account == NULL || !id_is_account(args->account)))
		return WARDER_EFORM;
	request.action = shape->action;
	request.method = shape->method;
	if ((r = add_pattern(request.path, sizeof(request.path),
	         prefix_of(api, shape), args)) != 0 ||
	    (r = add_pattern(
	         request.path, sizeof(request.path), shape->path, args)) != 0 ||
	    (r = add_query(&request, shape, args)) != 0 ||
	    (r = make_target(&request)) != 0)
		return r;
	*ret_request = request;
	return WARDER_OK;
}
