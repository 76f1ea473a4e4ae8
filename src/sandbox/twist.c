/* SPDX-License-Identifier: ISC */
/*
 * Faults inside an otherwise right JSON answer: members of wrong types, and
 * the things that a careful reader refuses before it parses.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sandbox/fault.h"

/*
 * Puts a raw member and its comma first into the answer: into the object it
 * is, into a new first element of the list it is, or beside the bare word.
 */
static void
insert(struct answer *a, const char *member, size_t len)
{
	struct text t = { 0 };
	const char *rest;

	answer_object(a);
	answer_print(a);
	if (a->body.len < 2 || strchr("{[", a->body.s[0]) == NULL)
		return;
	rest = a->body.s + 1;
	if (a->body.s[0] == '{') {
		text_add(&t, "{");
		text_add_bytes(&t, member, len);
	} else {
		text_add(&t, "[{");
		text_add_bytes(&t, member, len - 1);
		text_add(&t, rest[0] == ']' ? "}" : "},");
	}
	text_add(&t, rest);
	text_free(&a->body);
	a->body = t;
}

#define INSERT(a, literal) insert(a, literal, sizeof(literal) - 1)

void
twist_dup_keys(struct answer *a, const struct spoil *by)
{
	(void)by;
	INSERT(a, "\"success\":true,\"success\":true,");
}

void
twist_nul(struct answer *a, const struct spoil *by)
{
	(void)by;
	INSERT(a, "\"note\":\"a\\u0000b\",");
}

void
twist_deep(struct answer *a, const struct spoil *by)
{
	int64_t i, n = plan_number(by->args, "n", 1000);
	struct text t = { 0 };

	text_add(&t, "\"note\":");
	for (i = 0; i < n; i++)
		text_add(&t, "[");
	for (i = 0; i < n; i++)
		text_add(&t, "]");
	text_add(&t, ",");
	insert(a, t.s, t.len);
	text_free(&t);
}

void
twist_bad_utf8(struct answer *a, const struct spoil *by)
{
	(void)by;
	INSERT(a, "\"note\":\"\xc3\x28\xff\",");
}

void
twist_bom(struct answer *a, const struct spoil *by)
{
	struct text t = { 0 };

	(void)by;
	answer_print(a);
	text_add(&t, "\xef\xbb\xbf");
	text_add_bytes(&t, a->body.s, a->body.len);
	text_free(&a->body);
	a->body = t;
}

void
twist_surrogate(struct answer *a, const struct spoil *by)
{
	(void)by;
	INSERT(a, "\"note\":\"\\ud83d\",");
}

void
twist_control(struct answer *a, const struct spoil *by)
{
	(void)by;
	INSERT(a, "\"note\":\"a\x1b[2Jb\",");
}

static void
replace(cJSON *o, const char *name, const char *raw)
{
	if (raw == NULL)
		cJSON_DeleteItemFromObjectCaseSensitive(o, name);
	else if (get(o, name) != NULL)
		cJSON_ReplaceItemInObjectCaseSensitive(
		    o, name, cJSON_CreateRaw(raw));
	else
		cJSON_AddRawToObject(o, name, raw);
}

struct form {
	const char *word, *raw; /* raw NULL: the member is absent */
};

static const struct form forms[] = {
	{ "string", "\"true\"" },
	{ "string-false", "\"false\"" },
	{ "one", "1" },
	{ "zero", "0" },
	{ "null", "null" },
	{ "object", "{}" },
	{ "array", "[]" },
	{ "absent", NULL },
};

/* Sets o.name to the form that args.arg names, where it names one. */
static void
set_form(cJSON *o, const char *name, const cJSON *args, const char *arg)
{
	const char *word = get_text(args, arg);
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(forms[i].word, word) == 0)
			replace(o, name, forms[i].raw);
}

/* An id as text, 1.0e0, 1e0 or 1.0: none of these is an integer. */
static void
set_id_form(cJSON *o, const char *name, const char *form)
{
	const cJSON *v = get(o, name);
	struct text t = { 0 };

	if (v == NULL || v->valuestring == NULL || form[0] == '\0')
		return;
	if (strcmp(form, "text") == 0)
		text_printf(&t, "\"%s\"", v->valuestring);
	else if (strcmp(form, "float") == 0)
		text_printf(&t, "%s.0", v->valuestring);
	else if (strcmp(form, "exp") == 0)
		text_printf(&t, "%se0", v->valuestring);
	else
		text_printf(&t, "-%s", v->valuestring);
	replace(o, name, t.s);
	text_free(&t);
}

