/* SPDX-License-Identifier: ISC */
/*
 * A gate that was decided shows no action any more, so a job counts as a gate
 * if it shows one, or if its place (pipeline, stage, name of the job) is one
 * where another run, or a line of the ledger, has a gate. The server does not
 * tell who decided; it only tells that somebody did.
 */
#include "config.h"

#include <string.h>

#include "ctl/reconcile.h"

#define SLACK_MS (16 * 60000) /* how far two clocks may be apart */

static bool
is_same_run(const struct reconcile_ids *a, const struct reconcile_ids *b)
{
	return strcmp(a->run, b->run) == 0 &&
	       strcmp(a->pipeline, b->pipeline) == 0;
}

static bool
is_same(const struct reconcile_ids *a, const struct reconcile_ids *b)
{
	return strcmp(a->job, b->job) == 0 && is_same_run(a, b);
}

static bool
ends_with(const char *text, const char *tail)
{
	size_t n = strlen(text), len = strlen(tail);

	return n >= len && strcmp(text + n - len, tail) == 0;
}

static int
add_place(struct reconcile *all, const char *pipeline, const char *name,
    const struct reconcile_ids *ids)
{
	const struct reconcile_place place = { pipeline, name, ids };
	void *array = all->places;
	int r;

	for (size_t i = 0; i < all->places_n; i++)
		if (strcmp(all->places[i].name, name) == 0 &&
		    strcmp(all->places[i].pipeline, pipeline) == 0 &&
		    name[0] != '\0')
			return WARDER_OK;
	r = reconcile_grow(
	    &array, &all->places_room, all->places_n, sizeof(place));
	all->places = array;
	if (r == 0)
		all->places[all->places_n++] = place;
	return r;
}

/* Each place once: there are far fewer of them than jobs. */
static int
find_places(struct reconcile *all)
{
	int r = WARDER_OK;

	all->places_n = 0;
	for (size_t i = 0; i < all->jobs_n && r == 0; i++)
		if (all->jobs[i].is_gate)
			r = add_place(all, all->jobs[i].ids.pipeline,
			    all->jobs[i].tail, NULL);
	for (size_t i = 0; i < all->lines_n && r == 0; i++)
		r = add_place(all, all->lines[i].ids.pipeline,
		    all->lines[i].name, &all->lines[i].ids);
	return r;
}

/* A gate by itself, or at a place where there is or was one. */
static bool
is_gate(const struct reconcile *all, const struct reconcile_job *job)
{
	bool is_one = job->is_gate;

	for (size_t i = 0; i < all->places_n && !is_one; i++) {
		const struct reconcile_place *at = &all->places[i];

		is_one = strcmp(at->pipeline, job->ids.pipeline) == 0 &&
		         (ends_with(at->name, job->tail) ||
		             (at->ids != NULL && is_same(at->ids, &job->ids)));
	}
	return is_one;
}

/* Jobs have no number of the attempt, only the time of its start. */
static bool
is_of_this_attempt(
    const struct reconcile_line *line, const struct reconcile_job *job)
{
	uint64_t at_ms = (uint64_t)line->at_ms;

	return (job->start_ms == 0 || at_ms + SLACK_MS >= job->start_ms) &&
	       (job->end_ms == 0 || at_ms <= job->end_ms + SLACK_MS);
}

static bool
is_ours(const struct reconcile *all, const struct reconcile_job *job,
    const char *act)
{
	for (size_t i = 0; i < all->lines_n; i++)
		if (all->lines[i].is_ours &&
		    is_same(&all->lines[i].ids, &job->ids) &&
		    strcmp(all->lines[i].act, act) == 0 &&
		    is_of_this_attempt(&all->lines[i], job))
			return true;
	return false;
}

/* The line that has it on record already. */
static uint64_t
known_as(const struct reconcile *all, enum reconcile_kind kind,
    const struct reconcile_ids *ids, const char *act, uint64_t start_ms)
{
	for (size_t i = all->lines_n; i > 0; i--) {
		const struct reconcile_line *line = &all->lines[i - 1];

		if (line->is_foreign &&
		    strcmp(line->res, reconcile_word(kind)) == 0 &&
		    strcmp(line->act, act) == 0 && is_same(&line->ids, ids) &&
		    (uint64_t)line->at_ms + SLACK_MS >= start_ms)
			return line->seq;
	}
	return 0;
}

static int
add(struct reconcile *all, const struct reconcile_finding *finding)
{
	void *array = all->findings;
	int r;

	for (size_t i = 0; i < all->findings_n; i++)
		if (all->findings[i].kind == finding->kind &&
		    is_same(&all->findings[i].ids, &finding->ids))
			return WARDER_OK;
	r = reconcile_grow(
	    &array, &all->findings_room, all->findings_n, sizeof(*finding));
	all->findings = array;
	if (r == 0)
		all->findings[all->findings_n++] = *finding;
	return r;
}

