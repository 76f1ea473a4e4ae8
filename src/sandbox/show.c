/* SPDX-License-Identifier: ISC */
/*
 * Writes runs, pipelines and people the way the signed API prints them.
 * Ids go out as bare 64-bit integers, account ids as text.
 */
#include "config.h"

#include <string.h>

#include "sandbox/answer.h"
#include "sandbox/show.h"

struct viewer {
	const cJSON *organization;
	const char *account;
};

static cJSON *
add_action(cJSON *actions, const char *type, bool is_disabled)
{
	cJSON *a = cJSON_CreateObject();

	cJSON_AddStringToObject(a, "type", type);
	cJSON_AddBoolToObject(a, "disable", is_disabled);
	cJSON_AddItemToArray(actions, a);
	return cJSON_AddObjectToObject(a, "params");
}

static void
add_gate_actions(cJSON *actions, const cJSON *job, const struct viewer *by)
{
	const cJSON *gate = get(job, "gate"), *list = get(gate, "validators");
	const char *refuse = get_text(gate, "refuse");
	bool may = world_is_validator(gate, by->account) &&
	           !world_has_passed(job, by->account);

	if (cJSON_IsTrue(get(gate, "admins")))
		may = may && world_is_admin(by->organization, by->account);
	cJSON_AddItemToObject(add_action(actions, "PassPipelineValidate", !may),
	    "validators", cJSON_Duplicate(list, true));
	cJSON_AddItemToObject(
	    add_action(actions,
	        refuse[0] != '\0' ? refuse : "RefusePipelineValidate", !may),
	    "validators", cJSON_Duplicate(list, true));
}

static cJSON *
show_job(const cJSON *job, bool is_reached, const struct viewer *by)
{
	const char *status = get_text(job, "status");
	const char *params = get_text(job, "params");
	cJSON *o = cJSON_CreateObject(), *actions;

	answer_add_long(o, "id", get_text(job, "id"));
	cJSON_AddStringToObject(o, "name", get_text(job, "name"));
	cJSON_AddStringToObject(o, "status", status);
	cJSON_AddStringToObject(o, "params", params[0] != '\0' ? params : "{}");
	cJSON_AddNumberToObject(o, "startTime", get_number(job, "startTime"));
	cJSON_AddNumberToObject(o, "endTime", get_number(job, "endTime"));
	actions = cJSON_AddArrayToObject(o, "actions");
	if (world_is_waiting(job))
		add_gate_actions(actions, job, by);
	else if (cJSON_IsTrue(get(job, "manual")) && is_reached &&
	         text_equal(status, "INIT"))
		add_action(actions, "ExecutePipelineJobRun", false);
	else if (get(job, "gate") == NULL && !text_equal(status, "INIT"))
		add_action(actions, "LogPipelineJobRun", false);
	return o;
}

static cJSON *
show_stage(const cJSON *stage, bool is_reached, const struct viewer *by)
{
	const char *status = world_stage_status(stage, is_reached);
	cJSON *o = cJSON_CreateObject(), *info, *jobs;
	double start = 0, end = 0;
	const cJSON *j;

	cJSON_AddStringToObject(o, "name", get_text(stage, "name"));
	info = cJSON_AddObjectToObject(o, "stageInfo");
	cJSON_AddStringToObject(info, "name", get_text(stage, "name"));
	cJSON_AddStringToObject(info, "status", status);
	jobs = cJSON_CreateArray();
	cJSON_ArrayForEach(j, get(stage, "jobs"))
	{
		double from = get_number(j, "startTime");
		double to = get_number(j, "endTime");

		start =
		    start == 0 || (from != 0 && from < start) ? from : start;
		end = to > end ? to : end;
		cJSON_AddItemToArray(jobs, show_job(j, is_reached, by));
	}
	cJSON_AddNumberToObject(info, "startTime", start);
	cJSON_AddNumberToObject(info, "endTime",
	    text_equal(status, "SUCCESS") || text_equal(status, "FAIL") ? end
	                                                                : 0);
	cJSON_AddItemToObject(info, "jobs", jobs);
	return o;
}