static void
twist_job(cJSON *job, const cJSON *args)
{
	cJSON *action;

	cJSON_ArrayForEach(action, get(job, "actions"))
	{
		set_form(action, "disable", args, "disable");
	}
	set_form(job, "actions", args, "actions");
	set_id_form(job, "id", get_text(args, "ids"));
}

/* The run that the answer shows, in its envelope or bare; NULL: none. */
static cJSON *
run_of(const struct answer *a)
{
	if (!a->is_token)
		return get(a->json, "pipelineRun");
	return get(a->json, "stages") != NULL ? a->json : NULL;
}

/* The bare word of the token API is twisted itself, absent it is null. */
static void
twist_success(struct answer *a, const struct spoil *by)
{
	int n = cJSON_GetArraySize(by->args) - (get(by->args, "acts") != NULL);
	bool is_word = cJSON_IsBool(a->json);
	cJSON *o = answer_object(a), *word;

	if (n == 0)
		replace(o, "success", "\"true\"");
	set_form(o, "success", by->args, "success");
	if (!is_word)
		return;
	word = cJSON_DetachItemFromObjectCaseSensitive(o, "success");
	answer_bare(a, word != NULL ? word : cJSON_CreateNull());
}

/* args: success, disable, actions, stages each name a form; ids one too. */
void
twist_types(struct answer *a, const struct spoil *by)
{
	cJSON *run = run_of(a), *stage, *job;

	if (!cJSON_IsArray(a->json))
		twist_success(a, by);
	if (run == NULL)
		return;
	cJSON_ArrayForEach(stage, get(run, "stages"))
	{
		cJSON_ArrayForEach(job, get(get(stage, "stageInfo"), "jobs"))
		{
			twist_job(job, by->args);
		}
	}
	set_form(run, "stages", by->args, "stages");
	set_id_form(run, "pipelineId", get_text(by->args, "ids"));
	set_id_form(run, "pipelineRunId", get_text(by->args, "ids"));
}

/* Every way in which errorCode and errorMessage can say nothing. */
void
twist_nothing(struct answer *a, const struct spoil *by)
{
	static const char *const raw[] = {
		"\"\\\"\\\"\"",
		"\"\"",
		"null",
		"\"\xe2\x80\x9d\xe2\x80\x9c\"",
		"\"\\\\\"",
		"\"null\"",
		"\" ' \"",
		NULL,
	};
	size_t n = sizeof(raw) / sizeof(raw[0]);
	size_t form = (size_t)plan_number(by->args, "form", 0) % n;

	if (cJSON_IsArray(a->json))
		return;
	answer_object(a);
	replace(a->json, "errorCode", raw[form]);
	replace(a->json, "errorMessage", raw[form]);
	if (get(a->json, "nextToken") != NULL)
		replace(a->json, "nextToken", raw[form]);
}

void
twist_other_run(struct answer *a, const struct spoil *by)
{
	cJSON *run = run_of(a);
	struct text t = { 0 };

	(void)by;
	if (run == NULL)
		return;
	text_printf(&t, "1%s", get(run, "pipelineRunId")->valuestring);
	replace(run, "pipelineRunId", t.s);
	text_free(&t);
}

/* The job that a POST names is gone; a read shows the run without gates. */
void
twist_vanish(struct answer *a, const struct spoil *by)
{
	static const struct fail why = { 404, "Sandbox.JobNotFound",
		"The job does not exist." };
	cJSON *run = run_of(a), *stage, *jobs;

	if (by->r->ids.job != NULL)
		answer_no(a, &why);
	cJSON_ArrayForEach(stage, get(run, "stages"))
	{
		jobs = get(get(stage, "stageInfo"), "jobs");
		for (int i = cJSON_GetArraySize(jobs); i-- > 0;)
			if (!text_equal(
			        get_text(cJSON_GetArrayItem(jobs, i), "status"),
			        "SUCCESS"))
				cJSON_DeleteItemFromArray(jobs, i);
	}
}
