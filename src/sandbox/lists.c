/* SPDX-License-Identifier: ISC */
/*
 * The reading calls: one run, one pipeline, one member, and the pages of
 * each list.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sandbox/calls.h"
#include "sandbox/show.h"

#define PAGE_DEFAULT 30
#define TOKEN_PREFIX "tok-"

static const struct fail bad_param = { 400, "InvalidParam.ParamNotPresent",
	"A parameter is absent or wrong." };
static const struct fail no_person = { 400,
	"InvalidUser.UserNotInCurrentOrganization",
	"The account is outside the organization." };

/* Takes all and adds the page that was asked for. */
static void
add_page(struct req *r, struct answer *a, const char *name, cJSON *all)
{
	const char *max = pairs_get(&r->query, "maxResults");
	const char *token = pairs_get(&r->query, "nextToken");
	int total = cJSON_GetArraySize(all), from = 0, n = PAGE_DEFAULT;
	struct text next = { 0 };
	cJSON *page, *root;

	if (max != NULL && max[0] != '\0')
		n = text_is_id(max) ? (int)strtol(max, NULL, 10) : 0;
	if (token != NULL && token[0] != '\0')
		from = strncmp(token, TOKEN_PREFIX, 4) == 0 &&
		               text_is_id(token + 4)
		           ? (int)strtol(token + 4, NULL, 10)
		           : -1;
	if (n < 1 || n > PAGE_DEFAULT || from < 0 || from > total) {
		cJSON_Delete(all);
		calls_fail(r, a, &bad_param);
		return;
	}
	page = cJSON_CreateArray();
	for (int i = 0; i < from; i++)
		cJSON_DeleteItemFromArray(all, 0);
	for (int i = 0; i < n && cJSON_GetArraySize(all) > 0; i++)
		cJSON_AddItemToArray(page, cJSON_DetachItemFromArray(all, 0));
	text_add(&next, "");
	if (cJSON_GetArraySize(all) > 0)
		text_printf(&next, TOKEN_PREFIX "%d", from + n);
	root = answer_yes(a);
	cJSON_AddStringToObject(root, "nextToken", next.s);
	cJSON_AddNumberToObject(root, "totalCount", total);
	cJSON_AddItemToObject(root, name, page);
	text_free(&next);
	cJSON_Delete(all);
}

/* Is the word one of a comma list? An absent list names everything. */
static bool
is_listed(const char *list, const char *word)
{
	size_t len = strlen(word);

	if (list == NULL || list[0] == '\0')
		return true;
	for (;;) {
		size_t here = strcspn(list, ",");

		if (here == len && strncmp(list, word, len) == 0)
			return true;
		list += here;
		if (*list++ == '\0')
			return false;
	}
}

static bool
is_within(const struct req *r, const char *end_name, double ms)
{
	const char *from = pairs_get(&r->query, "startTime");
	const char *to = pairs_get(&r->query, end_name);

	return (from == NULL || ms >= strtod(from, NULL)) &&
	       (to == NULL || ms <= strtod(to, NULL));
}

void
serve_run(struct sandbox *s, struct req *r, struct answer *a)
{
	struct place p;

	if (calls_find_place(s, r, a, &p))
		cJSON_AddItemToObject(answer_yes(a), "pipelineRun",
		    show_run(
		        p.organization, p.pipeline, p.run, r->key->account));
}

cJSON *
lists_runs(const struct place *p, const struct req *r, const char *end_name)
{
	const char *status = pairs_get(&r->query, "status");
	const char *trigger = pairs_get(&r->query, "triggerMode");
	cJSON *all = cJSON_CreateArray();
	const cJSON *runs = get(p->pipeline, "runs");

	for (int i = cJSON_GetArraySize(runs); i-- > 0;) {
		cJSON *run = cJSON_GetArrayItem(runs, i);
		cJSON *row = show_run_row(p->pipeline, run);

		if (is_listed(status, get_text(row, "status")) &&
		    is_within(r, end_name, get_number(row, "startTime")) &&
		    (trigger == NULL || trigger[0] == '\0' ||
		        strtol(trigger, NULL, 10) ==
		            (long)get_number(row, "triggerMode")))
			cJSON_AddItemToArray(all, row);
		else
			cJSON_Delete(row);
	}
	return all;
}