/* A list of commits is JSON inside a JSON text, newest first. */
static void
add_commits(cJSON *data, const cJSON *source)
{
	const cJSON *ready = get(source, "commint"), *c;
	cJSON *list;
	char *text;

	if (ready != NULL) {
		cJSON_AddStringToObject(
		    data, "commint", get_text(source, "commint"));
		return;
	}
	list = cJSON_CreateArray();
	cJSON_ArrayForEach(c, get(source, "commits"))
	{
		cJSON *o = cJSON_CreateObject();

		cJSON_AddStringToObject(o, "commitId", cJSON_GetStringValue(c));
		cJSON_AddItemToArray(list, o);
	}
	text = cJSON_PrintUnformatted(list);
	cJSON_AddStringToObject(data, "commint", text != NULL ? text : "");
	cJSON_free(text);
	cJSON_Delete(list);
}

static cJSON *
show_source(const cJSON *source)
{
	cJSON *o = cJSON_CreateObject(), *data;

	cJSON_AddStringToObject(o, "sign", get_text(source, "sign"));
	cJSON_AddStringToObject(o, "type", get_text(source, "type"));
	data = cJSON_AddObjectToObject(o, "data");
	cJSON_AddStringToObject(data, "branch", get_text(source, "branch"));
	add_commits(data, source);
	cJSON_AddStringToObject(data, "repo", get_text(source, "repo"));
	return o;
}

static void
add_stages(cJSON *o, const cJSON *run, const struct viewer *by)
{
	cJSON *groups = cJSON_AddArrayToObject(o, "stageGroup");
	cJSON *stages = cJSON_CreateArray(), *group;
	bool is_reached = true;
	const cJSON *s;

	cJSON_ArrayForEach(s, get(run, "stages"))
	{
		group = cJSON_CreateArray();
		cJSON_AddItemToArray(
		    group, cJSON_CreateString(get_text(s, "name")));
		cJSON_AddItemToArray(groups, group);
		cJSON_AddItemToArray(stages, show_stage(s, is_reached, by));
		is_reached = is_reached &&
		             text_equal(world_stage_status(s, true), "SUCCESS");
	}
	cJSON_AddItemToObject(o, "stages", stages);
}

static const char *
modifier_of(const cJSON *run)
{
	const char *m = get_text(run, "modifier");

	return m[0] != '\0' ? m : get_text(run, "creator");
}

static double
trigger_of(const cJSON *run)
{
	return get(run, "trigger") != NULL ? get_number(run, "trigger") : 1;
}

cJSON *
show_run(const cJSON *organization, const cJSON *pipeline, const cJSON *run,
    const char *account)
{
	struct viewer by = { organization, account };
	cJSON *o = cJSON_CreateObject(), *sources;
	const cJSON *s, *parameters = get(run, "parameters");

	answer_add_long(o, "pipelineId", get_text(pipeline, "id"));
	answer_add_long(o, "pipelineRunId", get_text(run, "id"));
	cJSON_AddStringToObject(o, "status", world_run_status(run));
	cJSON_AddNumberToObject(o, "triggerMode", trigger_of(run));
	cJSON_AddNumberToObject(o, "createTime", get_number(run, "startTime"));
	cJSON_AddNumberToObject(o, "updateTime", get_number(run, "updateTime"));
	cJSON_AddStringToObject(
	    o, "creatorAccountId", get_text(run, "creator"));
	cJSON_AddStringToObject(o, "modifierAccountId", modifier_of(run));
	sources = cJSON_AddArrayToObject(o, "sources");
	cJSON_ArrayForEach(s, get(run, "sources"))
	{
		cJSON_AddItemToArray(sources, show_source(s));
	}
	if (cJSON_GetArraySize(parameters) > 0)
		cJSON_AddItemToObject(
		    o, "globalParams", cJSON_Duplicate(parameters, true));
	add_stages(o, run, &by);
	return o;
}

static double
run_ended_at(const cJSON *run)
{
	const char *status = world_run_status(run);

	if (text_equal(status, "SUCCESS") || text_equal(status, "FAIL"))
		return get_number(run, "updateTime");
	return 0;
}

