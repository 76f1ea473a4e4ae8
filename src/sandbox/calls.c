/* SPDX-License-Identifier: ISC */
/*
 * The table of calls, matching paths against it, and the checks that all
 * calls have in common.
 */
#include "config.h"

#include <string.h>

#include "sandbox/codeup.h"
#include "sandbox/token.h"

#define IN_ORG "/organization/{o}"
#define IN_PIPELINE IN_ORG "/pipelines/{p}"
#define IN_RUN IN_PIPELINE "/pipelineRuns/{r}"
#define IN_JOB IN_RUN "/jobs/{j}"

/* clang-format off */
static const struct call calls[] = {
	{ "PassPipelineValidate",    "POST", IN_JOB "/pass",              serve_pass },
	{ "RefusePipelineValidate",  "POST", IN_JOB "/refuse",            serve_refuse },
	{ "GetPipelineRun",          "GET",  IN_RUN,                      serve_run },
	{ "ListPipelineRuns",        "GET",  IN_PIPELINE "/pipelineRuns", serve_runs },
	{ "ListPipelines",           "GET",  IN_ORG "/pipelines",         serve_pipelines },
	{ "GetPipeline",             "GET",  IN_PIPELINE,                 serve_pipeline },
	{ "ListOrganizationMembers", "GET",  IN_ORG "/members",           serve_members },
	{ "GetOrganizationMember",   "GET",  IN_ORG "/members/{a}",       serve_member },
	{ "ListResourceMembers",     "GET",  IN_ORG "/pipeline/{p}/members", serve_roles },
	{ "ListJoinedOrganizations", "GET",  "/users/joinedOrgs",         serve_joined },
	{ "GetRepository",           "GET",  "/repository/get",           serve_repository },
	{ "GetRepositoryCommit",     "GET",  "/repository/{x}/commits/{c}", serve_commit },
	{ "GetCompareDetail",        "GET",
	    "/repository/{x}/commits/compare/detail", serve_compare },
};
/* clang-format on */

#define NCALLS (sizeof(calls) / sizeof(calls[0]))

const struct call *
calls_find(const char *action)
{
	size_t i;

	for (i = 0; i < NCALLS; i++)
		if (strcmp(calls[i].action, action) == 0)
			return &calls[i];
	return NULL;
}

static const char **
id_slot(struct ids *ids, char letter)
{
	switch (letter) {
	case 'o':
		return &ids->organization;
	case 'p':
		return &ids->pipeline;
	case 'r':
		return &ids->run;
	case 'j':
		return &ids->job;
	case 'x':
		return &ids->repository;
	case 'c':
		return &ids->commit;
	default:
		return &ids->account;
	}
}

bool
calls_match(const char *pattern, const struct req *r, struct ids *ret_ids)
{
	const char *path = pattern;
	struct ids ids = { 0 };
	size_t i;

	if (r->is_malformed)
		return false;
	for (i = 0; i < r->nsegments; i++) {
		size_t len;

		if (*path++ != '/')
			return false;
		len = strcspn(path, "/");
		if (path[0] == '{')
			*id_slot(&ids, path[1]) = r->segments[i];
		else if (strlen(r->segments[i]) != len ||
		         memcmp(r->segments[i], path, len) != 0)
			return false;
		path += len;
	}
	if (*path != '\0')
		return false;
	*ret_ids = ids;
	return true;
}

bool
calls_path_fits(const struct call *c, const struct req *r)
{
	struct ids ids;

	return calls_match(c->path, r, &ids);
}

void
calls_read_ids(struct req *r)
{
	size_t i;

	for (i = 0; i < NCALLS; i++)
		if (calls_match(calls[i].path, r, &r->ids))
			return;
}

static const struct fail no_organization = { 404,
	"InvalidOrganization.NotFound", "The organization does not exist." };
static const struct fail not_registered = { 400, "InvalidUser.NotFound",
	"The account is not registered." };
static const struct fail not_member = { 403,
	"Forbidden.UserNotInCurrentOrganization",
	"The account is outside the organization." };
static const struct fail no_pipeline = { 404, "InvalidPipeline.NotFound",
	"The pipeline does not exist." };
static const struct fail no_run = { 404, "InvalidPipelineRun.NotFound",
	"The run does not exist." };
/* No code is documented for this one: it is named so that all can see. */
static const struct fail no_job = { 404, "Sandbox.JobNotFound",
	"The job does not exist." };

void
calls_fail(struct req *r, struct answer *a, const struct fail *why)
{
	if (a->is_token)
		why = token_spelling(why);
	r->verdict = why->code;
	answer_no(a, why);
}

static bool
is_active_member(const cJSON *organization, const char *account)
{
	const cJSON *person = world_member(organization, account);
	const char *state = get_text(person, "state");

	return person != NULL &&
	       (state[0] == '\0' || text_equal(state, "normal"));
}

bool
calls_find_place(
    struct sandbox *s, struct req *r, struct answer *a, struct place *ret_place)
{
	struct place p = world_find(&s->world, &r->ids);
	const struct fail *why = NULL;

	if (p.organization == NULL)
		why = &no_organization;
	else if (!r->key->is_registered)
		why = &not_registered;
	else if (!is_active_member(p.organization, r->key->account))
		why = &not_member;
	else if (r->ids.pipeline != NULL && p.pipeline == NULL)
		why = &no_pipeline;
	else if (r->ids.run != NULL && p.run == NULL)
		why = &no_run;
	else if (r->ids.job != NULL && p.job == NULL)
		why = &no_job;
	if (why != NULL) {
		calls_fail(r, a, why);
		return false;
	}
	*ret_place = p;
	return true;
}
