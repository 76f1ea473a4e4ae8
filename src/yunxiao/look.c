/* SPDX-License-Identifier: ISC */
/*
 * The rules of a waiting gate, over one typed reading of a run. The server
 * may print anything: two jobs of one id, an action twice, a `disable` that
 * is no boolean. Whatever is not plainly a yes is a no.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "yunxiao/look.h"

struct run_facts *
run_new(void)
{
	return calloc(1, sizeof(struct run_facts));
}

void
run_freep(struct run_facts **run)
{
	if (*run == NULL)
		return;
	free((*run)->sources);
	free((*run)->parameters);
	free((*run)->stages);
	free((*run)->jobs);
	free((*run)->actions);
	free((*run)->validators);
	free(*run);
	*run = NULL;
}

static size_t
count_items(const struct run_facts *run)
{
	return run->sources_n + run->parameters_n + run->stages_n +
	       run->jobs_n + run->actions_n + run->validators_n;
}

/* Room for one more; sizes are powers of two from 8 up. */
static int
grow(const struct run_facts *run, void **array, size_t n, size_t size)
{
	void *more;

	if (count_items(run) >= RUN_ITEMS_MAX)
		return WARDER_EFULL;
	if (n != 0 && (n < 8 || (n & (n - 1)) != 0))
		return WARDER_OK;
	if ((more = realloc(*array, (n == 0 ? 8 : 2 * n) * size)) == NULL)
		return WARDER_ENOMEM;
	*array = more;
	return WARDER_OK;
}

int
run_add_source(struct run_facts *run, const struct run_source *item)
{
	void *array = run->sources;
	int r = grow(run, &array, run->sources_n, sizeof(*item));

	run->sources = array;
	if (r == 0)
		run->sources[run->sources_n++] = *item;
	return r;
}

int
run_add_parameter(struct run_facts *run, const struct run_parameter *item)
{
	void *array = run->parameters;
	int r = grow(run, &array, run->parameters_n, sizeof(*item));

	run->parameters = array;
	if (r == 0)
		run->parameters[run->parameters_n++] = *item;
	return r;
}

int
run_add_stage(struct run_facts *run, const struct run_stage *item)
{
	void *array = run->stages;
	int r = grow(run, &array, run->stages_n, sizeof(*item));

	run->stages = array;
	if (r == 0)
		run->stages[run->stages_n++] = *item;
	return r;
}

int
run_add_job(struct run_facts *run, const struct run_job *item)
{
	void *array = run->jobs;
	int r;

	if (run->stages_n == 0)
		return WARDER_EFORM;
	r = grow(run, &array, run->jobs_n, sizeof(*item));
	run->jobs = array;
	if (r == 0) {
		run->jobs[run->jobs_n] = *item;
		run->jobs[run->jobs_n++].stage = run->stages_n - 1;
	}
	return r;
}

/* An action before the first job of its stage would be another stage's. */
int
run_add_action(struct run_facts *run, const struct run_action *item)
{
	void *array = run->actions;
	int r;

	if (run->jobs_n == 0 ||
	    run->jobs[run->jobs_n - 1].stage != run->stages_n - 1)
		return WARDER_EFORM;
	r = grow(run, &array, run->actions_n, sizeof(*item));
	run->actions = array;
	if (r == 0) {
		run->actions[run->actions_n] = *item;
		run->actions[run->actions_n++].job = run->jobs_n - 1;
	}
	return r;
}

int
run_add_validator(struct run_facts *run, const struct run_validator *item)
{
	void *array = run->validators;
	int r;

	if (run->actions_n == 0 ||
	    run->actions[run->actions_n - 1].job != run->jobs_n - 1)
		return WARDER_EFORM;
	r = grow(run, &array, run->validators_n, sizeof(*item));
	run->validators = array;
	if (r == 0) {
		run->validators[run->validators_n] = *item;
		run->validators[run->validators_n++].action =
		    run->actions_n - 1;
	}
	return r;
}

