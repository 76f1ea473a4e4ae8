/* SPDX-License-Identifier: ISC */
/*
 * Checks a scenario against tables that say which members each object may
 * have. A misspelt member is an error with its place, since a gate that is
 * silently different from what a test's author meant proves nothing.
 */
#include "config.h"

#include <string.h>

#include "sandbox/scenario.h"

enum shape {
	SHAPE_TEXT,
	SHAPE_ID,
	SHAPE_COMMIT, /* 40 or 64 lower-case hex digits */
	SHAPE_NUMBER,
	SHAPE_BOOL,
	SHAPE_TEXTS,
	SHAPE_OBJECT,
	SHAPE_LIST,
	SHAPE_ORDER, /* whatever the control side takes */
};

struct member {
	const char *name;
	enum shape shape;
	bool is_needed;
	const struct member *inner;
};

static const struct member gate[] = {
	{ "method", SHAPE_TEXT, false, NULL },
	{ "validators", SHAPE_TEXTS, true, NULL },
	{ "admins", SHAPE_BOOL, false, NULL },
	{ "refuse", SHAPE_TEXT, false, NULL },
	{ "waits", SHAPE_TEXT, false, NULL },
	{ NULL, SHAPE_TEXT, false, NULL },
};

static const struct member job[] = {
	{ "id", SHAPE_ID, true, NULL },
	{ "name", SHAPE_TEXT, true, NULL },
	{ "status", SHAPE_TEXT, false, NULL },
	{ "startedAgo", SHAPE_NUMBER, false, NULL },
	{ "endedAgo", SHAPE_NUMBER, false, NULL },
	{ "params", SHAPE_TEXT, false, NULL },
	{ "manual", SHAPE_BOOL, false, NULL },
	{ "gate", SHAPE_OBJECT, false, gate },
	{ NULL, SHAPE_TEXT, false, NULL },
};

static const struct member stage[] = {
	{ "name", SHAPE_TEXT, true, NULL },
	{ "jobs", SHAPE_LIST, true, job },
	{ NULL, SHAPE_TEXT, false, NULL },
};

static const struct member source[] = {
	{ "sign", SHAPE_TEXT, false, NULL },
	{ "type", SHAPE_TEXT, false, NULL },
	{ "repo", SHAPE_TEXT, false, NULL },
	{ "branch", SHAPE_TEXT, false, NULL },
	{ "commits", SHAPE_TEXTS, false, NULL },
	{ "commint", SHAPE_TEXT, false, NULL },
	{ NULL, SHAPE_TEXT, false, NULL },
};

static const struct member parameter[] = {
	{ "key", SHAPE_TEXT, true, NULL },
	{ "value", SHAPE_TEXT, true, NULL },
	{ "encrypted", SHAPE_BOOL, false, NULL },
	{ "masked", SHAPE_BOOL, false, NULL },
	{ NULL, SHAPE_TEXT, false, NULL },
};

static const struct member run[] = {
	{ "id", SHAPE_ID, true, NULL },
	{ "trigger", SHAPE_NUMBER, false, NULL },
	{ "creator", SHAPE_TEXT, true, NULL },
	{ "startedAgo", SHAPE_NUMBER, false, NULL },
	{ "says", SHAPE_TEXT, false, NULL },
	{ "sources", SHAPE_LIST, false, source },
	{ "parameters", SHAPE_LIST, false, parameter },
	{ "stages", SHAPE_LIST, true, stage },
	{ NULL, SHAPE_TEXT, false, NULL },
};

static const struct member role[] = {
	{ "account", SHAPE_TEXT, true, NULL },
	{ "name", SHAPE_TEXT, false, NULL },
	{ "role", SHAPE_TEXT, true, NULL },
	{ NULL, SHAPE_TEXT, false, NULL },
};

static const struct member pipeline[] = {
	{ "id", SHAPE_ID, true, NULL },
	{ "name", SHAPE_TEXT, true, NULL },
	{ "creator", SHAPE_TEXT, false, NULL },
	{ "groupId", SHAPE_ID, false, NULL },
	{ "envId", SHAPE_NUMBER, false, NULL },
	{ "envName", SHAPE_TEXT, false, NULL },
	{ "webhook", SHAPE_TEXT, false, NULL },
	{ "members", SHAPE_LIST, false, role },
	{ "runs", SHAPE_LIST, true, run },
	{ NULL, SHAPE_TEXT, false, NULL },
};

static const struct member person[] = {
	{ "account", SHAPE_TEXT, true, NULL },
	{ "name", SHAPE_TEXT, true, NULL },
	{ "role", SHAPE_TEXT, false, NULL },
	{ "roleId", SHAPE_TEXT, false, NULL },
	{ "roleName", SHAPE_TEXT, false, NULL },
	{ "state", SHAPE_TEXT, false, NULL },
	{ "user", SHAPE_TEXT, false, NULL },
	{ NULL, SHAPE_TEXT, false, NULL },
};

