/* SPDX-License-Identifier: ISC */
/* What the comparing is fed with, and what comes of it on record. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/reconcile.h"

const char *
reconcile_word(enum reconcile_kind kind)
{
	static const char *const words[RECONCILE_KINDS] = { "around",
		"vanished", "revised", "noted" };

	return words[kind];
}

/* --- what it is fed with ------------------------------------------------- */

/* More than the keeper tells of one organization. */
#define ELEMENTS_MAX ((size_t)1 << 23)

int
reconcile_grow(void **array, size_t *room, size_t n, size_t size)
{
	size_t more = *room == 0 ? 64 : *room * 2;
	void *bigger;

	if (n < *room)
		return WARDER_OK;
	if (n >= ELEMENTS_MAX)
		return WARDER_EFULL;
	if ((bigger = reallocarray(*array, more, size)) == NULL)
		return WARDER_ENOMEM;
	*array = bigger;
	*room = more;
	return WARDER_OK;
}

static int
set_id(char ret[21], const char *id)
{
	return text_is_id(id) ? text_copy(ret, 21, id) : WARDER_EFORM;
}

int
reconcile_pipeline(struct reconcile *all, const char *id, const char *name)
{
	void *array = all->pipelines;
	struct reconcile_pipeline one = { .name = NULL };
	int r = set_id(one.id, id);

	if (r == 0)
		r = reconcile_grow(&array, &all->pipelines_room,
		    all->pipelines_n, sizeof(one));
	all->pipelines = array;
	if (r == 0 && (one.name = strdup(name)) == NULL)
		r = WARDER_ENOMEM;
	if (r == 0)
		all->pipelines[all->pipelines_n++] = one;
	return r;
}

static const char *
pipeline_name(const struct reconcile *all, const char *id)
{
	for (size_t i = 0; i < all->pipelines_n; i++)
		if (strcmp(all->pipelines[i].id, id) == 0)
			return all->pipelines[i].name;
	return id;
}

/* As the ledger keeps it: cut where it is too long. */
static int
name_it(const struct reconcile *all, const struct admin_seen *seen,
    struct reconcile_job *job)
{
	const char *pipeline = pipeline_name(all, seen->pipeline);
	struct record rec;
	char *whole = NULL;
	int len = asprintf(&whole, "%s/%s/%s/%s", all->alias, pipeline,
	    seen->stage, seen->name);

	if (len < 0)
		return WARDER_ENOMEM;
	record_begin(&rec, "foreign");
	record_set(&rec, M_NAME, whole);
	job->name = strdup(record_text(&rec, M_NAME));
	memmove(whole, whole + strlen(all->alias) + 1 + strlen(pipeline),
	    (size_t)len + 1 - strlen(all->alias) - 1 - strlen(pipeline));
	job->tail = whole;
	return job->name == NULL ? WARDER_ENOMEM : WARDER_OK;
}

static void
free_job(struct reconcile_job *job)
{
	free(job->name);
	free(job->tail);
	free(job->validators);
}

int
reconcile_job(struct reconcile *all, const struct admin_seen *seen)
{
	struct reconcile_job job = { .start_ms = seen->start,
		.end_ms = seen->end,
		.state = seen->state,
		.is_gate = (seen->flags & ADMIN_SEEN_GATE) != 0 };
	void *array = all->jobs;
	int r;

	memcpy(job.hash, seen->validators_hash, sizeof(job.hash));
	if ((r = set_id(job.ids.pipeline, seen->pipeline)) != 0 ||
	    (r = set_id(job.ids.run, seen->run)) != 0 ||
	    (r = set_id(job.ids.job, seen->job)) != 0 ||
	    (r = name_it(all, seen, &job)) != 0)
		return free_job(&job), r;
	r = reconcile_grow(&array, &all->jobs_room, all->jobs_n, sizeof(job));
	all->jobs = array;
	if (r == 0 && (job.validators = strdup(seen->validators)) == NULL)
		r = WARDER_ENOMEM;
	if (r != 0)
		return free_job(&job), r;
	all->jobs[all->jobs_n++] = job;
	return WARDER_OK;
}

int
reconcile_run(struct reconcile *all, const char *pipeline, const char *run)
{
	struct reconcile_ids ids = { .job = "" };
	void *array = all->runs;
	int r;

	if ((r = set_id(ids.pipeline, pipeline)) != 0 ||
	    (r = set_id(ids.run, run)) != 0)
		return r;
	r = reconcile_grow(&array, &all->runs_room, all->runs_n, sizeof(ids));
	all->runs = array;
	if (r == 0)
		all->runs[all->runs_n++] = ids;
	return r;
}

int
reconcile_gone(struct reconcile *all, const struct reconcile_ids *run)
{
	/* Read to its end, and there was no job in it. */
	return reconcile_run(all, run->pipeline, run->run);
}

