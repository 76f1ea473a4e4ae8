/* SPDX-License-Identifier: ISC */
/*
 * LIST and WHOAMI: what waits in the organizations where the caller has a
 * role, and what kernel and policy say of the caller. What could not be read
 * is said; an answer that misses something is never the whole answer.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "keeper/keeper.h"
#include "keeper/tell.h"

#define LIST_MS 300000
#define PIPELINES_MAX 6000 /* 200 pages of 30 */
#define RUNS_MAX 16        /* runs of one pipeline that may hold a gate */

struct pipeline {
	char id[ID_NUMBER_MAX + 1];
	char name[PERSON_NAME + 1];
};

struct pipelines {
	struct pipeline *items;
	size_t n;
};

struct runs {
	char ids[RUNS_MAX][ID_NUMBER_MAX + 1];
	size_t n;
	bool is_short; /* there were more than RUNS_MAX */
	char newest[ID_NUMBER_MAX + 1];
};

struct listing {
	struct keeper *keeper;
	struct reader reader;
	const struct person_list *asked;
	bool is_incomplete;
};

static int
on_pipeline(void *ctx, const struct item *item)
{
	struct pipelines *found = ctx;
	struct pipeline *more;

	if (item->kind != ITEM_PIPELINE)
		return WARDER_OK;
	if (found->n >= PIPELINES_MAX)
		return WARDER_ETOOBIG;
	if (!text_is_id(item->pipeline.id))
		return WARDER_OK;
	more = realloc(found->items, (found->n + 1) * sizeof(*more));
	if (more == NULL)
		return WARDER_ENOMEM;
	found->items = more;
	more = &found->items[found->n++];
	(void)snprintf(more->id, sizeof(more->id), "%.19s", item->pipeline.id);
	(void)text_cut(more->name, sizeof(more->name), item->pipeline.name.text,
	    strlen(item->pipeline.name.text));
	return WARDER_OK;
}

/* Runs that say they run or wait; a run's status is a hint, no more. */
static int
on_run_of_list(void *ctx, const struct item *item)
{
	struct runs *runs = ctx;
	const char *status = item->run.status;

	if (item->kind != ITEM_RUN || !text_is_id(item->run.run))
		return WARDER_OK;
	/* Newest first, as the server lists them; checked by number. */
	if (strlen(item->run.run) > strlen(runs->newest) ||
	    (strlen(item->run.run) == strlen(runs->newest) &&
	        strcmp(item->run.run, runs->newest) > 0))
		(void)snprintf(
		    runs->newest, sizeof(runs->newest), "%.19s", item->run.run);
	if (strcmp(status, "RUNNING") != 0 && strcmp(status, "WAITING") != 0)
		return WARDER_OK;
	if (runs->n == RUNS_MAX) {
		runs->is_short = true;
		return WARDER_OK;
	}
	(void)snprintf(
	    runs->ids[runs->n++], ID_NUMBER_MAX + 1, "%.19s", item->run.run);
	return WARDER_OK;
}

/* What could not be read, and the code that says why. */
static void
tell_unread(struct listing *listing, const char *what)
{
	struct keeper *keeper = listing->keeper;

	listing->is_incomplete = true;
	tell_piece(keeper, PIECE_NOT_READ, what,
	    keeper->result.code[0] != '\0' ? keeper->result.code
	                                   : keeper->result.local_code);
}

/* One waiting gate, if the policy lets it be seen. */
static int
list_gate(struct listing *listing, const struct view *view)
{
	auto_verdict struct verdict pass = { 0 };
	struct keeper *keeper = listing->keeper;
	bool is_visible;
	uint8_t can;

	if (look_judge(keeper, view, &pass, &can, &is_visible) != GO_ON)
		return ENDED;
	if (!is_visible ||
	    ((listing->asked->flags & PERSON_LIST_MINE) != 0 && can == 0))
		return GO_ON;
	tell_gate(keeper, view, can, (uint8_t)pass.missing.mfa);
	if (pass.kind == VERDICT_DENY)
		tell_rules(keeper, &pass);
	tell_needs(keeper, &pass);
	return GO_ON;
}

static int
list_run(struct listing *listing, const struct pipeline *pipeline,
    const struct runs *runs, const char *run)
{
	struct keeper *keeper = listing->keeper;
	auto_view struct view view = { 0 };
	size_t at = 0;

	(void)snprintf(view.ids.org, sizeof(view.ids.org), "%s",
	    rules_org_id(&keeper->rules));
	(void)snprintf(
	    view.alias, sizeof(view.alias), "%s", keeper->rules.org.alias);
	memcpy(view.ids.pipeline, pipeline->id, sizeof(view.ids.pipeline));
	memcpy(view.pipeline_name, pipeline->name, sizeof(view.pipeline_name));
	memcpy(view.newest, runs->newest, sizeof(view.newest));
	(void)snprintf(view.ids.run, sizeof(view.ids.run), "%s", run);
	if (sight_run(&listing->reader, &view.ids, &view.run) != GO_ON)
		return ENDED;
	while (look_next_waiting(view.run, &at, &view.look)) {
		(void)snprintf(view.ids.job, sizeof(view.ids.job), "%.19s",
		    view.run->jobs[view.look.job].id);
		if (view_pick(&view, VIEW_SHOWN, &keeper->result) != GO_ON ||
		    list_gate(listing, &view) != GO_ON)
			return ENDED;
	}
	return GO_ON;
}

