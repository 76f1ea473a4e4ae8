/* SPDX-License-Identifier: ISC */
/*
 * The reading calls of the token API. The world is the one that the signed
 * API shows; names, envelopes and paging differ, and people have another id.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/show.h"
#include "sandbox/token.h"

#define PAGE_DEFAULT 10
#define PAGE_MAX 30

static const struct fail bad_page = { 400, "BadRequest",
	"page is 1 or more, perPage 1 to 30." };
static const struct fail no_run = { 404, "InvalidPipelineRun.NotFound",
	"The run does not exist." };

void
token_user(
    const cJSON *organization, const char *account, char ret[TOKEN_USER_SIZE])
{
	const char *user =
	    get_text(world_member(organization, account), "user");
	size_t len = strlen(account) < 22 ? strlen(account) : 22;

	if (user[0] != '\0') {
		snprintf(ret, TOKEN_USER_SIZE, "%s", user);
		return;
	}
	memset(ret, '0', TOKEN_USER_SIZE - 1);
	ret[0] = 'c';
	ret[1] = 'f';
	ret[TOKEN_USER_SIZE - 1] = '\0';
	memcpy(ret + TOKEN_USER_SIZE - 1 - len, account, len);
}

/* Decimal from 1 to max, or otherwise; -1: it is something else. */
static int
number_of(const struct req *r, const char *name, int otherwise, int max)
{
	const char *text = pairs_get(&r->query, name);
	long n;

	if (text == NULL || text[0] == '\0')
		return otherwise;
	n = text_is_id(text) && strlen(text) < 8 ? strtol(text, NULL, 10) : -1;
	return n >= 1 && n <= max ? (int)n : -1;
}

static void
add_header(struct answer *a, const char *name, int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", n);
	pairs_add(&a->headers, name, text);
}

/* Takes `all`; where it goes on stands in headers, not in the body. */
static void
add_page(struct req *r, struct answer *a, cJSON *all)
{
	int page = number_of(r, "page", 1, 1000000);
	int size = number_of(r, "perPage", PAGE_DEFAULT, PAGE_MAX);
	int total = cJSON_GetArraySize(all), pages;
	cJSON *here = cJSON_CreateArray();

	if (page < 1 || size < 1) {
		cJSON_Delete(here);
		cJSON_Delete(all);
		calls_fail(r, a, &bad_page);
		return;
	}
	pages = (total + size - 1) / size;
	for (int i = 0; i < total; i++) {
		cJSON *one = cJSON_DetachItemFromArray(all, 0);

		if (i / size + 1 == page)
			cJSON_AddItemToArray(here, one);
		else
			cJSON_Delete(one);
	}
	cJSON_Delete(all);
	answer_bare(a, here);
	add_header(a, "x-page", page);
	add_header(a, "x-per-page", size);
	add_header(a, "x-total", total);
	add_header(a, "x-total-pages", pages);
	if (page > 1)
		add_header(a, "x-prev-page", page - 1);
	if (page < pages)
		add_header(a, "x-next-page", page + 1);
}

static void
add_user(
    cJSON *o, const char *name, const cJSON *organization, const char *account)
{
	char user[TOKEN_USER_SIZE];

	token_user(organization, account, user);
	cJSON_AddStringToObject(o, name, user);
}

/* What this family says of a job and its actions on top. */
static void
add_to_job(cJSON *job, const char *id)
{
	struct text sign = { 0 };
	cJSON *action;
	int order = 0;

	text_printf(&sign, "job_%s", id);
	cJSON_AddStringToObject(job, "jobSign", sign.s);
	text_free(&sign);
	cJSON_AddStringToObject(job, "result", "{}");
	cJSON_ArrayForEach(action, get(job, "actions"))
	{
		cJSON_AddStringToObject(
		    action, "name", get_text(action, "type"));
		cJSON_AddStringToObject(action, "title", "");
		cJSON_AddStringToObject(action, "displayType", "button");
		cJSON_AddNumberToObject(action, "order", order++);
		cJSON_AddNullToObject(action, "data");
	}
}

static cJSON *
show(const struct place *p, const cJSON *run, const char *account)
{
	cJSON *o = show_run(p->organization, p->pipeline, run, account);
	cJSON *stage, *job;
	int n = 0;

	add_user(
	    o, "creator", p->organization, get_text(o, "creatorAccountId"));
	add_user(
	    o, "modifier", p->organization, get_text(o, "modifierAccountId"));
	if (get(o, "globalParams") == NULL)
		cJSON_AddArrayToObject(o, "globalParams");
	cJSON_ArrayForEach(stage, get(o, "stages"))
	{
		struct text index = { 0 };

		text_printf(&index, "Group%d-Stage0", n++);
		cJSON_AddStringToObject(stage, "index", index.s);
		text_free(&index);
		cJSON_ArrayForEach(job, get(get(stage, "stageInfo"), "jobs"))
		{
			add_to_job(job, get(job, "id")->valuestring);
		}
	}
	return o;
}

