/* SPDX-License-Identifier: ISC */
/*
 * The organization's pages first, then the list of pipelines, then the
 * members of many pipelines at a time. A token names people in another space
 * of ids than the policy's account lines do, so with one nothing is read.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "keeper/admin.h"
#include "keeper/members.h"
#include "keeper/reads.h"

#define PIPELINES_MAX 6000 /* 200 pages of 30 */

struct roll {
	struct keeper *keeper;
	struct reader reader;
	struct reads reads;
	struct roll_pipeline *pipelines;
	size_t pipelines_n;
	bool is_incomplete;
};

struct roll_pipeline {
	struct roll *roll;
	char id[ID_NUMBER_MAX + 1];
	char name[COURIER_TXT_MAX + 1];
};

static void
fill_org(const struct roll *roll, struct call_args *args)
{
	(void)snprintf(args->ids.org, sizeof(args->ids.org), "%s",
	    rules_org_id(&roll->keeper->rules));
}

static void
unread(struct roll *roll, const char *topic, const char *id, const char *why)
{
	roll->is_incomplete = true;
	(void)!admin_row_id(roll->keeper, topic, ADMIN_WARN, id, why);
}

/* Not 0 ends the reading: warderctl is gone. */
static int
send_member(struct roll *roll, const char *id, const struct item_member *from)
{
	struct admin_member member = { .pipeline = "" };

	_Static_assert(sizeof(member.name) == sizeof(from->name.text) &&
	                   sizeof(member.role) == sizeof(from->role.text) &&
	                   sizeof(member.account) == sizeof(from->account) &&
	                   sizeof(member.role_id) == sizeof(from->role_id),
	    "one limit");
	(void)snprintf(member.pipeline, sizeof(member.pipeline), "%s", id);
	memcpy(member.account, from->account, sizeof(member.account));
	memcpy(member.name, from->name.text, sizeof(member.name));
	memcpy(member.role, from->role.text, sizeof(member.role));
	memcpy(member.role_id, from->role_id, sizeof(member.role_id));
	return admin_send(roll->keeper, &admin_member_layout, &member);
}

static int
on_org_member(void *ctx, const struct item *item)
{
	return item->kind == ITEM_MEMBER ? send_member(ctx, "", &item->member)
	                                 : WARDER_OK;
}

static int
on_pipeline_member(void *ctx, const struct item *item)
{
	struct roll_pipeline *at = ctx;

	return item->kind == ITEM_MEMBER
	           ? send_member(at->roll, at->id, &item->member)
	           : WARDER_OK;
}

/* An earlier try that failed brought no items: nothing to take back. */
static void
begin_pipeline(void *ctx)
{
	(void)ctx;
}

static void
end_pipeline(void *ctx, const struct person_result *why)
{
	struct roll_pipeline *at = ctx;

	if (why != NULL)
		unread(at->roll, "no-pipeline", at->id, admin_word_of(why));
}

static bool
is_known(const struct roll *roll, const char *id)
{
	for (size_t i = 0; i < roll->pipelines_n; i++)
		if (strcmp(roll->pipelines[i].id, id) == 0)
			return true;
	return false;
}

static int
on_pipeline(void *ctx, const struct item *item)
{
	const struct item_pipeline *from = &item->pipeline;
	struct roll *roll = ctx;
	struct roll_pipeline *at;

	/* A list that moves while it is read shows one twice. */
	if (item->kind != ITEM_PIPELINE || is_known(roll, from->id))
		return WARDER_OK;
	if (!text_is_id(from->id) || roll->pipelines_n == PIPELINES_MAX) {
		unread(roll, "no-pipelines", from->id, "pipeline_id");
		return WARDER_OK;
	}
	at = &roll->pipelines[roll->pipelines_n++];
	at->roll = roll;
	(void)snprintf(at->id, sizeof(at->id), "%.19s", from->id);
	memcpy(at->name, from->name.text, sizeof(at->name));
	return admin_row_id(
	    roll->keeper, "pipeline", ADMIN_OK, at->id, at->name);
}

/* All pages of one list; what is missing is said. */
static void
read_pages(struct roll *roll, enum call call, carry_on_item *on_item,
    const char *topic)
{
	struct call_args args = { 0 };
	bool is_complete;

	fill_org(roll, &args);
	if (sight_pages(&roll->reader, call, &args, on_item, roll,
	        &is_complete) != GO_ON)
		unread(roll, topic, "", admin_word_of(&roll->keeper->result));
	else if (!is_complete)
		unread(roll, topic, "", "unread");
}

static void
read_pipelines(struct roll *roll)
{
	for (size_t i = 0; i < roll->pipelines_n; i++) {
		struct roll_pipeline *at = &roll->pipelines[i];
		struct read_ask ask = { .call = CALL_RESOURCE_MEMBERS,
			.begin = begin_pipeline,
			.on_item = on_pipeline_member,
			.end = end_pipeline,
			.ctx = at };

		fill_org(roll, &ask.args);
		memcpy(ask.args.ids.pipeline, at->id, sizeof(at->id));
		if (reads_add(&roll->reads, &ask) != 0)
			unread(roll, "no-pipeline", at->id, "bug");
	}
	reads_run(&roll->reads);
}

/* Nothing is asked of the server where the answer could not be used. */
static enum reason
try_key(
    struct keeper *keeper, const struct ring_key *key, const char **ret_word)
{
	struct ring_trace trace;
	enum seal_err e = ring_try(&keeper->ring, key, NULL, &trace);

	if (e != SEAL_OK) {
		*ret_word = seal_word(e);
		return seal_reason(e);
	}
	if (trace.api != API_SIGNED) {
		*ret_word = "other_ids";
		return REASON_INCOMPLETE;
	}
	return REASON_DONE;
}

enum reason
members_run(struct keeper *keeper, const char **ret_word)
{
	struct roll roll = { .keeper = keeper };
	enum reason reason;

	roll.reader = admin_reader(keeper, ADMIN_READ_MS);
	roll.reads.reader = &roll.reader;
	roll.reads.window = keeper->conf->list_parallel;
	reason = try_key(keeper, &roll.reader.key, ret_word);
	if (reason != REASON_DONE)
		return reason;
	roll.pipelines = calloc(PIPELINES_MAX, sizeof(*roll.pipelines));
	if (roll.pipelines == NULL) {
		*ret_word = "bug";
		return REASON_BUG;
	}
	read_pages(&roll, CALL_MEMBERS, on_org_member, "no-members");
	read_pages(&roll, CALL_PIPELINES, on_pipeline, "no-pipelines");
	read_pipelines(&roll);
	free(roll.pipelines);
	*ret_word = roll.is_incomplete ? "unread" : "done";
	return roll.is_incomplete ? REASON_INCOMPLETE : REASON_DONE;
}
