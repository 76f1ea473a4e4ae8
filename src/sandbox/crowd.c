/* SPDX-License-Identifier: ISC */
/*
 * More pipelines than anybody would write down: copies of the first one that
 * there is, each with its last run, so that lists can be tried at scale.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/crowd.h"
#include "sandbox/world.h"

#define FIRST_ID 1000000

enum kind {
	KIND_OVER,    /* the run has ended well */
	KIND_WAITING, /* as the template waits */
	KIND_RUNNING  /* a job that is started by hand holds it, no gate */
};

static void
settle_job(cJSON *job, enum kind kind, bool *is_before)
{
	bool is_gate = get(job, "gate") != NULL;

	if (kind == KIND_OVER)
		set_text(job, "status", "SUCCESS");
	if (kind != KIND_RUNNING)
		return;
	cJSON_DeleteItemFromObjectCaseSensitive(job, "gate");
	if (!is_gate || !*is_before)
		return;
	*is_before = false;
	set_text(job, "status", "INIT");
	cJSON_AddTrueToObject(job, "manual");
}

static void
settle_run(cJSON *run, enum kind kind)
{
	cJSON *stage, *job;
	bool is_before = true;

	if (kind == KIND_RUNNING && get(run, "says") == NULL)
		cJSON_AddStringToObject(run, "says", "RUNNING");
	cJSON_ArrayForEach(stage, get(run, "stages"))
	{
		cJSON_ArrayForEach(job, get(stage, "jobs"))
		{
			settle_job(job, kind, &is_before);
		}
	}
}

static cJSON *
one_more(const cJSON *template, size_t n, enum kind kind)
{
	cJSON *pipeline = cJSON_Duplicate(template, true);
	cJSON *runs = get(pipeline, "runs");
	char text[64];

	while (cJSON_GetArraySize(runs) > 1)
		cJSON_DeleteItemFromArray(runs, 0);
	(void)snprintf(text, sizeof(text), "%zu", (size_t)FIRST_ID + n);
	set_text(pipeline, "id", text);
	(void)snprintf(text, sizeof(text), "service-%04zu", n);
	set_text(pipeline, "name", text);
	settle_run(cJSON_GetArrayItem(runs, 0), kind);
	return pipeline;
}

int
crowd_add(cJSON *root, const struct crowd *crowd)
{
	cJSON *org = cJSON_GetArrayItem(get(root, "organizations"), 0);
	cJSON *pipelines = get(org, "pipelines");
	const cJSON *template = cJSON_GetArrayItem(pipelines, 0);
	/* Waiting ones stand evenly among the others. */
	size_t every = crowd->waiting > 0 ? crowd->n / crowd->waiting : 0;
	size_t waiting = 0, running = 0;

	if (crowd->n == 0)
		return 0;
	if (cJSON_GetArraySize(get(template, "runs")) == 0)
		return -1;
	for (size_t i = 0; i < crowd->n; i++) {
		enum kind kind = KIND_OVER;

		if (every > 0 && i % every == 0 && waiting < crowd->waiting)
			kind = KIND_WAITING, waiting++;
		else if (running < crowd->running)
			kind = KIND_RUNNING, running++;
		cJSON_AddItemToArray(pipelines, one_more(template, i, kind));
	}
	return 0;
}