enum gate_state
gate_state_of(const char *status)
{
	static const struct {
		const char *word;
		enum gate_state state;
	} words[] = {
		{ "INIT", GATE_NOT_REACHED },
		{ "WAITING", GATE_WAITING },
		{ "SWITCH_MANUAL", GATE_WAITING },
		{ "SUCCESS", GATE_PASSED },
		{ "FINISH", GATE_PASSED },
		{ "FAIL", GATE_STOPPED },
		{ "FAILED", GATE_STOPPED },
		{ "CANCELED", GATE_STOPPED },
		{ "CANCELLED", GATE_STOPPED },
		{ "CANCELLING", GATE_STOPPED },
		{ "SKIP", GATE_STOPPED },
		{ "SKIPPED", GATE_STOPPED },
		{ "ABORTED", GATE_STOPPED },
		{ "TERMINATED", GATE_STOPPED },
		{ "ERROR", GATE_STOPPED },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(status, words[i].word) == 0)
			return words[i].state;
	}
	return GATE_NOT_KNOWN;
}

/* How often a verb is offered, and whether its last offer was a plain yes. */
struct offer {
	size_t n;
	uint8_t may;
};

int
look_at_index(const struct run_facts *run, size_t job, struct look *ret_look)
{
	struct offer pass = { 0 }, refuse = { 0 };
	struct look look = { .job = job };
	bool waits;

	if (job >= run->jobs_n)
		return WARDER_EFORM;
	for (size_t i = 0; i < run->actions_n; i++) {
		const struct run_action *action = &run->actions[i];
		struct offer *offer;

		if (action->job != job || action->kind == RUN_ACTION_OTHER)
			continue;
		offer = action->kind == RUN_ACTION_PASS ? &pass : &refuse;
		offer->n++;
		offer->may = action->may;
	}
	look.stage = run->jobs[job].stage;
	look.is_gate = pass.n + refuse.n > 0;
	look.state = gate_state_of(run->jobs[job].status);
	waits = look.is_gate && look.state == GATE_WAITING;
	look.may_pass = waits && pass.n == 1 && pass.may == 2;
	look.may_refuse = waits && refuse.n == 1 && refuse.may == 2;
	look.says_pass = pass.n == 1 && pass.may != 0;
	look.says_refuse = refuse.n == 1 && refuse.may != 0;
	*ret_look = look;
	return WARDER_OK;
}

int
look_at(const struct run_facts *run, const struct gate_ids *ids,
    struct look *ret_look)
{
	size_t found = run->jobs_n;
	int r;

	if ((r = ids_check(ids, IDS_JOB)) != 0)
		return r;
	if (strcmp(run->pipeline, ids->pipeline) != 0 ||
	    strcmp(run->run, ids->run) != 0)
		return WARDER_ESTALE;
	for (size_t i = 0; i < run->jobs_n; i++) {
		if (strcmp(run->jobs[i].id, ids->job) != 0)
			continue;
		if (found != run->jobs_n)
			return WARDER_ESTALE;
		found = i;
	}
	if (found == run->jobs_n)
		return WARDER_EMISSING;
	return look_at_index(run, found, ret_look);
}

bool
look_next_waiting(
    const struct run_facts *run, size_t *at, struct look *ret_look)
{
	struct look look;

	while (*at < run->jobs_n) {
		if (look_at_index(run, (*at)++, &look) == 0 && look.is_gate &&
		    look.state == GATE_WAITING) {
			*ret_look = look;
			return true;
		}
	}
	return false;
}

static bool
is_gate_action(const struct run_facts *run, size_t action, size_t job)
{
	return run->actions[action].job == job &&
	       run->actions[action].kind != RUN_ACTION_OTHER;
}