cJSON *
show_run_row(const cJSON *pipeline, const cJSON *run)
{
	cJSON *o = cJSON_CreateObject();

	answer_add_long(o, "pipelineRunId", get_text(run, "id"));
	answer_add_long(o, "pipelineId", get_text(pipeline, "id"));
	cJSON_AddStringToObject(o, "status", world_run_status(run));
	cJSON_AddNumberToObject(o, "triggerMode", trigger_of(run));
	cJSON_AddNumberToObject(o, "startTime", get_number(run, "startTime"));
	cJSON_AddNumberToObject(o, "endTime", run_ended_at(run));
	cJSON_AddStringToObject(
	    o, "creatorAccountId", get_text(run, "creator"));
	return o;
}

cJSON *
show_pipeline_row(const cJSON *pipeline)
{
	cJSON *o = cJSON_CreateObject();

	answer_add_long(o, "pipelineId", get_text(pipeline, "id"));
	cJSON_AddStringToObject(o, "pipelineName", get_text(pipeline, "name"));
	answer_add_long(o, "groupId", get_text(pipeline, "groupId"));
	cJSON_AddNumberToObject(o, "createTime", 1759546800000.0);
	cJSON_AddStringToObject(
	    o, "creatorAccountId", get_text(pipeline, "creator"));
	return o;
}

cJSON *
show_pipeline(const cJSON *pipeline)
{
	cJSON *o = cJSON_CreateObject(), *config, *s, *data, *list;
	const cJSON *run = cJSON_GetArrayItem(get(pipeline, "runs"), 0);
	const cJSON *source = cJSON_GetArrayItem(get(run, "sources"), 0);

	cJSON_AddStringToObject(o, "name", get_text(pipeline, "name"));
	answer_add_long(o, "groupId", get_text(pipeline, "groupId"));
	cJSON_AddNumberToObject(o, "envId", get_number(pipeline, "envId"));
	cJSON_AddStringToObject(o, "envName", get_text(pipeline, "envName"));
	cJSON_AddNumberToObject(o, "createTime", 1759546800000.0);
	cJSON_AddNumberToObject(o, "updateTime", 1767236400000.0);
	cJSON_AddStringToObject(
	    o, "creatorAccountId", get_text(pipeline, "creator"));
	cJSON_AddStringToObject(
	    o, "modifierAccountId", get_text(pipeline, "creator"));
	cJSON_AddArrayToObject(o, "tagList");
	config = cJSON_AddObjectToObject(o, "pipelineConfig");
	cJSON_AddStringToObject(config, "settings", "{}");
	cJSON_AddStringToObject(config, "flow", "stages: {}\n");
	list = cJSON_AddArrayToObject(config, "sources");
	if (source == NULL)
		return o;
	s = cJSON_CreateObject();
	cJSON_AddItemToArray(list, s);
	cJSON_AddStringToObject(s, "sign", get_text(source, "sign"));
	cJSON_AddStringToObject(s, "type", get_text(source, "type"));
	data = cJSON_AddObjectToObject(s, "data");
	cJSON_AddStringToObject(data, "branch", get_text(source, "branch"));
	cJSON_AddStringToObject(data, "repo", get_text(source, "repo"));
	cJSON_AddStringToObject(data, "triggerFilter", "");
	cJSON_AddTrueToObject(data, "isTrigger");
	cJSON_AddStringToObject(data, "webhook", get_text(pipeline, "webhook"));
	return o;
}

cJSON *
show_member(const cJSON *person)
{
	const char *state = get_text(person, "state");
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "accountId", get_text(person, "account"));
	cJSON_AddStringToObject(
	    o, "organizationMemberName", get_text(person, "name"));
	cJSON_AddStringToObject(
	    o, "organizationRoleId", get_text(person, "roleId"));
	cJSON_AddStringToObject(
	    o, "organizationRoleName", get_text(person, "roleName"));
	cJSON_AddStringToObject(
	    o, "state", state[0] != '\0' ? state : "normal");
	cJSON_AddNumberToObject(o, "joinTime", 1750042800000.0);
	cJSON_AddNumberToObject(o, "lastVisitTime", 1767319200000.0);
	return o;
}
