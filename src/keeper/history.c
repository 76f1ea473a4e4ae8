/* SPDX-License-Identifier: ISC */
/*
 * The list of pipelines, the list of runs of each, then many runs at a time.
 * A gate that was decided may show no action any more, so every job is told;
 * which of them are gates is for whoever compares.
 */
#include "config.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "keeper/admin.h"
#include "keeper/history.h"
#include "keeper/reads.h"

#define PIPELINES_MAX 6000 /* 200 pages of 30 */
#define RUNS_MAX 200000
#define VALIDATORS_MAX 256

struct history {
	struct keeper *keeper;
	struct reader reader;
	struct reads reads;
	uint64_t since_ms;
	char (*pipelines)[ID_NUMBER_MAX + 1];
	size_t pipelines_n, at; /* the one whose runs are listed */
	size_t runs_n;
	char last_run[ID_NUMBER_MAX + 1];
	bool is_incomplete;
};

struct history_run {
	struct history *history;
	struct run_facts *run;
	char pipeline[ID_NUMBER_MAX + 1], id[ID_NUMBER_MAX + 1];
};

static void
fill_org(const struct history *history, struct gate_ids *ids)
{
	(void)snprintf(ids->org, sizeof(ids->org), "%s",
	    rules_org_id(&history->keeper->rules));
}

static void
unread(
    struct history *history, const char *topic, const char *id, const char *why)
{
	history->is_incomplete = true;
	(void)!admin_row_id(history->keeper, topic, ADMIN_WARN, id, why);
}

/* --- one run ----------------------------------------------------------- */

static int
by_text(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(*left, *right);
}

/* Their ids in order with commas, and a hash over all of them. */
static void
tell_validators(const struct run_facts *run, const struct look *look,
    struct admin_seen *seen)
{
	const char *ids[VALIDATORS_MAX];
	crypto_hash_sha256_state hash;
	size_t n = 0, len = 0, room = sizeof(seen->validators);

	while (n < VALIDATORS_MAX &&
	       (ids[n] = look_validator(run, look, n)) != NULL)
		n++;
	qsort(ids, n, sizeof(ids[0]), by_text);
	crypto_hash_sha256_init(&hash);
	for (size_t i = 0; i < n; i++) {
		crypto_hash_sha256_update(
		    &hash, (const uint8_t *)ids[i], strlen(ids[i]) + 1);
		if (len + strlen(ids[i]) + 2 > room)
			continue;
		len += (size_t)snprintf(seen->validators + len, room - len,
		    "%s%s", i > 0 ? "," : "", ids[i]);
	}
	crypto_hash_sha256_final(&hash, seen->validators_hash);
}

/* Not 0: warderctl is gone. */
static int
tell_job(struct history *history, const struct run_facts *run, size_t job)
{
	const struct run_job *from = &run->jobs[job];
	struct admin_seen seen = { .pipeline = "" };
	struct look look;

	_Static_assert(GATE_PASSED == ADMIN_SEEN_PASSED &&
	                   GATE_STOPPED == ADMIN_SEEN_STOPPED,
	    "one numbering");
	if (look_at_index(run, job, &look) != 0 || !text_is_id(from->id))
		return WARDER_OK;
	(void)snprintf(
	    seen.pipeline, sizeof(seen.pipeline), "%.19s", run->pipeline);
	(void)snprintf(seen.run, sizeof(seen.run), "%.19s", run->run);
	(void)snprintf(seen.job, sizeof(seen.job), "%.19s", from->id);
	(void)snprintf(seen.stage, sizeof(seen.stage), "%s",
	    run->stages[from->stage].name.text);
	(void)snprintf(seen.name, sizeof(seen.name), "%s", from->name.text);
	seen.state = (uint8_t)look.state;
	seen.start = from->start_ms;
	seen.end = from->end_ms;
	if (look.is_gate) {
		seen.flags = ADMIN_SEEN_GATE;
		tell_validators(run, &look, &seen);
	}
	return admin_send(history->keeper, &admin_seen_layout, &seen);
}

