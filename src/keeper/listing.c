/* SPDX-License-Identifier: ISC */
/*
 * ListPipelines narrows to what runs or waits, as the server says; a run's
 * own status is a hint, so each run that is not over by it is read.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "keeper/listing.h"
#include "keeper/reads.h"
#include "keeper/runs.h"

#define LIST_MS 300000
#define PAGES_MAX 200
#define PIPELINES_MAX 6000 /* 200 pages of 30 */
#define TELL_MS 250        /* how often progress is told */

struct listing {
	struct keeper *keeper;
	const char *pipeline; /* asked for, or "" */
	const struct listing_ear *ear;
	struct reader reader;
	struct reads reads;
	char alias[PERSON_ORG + 1];
	size_t pages_n;
	char (*tokens)[COURIER_TXT_MAX + 1]; /* seen, PAGES_MAX of them */
	struct candidate **candidates;
	size_t candidates_n;
	uint32_t done, waiting;
	int64_t told_at;
	bool is_incomplete;
};

/* A page under way. */
struct page {
	struct listing *listing;
	size_t first; /* candidates before it */
	struct item_page_end end;
};

struct candidate {
	struct listing *listing;
	char id[ID_NUMBER_MAX + 1];
	char name[PERSON_NAME + 1];
	struct runs runs;
	size_t left;                     /* runs not told yet */
	uint32_t pages_n;                /* of runs */
	char token[COURIER_TXT_MAX + 1]; /* that leads to the last of them */
	bool is_left_out;                /* a gate had no room, and was named */
};

struct candidate_run {
	struct candidate *candidate;
	const char *id;
	struct run_facts *run;
};

static void
unread(
    struct listing *listing, const char *what, const struct person_result *why)
{
	listing->is_incomplete = true;
	listing->ear->unread(listing->ear->ctx, what, why);
}

static void
unread_here(struct listing *listing, const char *what, const char *local_code)
{
	struct person_result why;

	(void)sight_end(&why, REASON_INCOMPLETE, local_code);
	unread(listing, what, &why);
}

/* At most four times a second. */
static void
tell_how_far(struct listing *listing)
{
	int64_t now = clock_boot_ms();

	if (listing->ear->progress == NULL || now - listing->told_at < TELL_MS)
		return;
	listing->told_at = now;
	listing->ear->progress(listing->ear->ctx, listing->done,
	    (uint32_t)listing->candidates_n, listing->alias, listing->waiting);
}

static void
fill_ids(const struct listing *listing, const struct candidate *candidate,
    struct gate_ids *ids)
{
	(void)snprintf(ids->org, sizeof(ids->org), "%s",
	    rules_org_id(&listing->keeper->rules));
	if (candidate != NULL)
		memcpy(ids->pipeline, candidate->id, sizeof(ids->pipeline));
}

/* --- a run ------------------------------------------------------------- */

static int
list_gate(struct candidate *candidate, const struct view *view)
{
	struct listing *listing = candidate->listing;

	switch (listing->ear->gate(listing->ear->ctx, view)) {
	case LISTING_FAILED:
		return ENDED;
	case LISTING_HIDDEN:
		return GO_ON;
	case LISTING_TOLD:
		listing->waiting++;
		return GO_ON;
	case LISTING_NO_ROOM:
		break;
	}
	listing->waiting++;
	/* Once for all of its gates. */
	if (!candidate->is_left_out)
		unread_here(listing, candidate->name, "too_many_gates");
	candidate->is_left_out = true;
	return GO_ON;
}

static int
list_run(struct candidate_run *at)
{
	struct candidate *candidate = at->candidate;
	struct listing *listing = candidate->listing;
	struct keeper *keeper = listing->keeper;
	auto_view struct view view = { 0 };
	size_t job = 0;

	fill_ids(listing, candidate, &view.ids);
	memcpy(view.alias, listing->alias, sizeof(view.alias));
	memcpy(view.pipeline_name, candidate->name, sizeof(view.pipeline_name));
	memcpy(view.newest, candidate->runs.newest, sizeof(view.newest));
	(void)snprintf(view.ids.run, sizeof(view.ids.run), "%s", at->id);
	view.run = at->run;
	at->run = NULL;
	while (look_next_waiting(view.run, &job, &view.look)) {
		(void)snprintf(view.ids.job, sizeof(view.ids.job), "%.19s",
		    view.run->jobs[view.look.job].id);
		if (view_pick(&view, VIEW_SHOWN, &keeper->result) != GO_ON ||
		    list_gate(candidate, &view) != GO_ON)
			return ENDED;
	}
	return GO_ON;
}