static int
look_at_decided(struct reconcile *all, const struct reconcile_job *job)
{
	uint64_t at_ms = job->end_ms != 0 ? job->end_ms : job->start_ms;
	struct reconcile_finding finding = { .kind = RECONCILE_AROUND,
		.ids = job->ids,
		.act = job->state == ADMIN_SEEN_PASSED ? "pass" : "refuse",
		.name = job->name,
		.validators = "",
		.at_ms = at_ms };

	/* Cancelled before it was reached: nobody decided about it. */
	if ((job->state != ADMIN_SEEN_PASSED &&
	        job->state != ADMIN_SEEN_STOPPED) ||
	    (job->state == ADMIN_SEEN_STOPPED && job->start_ms == 0) ||
	    (at_ms != 0 && (at_ms < (uint64_t)all->since_ms ||
	                       at_ms < (uint64_t)all->begin_ms)) ||
	    !is_gate(all, job))
		return WARDER_OK;
	all->decided++;
	if (is_ours(all, job, finding.act)) {
		all->ours++;
		return WARDER_OK;
	}
	finding.known = known_as(
	    all, RECONCILE_AROUND, &job->ids, finding.act, job->start_ms);
	return add(all, &finding);
}

static bool
is_read(const struct reconcile *all, const struct reconcile_ids *run)
{
	for (size_t i = 0; i < all->runs_n; i++)
		if (is_same_run(&all->runs[i], run))
			return true;
	return false;
}

static bool
is_dark(const struct reconcile *all, const struct reconcile_ids *run)
{
	for (size_t i = 0; i < all->dark_n; i++)
		if (is_same_run(&all->dark[i], run))
			return true;
	return false;
}

static bool
has_job(const struct reconcile *all, const struct reconcile_ids *ids)
{
	for (size_t i = 0; i < all->jobs_n; i++)
		if (is_same(&all->jobs[i].ids, ids))
			return true;
	return false;
}

/* Whether the line speaks of a gate that ought to be there. */
static bool
is_to_be_found(const struct reconcile *all, const struct reconcile_line *line)
{
	return !line->is_foreign && line->at_ms >= all->since_ms;
}

static int
look_for(struct reconcile *all, const struct reconcile_line *line)
{
	struct reconcile_finding finding = { .kind = RECONCILE_VANISHED,
		.ids = line->ids,
		.act = "",
		.name = line->name,
		.validators = "" };

	if (!is_to_be_found(all, line) || !is_read(all, &line->ids) ||
	    has_job(all, &line->ids))
		return WARDER_OK;
	finding.known = known_as(all, RECONCILE_VANISHED, &line->ids, "", 0);
	return add(all, &finding);
}

/* Digits without leading zeros. */
static bool
is_greater(const char *a, const char *b)
{
	size_t left = strlen(a), right = strlen(b);

	return left != right ? left > right : strcmp(a, b) > 0;
}

/* Of the runs that wait at one place the newest says who validates. */
static bool
is_newest(const struct reconcile *all, const struct reconcile_job *job)
{
	for (size_t i = 0; i < all->jobs_n; i++)
		if (all->jobs[i].is_gate &&
		    strcmp(all->jobs[i].name, job->name) == 0 &&
		    strcmp(all->jobs[i].ids.pipeline, job->ids.pipeline) == 0 &&
		    is_greater(all->jobs[i].ids.run, job->ids.run))
			return false;
	return true;
}

static int
look_at_validators(struct reconcile *all, const struct reconcile_job *job)
{
	struct reconcile_finding finding = { .kind = RECONCILE_NOTED,
		.ids = job->ids,
		.act = "",
		.name = job->name,
		.validators = job->validators };
	const struct reconcile_line *line;

	if (!job->is_gate || !is_newest(all, job))
		return WARDER_OK;
	memcpy(finding.hash, job->hash, sizeof(finding.hash));
	for (size_t i = all->lines_n; i > 0; i--) {
		line = &all->lines[i - 1];
		if (!line->is_foreign || strcmp(line->name, job->name) != 0 ||
		    strcmp(line->ids.pipeline, job->ids.pipeline) != 0 ||
		    (strcmp(line->res, "noted") != 0 &&
		        strcmp(line->res, "revised") != 0))
			continue;
		if (memcmp(line->hash, job->hash, sizeof(job->hash)) == 0)
			return WARDER_OK;
		finding.kind = RECONCILE_REVISED;
		break;
	}
	return add(all, &finding);
}

bool
reconcile_next_unread(
    const struct reconcile *all, size_t *at, struct reconcile_ids *ret_run)
{
	const struct reconcile_line *line;

	while (*at < all->lines_n) {
		line = &all->lines[(*at)++];
		if (!is_to_be_found(all, line) || is_read(all, &line->ids) ||
		    is_dark(all, &line->ids) ||
		    known_as(all, RECONCILE_VANISHED, &line->ids, "", 0) != 0)
			continue;
		*ret_run = line->ids;
		ret_run->job[0] = '\0';
		return true;
	}
	return false;
}

int
reconcile_compare(struct reconcile *all)
{
	int r = find_places(all);

	for (size_t i = 0; i < all->jobs_n && r == 0; i++)
		r = look_at_decided(all, &all->jobs[i]);
	for (size_t i = 0; i < all->lines_n && r == 0; i++)
		r = look_for(all, &all->lines[i]);
	for (size_t i = 0; i < all->jobs_n && r == 0; i++)
		r = look_at_validators(all, &all->jobs[i]);
	return r;
}
