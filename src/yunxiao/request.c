/* SPDX-License-Identifier: ISC */
/*
 * One table row a call. The path is a pattern with {o} {p} {r} {j} {a} {x}
 * {n} {c}, and only ids that were checked here fill it, so nothing a person or a server
 * wrote can add a segment to a signed path.
 */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "yunxiao/acs3.h"
#include "yunxiao/codeup.h"
#include "yunxiao/request.h"

#define SIGNED_RUNS "/organization/{o}/pipelines/{p}/pipelineRuns"
#define SIGNED_JOB SIGNED_RUNS "/{r}/jobs/{j}"
#define TOKEN_JOB "/pipelines/{p}/pipelineRuns/{r}/jobs/{j}"
#define PLATFORM "/oapi/v1/platform"
#define REPOSITORY "/repositories/{x}" /* of Codeup, in the token API */

/* Which of the optional query members a call takes. */
enum takes {
	TAKES_NOTHING = 0,
	TAKES_PAGE = 1,
	TAKES_NAME = 2,
	TAKES_STATUSES = 4, /* statusList */
	TAKES_STATUS = 8,
	TAKES_TIME = 16,
	TAKES_IDENTITY = 32,
	TAKES_SIGNATURE = 64,
	TAKES_RANGE = 128
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
	{ CALL_REPOSITORY, IDS_ORG, "GetRepository", "GET",
	    "/repository/get", TAKES_IDENTITY },
	{ CALL_COMMIT, IDS_ORG, "GetRepositoryCommit", "GET",
	    "/repository/{n}/commits/{c}", TAKES_SIGNATURE },
	{ CALL_COMPARE, IDS_ORG, "GetCompareDetail", "GET",
	    "/repository/{n}/commits/compare/detail", TAKES_RANGE },
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
	{ CALL_COMMIT, IDS_ORG, NULL, "GET", REPOSITORY "/commits/{c}", 0 },
	{ CALL_COMPARE, IDS_ORG, NULL, "GET", REPOSITORY "/compares",
	    TAKES_RANGE },
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

static bool
begins_with(const char *path, const char *start)
{
	return strncmp(path, start, strlen(start)) == 0;
}

static const char *
prefix_of(enum api api, const struct shape *shape)
{
	if (api == API_SIGNED || begins_with(shape->path, PLATFORM))
		return "";
	if (begins_with(shape->path, REPOSITORY))
		return api == API_REGION ? "/oapi/v1/codeup"
		                         : "/oapi/v1/codeup/organizations/{o}";
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
	case 'x':
		return args->repository;
	case 'n':
		return args->repository_id;
	case 'c':
		return args->commit;
	}
	return NULL;
}

/*
 * Appends `pattern` with its {x} filled in. The slashes of a repository's
 * path become %2F: it is one part of the address.
 */
static int
add_pattern(
    char *path, size_t size, const char *pattern, const struct call_args *args)
{
	size_t len = strlen(path);
	char encoded[3 * CODEUP_PATH_MAX + 1];

	while (*pattern != '\0') {
		const char *word = pattern;
		size_t word_len = 1;

		if (pattern[0] == '{') {
			if ((word = word_of(pattern[1], args)) == NULL)
				return WARDER_EBUG;
			word_len = acs3_encode(encoded, sizeof(encoded),
			    (struct acs3_text){ word, strlen(word) });
			if (word_len >= sizeof(encoded))
				return WARDER_ETOOBIG;
			word = encoded;
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
add_number(struct request *request, const char *name, int n)
{
	char value[12];

	snprintf(value, sizeof(value), "%d", n);
	return add_pair(request, name, value);
}

/*
 * The two families call the same comparison differently: both are told to
 * set the two commits against each other, not against a common ancestor.
 */
static int
add_range(struct request *request, const struct call_args *args)
{
	bool is_signed = request->api == API_SIGNED;
	int r;

	if ((r = add_pair(request, "from", args->from)) != 0)
		return r;
	if (!is_signed)
		return (r = add_pair(request, "straight", "true")) != 0
		           ? r
		           : add_pair(request, "to", args->commit);
	if ((r = add_number(request, "maxDiffByte", REQUEST_DIFF_BYTES)) != 0 ||
	    (r = add_number(request, "maxDiffFile", REQUEST_DIFF_FILES)) != 0 ||
	    (r = add_pair(request, "mergeBase", "false")) != 0 ||
	    (r = add_pair(request, "organizationId", args->ids.org)) != 0)
		return r;
	return add_pair(request, "to", args->commit);
}

static int
add_codeup_query(struct request *request, const struct shape *shape,
    const struct call_args *args)
{
	int r = WARDER_OK;

	if ((shape->takes & TAKES_RANGE) != 0)
		return add_range(request, args);
	if ((shape->takes & TAKES_IDENTITY) != 0)
		r = add_pair(request, "identity", args->repository);
	if (r != 0 || (shape->takes & (TAKES_IDENTITY | TAKES_SIGNATURE)) == 0)
		return r;
	if ((r = add_pair(request, "organizationId", args->ids.org)) != 0 ||
	    (shape->takes & TAKES_SIGNATURE) == 0)
		return r;
	return add_pair(request, "showSignature", "true");
}

/* What a call of Codeup has besides the ids: a path or a number, commits. */
static bool
are_codeup_args(enum api api, enum call call, const struct call_args *args)
{
	bool by_number = api == API_SIGNED && call != CALL_REPOSITORY;

	if (call != CALL_REPOSITORY && call != CALL_COMMIT &&
	    call != CALL_COMPARE)
		return true;
	if (by_number &&
	    (args->repository_id == NULL || !id_is_number(args->repository_id)))
		return false;
	if (!by_number &&
	    (args->repository == NULL || !codeup_is_path(args->repository)))
		return false;
	if (call == CALL_REPOSITORY)
		return true;
	if (args->commit == NULL || !codeup_is_commit(args->commit))
		return false;
	return call == CALL_COMMIT ||
	       (args->from != NULL && codeup_is_commit(args->from));
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
	if (!are_codeup_args(api, call, args))
		return WARDER_EFORM;
	request.action = shape->action;
	request.method = shape->method;
	if ((r = add_pattern(request.path, sizeof(request.path),
	         prefix_of(api, shape), args)) != 0 ||
	    (r = add_pattern(
	         request.path, sizeof(request.path), shape->path, args)) != 0 ||
	    (r = add_query(&request, shape, args)) != 0 ||
	    (r = add_codeup_query(&request, shape, args)) != 0 ||
	    (r = make_target(&request)) != 0)
		return r;
	*ret_request = request;
	return WARDER_OK;
}