static void
count_done(struct candidate *candidate)
{
	candidate->listing->done++;
	tell_how_far(candidate->listing);
}

static void
begin_run(void *ctx)
{
	struct candidate_run *at = ctx;

	run_freep(&at->run);
}

static int
take_run(void *ctx, const struct item *item)
{
	struct candidate_run *at = ctx;

	return sight_take_run(&at->run, item);
}

static void
end_run(void *ctx, const struct person_result *why)
{
	struct candidate_run *at = ctx;
	struct candidate *candidate = at->candidate;
	struct listing *listing = candidate->listing;

	if (why != NULL)
		unread(listing, candidate->name, why);
	else if (at->run == NULL)
		unread_here(listing, candidate->name, "unread");
	else if (list_run(at) != GO_ON)
		unread(listing, candidate->name, &listing->keeper->result);
	run_freep(&at->run);
	free(at);
	if (--candidate->left == 0)
		count_done(candidate);
}

static int
add_run(struct candidate *candidate, const char *id)
{
	struct candidate_run *at = calloc(1, sizeof(*at));
	struct read_ask ask = { .call = CALL_RUN,
		.begin = begin_run,
		.on_item = take_run,
		.end = end_run,
		.ctx = at };
	int r;

	if (at == NULL)
		return WARDER_ENOMEM;
	at->candidate = candidate;
	at->id = id;
	fill_ids(candidate->listing, candidate, &ask.args.ids);
	(void)snprintf(ask.args.ids.run, sizeof(ask.args.ids.run), "%s", id);
	if ((r = reads_add(&candidate->listing->reads, &ask)) != 0)
		free(at);
	return r;
}

/* --- the runs of a pipeline ------------------------------------------------ */

static void
begin_runs(void *ctx)
{
	struct candidate *candidate = ctx;

	runs_begin(&candidate->runs);
}

static int
take_runs(void *ctx, const struct item *item)
{
	struct candidate *candidate = ctx;

	runs_take(&candidate->runs, item);
	return WARDER_OK;
}

static int add_runs(struct candidate *candidate);

/* True: an older page is under way. */
static bool
reads_on(struct candidate *candidate)
{
	if (!runs_reads_on(&candidate->runs))
		return false;
	if (candidate->runs.end.token[0] != '\0' && add_runs(candidate) == 0)
		return true;
	unread_here(candidate->listing, candidate->name, "unread");
	return false;
}

static void
end_runs(void *ctx, const struct person_result *why)
{
	struct candidate *candidate = ctx;
	struct listing *listing = candidate->listing;

	/* What an earlier page brought is told all the same. */
	if (why != NULL) {
		unread(listing, candidate->name, why);
		runs_begin(&candidate->runs);
	} else if (reads_on(candidate)) {
		return;
	}
	if (candidate->runs.is_short)
		unread_here(listing, candidate->name, "too_many_runs");
	for (size_t i = 0; i < candidate->runs.n; i++) {
		if (add_run(candidate, candidate->runs.ids[i]) == 0)
			candidate->left++;
		else
			unread_here(listing, candidate->name, "bug");
	}
	if (candidate->left == 0)
		count_done(candidate);
}

static int
add_runs(struct candidate *candidate)
{
	struct read_ask ask = { .call = CALL_RUNS,
		.begin = begin_runs,
		.on_item = take_runs,
		.end = end_runs,
		.ctx = candidate };

	fill_ids(candidate->listing, candidate, &ask.args.ids);
	memcpy(candidate->token, candidate->runs.end.token,
	    sizeof(candidate->token));
	ask.args.next_token = candidate->token;
	ask.args.page = ++candidate->pages_n;
	return reads_add(&candidate->listing->reads, &ask);
}

/* --- pages of pipelines ---------------------------------------------------- */

static void
drop_candidates(struct listing *listing, size_t from)
{
	while (listing->candidates_n > from)
		free(listing->candidates[--listing->candidates_n]);
}

static void
begin_page(void *ctx)
{
	struct page *page = ctx;

	drop_candidates(page->listing, page->first);
	memset(&page->end, 0, sizeof(page->end));
}

static bool
is_asked_for(const char *pipeline, const char *id, const char *name)
{
	return pipeline[0] == '\0' || strcmp(pipeline, id) == 0 ||
	       strcmp(pipeline, name) == 0;
}