void
serve_runs(struct sandbox *s, struct req *r, struct answer *a)
{
	struct place p;

	if (calls_find_place(s, r, a, &p))
		add_page(r, a, "pipelineRuns", lists_runs(&p, r, "endTime"));
}

/* A pipeline's status is that of its newest run. */
static const char *
pipeline_status(const cJSON *pipeline)
{
	const cJSON *runs = get(pipeline, "runs");
	int n = cJSON_GetArraySize(runs);

	return n == 0 ? "" : world_run_status(cJSON_GetArrayItem(runs, n - 1));
}

cJSON *
lists_pipelines(const struct place *p, const struct req *r)
{
	const char *name = pairs_get(&r->query, "pipelineName");
	const char *list = pairs_get(&r->query, "statusList");
	const char *creators = pairs_get(&r->query, "creatorAccountIds");
	cJSON *all = cJSON_CreateArray(), *line;

	cJSON_ArrayForEach(line, get(p->organization, "pipelines"))
	{
		if (is_listed(list, pipeline_status(line)) &&
		    is_listed(creators, get_text(line, "creator")) &&
		    (name == NULL ||
		        strstr(get_text(line, "name"), name) != NULL))
			cJSON_AddItemToArray(all, show_pipeline_row(line));
	}
	return all;
}

void
serve_pipelines(struct sandbox *s, struct req *r, struct answer *a)
{
	struct place p;

	if (calls_find_place(s, r, a, &p))
		add_page(r, a, "pipelines", lists_pipelines(&p, r));
}

void
serve_pipeline(struct sandbox *s, struct req *r, struct answer *a)
{
	struct place p;

	if (calls_find_place(s, r, a, &p))
		cJSON_AddItemToObject(
		    answer_yes(a), "pipeline", show_pipeline(p.pipeline));
}

void
serve_members(struct sandbox *s, struct req *r, struct answer *a)
{
	const char *name = pairs_get(&r->query, "organizationMemberName");
	cJSON *all, *person;
	struct place p;

	if (!calls_find_place(s, r, a, &p))
		return;
	all = cJSON_CreateArray();
	cJSON_ArrayForEach(person, get(p.organization, "members"))
	{
		if (name == NULL ||
		    strstr(get_text(person, "name"), name) != NULL)
			cJSON_AddItemToArray(all, show_member(person));
	}
	add_page(r, a, "members", all);
}

void
serve_member(struct sandbox *s, struct req *r, struct answer *a)
{
	const cJSON *person;
	struct place p;

	if (!calls_find_place(s, r, a, &p))
		return;
	if ((person = world_member(p.organization, r->ids.account)) == NULL)
		calls_fail(r, a, &no_person);
	else
		cJSON_AddItemToObject(
		    answer_yes(a), "member", show_member(person));
}

void
serve_roles(struct sandbox *s, struct req *r, struct answer *a)
{
	const cJSON *m;
	struct place p;
	cJSON *list, *o;

	if (!calls_find_place(s, r, a, &p))
		return;
	list = cJSON_AddArrayToObject(answer_yes(a), "resourceMembers");
	cJSON_ArrayForEach(m, get(p.pipeline, "members"))
	{
		o = cJSON_CreateObject();
		cJSON_AddStringToObject(o, "accountId", get_text(m, "account"));
		cJSON_AddStringToObject(o, "roleName", get_text(m, "role"));
		cJSON_AddStringToObject(o, "username", get_text(m, "name"));
		cJSON_AddItemToArray(list, o);
	}
}

void
serve_joined(struct sandbox *s, struct req *r, struct answer *a)
{
	cJSON *list = cJSON_AddArrayToObject(answer_yes(a), "organizations");
	const char *account = r->key->account;
	cJSON *organization, *o;

	cJSON_ArrayForEach(organization, get(s->world.root, "organizations"))
	{
		if (world_member(organization, account) == NULL)
			continue;
		o = cJSON_CreateObject();
		cJSON_AddStringToObject(o, "id", get_text(organization, "id"));
		cJSON_AddStringToObject(
		    o, "name", get_text(organization, "name"));
		cJSON_AddBoolToObject(
		    o, "isOrgAdmin", world_is_admin(organization, account));
		cJSON_AddItemToArray(list, o);
	}
}