/* An answer about another run than the one asked for is none. */
static bool
tell_run(struct history *history, const struct run_facts *run,
    const char *pipeline, const char *id)
{
	if (strcmp(run->pipeline, pipeline) != 0 || strcmp(run->run, id) != 0)
		return false;
	for (size_t i = 0; i < run->jobs_n; i++)
		if (tell_job(history, run, i) != 0)
			return true;
	(void)!admin_row_id(history->keeper, "run", ADMIN_OK, id, pipeline);
	return true;
}

static void
begin_run(void *ctx)
{
	struct history_run *at = ctx;

	run_freep(&at->run);
}

static int
take_run(void *ctx, const struct item *item)
{
	struct history_run *at = ctx;

	return sight_take_run(&at->run, item);
}

static void
run_unread(struct history_run *at, const char *why)
{
	char text[192];

	(void)snprintf(text, sizeof(text), "%s %s", at->pipeline, why);
	unread(at->history, "no-run", at->id, text);
}

static void
end_run(void *ctx, const struct person_result *why)
{
	struct history_run *at = ctx;

	if (why != NULL)
		run_unread(at, admin_word_of(why));
	else if (at->run == NULL ||
	         !tell_run(at->history, at->run, at->pipeline, at->id))
		run_unread(at, "other_run");
	run_freep(&at->run);
	free(at);
}

/* --- lists ------------------------------------------------------------- */

static int
add_run(struct history *history, const char *id)
{
	struct history_run *at = calloc(1, sizeof(*at));
	struct read_ask ask = { .call = CALL_RUN,
		.begin = begin_run,
		.on_item = take_run,
		.end = end_run,
		.ctx = at };
	int r;

	if (at == NULL)
		return WARDER_ENOMEM;
	at->history = history;
	memcpy(at->pipeline, history->pipelines[history->at],
	    sizeof(at->pipeline));
	(void)snprintf(at->id, sizeof(at->id), "%.19s", id);
	fill_org(history, &ask.args.ids);
	memcpy(
	    ask.args.ids.pipeline, at->pipeline, sizeof(ask.args.ids.pipeline));
	memcpy(ask.args.ids.run, at->id, sizeof(ask.args.ids.run));
	if ((r = reads_add(&history->reads, &ask)) != 0)
		free(at);
	return r;
}

/* A server that does not narrow by time is narrowed here. */
static int
on_run_listed(void *ctx, const struct item *item)
{
	struct history *history = ctx;
	const char *id = item->run.run;

	if (item->kind != ITEM_RUN ||
	    (item->run.start != 0 && item->run.start < history->since_ms))
		return WARDER_OK;
	if (!text_is_id(id) || history->runs_n == RUNS_MAX) {
		unread(history, "no-runs", history->pipelines[history->at],
		    text_is_id(id) ? "too_many_runs" : "run_id");
		return WARDER_OK;
	}
	/* Pages may overlap while runs are started; once more does no harm. */
	if (strcmp(history->last_run, id) == 0)
		return WARDER_OK;
	(void)snprintf(
	    history->last_run, sizeof(history->last_run), "%.19s", id);
	history->runs_n++;
	if (add_run(history, id) != 0)
		unread(
		    history, "no-runs", history->pipelines[history->at], "bug");
	return WARDER_OK;
}

static int
on_pipeline(void *ctx, const struct item *item)
{
	const struct item_pipeline *from = &item->pipeline;
	struct history *history = ctx;

	if (item->kind != ITEM_PIPELINE)
		return WARDER_OK;
	/* A list that moves while it is read shows one twice. */
	for (size_t i = 0; i < history->pipelines_n; i++)
		if (strcmp(history->pipelines[i], from->id) == 0)
			return WARDER_OK;
	if (!text_is_id(from->id) || history->pipelines_n == PIPELINES_MAX) {
		unread(history, "no-pipelines", from->id, "pipeline_id");
		return WARDER_OK;
	}
	(void)snprintf(history->pipelines[history->pipelines_n++],
	    ID_NUMBER_MAX + 1, "%.19s", from->id);
	return admin_row_id(
	    history->keeper, "pipeline", ADMIN_OK, from->id, from->name.text);
}

