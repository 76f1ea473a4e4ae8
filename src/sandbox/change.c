/* SPDX-License-Identifier: ISC */
/*
 * What control can do to the world: arm faults, start and change runs,
 * decide a gate as somebody else, set the clock, start over.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/cert.h"
#include "sandbox/control.h"
#include "sandbox/fault.h"
#include "sandbox/scenario.h"

/* A misspelt member is an error: it would have changed nothing. */
static bool
knows(const cJSON *in, const char *const *names, struct text *why)
{
	const cJSON *v;
	size_t i;

	cJSON_ArrayForEach(v, in)
	{
		for (i = 0; names[i] != NULL; i++)
			if (strcmp(names[i], v->string) == 0)
				break;
		if (names[i] == NULL) {
			text_clear(why);
			text_add(why, v->string);
			return false;
		}
	}
	return true;
}

/* The organization may be left out where there is but one. */
static struct ids
ids_of(struct sandbox *s, const cJSON *in)
{
	const cJSON *all = get(s->world.root, "organizations");
	struct ids ids = { 0 };

	ids.organization = cJSON_GetStringValue(get(in, "organization"));
	if (ids.organization == NULL && cJSON_GetArraySize(all) == 1)
		ids.organization = get_text(cJSON_GetArrayItem(all, 0), "id");
	ids.pipeline = cJSON_GetStringValue(get(in, "pipeline"));
	ids.run = cJSON_GetStringValue(get(in, "run"));
	ids.job = cJSON_GetStringValue(get(in, "job"));
	return ids;
}

const char *
change_fault(struct sandbox *s, const cJSON *in, cJSON *ret, struct text *why)
{
	const char *name = get_text(in, "fault");
	int64_t times = plan_number(in, "times", 1);

	if (cJSON_IsTrue(get(in, "clear"))) {
		faults_clear(&s->faults);
		s->drop_connections = 0;
		s->bad_cert_left = 0;
		return NULL;
	}
	if (strcmp(name, "tls-bad") == 0) {
		enum cert_kind kind =
		    cert_kind(get_text(get(in, "args"), "kind"));

		if (kind == CERT_KINDS)
			return "kind is unknown-ca, wrong-name or expired";
		s->bad_cert = (int)kind;
		s->bad_cert_left = times == 0 ? -1 : (int)times;
		return NULL;
	}
	if (strcmp(name, "drop-connection") == 0) {
		s->drop_connections = times == 0 ? -1 : (int)times;
		return NULL;
	}
	if (faults_add(s, in, why) != 0)
		return "not a fault that is known";
	cJSON_AddStringToObject(ret, "armed", name);
	return NULL;
}

/* The run as its pipeline would start it: nothing has happened yet. */
static void
rewind_run(cJSON *run)
{
	cJSON *stage, *job;

	cJSON_DeleteItemFromObjectCaseSensitive(run, "modifier");
	cJSON_ArrayForEach(stage, get(run, "stages"))
	{
		cJSON_ArrayForEach(job, get(stage, "jobs"))
		{
			set_text(job, "status", "INIT");
			set_number(job, "startTime", 0);
			set_number(job, "endTime", 0);
			cJSON_DeleteItemFromObjectCaseSensitive(
			    job, "passedBy");
			cJSON_AddArrayToObject(job, "passedBy");
		}
	}
}

static bool
has_gate(const cJSON *stage)
{
	const cJSON *job;

	cJSON_ArrayForEach(job, get(stage, "jobs"))
	{
		if (get(job, "gate") != NULL)
			return true;
	}
	return false;
}

/* Everything before the first gate is done, and the gate is next. */
static void
forward_to_gate(cJSON *run, int64_t step_ms, int64_t now_ms)
{
	cJSON *stage, *job;

	/* Long enough ago for its gate to be reached now. */
	set_number(run, "startTime", (double)(now_ms - 3 * step_ms));
	cJSON_ArrayForEach(stage, get(run, "stages"))
	{
		if (has_gate(stage))
			return;
		cJSON_ArrayForEach(job, get(stage, "jobs"))
		{
			set_text(job, "status", "SUCCESS");
			set_number(
			    job, "startTime", (double)(now_ms - 2 * step_ms));
			set_number(job, "endTime", (double)(now_ms - step_ms));
		}
	}
}