int
reconcile_unreadable(struct reconcile *all, const struct reconcile_ids *run)
{
	void *array = all->dark;
	int r =
	    reconcile_grow(&array, &all->dark_room, all->dark_n, sizeof(*run));

	all->dark = array;
	if (r == 0)
		all->dark[all->dark_n++] = *run;
	return r;
}

/* --- lines --------------------------------------------------------------- */

/* What came of an intent: may it have been what moved the gate? */
static bool
may_have_moved(const struct record *rec)
{
	static const char *const words[] = { "passed", "stopped", "unconfirmed",
		"unknown", "moved" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (record_is(rec, M_RES, words[i]))
			return true;
	return false;
}

static void
answer(struct reconcile *all, const struct record *rec)
{
	for (size_t i = all->lines_n; i > 0; i--) {
		if (!all->lines[i - 1].is_intent ||
		    all->lines[i - 1].seq != record_int(rec, M_REF))
			continue;
		all->lines[i - 1].is_ours = may_have_moved(rec);
		(void)snprintf(all->lines[i - 1].res,
		    sizeof(all->lines[i - 1].res), "%s",
		    record_text(rec, M_RES));
		return;
	}
}

/* With a hash it was read at the server; without, somebody typed its ids. */
static bool
names_a_gate(const struct record *rec)
{
	if (record_has(rec, M_GATE))
		return record_is(rec, M_EV, "intent") ||
		       record_is(rec, M_EV, "denied") ||
		       record_is(rec, M_EV, "vote");
	return record_is(rec, M_EV, "foreign") ||
	       (record_is(rec, M_EV, "ledger.read") &&
	           record_is(rec, M_RES, reconcile_word(RECONCILE_NOTED)));
}

int
reconcile_line(struct reconcile *all, const struct record *rec)
{
	struct reconcile_line line = { .seq = record_int(rec, M_SEQ) };
	void *array = all->lines;
	int r;

	if (clock_parse_stamp(record_text(rec, M_TS), &line.at_ms) != 0)
		return WARDER_OK;
	if (all->begin_ms == 0)
		all->begin_ms = line.at_ms;
	if (record_is(rec, M_EV, "outcome") || record_is(rec, M_EV, "settle"))
		answer(all, rec);
	if (!names_a_gate(rec) || !record_is(rec, M_ORG, all->org) ||
	    set_id(line.ids.pipeline, record_text(rec, M_PIPE)) != 0 ||
	    set_id(line.ids.run, record_text(rec, M_RUN)) != 0 ||
	    set_id(line.ids.job, record_text(rec, M_JOB)) != 0)
		return WARDER_OK;
	line.is_intent = line.is_ours = record_is(rec, M_EV, "intent");
	line.is_foreign = record_is(rec, M_EV, "foreign") ||
	                  record_is(rec, M_EV, "ledger.read");
	(void)snprintf(
	    line.act, sizeof(line.act), "%s", record_text(rec, M_ACT));
	(void)snprintf(
	    line.res, sizeof(line.res), "%s", record_text(rec, M_RES));
	(void)!hex_parse(record_text(rec, M_H), line.hash, sizeof(line.hash));
	r = reconcile_grow(
	    &array, &all->lines_room, all->lines_n, sizeof(line));
	all->lines = array;
	if (r == 0 && (line.name = strdup(record_text(rec, M_NAME))) == NULL)
		r = WARDER_ENOMEM;
	if (r == 0)
		all->lines[all->lines_n++] = line;
	return r;
}

void
reconcile_record(const struct reconcile *all,
    const struct reconcile_finding *finding, struct record *rec)
{
	record_begin(
	    rec, finding->kind == RECONCILE_NOTED ? "ledger.read" : "foreign");
	record_set(rec, M_RES, reconcile_word(finding->kind));
	if (finding->act[0] != '\0')
		record_set(rec, M_ACT, finding->act);
	record_set(rec, M_ORG, all->org);
	record_set(rec, M_PIPE, finding->ids.pipeline);
	record_set(rec, M_RUN, finding->ids.run);
	record_set(rec, M_JOB, finding->ids.job);
	record_set(rec, M_NAME, finding->name);
	if (finding->kind != RECONCILE_REVISED &&
	    finding->kind != RECONCILE_NOTED)
		return;
	record_set(rec, M_MSG, finding->validators);
	record_set_hex(rec, M_H, finding->hash, sizeof(finding->hash));
}

void
reconcile_clear(struct reconcile *all)
{
	for (size_t i = 0; i < all->pipelines_n; i++)
		free(all->pipelines[i].name);
	for (size_t i = 0; i < all->jobs_n; i++)
		free_job(&all->jobs[i]);
	for (size_t i = 0; i < all->lines_n; i++)
		free(all->lines[i].name);
	free(all->pipelines);
	free(all->jobs);
	free(all->runs);
	free(all->lines);
	free(all->findings);
	free(all->places);
	free(all->dark);
	memset(all, 0, sizeof(*all));
}