static void
list_runs(struct history *history)
{
	const char *id = history->pipelines[history->at];
	struct call_args args = { .from_ms = history->since_ms };
	bool is_complete;

	fill_org(history, &args.ids);
	memcpy(args.ids.pipeline, id, sizeof(args.ids.pipeline));
	history->last_run[0] = '\0';
	if (sight_pages(&history->reader, CALL_RUNS, &args, on_run_listed,
	        history, &is_complete) != GO_ON)
		unread(history, "no-runs", id,
		    admin_word_of(&history->keeper->result));
	else if (!is_complete)
		unread(history, "no-runs", id, "unread");
	/* One pipeline at a time, so that no more is signed than is wanted. */
	reads_run(&history->reads);
}

static void
list_pipelines(struct history *history)
{
	struct call_args args = { 0 };
	bool is_complete;

	fill_org(history, &args.ids);
	if (sight_pages(&history->reader, CALL_PIPELINES, &args, on_pipeline,
	        history, &is_complete) != GO_ON)
		unread(history, "no-pipelines", "",
		    admin_word_of(&history->keeper->result));
	else if (!is_complete)
		unread(history, "no-pipelines", "", "unread");
}

static enum reason
begin(struct history *history, const char **ret_word)
{
	struct keeper *keeper = history->keeper;
	struct ring_trace trace;
	enum seal_err e;

	history->reader = admin_reader(keeper, ADMIN_READ_MS);
	history->reads.reader = &history->reader;
	history->reads.window = keeper->conf->list_parallel;
	e = ring_try(&keeper->ring, &history->reader.key, NULL, &trace);
	if (e == SEAL_OK)
		return REASON_DONE;
	*ret_word = seal_word(e);
	return seal_reason(e);
}

enum reason
history_run(struct keeper *keeper, uint64_t since_ms, const char **ret_word)
{
	struct history history = { .keeper = keeper, .since_ms = since_ms };
	enum reason reason = begin(&history, ret_word);

	if (reason != REASON_DONE)
		return reason;
	history.pipelines = calloc(PIPELINES_MAX, sizeof(*history.pipelines));
	if (history.pipelines == NULL) {
		*ret_word = "bug";
		return REASON_BUG;
	}
	list_pipelines(&history);
	for (; history.at < history.pipelines_n && !keeper->is_deaf;
	     history.at++)
		list_runs(&history);
	free(history.pipelines);
	*ret_word = history.is_incomplete ? "unread" : "done";
	return history.is_incomplete ? REASON_INCOMPLETE : REASON_DONE;
}

enum reason
history_one(struct keeper *keeper, const char *pipeline, const char *run,
    const char **ret_word)
{
	struct history history = { .keeper = keeper };
	enum reason reason = begin(&history, ret_word);
	auto_run struct run_facts *facts = NULL;
	struct gate_ids ids = { .org = "" };

	if (reason != REASON_DONE)
		return reason;
	fill_org(&history, &ids);
	(void)snprintf(ids.pipeline, sizeof(ids.pipeline), "%.19s", pipeline);
	(void)snprintf(ids.run, sizeof(ids.run), "%.19s", run);
	if (sight_run(&history.reader, &ids, &facts) != GO_ON) {
		*ret_word = admin_word_of(&keeper->result);
		return keeper->result.exit == REASON_NOT_FOUND
		           ? REASON_NOT_FOUND
		           : REASON_INCOMPLETE;
	}
	history.is_incomplete = !tell_run(&history, facts, pipeline, run);
	*ret_word = history.is_incomplete ? "unread" : "done";
	return history.is_incomplete ? REASON_INCOMPLETE : REASON_DONE;
}
