/* SPDX-License-Identifier: ISC */
/*
 * A gate has no name of its own that outlives its run: its job gets another
 * id each time. Stage and job of the same names are taken for it. Whoever
 * may rename them may also change what the pipeline runs.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "keeper/before.h"
#include "keeper/view.h"
#include "yunxiao/codeup.h"

#define RUNS_READ_MAX 10

void
before_clear(struct before *before)
{
	run_freep(&before->run);
}

bool
text_is_same(const struct run_text *a, const struct run_text *b)
{
	return strcmp(a->text, b->text) == 0 && a->is_cut == b->is_cut &&
	       (!a->is_cut ||
	           memcmp(a->whole, b->whole, sizeof(a->whole)) == 0);
}

/* Once it is decided a gate shows no action at all; other jobs show theirs. */
static bool
has_other_actions(const struct run_facts *run, size_t job)
{
	for (size_t i = 0; i < run->actions_n; i++)
		if (run->actions[i].job == job &&
		    run->actions[i].kind == RUN_ACTION_OTHER)
			return true;
	return false;
}

/* All jobs of that name in that stage were gates and let the run go on. */
static bool
was_passed(const struct run_facts *run, const struct view *view)
{
	const struct run_job *gate = &view->run->jobs[view->look.job];
	const struct run_stage *stage = &view->run->stages[view->look.stage];
	bool is_found = false;

	for (size_t i = 0; i < run->jobs_n; i++) {
		const struct run_job *job = &run->jobs[i];

		if (!text_is_same(&job->name, &gate->name) ||
		    !text_is_same(&run->stages[job->stage].name, &stage->name))
			continue;
		if (gate_state_of(job->status) != GATE_PASSED ||
		    has_other_actions(run, i))
			return false;
		is_found = true;
	}
	return is_found;
}

/* GO_ON; *ret_run stays NULL where the answer is of no use. */
static int
read_run(const struct view *view, struct reader *reader, const char *id,
    struct run_facts **ret_run)
{
	struct gate_ids ids = view->ids;

	ids.job[0] = '\0';
	(void)snprintf(ids.run, sizeof(ids.run), "%.19s", id);
	if (sight_run(reader, &ids, ret_run) != GO_ON)
		return reader->result->exit == REASON_CANCELLED ? ENDED : GO_ON;
	if (strcmp((*ret_run)->run, ids.run) != 0 ||
	    strcmp((*ret_run)->pipeline, ids.pipeline) != 0)
		run_freep(ret_run);
	return GO_ON;
}

struct tries {
	const char *ids[RUNS_READ_MAX + 1];
	size_t n;
	bool is_whole; /* there are no other older runs */
};

/* The older runs of the list, as many as may be read, and then the hint. */
static void
choose(const struct view *view, const char *hint, struct tries *tries)
{
	const struct sight_runs *runs = &view->runs;

	tries->n = 0;
	tries->is_whole = runs->is_whole;
	for (size_t i = 0; i < runs->n; i++) {
		if (!id_is_greater(view->ids.run, runs->ids[i]))
			continue;
		if (tries->n == RUNS_READ_MAX) {
			tries->is_whole = false;
			break;
		}
		tries->ids[tries->n++] = runs->ids[i];
		if (strcmp(runs->ids[i], hint) == 0)
			hint = "";
	}
	if (hint[0] != '\0' && id_is_greater(view->ids.run, hint))
		tries->ids[tries->n++] = hint;
}

int
before_find(const struct view *view, struct reader *reader, const char *hint,
    struct before *ret_before)
{
	struct before before = { .why = "runs" };
	struct run_facts *run = NULL;
	struct tries tries;

	choose(view, hint, &tries);
	if (tries.is_whole)
		before.state = BEFORE_NONE;
	for (size_t i = 0; i < tries.n; i++) {
		if (read_run(view, reader, tries.ids[i], &run) != GO_ON)
			return ENDED;
		if (run == NULL) {
			before.state = BEFORE_UNKNOWN;
			before.why = "unread";
			break;
		}
		if (was_passed(run, view)) {
			before.state = BEFORE_FOUND;
			before.run = run;
			break;
		}
		run_freep(&run);
	}
	*ret_before = before;
	return GO_ON;
}

/* An address may have been written in another form meanwhile. */
static bool
is_same_repo(
    const struct run_text *a, const struct run_text *b, const char *org)
{
	char path_a[CODEUP_PATH_MAX + 1], path_b[CODEUP_PATH_MAX + 1];

	if (text_is_same(a, b))
		return true;
	return !a->is_cut && !b->is_cut &&
	       codeup_parse(a->text, org, path_a) == CODEUP_HERE &&
	       codeup_parse(b->text, org, path_b) == CODEUP_HERE &&
	       strcmp(path_a, path_b) == 0;
}

/*
 * The source of the run before that this one continues: of the same address,
 * and of the same branch where there are several. NULL: none, or two.
 */
static const struct run_source *
same_source(const struct run_facts *run, const char *org,
    const struct run_source *source, bool *ret_several)
{
	const struct run_source *of_repo = NULL, *of_branch = NULL;
	size_t repos = 0, branches = 0;

	for (size_t i = 0; i < run->sources_n; i++) {
		const struct run_source *at = &run->sources[i];

		if (!is_same_repo(&at->repo, &source->repo, org))
			continue;
		repos++;
		of_repo = at;
		if (!text_is_same(&at->branch, &source->branch))
			continue;
		branches++;
		of_branch = at;
	}
	*ret_several = repos > 1 && branches != 1;
	if (*ret_several)
		return NULL;
	return repos > 1 ? of_branch : of_repo;
}

bool
before_commit(const struct before *before, const char *org,
    const struct run_source *source, char ret_from[65])
{
	const struct run_source *was;
	bool is_several;

	ret_from[0] = '\0';
	if (before->state != BEFORE_FOUND)
		return before->state == BEFORE_NONE;
	was = same_source(before->run, org, source, &is_several);
	if (was == NULL)
		return !is_several;
	if (!codeup_is_commit(was->commit))
		return false;
	if (strcmp(was->commit, source->commit) != 0)
		(void)snprintf(ret_from, 65, "%s", was->commit);
	return true;
}