void
token_run(struct sandbox *s, struct req *r, struct answer *a)
{
	struct place p;

	if (calls_find_place(s, r, a, &p))
		answer_bare(a, show(&p, p.run, r->key->account));
}

void
token_latest(struct sandbox *s, struct req *r, struct answer *a)
{
	const cJSON *runs;
	struct place p;
	int n;

	if (!calls_find_place(s, r, a, &p))
		return;
	runs = get(p.pipeline, "runs");
	n = cJSON_GetArraySize(runs);
	if (n == 0)
		calls_fail(r, a, &no_run);
	else
		answer_bare(a,
		    show(&p, cJSON_GetArrayItem(runs, n - 1), r->key->account));
}

void
token_runs(struct sandbox *s, struct req *r, struct answer *a)
{
	cJSON *all, *row;
	struct place p;

	if (!calls_find_place(s, r, a, &p))
		return;
	all = lists_runs(&p, r, "endTme");
	cJSON_ArrayForEach(row, all)
	{
		add_user(row, "creator", p.organization,
		    get_text(row, "creatorAccountId"));
		if (get_number(row, "endTime") == 0)
			cJSON_ReplaceItemInObjectCaseSensitive(
			    row, "endTime", cJSON_CreateNull());
	}
	add_page(r, a, all);
}

void
token_pipelines(struct sandbox *s, struct req *r, struct answer *a)
{
	cJSON *all, *row;
	struct place p;

	if (!calls_find_place(s, r, a, &p))
		return;
	all = lists_pipelines(&p, r);
	cJSON_ArrayForEach(row, all)
	{
		cJSON_AddStringToObject(
		    row, "createAccountId", get_text(row, "creatorAccountId"));
		cJSON_DeleteItemFromObjectCaseSensitive(
		    row, "creatorAccountId");
	}
	add_page(r, a, all);
}

void
token_pipeline(struct sandbox *s, struct req *r, struct answer *a)
{
	struct place p;

	if (calls_find_place(s, r, a, &p))
		answer_bare(a, show_pipeline(p.pipeline));
}

void
token_roles(struct sandbox *s, struct req *r, struct answer *a)
{
	const cJSON *m;
	struct place p;
	cJSON *list, *o;

	if (!calls_find_place(s, r, a, &p))
		return;
	list = cJSON_CreateArray();
	cJSON_ArrayForEach(m, get(p.pipeline, "members"))
	{
		o = cJSON_CreateObject();
		add_user(o, "userId", p.organization, get_text(m, "account"));
		cJSON_AddStringToObject(o, "username", get_text(m, "name"));
		cJSON_AddStringToObject(o, "role", get_text(m, "role"));
		cJSON_AddItemToArray(list, o);
	}
	answer_bare(a, list);
}

static cJSON *
show_person(const cJSON *organization, const cJSON *person)
{
	const char *state = get_text(person, "state");
	bool is_on = state[0] == '\0' || text_equal(state, "normal");
	char user[TOKEN_USER_SIZE];
	cJSON *o = cJSON_CreateObject();

	token_user(organization, get_text(person, "account"), user);
	cJSON_AddStringToObject(o, "userId", user);
	user[0] = 'd'; /* an id of the membership, in a third id space */
	cJSON_AddStringToObject(o, "id", user);
	cJSON_AddStringToObject(o, "name", get_text(person, "name"));
	cJSON_AddStringToObject(
	    o, "organizationId", get_text(organization, "id"));
	cJSON_AddItemToArray(cJSON_AddArrayToObject(o, "roleIds"),
	    cJSON_CreateString(get_text(person, "roleId")));
	cJSON_AddArrayToObject(o, "deptIds");
	cJSON_AddStringToObject(o, "status", is_on ? "ENABLED" : "DISABLED");
	cJSON_AddStringToObject(o, "joined", "2025-06-16T03:00:00Z");
	cJSON_AddStringToObject(o, "visited", "2026-01-02T02:00:00Z");
	return o;
}

void
token_members(struct sandbox *s, struct req *r, struct answer *a)
{
	const cJSON *person;
	struct place p;
	cJSON *all;

	if (!calls_find_place(s, r, a, &p))
		return;
	all = cJSON_CreateArray();
	cJSON_ArrayForEach(person, get(p.organization, "members"))
	{
		cJSON_AddItemToArray(all, show_person(p.organization, person));
	}
	add_page(r, a, all);
}

/* Whose token it is, wherever that person is a member. */
void
token_whoami(struct sandbox *s, struct req *r, struct answer *a)
{
	const char *account = r->key->account;
	const cJSON *o, *home = NULL;
	cJSON *user;

	cJSON_ArrayForEach(o, get(s->world.root, "organizations"))
	{
		if (home == NULL && world_member(o, account) != NULL)
			home = o;
	}
	user = cJSON_CreateObject();
	add_user(user, "id", home, account);
	cJSON_AddStringToObject(
	    user, "name", get_text(world_member(home, account), "name"));
	cJSON_AddStringToObject(user, "lastOrganization", get_text(home, "id"));
	answer_bare(a, user);
}