const char *
look_validator(const struct run_facts *run, const struct look *look, size_t n)
{
	for (size_t i = 0; i < run->validators_n; i++) {
		const struct run_validator *one = &run->validators[i];
		bool is_again = false;

		if (!is_gate_action(run, one->action, look->job))
			continue;
		for (size_t k = 0; k < i && !is_again; k++)
			is_again = is_gate_action(run,
			               run->validators[k].action, look->job) &&
			           strcmp(run->validators[k].id, one->id) == 0;
		if (!is_again && n-- == 0)
			return one->id;
	}
	return NULL;
}

static struct gate_text
text_of(const struct run_text *text)
{
	return (
	    struct gate_text){ text->text, text->is_cut ? text->whole : NULL };
}

static struct gate_text
plain(const char *text)
{
	return (struct gate_text){ text, NULL };
}

/* The lists of gate_facts as they are borrowed from a run. */
struct borrowed {
	struct gate_source *sources;
	struct gate_parameter *parameters;
	struct gate_text *validators;
};

static void
borrowed_clear(struct borrowed *lists)
{
	free(lists->sources);
	free(lists->parameters);
	free(lists->validators);
}

static int
borrow(const struct run_facts *run, struct borrowed *lists)
{
	lists->sources = calloc(run->sources_n + 1, sizeof(*lists->sources));
	lists->parameters =
	    calloc(run->parameters_n + 1, sizeof(*lists->parameters));
	lists->validators =
	    calloc(run->validators_n + 1, sizeof(*lists->validators));
	if (lists->sources == NULL || lists->parameters == NULL ||
	    lists->validators == NULL)
		return WARDER_ENOMEM;
	for (size_t i = 0; i < run->sources_n; i++)
		lists->sources[i] =
		    (struct gate_source){ text_of(&run->sources[i].repo),
			    text_of(&run->sources[i].branch),
			    plain(run->sources[i].commit) };
	for (size_t i = 0; i < run->parameters_n; i++)
		lists->parameters[i] =
		    (struct gate_parameter){ text_of(&run->parameters[i].name),
			    run->parameters[i].is_hidden,
			    text_of(&run->parameters[i].value) };
	return WARDER_OK;
}

static int
fill_ids(const struct run_facts *run, const char *org, const char *job,
    struct gate_ids *ids)
{
	int r;

	if ((r = text_copy(ids->org, sizeof(ids->org), org)) != 0 ||
	    (r = text_copy(
	         ids->pipeline, sizeof(ids->pipeline), run->pipeline)) != 0 ||
	    (r = text_copy(ids->run, sizeof(ids->run), run->run)) != 0 ||
	    (r = text_copy(ids->job, sizeof(ids->job), job)) != 0)
		return WARDER_EFORM;
	return WARDER_OK;
}

int
look_hash(const struct run_facts *run, const char *org, const struct look *look,
    uint8_t ret_hash[GATE_HASH_LEN])
{
	__attribute__((cleanup(borrowed_clear))) struct borrowed lists = { 0 };
	struct gate_facts facts = { .start_ms = 0 };
	const struct run_job *job;
	int r;

	if (look->job >= run->jobs_n)
		return WARDER_EFORM;
	job = &run->jobs[look->job];
	if ((r = fill_ids(run, org, job->id, &facts.ids)) != 0 ||
	    (r = borrow(run, &lists)) != 0)
		return r;
	for (size_t i = 0; i < run->validators_n; i++) {
		if (is_gate_action(run, run->validators[i].action, look->job))
			lists.validators[facts.validators_n++] =
			    plain(run->validators[i].id);
	}
	facts.start_ms = job->start_ms;
	facts.stage = text_of(&run->stages[job->stage].name);
	facts.job = text_of(&job->name);
	facts.trigger = run->trigger;
	facts.starter = plain(run->creator);
	facts.sources = lists.sources;
	facts.sources_n = run->sources_n;
	facts.parameters = lists.parameters;
	facts.parameters_n = run->parameters_n;
	facts.validators = lists.validators;
	return gate_hash(&facts, ret_hash);
}