static int
replace_parts(cJSON *run, const cJSON *in, struct text *why)
{
	static const char *const parts[] = { "sources", "parameters",
		"stages" };
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const cJSON *v = get(in, parts[i]);

		if (v == NULL || strcmp(parts[i], "stages") == 0)
			continue;
		if (scenario_check_part(parts[i], v, why) != 0)
			return -1;
		cJSON_DeleteItemFromObjectCaseSensitive(run, parts[i]);
		cJSON_AddItemToObject(run, parts[i], cJSON_Duplicate(v, true));
	}
	return 0;
}

static int
replace_commits(cJSON *run, const cJSON *commits, struct text *why)
{
	cJSON *source = cJSON_GetArrayItem(get(run, "sources"), 0);
	const cJSON *v;

	if (commits == NULL)
		return 0;
	text_clear(why);
	text_add(why, "commits");
	if (!cJSON_IsArray(commits) || source == NULL)
		return -1;
	cJSON_ArrayForEach(v, commits)
	{
		if (!cJSON_IsString(v))
			return -1;
	}
	cJSON_DeleteItemFromObjectCaseSensitive(source, "commint");
	cJSON_DeleteItemFromObjectCaseSensitive(source, "commits");
	cJSON_AddItemToObject(
	    source, "commits", cJSON_Duplicate(commits, true));
	return 0;
}

const char *
change_run(struct sandbox *s, const cJSON *in, cJSON *ret, struct text *why)
{
	static const char *const names[] = { "organization", "pipeline",
		"creator", "trigger", "commits", "sources", "parameters", "at",
		NULL };
	struct ids ids = ids_of(s, in);
	struct place p;
	int64_t now = sandbox_now_ms();
	cJSON *runs, *run;
	char id[24];

	if (!knows(in, names, why))
		return "not a member of this order";
	p = world_find(&s->world, &ids);
	runs = get(p.pipeline, "runs");
	if (cJSON_GetArraySize(runs) == 0)
		return "no such pipeline, or it has no run to copy";
	run = cJSON_Duplicate(
	    cJSON_GetArrayItem(runs, cJSON_GetArraySize(runs) - 1), true);
	rewind_run(run);
	if (replace_parts(run, in, why) != 0 ||
	    replace_commits(run, get(in, "commits"), why) != 0) {
		cJSON_Delete(run);
		return "not as a scenario has it";
	}
	/* The ordinal of the run inside its pipeline. */
	snprintf(
	    id, sizeof(id), "%lld", strtoll(get_text(run, "id"), NULL, 10) + 1);
	set_text(run, "id", id);
	set_number(run, "startTime", (double)now);
	set_number(run, "updateTime", (double)now);
	if (get(in, "creator") != NULL)
		set_text(run, "creator", get_text(in, "creator"));
	if (get(in, "trigger") != NULL)
		set_number(run, "trigger", get_number(in, "trigger"));
	if (!text_equal(get_text(in, "at"), "start"))
		forward_to_gate(run, s->step_ms, now);
	cJSON_AddItemToArray(runs, run);
	world_advance(&s->world, NULL, now);
	cJSON_AddStringToObject(ret, "run", id);
	return NULL;
}

static int
replace_validators(const struct place *p, const cJSON *list, struct text *why)
{
	const cJSON *v;

	if (list == NULL)
		return 0;
	text_clear(why);
	text_add(why, "validators");
	if (p->gate == NULL || !cJSON_IsArray(list))
		return -1;
	cJSON_ArrayForEach(v, list)
	{
		if (!cJSON_IsString(v))
			return -1;
	}
	cJSON_DeleteItemFromObjectCaseSensitive(p->gate, "validators");
	cJSON_AddItemToObject(
	    p->gate, "validators", cJSON_Duplicate(list, true));
	return 0;
}

