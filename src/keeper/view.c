/* SPDX-License-Identifier: ISC */
/*
 * Turns one reading of a run into what is shown, challenged and recorded.
 * Names here are foreign text of full length: they are cut at a character for
 * a message, while the hash of the gate holds them whole.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "keeper/change.h"
#include "keeper/view.h"

void
view_clear(struct view *view)
{
	change_freep(&view->change);
	run_freep(&view->run);
}

/* What a gate that does not wait is told as; a word that we do not know is
 * shown as it is. */
static int
end_by_state(const struct view *view, struct person_result *result)
{
	switch (view->look.state) {
	case GATE_WAITING:
		return GO_ON;
	case GATE_PASSED:
		return sight_end(result, REASON_ALREADY, "decided");
	case GATE_STOPPED:
		return sight_end(result, REASON_OTHERWISE, "decided");
	case GATE_NOT_REACHED:
		return sight_end(result, REASON_NOT_FOUND, "not_reached");
	case GATE_NOT_KNOWN:
		break;
	}
	(void)sight_end(result, REASON_NOT_FOUND, "not_waiting");
	(void)snprintf(result->text, sizeof(result->text), "%s",
	    view->run->jobs[view->look.job].status);
	return ENDED;
}

static int
pick_only(struct view *view, struct person_result *result)
{
	struct look other;
	size_t at = 0;

	if (!look_next_waiting(view->run, &at, &view->look))
		return sight_end(result, REASON_NOT_FOUND, "no_gate");
	if (look_next_waiting(view->run, &at, &other))
		return sight_end(result, REASON_USAGE, "ambiguous");
	(void)snprintf(view->ids.job, sizeof(view->ids.job), "%.19s",
	    view->run->jobs[view->look.job].id);
	return GO_ON;
}

static bool
has_actions(const struct view *view)
{
	for (size_t i = 0; i < view->run->actions_n; i++)
		if (view->run->actions[i].job == view->look.job)
			return true;
	return false;
}

/*
 * A gate is a gate by its actions. Once decided, or before it is reached, the
 * server shows none at all; a job that builds or deploys shows others.
 */
static bool
will_do(const struct view *view, enum view_want want)
{
	return view->look.is_gate || want == VIEW_KNOWN || !has_actions(view);
}

int
view_pick(struct view *view, enum view_want want, struct person_result *result)
{
	int r;

	if (view->ids.job[0] == '\0' && pick_only(view, result) != GO_ON)
		return ENDED;
	/* Also for the only one: its id has to occur once, in this run. */
	r = look_at(view->run, &view->ids, &view->look);
	if (r == WARDER_EMISSING || (r == 0 && !will_do(view, want)))
		return sight_end(result, REASON_NOT_FOUND, "no_gate");
	if (r != 0)
		return sight_end(result, REASON_NOT_SENT, "unread");
	if (want == VIEW_WAITING && end_by_state(view, result) != GO_ON)
		return ENDED;
	r = look_hash(view->run, view->ids.org, &view->look, view->hash);
	if (r != 0 && r != WARDER_EFULL)
		return sight_end(result, REASON_NOT_SENT, "unread");
	view->is_hashed = r == 0;
	return GO_ON;
}

int
view_read(struct view *view, struct reader *reader, enum view_want want)
{
	struct run_facts *run;

	if (sight_run(reader, &view->ids, &run) != GO_ON)
		return ENDED;
	run_freep(&view->run);
	view->run = run;
	return view_pick(view, want, reader->result);
}

uint8_t
view_newest(const struct view *view)
{
	if (view->newest[0] == '\0')
		return TRI_ABSENT;
	return strcmp(view->newest, view->ids.run) == 0 ? TRI_TRUE : TRI_FALSE;
}

static uint8_t
tri_of(bool may, bool is_said)
{
	if (may)
		return TRI_TRUE;
	return is_said ? TRI_FALSE : TRI_ABSENT;
}

static void
copy(char *to, size_t size, const char *from)
{
	(void)text_cut(to, size, from, strlen(from));
}

void
view_gate(const struct view *view, struct person_gate *gate)
{
	const struct run_facts *run = view->run;
	const struct run_job *job = &run->jobs[view->look.job];

	memset(gate, 0, sizeof(*gate));
	if (view->is_hashed)
		memcpy(gate->gate, view->hash, sizeof(gate->gate));
	copy(gate->org, sizeof(gate->org), view->ids.org);
	copy(gate->alias, sizeof(gate->alias), view->alias);
	copy(gate->pipeline, sizeof(gate->pipeline), view->ids.pipeline);
	copy(gate->pipeline_name, sizeof(gate->pipeline_name),
	    view->pipeline_name);
	copy(gate->run, sizeof(gate->run), view->ids.run);
	copy(gate->job, sizeof(gate->job), job->id);
	copy(gate->stage, sizeof(gate->stage),
	    run->stages[view->look.stage].name.text);
	copy(gate->job_name, sizeof(gate->job_name), job->name.text);
	copy(gate->status, sizeof(gate->status), job->status);
	gate->started_ms = job->start_ms;
	gate->trigger =
	    run->trigger <= 6 && run->trigger != 4 ? run->trigger : 0;
	copy(gate->account, sizeof(gate->account), run->creator);
	gate->newest = view_newest(view);
	if (gate->newest == TRI_FALSE)
		copy(gate->superseded_by, sizeof(gate->superseded_by),
		    view->newest);
	gate->pass = tri_of(view->look.may_pass, view->look.says_pass);
	gate->refuse = tri_of(view->look.may_refuse, view->look.says_refuse);
}