static const struct member file[] = {
	{ "path", SHAPE_TEXT, true, NULL },
	{ "was", SHAPE_TEXT, false, NULL },
	{ "change", SHAPE_TEXT, false, NULL },
	{ NULL, SHAPE_TEXT, false, NULL },
};

static const struct member commit[] = {
	{ "id", SHAPE_COMMIT, true, NULL },
	{ "title", SHAPE_TEXT, false, NULL },
	{ "message", SHAPE_TEXT, false, NULL },
	{ "authorName", SHAPE_TEXT, false, NULL },
	{ "authorEmail", SHAPE_TEXT, false, NULL },
	{ "committerEmail", SHAPE_TEXT, false, NULL },
	{ "verification", SHAPE_TEXT, false, NULL },
	{ "parents", SHAPE_TEXTS, false, NULL },
	{ "files", SHAPE_LIST, false, file },
	{ NULL, SHAPE_TEXT, false, NULL },
};

static const struct member repository[] = {
	{ "id", SHAPE_ID, true, NULL },
	{ "path", SHAPE_TEXT, true, NULL },
	{ "readers", SHAPE_TEXTS, false, NULL },
	{ "commits", SHAPE_LIST, true, commit },
	{ NULL, SHAPE_TEXT, false, NULL },
};

static const struct member organization[] = {
	{ "id", SHAPE_TEXT, true, NULL },
	{ "name", SHAPE_TEXT, true, NULL },
	{ "host", SHAPE_TEXT, false, NULL },
	{ "members", SHAPE_LIST, true, person },
	{ "pipelines", SHAPE_LIST, true, pipeline },
	{ "repositories", SHAPE_LIST, false, repository },
	{ NULL, SHAPE_TEXT, false, NULL },
};

static const struct member key[] = {
	{ "id", SHAPE_TEXT, true, NULL },
	{ "secret", SHAPE_TEXT, true, NULL },
	{ "account", SHAPE_TEXT, true, NULL },
	{ "token", SHAPE_TEXT, false, NULL },
	{ "livesFor", SHAPE_NUMBER, false, NULL },
	{ "active", SHAPE_BOOL, false, NULL },
	{ "registered", SHAPE_BOOL, false, NULL },
	{ NULL, SHAPE_TEXT, false, NULL },
};

static const struct member token[] = {
	{ "token", SHAPE_TEXT, true, NULL },
	{ "account", SHAPE_TEXT, true, NULL },
	{ "livesFor", SHAPE_NUMBER, false, NULL },
	{ "scopes", SHAPE_TEXTS, false, NULL },
	{ "active", SHAPE_BOOL, false, NULL },
	{ "registered", SHAPE_BOOL, false, NULL },
	{ NULL, SHAPE_TEXT, false, NULL },
};

static const struct member step[] = {
	{ "after", SHAPE_NUMBER, true, NULL },
	{ "order", SHAPE_TEXT, true, NULL },
	{ "body", SHAPE_ORDER, true, NULL },
	{ NULL, SHAPE_TEXT, false, NULL },
};

static const struct member scenario[] = {
	{ "about", SHAPE_TEXT, false, NULL },
	{ "keys", SHAPE_LIST, true, key },
	{ "tokens", SHAPE_LIST, false, token },
	{ "organizations", SHAPE_LIST, true, organization },
	{ "script", SHAPE_LIST, false, step },
	{ NULL, SHAPE_TEXT, false, NULL },
};

static int check_object(
    const cJSON *, const struct member *, struct text *place);

static int
check_list(const cJSON *list, const struct member *inner, struct text *place)
{
	size_t len = place->len;
	const cJSON *item;
	int i = 0;

	if (!cJSON_IsArray(list))
		return -1;
	cJSON_ArrayForEach(item, list)
	{
		text_printf(place, "[%d]", i++);
		if (inner == NULL ? !cJSON_IsString(item)
		                  : check_object(item, inner, place) != 0)
			return -1;
		place->len = len;
		place->s[len] = '\0';
	}
	return 0;
}

static bool
is_commit(const char *text)
{
	size_t len = strlen(text);

	return (len == 40 || len == 64) &&
	       strspn(text, "0123456789abcdef") == len;
}