/* A list that moves while it is read shows one twice. */
static bool
is_known(const struct listing *listing, const char *id)
{
	for (size_t i = 0; i < listing->candidates_n; i++)
		if (strcmp(listing->candidates[i]->id, id) == 0)
			return true;
	return false;
}

static int
take_page(void *ctx, const struct item *item)
{
	struct page *page = ctx;
	struct listing *listing = page->listing;
	const struct item_pipeline *from = &item->pipeline;
	struct candidate *candidate;

	if (item->kind == ITEM_PAGE_END)
		page->end = item->page_end;
	if (item->kind != ITEM_PIPELINE || !text_is_id(from->id) ||
	    !is_asked_for(listing->pipeline, from->id, from->name.text) ||
	    is_known(listing, from->id))
		return WARDER_OK;
	if (listing->candidates_n == PIPELINES_MAX)
		return WARDER_ETOOBIG;
	if ((candidate = calloc(1, sizeof(*candidate))) == NULL)
		return WARDER_ENOMEM;
	candidate->listing = listing;
	(void)snprintf(candidate->id, sizeof(candidate->id), "%.19s", from->id);
	(void)text_cut(candidate->name, sizeof(candidate->name),
	    from->name.text, strlen(from->name.text));
	listing->candidates[listing->candidates_n++] = candidate;
	return WARDER_OK;
}

/* A token seen before would go round for ever. */
static bool
is_new(const struct listing *listing, const char *token)
{
	for (size_t i = 0; i < listing->pages_n; i++)
		if (strcmp(listing->tokens[i], token) == 0)
			return false;
	return true;
}

static int add_page(struct listing *listing, const char *token);

static void
end_page(void *ctx, const struct person_result *why)
{
	struct page *page = ctx;
	struct listing *listing = page->listing;
	const struct item_page_end *end = &page->end;

	if (why != NULL) {
		drop_candidates(listing, page->first);
		unread(listing, listing->alias, why);
		free(page);
		return;
	}
	for (size_t i = page->first; i < listing->candidates_n; i++)
		if (add_runs(listing->candidates[i]) != 0)
			unread_here(
			    listing, listing->candidates[i]->name, "bug");
	if (!end->complete &&
	    (end->token[0] == '\0' || listing->pages_n == PAGES_MAX ||
	        !is_new(listing, end->token) ||
	        add_page(listing, end->token) != 0))
		unread_here(listing, listing->alias, "unread");
	free(page);
}

static int
add_page(struct listing *listing, const char *token)
{
	struct page *page = calloc(1, sizeof(*page));
	char *kept = listing->tokens[listing->pages_n];
	struct read_ask ask = { .call = CALL_PIPELINES,
		.begin = begin_page,
		.on_item = take_page,
		.end = end_page,
		.ctx = page };
	int r;

	if (page == NULL)
		return WARDER_ENOMEM;
	page->listing = listing;
	page->first = listing->candidates_n;
	(void)snprintf(kept, COURIER_TXT_MAX + 1, "%s", token);
	listing->pages_n++;
	fill_ids(listing, NULL, &ask.args.ids);
	ask.args.statuses = "WAITING,RUNNING";
	ask.args.next_token = kept;
	ask.args.page = (uint32_t)listing->pages_n;
	if ((r = reads_add(&listing->reads, &ask)) != 0)
		free(page);
	return r;
}

static bool
open_listing(struct listing *listing)
{
	struct keeper *keeper = listing->keeper;

	listing->tokens = calloc(PAGES_MAX, sizeof(*listing->tokens));
	listing->candidates =
	    calloc(PIPELINES_MAX, sizeof(*listing->candidates));
	(void)snprintf(listing->alias, sizeof(listing->alias), "%s",
	    keeper->rules.org.alias);
	listing->reader = keeper_reader(keeper, clock_boot_ms() + LIST_MS);
	listing->reader.on_pause = listing->ear->pause;
	listing->reader.ctx = listing->ear->ctx;
	listing->reads.reader = &listing->reader;
	listing->reads.window = keeper->conf->list_parallel;
	return listing->tokens != NULL && listing->candidates != NULL;
}

bool
listing_run(
    struct keeper *keeper, const char *pipeline, const struct listing_ear *ear)
{
	struct listing listing = {
		.keeper = keeper, .pipeline = pipeline, .ear = ear
	};

	if (!open_listing(&listing) || add_page(&listing, "") != 0)
		unread_here(&listing, listing.alias, "bug");
	else
		reads_run(&listing.reads);
	drop_candidates(&listing, 0);
	free(listing.candidates);
	free(listing.tokens);
	return !listing.is_incomplete;
}