static void
piece_source(const struct run_source *source, struct person_piece *piece)
{
	piece->kind = PIECE_SOURCE;
	copy(piece->a, sizeof(piece->a), source->repo.text);
	copy(piece->b, sizeof(piece->b), source->branch.text);
	copy(piece->c, sizeof(piece->c), source->commit);
}

static void
piece_parameter(
    const struct run_parameter *parameter, struct person_piece *piece)
{
	piece->kind = PIECE_PARAMETER;
	copy(piece->a, sizeof(piece->a), parameter->name.text);
	copy(piece->b, sizeof(piece->b),
	    parameter->is_hidden ? "" : parameter->value.text);
}

/* The jobs of later stages: what will run once this gate lets it. */
static bool
piece_after(const struct view *view, size_t n, struct person_piece *piece)
{
	const struct run_facts *run = view->run;

	for (size_t i = 0; i < run->jobs_n; i++) {
		if (run->jobs[i].stage <= view->look.stage || n-- != 0)
			continue;
		piece->kind = PIECE_AFTER;
		copy(piece->a, sizeof(piece->a),
		    run->stages[run->jobs[i].stage].name.text);
		copy(piece->b, sizeof(piece->b), run->jobs[i].name.text);
		return true;
	}
	return false;
}

bool
view_piece(const struct view *view, size_t n, struct person_piece *piece)
{
	const struct run_facts *run = view->run;
	const char *validator;
	size_t i;

	memset(piece, 0, sizeof(*piece));
	if (n < run->sources_n) {
		piece_source(&run->sources[n], piece);
		return true;
	}
	n -= run->sources_n;
	if (n < run->parameters_n) {
		piece_parameter(&run->parameters[n], piece);
		return true;
	}
	n -= run->parameters_n;
	for (i = 0; (validator = look_validator(run, &view->look, i)) != NULL;
	     i++) {
		if (i != n)
			continue;
		piece->kind = PIECE_VALIDATOR;
		copy(piece->a, sizeof(piece->a), validator);
		return true;
	}
	return piece_after(view, n - i, piece);
}

/* Each different one once; a gate with more than 16 is never decided. */
static void
add_source(struct challenge *challenge, const struct run_source *from)
{
	struct challenge_source source = { 0 };

	copy(source.commit, sizeof(source.commit), from->commit);
	copy(source.branch, sizeof(source.branch), from->branch.text);
	for (size_t i = 0; i < challenge->sources_n; i++)
		if (strcmp(source.commit, challenge->sources[i].commit) == 0 &&
		    strcmp(source.branch, challenge->sources[i].branch) == 0)
			return;
	if (challenge->sources_n < CHALLENGE_SOURCES_MAX)
		challenge->sources[challenge->sources_n++] = source;
}

void
view_challenge(const struct view *view, const struct person_act *act,
    struct challenge *challenge)
{
	const struct run_facts *run = view->run;
	struct person_gate gate;

	view_gate(view, &gate);
	memset(challenge, 0, sizeof(*challenge));
	challenge->verb = act->verb;
	memcpy(challenge->gate, view->hash, sizeof(challenge->gate));
	copy(challenge->org, sizeof(challenge->org), gate.org);
	copy(challenge->alias, sizeof(challenge->alias), gate.alias);
	copy(challenge->pipeline, sizeof(challenge->pipeline), gate.pipeline);
	copy(challenge->pipeline_name, sizeof(challenge->pipeline_name),
	    gate.pipeline_name);
	copy(challenge->run, sizeof(challenge->run), gate.run);
	copy(challenge->job, sizeof(challenge->job), gate.job);
	copy(challenge->stage, sizeof(challenge->stage), gate.stage);
	copy(challenge->job_name, sizeof(challenge->job_name), gate.job_name);
	for (size_t i = 0; i < run->sources_n; i++)
		add_source(challenge, &run->sources[i]);
	copy(challenge->reason, sizeof(challenge->reason), act->reason);
	copy(challenge->ticket, sizeof(challenge->ticket), act->ticket);
	copy(challenge->glass, sizeof(challenge->glass), act->glass);
	copy(challenge->ref, sizeof(challenge->ref), act->ref);
}

void
view_names(const struct view *view, char *ret_name, size_t name_size,
    char *ret_commits, size_t commits_size)
{
	const struct run_facts *run = view->run;
	char whole[4 * PERSON_NAME];
	size_t used = 0;

	(void)snprintf(whole, sizeof(whole), "%s/%s/%s/%s", view->alias,
	    view->pipeline_name[0] != '\0' ? view->pipeline_name
	                                   : view->ids.pipeline,
	    run->stages[view->look.stage].name.text,
	    run->jobs[view->look.job].name.text);
	copy(ret_name, name_size, whole);
	ret_commits[0] = '\0';
	for (size_t i = 0; i < run->sources_n; i++) {
		if (run->sources[i].commit[0] == '\0' ||
		    used + 1 + strlen(run->sources[i].commit) >= commits_size)
			continue;
		used +=
		    (size_t)snprintf(ret_commits + used, commits_size - used,
		        "%s%s", used == 0 ? "" : ",", run->sources[i].commit);
	}
}
