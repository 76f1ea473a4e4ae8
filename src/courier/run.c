/* SPDX-License-Identifier: ISC */
/*
 * One run: what it is made of, its stages, jobs, gates and who may act. All
 * of it enters the gate's hash, so nothing is tidied up: an element of a
 * wrong type leaves an empty piece rather than none.
 */
#include "config.h"

#include <string.h>

#include "courier/facts.h"

/*
 * The commit checked out is item 0 of a list that is JSON inside a text, a
 * document of its own. Lower-case hex of 40 or 64 digits, else unknown.
 */
static void
commit_of(char ret[65], const char *text)
{
	size_t len = text == NULL ? 0 : strlen(text);

	ret[0] = '\0';
	if ((len != 40 && len != 64) ||
	    strspn(text, "0123456789abcdefABCDEF") != len)
		return;
	for (size_t i = 0; i < len; i++)
		ret[i] = (char)(text[i] >= 'A' && text[i] <= 'F'
		                    ? text[i] - 'A' + 'a'
		                    : text[i]);
	ret[len] = '\0';
}

static void
read_commit(char ret[65], const cJSON *data)
{
	const char *list = json_text(data, "commint");
	const char *beside = json_text(data, "commit");
	auto_json cJSON *json = NULL;
	char other[65];

	ret[0] = '\0';
	if (list == NULL ||
	    json_parse((const uint8_t *)list, strlen(list), &json) != 0 ||
	    !cJSON_IsArray(json))
		return;
	commit_of(ret, json_text(cJSON_GetArrayItem(json, 0), "commitId"));
	if (facts_says_nothing(beside))
		return;
	commit_of(other, beside);
	if (strcmp(ret, other) != 0)
		ret[0] = '\0';
}

static int
take_source(struct facts *facts, const cJSON *source)
{
	struct item item = { .kind = ITEM_SOURCE };
	const cJSON *data = json_object(source, "data");

	facts_txt(&item.source.repo, json_text(data, "repo"));
	facts_txt(&item.source.branch, json_text(data, "branch"));
	read_commit(item.source.commit, data);
	return facts_take(facts, &item);
}

/* Shown only where the server says twice that it is no secret, or nothing. */
static bool
is_open(const cJSON *parameter, const char *name)
{
	const cJSON *flag = json_any(parameter, name);

	return flag == NULL || cJSON_IsNull(flag) || cJSON_IsFalse(flag);
}

static int
take_parameter(struct facts *facts, const cJSON *parameter)
{
	struct item item = { .kind = ITEM_PARAMETER };

	facts_txt(&item.parameter.name, json_text(parameter, "key"));
	if (is_open(parameter, "encrypted") && is_open(parameter, "masked"))
		facts_txt(&item.parameter.value, json_text(parameter, "value"));
	else
		item.parameter.hidden = 1;
	return facts_take(facts, &item);
}

static uint8_t
action_kind(const char *type)
{
	if (type == NULL)
		return ITEM_ACTION_OTHER;
	if (strcmp(type, "PassPipelineValidate") == 0)
		return ITEM_ACTION_PASS;
	if (strcmp(type, "RefusePipelineValidate") == 0 ||
	    strcmp(type, "RefusePipelineValidator") == 0)
		return ITEM_ACTION_REFUSE;
	return ITEM_ACTION_OTHER;
}

/*
 * A validator whose id cannot be carried must not look like none: then the
 * run is not understood.
 */
static int
take_validators(struct facts *facts, const cJSON *action)
{
	const cJSON *list, *id;
	struct item item = { .kind = ITEM_VALIDATOR };
	int r;

	list = json_array(json_object(action, "params"), "validators");
	cJSON_ArrayForEach(id, list)
	{
		const char *text = cJSON_IsString(id) ? id->valuestring : "";

		if (strlen(text) > COURIER_ID_MAX)
			return WARDER_EFORM;
		facts_id(item.validator.id, sizeof(item.validator.id), text);
		if ((r = facts_take(facts, &item)) != 0)
			return r;
	}
	return WARDER_OK;
}

static int
take_action(struct facts *facts, const cJSON *action)
{
	struct item item = { .kind = ITEM_ACTION };
	uint8_t disable = facts_tri(json_any(action, "disable"));
	int r;

	item.action.type = action_kind(json_text(action, "type"));
	item.action.may = disable == TRI_FALSE  ? TRI_TRUE
	                  : disable == TRI_TRUE ? TRI_FALSE
	                                        : TRI_ABSENT;
	if ((r = facts_take(facts, &item)) != 0 ||
	    item.action.type == ITEM_ACTION_OTHER)
		return r;
	return take_validators(facts, action);
}

/* Each element of a list that may not be there. */
static int
take_each(struct facts *facts, const cJSON *list, facts_walk *take)
{
	const cJSON *element;
	int r;

	cJSON_ArrayForEach(element, list)
	{
		if ((r = take(facts, element)) != 0)
			return r;
	}
	return WARDER_OK;
}

static int
take_job(struct facts *facts, const cJSON *job)
{
	struct item item = { .kind = ITEM_JOB };
	int r;

	facts_number_id(item.job.id, sizeof(item.job.id), json_text(job, "id"));
	facts_txt(&item.job.name, json_text(job, "name"));
	facts_id(
	    item.job.status, sizeof(item.job.status), json_text(job, "status"));
	item.job.start = facts_ms(job, "startTime");
	item.job.end = facts_ms(job, "endTime");
	if ((r = facts_take(facts, &item)) != 0)
		return r;
	return take_each(facts, json_array(job, "actions"), take_action);
}

static int
take_stage(struct facts *facts, const cJSON *stage)
{
	struct item item = { .kind = ITEM_STAGE };
	const cJSON *info = json_object(stage, "stageInfo");
	int r;

	facts_txt(&item.stage.name, json_text(stage, "name"));
	facts_id(item.stage.status, sizeof(item.stage.status),
	    json_text(info, "status"));
	if ((r = facts_take(facts, &item)) != 0)
		return r;
	return take_each(facts, json_array(info, "jobs"), take_job);
}

static int
take_run(struct facts *facts, const cJSON *run, const char *start)
{
	struct item item = { .kind = ITEM_RUN };

	facts_number_id(item.run.pipeline, sizeof(item.run.pipeline),
	    json_text(run, "pipelineId"));
	facts_number_id(item.run.run, sizeof(item.run.run),
	    json_text(run, "pipelineRunId"));
	facts_id(
	    item.run.status, sizeof(item.run.status), json_text(run, "status"));
	item.run.trigger = facts_small(run, "triggerMode");
	facts_id(item.run.creator, sizeof(item.run.creator),
	    json_text(run, "creatorAccountId"));
	item.run.start = facts_ms(run, start);
	return facts_take(facts, &item);
}

static int
take_listed_run(struct facts *facts, const cJSON *run)
{
	return take_run(facts, run, "startTime");
}

int
facts_runs(struct facts *facts, const cJSON *root)
{
	if (!cJSON_IsArray(root))
		return WARDER_EFORM;
	return take_each(facts, root, take_listed_run);
}

int
facts_run(struct facts *facts, const cJSON *root)
{
	const cJSON *parameters = json_array(root, "globalParams");
	int r;

	if (!cJSON_IsObject(root))
		return WARDER_EFORM;
	if ((r = take_run(facts, root, "createTime")) != 0 ||
	    (r = take_each(facts, json_array(root, "sources"), take_source)) !=
	        0 ||
	    (r = take_each(facts, parameters, take_parameter)) != 0)
		return r;
	return take_each(facts, json_array(root, "stages"), take_stage);
}