/* Failures stay with their pipeline: the rest of the list goes on. */
static void
list_pipeline(struct listing *listing, const struct pipeline *pipeline)
{
	struct call_args args = { 0 };
	struct runs runs = { .n = 0 };

	(void)snprintf(args.ids.org, sizeof(args.ids.org), "%s",
	    rules_org_id(&listing->keeper->rules));
	memcpy(args.ids.pipeline, pipeline->id, sizeof(args.ids.pipeline));
	if (sight_read(&listing->reader, CALL_RUNS, &args, on_run_of_list,
	        &runs, NULL) != GO_ON) {
		tell_unread(listing, pipeline->name);
		return;
	}
	for (size_t i = 0; i < runs.n; i++)
		if (list_run(listing, pipeline, &runs, runs.ids[i]) != GO_ON)
			tell_unread(listing, pipeline->name);
	if (runs.is_short) {
		(void)keeper_end(
		    listing->keeper, REASON_INCOMPLETE, "too_many_runs");
		tell_unread(listing, pipeline->name);
	}
}

static bool
is_asked_for(const struct person_list *asked, const struct pipeline *pipeline)
{
	return asked->pipeline[0] == '\0' ||
	       strcmp(asked->pipeline, pipeline->id) == 0 ||
	       strcmp(asked->pipeline, pipeline->name) == 0;
}

static int
list_org(struct listing *listing)
{
	struct call_args args = { .statuses = "WAITING,RUNNING" };
	struct keeper *keeper = listing->keeper;
	struct pipelines found = { NULL, 0 };
	bool is_complete = false;

	(void)snprintf(args.ids.org, sizeof(args.ids.org), "%s",
	    rules_org_id(&keeper->rules));
	listing->reader = keeper_reader(keeper, clock_boot_ms() + LIST_MS);
	if (sight_pages(&listing->reader, CALL_PIPELINES, &args, on_pipeline,
	        &found, &is_complete) != GO_ON) {
		free(found.items);
		return ENDED;
	}
	if (!is_complete) {
		(void)keeper_end(keeper, REASON_INCOMPLETE, "unread");
		tell_unread(listing, keeper->rules.org.alias);
	}
	for (size_t i = 0; i < found.n; i++) {
		tell_reading(keeper, (uint32_t)i, (uint32_t)found.n);
		if (is_asked_for(listing->asked, &found.items[i]))
			list_pipeline(listing, &found.items[i]);
		if (keeper_is_alone(keeper))
			break;
	}
	free(found.items);
	return GO_ON;
}

/* Every organization with a role; one that fails does not hide the rest. */
static int
list_all(struct listing *listing)
{
	struct keeper *keeper = listing->keeper;
	size_t seen = 0;

	for (size_t i = 0; i < policy_orgs(keeper->rules.policy); i++) {
		struct policy_org org = policy_org_at(keeper->rules.policy, i);

		if (rules_pick(&keeper->rules, org.alias, VERB_VIEW,
		        &keeper->result) != GO_ON)
			continue;
		seen++;
		if (list_org(listing) != GO_ON)
			tell_unread(listing, org.alias);
	}
	/* The last refusal is that of a stranger: no role anywhere. */
	return seen == 0 ? ENDED : GO_ON;
}

int
on_list(void *session, struct frame *frame)
{
	struct keeper *keeper = session;
	struct listing listing = { .keeper = keeper };
	struct person_list list;
	int r;

	if ((r = layout_take(frame, &person_list_layout, &list)) != 0)
		return r;
	keeper->state = PERSON_BUSY;
	keeper->lang = list.lang;
	listing.asked = &list;
	if (keeper_meet(keeper, frame) != GO_ON)
		return ENDED;
	if (list.org[0] == '\0') {
		if (list_all(&listing) != GO_ON)
			return ENDED;
	} else if (rules_pick(&keeper->rules, list.org, VERB_VIEW,
	               &keeper->result) != GO_ON ||
	           list_org(&listing) != GO_ON) {
		return ENDED;
	}
	return keeper_end(keeper,
	    listing.is_incomplete ? REASON_INCOMPLETE : REASON_DONE, "");
}