static int
check_value(const cJSON *v, const struct member *m, struct text *place)
{
	switch (m->shape) {
	case SHAPE_TEXT:
		return cJSON_IsString(v) ? 0 : -1;
	case SHAPE_ID:
		return cJSON_IsString(v) && text_is_id(v->valuestring) ? 0 : -1;
	case SHAPE_COMMIT:
		return cJSON_IsString(v) && is_commit(v->valuestring) ? 0 : -1;
	case SHAPE_NUMBER:
		return cJSON_IsNumber(v) && v->valuedouble >= 0 ? 0 : -1;
	case SHAPE_BOOL:
		return cJSON_IsBool(v) ? 0 : -1;
	case SHAPE_TEXTS:
		return check_list(v, NULL, place);
	case SHAPE_OBJECT:
		return check_object(v, m->inner, place);
	case SHAPE_LIST:
		return check_list(v, m->inner, place);
	case SHAPE_ORDER:
		return cJSON_IsObject(v) ? 0 : -1;
	}
	return -1;
}

/* On failure place names the first thing that is wrong. */
static int
check_object(const cJSON *o, const struct member *members, struct text *place)
{
	size_t len = place->len;
	const struct member *m;
	const cJSON *v;

	if (!cJSON_IsObject(o))
		return -1;
	cJSON_ArrayForEach(v, o)
	{
		text_printf(place, ".%s", v->string);
		for (m = members; m->name != NULL; m++)
			if (strcmp(m->name, v->string) == 0)
				break;
		if (m->name == NULL || check_value(v, m, place) != 0)
			return -1;
		place->len = len;
		place->s[len] = '\0';
	}
	for (m = members; m->name != NULL; m++)
		if (m->is_needed &&
		    cJSON_GetObjectItemCaseSensitive(o, m->name) == NULL) {
			text_printf(place, ".%s", m->name);
			return -1;
		}
	return 0;
}

int
scenario_check_part(const char *part, const cJSON *value, struct text *ret_why)
{
	const struct member *m;

	text_clear(ret_why);
	text_add(ret_why, part);
	for (m = run; m->name != NULL; m++)
		if (strcmp(m->name, part) == 0)
			return check_value(value, m, ret_why);
	return -1;
}

static void
set_time(cJSON *o, const char *ago, const char *time, int64_t now_ms)
{
	cJSON *v = cJSON_DetachItemFromObjectCaseSensitive(o, ago);
	double ms = 0;

	if (v != NULL)
		ms = (double)now_ms - v->valuedouble * 1000;
	cJSON_Delete(v);
	cJSON_AddNumberToObject(o, time, ms);
}

void
scenario_set_times(cJSON *r, int64_t now_ms)
{
	cJSON *s, *j;

	if (cJSON_GetObjectItemCaseSensitive(r, "startedAgo") == NULL)
		cJSON_AddNumberToObject(r, "startedAgo", 0);
	set_time(r, "startedAgo", "startTime", now_ms);
	cJSON_AddNumberToObject(r, "updateTime",
	    cJSON_GetObjectItemCaseSensitive(r, "startTime")->valuedouble);
	cJSON_ArrayForEach(s, cJSON_GetObjectItemCaseSensitive(r, "stages"))
	{
		cJSON_ArrayForEach(
		    j, cJSON_GetObjectItemCaseSensitive(s, "jobs"))
		{
			set_time(j, "startedAgo", "startTime", now_ms);
			set_time(j, "endedAgo", "endTime", now_ms);
			if (cJSON_GetObjectItemCaseSensitive(j, "status") ==
			    NULL)
				cJSON_AddStringToObject(j, "status", "INIT");
			cJSON_AddArrayToObject(j, "passedBy");
		}
	}
}

/* `livesFor` seconds from now on; 0: run out already. */
static void
set_ends(const cJSON *root, const char *list, int64_t now_ms)
{
	cJSON *one, *lives;

	cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(root, list))
	{
		lives = cJSON_GetObjectItemCaseSensitive(one, "livesFor");
		if (lives != NULL)
			cJSON_AddNumberToObject(one, "endsAt",
			    (double)now_ms + lives->valuedouble * 1000);
	}
}

cJSON *
scenario_parse(const char *json, int64_t now_ms, struct text *ret_why)
{
	cJSON *root = cJSON_ParseWithOpts(json, NULL, true), *o, *p, *r;

	text_clear(ret_why);
	if (root == NULL) {
		text_add(ret_why, "not JSON");
		return NULL;
	}
	text_add(ret_why, "scenario");
	if (check_object(root, scenario, ret_why) != 0) {
		cJSON_Delete(root);
		return NULL;
	}
	set_ends(root, "keys", now_ms);
	set_ends(root, "tokens", now_ms);
	cJSON_ArrayForEach(
	    o, cJSON_GetObjectItemCaseSensitive(root, "organizations"))
	{
		cJSON_ArrayForEach(
		    p, cJSON_GetObjectItemCaseSensitive(o, "pipelines"))
		{
			cJSON_ArrayForEach(
			    r, cJSON_GetObjectItemCaseSensitive(p, "runs"))
			{
				scenario_set_times(r, now_ms);
			}
		}
	}
	return root;
}