/* A job that is run again gets a new start. */
static void
retry_job(cJSON *job, int64_t now_ms)
{
	bool is_gate = get(job, "gate") != NULL;

	set_text(job, "status", is_gate ? "WAITING" : "RUNNING");
	set_number(job, "startTime", (double)now_ms);
	set_number(job, "endTime", 0);
	cJSON_DeleteItemFromObjectCaseSensitive(job, "passedBy");
	cJSON_AddArrayToObject(job, "passedBy");
}

const char *
change_change(struct sandbox *s, const cJSON *in, cJSON *ret, struct text *why)
{
	static const char *const names[] = { "organization", "pipeline", "run",
		"job", "commits", "sources", "parameters", "validators",
		"creator", "name", "status", "retry", "delete", NULL };
	struct ids ids = ids_of(s, in);
	struct place p = world_find(&s->world, &ids);
	int64_t now = sandbox_now_ms();

	(void)ret;
	if (!knows(in, names, why))
		return "not a member of this order";
	if (p.run == NULL || (ids.job != NULL && p.job == NULL))
		return "no such run or job";
	if (cJSON_IsTrue(get(in, "delete"))) {
		cJSON_Delete(
		    cJSON_DetachItemViaPointer(get(p.pipeline, "runs"), p.run));
		return NULL;
	}
	if (replace_parts(p.run, in, why) != 0 ||
	    replace_commits(p.run, get(in, "commits"), why) != 0 ||
	    replace_validators(&p, get(in, "validators"), why) != 0)
		return "not as a scenario has it";
	if (get(in, "creator") != NULL)
		set_text(p.run, "creator", get_text(in, "creator"));
	if (get(in, "name") != NULL && p.job != NULL)
		set_text(p.job, "name", get_text(in, "name"));
	if (get(in, "status") != NULL && p.job != NULL)
		set_text(p.job, "status", get_text(in, "status"));
	if (cJSON_IsTrue(get(in, "retry")) && p.job != NULL)
		retry_job(p.job, now);
	set_number(p.run, "updateTime", (double)now);
	world_advance(&s->world, NULL, now);
	return NULL;
}

const char *
change_decide(struct sandbox *s, const cJSON *in, cJSON *ret, struct text *why)
{
	static const char *const names[] = { "organization", "pipeline", "run",
		"job", "verb", "account", NULL };
	struct ids ids = ids_of(s, in);
	const char *verb = get_text(in, "verb");
	const char *account = get_text(in, "account"), *effect;
	bool is_pass = strcmp(verb, "pass") == 0;

	if (!knows(in, names, why))
		return "not a member of this order";
	if (world_find(&s->world, &ids).job == NULL)
		return "no such job";
	if (!is_pass && strcmp(verb, "refuse") != 0)
		return "the verb is pass or refuse";
	effect = world_decide(&s->world, &ids,
	    is_pass ? VERB_PASS : VERB_REFUSE, account, sandbox_now_ms());
	cJSON_AddStringToObject(ret, "effect", effect);
	return NULL;
}

const char *
change_reset(struct sandbox *s, const cJSON *in, cJSON *ret, struct text *why)
{
	(void)in;
	if (sandbox_reset(s, why) != 0)
		return "the scenario cannot be read";
	cJSON_AddNumberToObject(ret, "seq", s->seq);
	return NULL;
}

const char *
change_clock(struct sandbox *s, const cJSON *in, cJSON *ret, struct text *why)
{
	static const char *const names[] = { "offset_ms", NULL };

	if (!knows(in, names, why) || !cJSON_IsNumber(get(in, "offset_ms")))
		return "offset_ms, a number, and nothing else";
	s->offset_ms = (int64_t)get_number(in, "offset_ms");
	cJSON_AddNumberToObject(ret, "offset_ms", (double)s->offset_ms);
	return NULL;
}
