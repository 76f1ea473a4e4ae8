/* SPDX-License-Identifier: ISC */
/*
 * Facts go in as they were found; nothing is guessed here. The file that
 * decides has to be the one that `warderctl policy install` put there: its
 * hash stands in the state, which root alone reaches by that command.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/safefile.h"
#include "base/text.h"
#include "base/tzdata.h"
#include "keeper/change.h"
#include "keeper/rules.h"

void
rules_clear(struct rules *rules)
{
	people_clear(&rules->people);
	policy_freep(&rules->policy);
	rules->org = (struct policy_org){ 0 };
}

static enum reason
is_installed(const struct rules *rules, struct state *state)
{
	struct state_mark mark;

	if (state_mark_get(state, "policy", &mark) != STATE_OK ||
	    mark.h_len != sizeof(rules->hash) ||
	    memcmp(mark.h, rules->hash, sizeof(rules->hash)) != 0)
		return REASON_MISCONFIGURED;
	return REASON_DONE;
}

static int
parse_installed(struct rules *rules, const uint8_t *bytes, size_t len)
{
	struct installed *installed = calloc(1, sizeof(*installed));
	struct tzdata tzdata = { NULL };
	struct policy_diag diag;
	int r;

	if (installed == NULL)
		return WARDER_ENOMEM;
	r = installed_parse(bytes, len, installed);
	if (r == 0)
		r = installed_read(
		    installed, tzdata_find, &tzdata, &rules->policy, &diag);
	if (r == 0)
		memcpy(rules->hash, installed->hash, sizeof(rules->hash));
	tzdata_clear(&tzdata);
	free(installed);
	return r;
}

enum reason
rules_read(struct rules *rules, const char *path, struct state *state,
    const char **ret_word)
{
	const struct safefile_rule rule = { 0, 022, 1, INSTALLED_MAX };
	uint8_t *bytes = NULL;
	size_t len;
	int r;

	*ret_word = "policy";
	if ((r = safefile_load(path, &rule, &bytes, &len)) == 0)
		r = parse_installed(rules, bytes, len);
	free(bytes);
	if (r != 0) {
		log_warn("%s: %s", path, warder_strerror(r));
		return REASON_MISCONFIGURED;
	}
	if (state != NULL && is_installed(rules, state) != REASON_DONE) {
		*ret_word = "policy_changed";
		return REASON_MISCONFIGURED;
	}
	return REASON_DONE;
}

enum reason
rules_load(struct rules *rules, const char *path, struct state *state,
    const struct caller *caller, const char **ret_word)
{
	enum reason reason = rules_read(rules, path, state, ret_word);

	if (reason != REASON_DONE)
		return reason;
	rules->caller = caller;
	if (people_load(&rules->people, caller, rules->policy) != 0) {
		*ret_word = "user_unknown";
		return REASON_DENIED;
	}
	return REASON_DONE;
}

const char *
rules_key_of(const struct rules *rules, const char *org_id)
{
	struct policy_org org;

	if (rules->policy == NULL)
		return NULL;
	for (size_t i = 0; i < policy_orgs(rules->policy); i++) {
		org = policy_org_at(rules->policy, i);
		if (strcmp(org.id, org_id) == 0)
			return org.key;
	}
	return NULL;
}

const char *
rules_org_id(const struct rules *rules)
{
	return rules->org.id == NULL ? "" : rules->org.id;
}

const char *
rules_key_name(const struct rules *rules)
{
	return rules->org.key == NULL ? "" : rules->org.key;
}

const char *
rules_account(const struct rules *rules)
{
	const char *account;

	if (rules->org.alias == NULL || rules->caller->name[0] == '\0')
		return "";
	account = policy_account(
	    rules->policy, rules->org.alias, rules->caller->name);
	return account == NULL ? "" : account;
}

uint8_t
rules_max_level(const struct conf *conf)
{
	for (uint8_t level = CONF_LEVELS; level > 1; level--)
		if (conf->service[level][0] != '\0')
			return level;
	return 1;
}

static enum fact
fact_of_sync(void)
{
	switch (clock_sync()) {
	case CLOCK_SYNC_YES:
		return FACT_TRUE;
	case CLOCK_SYNC_NO:
		return FACT_FALSE;
	case CLOCK_SYNC_UNKNOWN:
		break;
	}
	return FACT_UNKNOWN;
}

static enum fact
fact_of_tri(uint8_t tri)
{
	if (tri == TRI_TRUE)
		return FACT_TRUE;
	return tri == TRI_FALSE ? FACT_FALSE : FACT_UNKNOWN;
}

/* What is known before any gate is looked at. */
static void
fill_person(const struct rules *rules, struct facts *facts)
{
	facts->clock.known = true;
	facts->clock.now_s = clock_real_ms() / 1000;
	facts->clock.synced = fact_of_sync();
	facts->actor_uid = (struct fact_number){ true, rules->caller->uid };
	facts->people = rules->people.items;
	facts->people_n = rules->people.n;
	facts->lost_groups = rules->people.lost;
	facts->lost_groups_n = rules->people.lost_n;
	facts->session.tty = rules->caller->tty;
	facts->session.host = rules->host;
	if (rules->caller->source[0] != '\0')
		facts->session.source = rules->caller->source;
}

int
rules_pick(struct rules *rules, const char *org, enum facts_verb verb,
    struct person_result *result)
{
	auto_verdict struct verdict verdict = { 0 };
	struct facts facts = { .phase = PHASE_FIRST, .verb = verb };
	struct policy_org found = { 0 };

	/* A stranger's answer is the same for every name of organization. */
	facts.request.org = org;
	if (policy_org_find(rules->policy, org, &found))
		facts.request.org = found.alias;
	/* The steps up to the role want them there, not what they are. */
	facts.request.pipeline = facts.request.run = facts.request.job = "1";
	fill_person(rules, &facts);
	if (policy_early(rules->policy, &facts, &verdict) != 0)
		return sight_end(result, REASON_BUG, "bug");
	if (verdict.kind != VERDICT_PERMIT)
		return rules_end(&verdict, result);
	rules->org = found;
	return GO_ON;
}

/* triggerMode of the server; other numbers are unknown. */
static enum facts_trigger
trigger_of(uint8_t mode)
{
	static const enum facts_trigger kinds[] = { TRIGGER_UNKNOWN,
		TRIGGER_MANUAL, TRIGGER_SCHEDULE, TRIGGER_PUSH, TRIGGER_UNKNOWN,
		TRIGGER_PIPELINE, TRIGGER_WEBHOOK };

	return mode < sizeof(kinds) / sizeof(kinds[0]) ? kinds[mode]
	                                               : TRIGGER_UNKNOWN;
}

/* A name that was cut is not the name: no rule may fit it by its head. */
static const char *
whole_name(const struct run_text *name)
{
	return name->is_cut || name->text[0] == '\0' ? NULL : name->text;
}

/* Who started it is known for a run started by hand only. */
static const char *
starter_of(const struct run_facts *run)
{
	return run->trigger == 1 && id_is_account(run->creator) ? run->creator
	                                                        : NULL;
}

/*
 * Who wrote it, if that was read, and for the very commit: a run that was
 * read anew may show its sources in another order.
 */
static void
fill_authors(const struct view *view, size_t at, struct facts_source *source)
{
	const struct change_source *change;

	if (view->change == NULL || at >= view->change->sources_n)
		return;
	change = &view->change->sources[at];
	if (change->why != NULL || change->authors_n > FACTS_AUTHORS_MAX ||
	    strcmp(change->to, view->run->sources[at].commit) != 0)
		return;
	source->authors_known = true;
	source->authors = change->authors;
	source->authors_n = change->authors_n;
}

static void
fill_sources(
    const struct view *view, struct rules_facts *texts, struct facts *facts)
{
	const struct run_facts *run = view->run;

	/* More than can be handed in: all of them are unknown. */
	if (run->sources_n > FACTS_SOURCES_MAX)
		return;
	for (size_t i = 0; i < run->sources_n; i++) {
		texts->sources[i] = (struct facts_source){
			.repo = whole_name(&run->sources[i].repo),
			.branch = whole_name(&run->sources[i].branch),
			.commit = run->sources[i].commit[0] != '\0'
			              ? run->sources[i].commit
			              : NULL,
		};
		fill_authors(view, i, &texts->sources[i]);
	}
	facts->gate.sources_known = true;
	facts->gate.sources = texts->sources;
	facts->gate.sources_n = run->sources_n;
}

static int64_t
instant_of(const struct question *question)
{
	return question->at_ms != 0 ? question->at_ms : clock_real_ms();
}

static void
fill_gate(const struct question *question, struct rules_facts *texts,
    struct facts *facts)
{
	const struct view *view = question->view;
	const struct run_facts *run = view->run;
	const struct run_job *job = &run->jobs[view->look.job];
	int64_t now = instant_of(question);
	bool may = question->verb == VERB_REFUSE ? view->look.may_refuse
	                                         : view->look.may_pass;

	hex_print(texts->handle, view->hash, sizeof(view->hash));
	facts->request.pipeline = view->ids.pipeline;
	facts->request.run = view->ids.run;
	facts->request.job = view->ids.job;
	facts->gate.found = FOUND_GATE;
	facts->gate.pipeline =
	    view->pipeline_name[0] != '\0' ? view->pipeline_name : NULL;
	facts->gate.stage = whole_name(&run->stages[view->look.stage].name);
	facts->gate.job = whole_name(&job->name);
	facts->gate.handle = texts->handle;
	facts->gate.key_may = may ? FACT_TRUE : FACT_FALSE;
	facts->gate.newest = fact_of_tri(view_newest(view));
	if (job->start_ms != 0 && (uint64_t)now >= job->start_ms)
		facts->gate.waiting_s = (struct fact_number){ true,
			((uint64_t)now - job->start_ms) / 1000 };
	facts->gate.trigger = trigger_of(run->trigger);
	facts->gate.trigger_account = starter_of(run);
	fill_sources(view, texts, facts);
}

static const char *
given(const char *text)
{
	return text != NULL && text[0] != '\0' ? text : NULL;
}

/* Whoever is only asked about has no session that anybody could look at. */
static void
fill_subject(const struct subject *subject, struct facts *facts)
{
	facts->actor_uid =
	    (struct fact_number){ subject->is_known, subject->uid };
	facts->actor_named = true;
	facts->session.tty = facts->session.source = NULL;
}

static void
fill_proof(const struct question *question, struct facts *facts)
{
	facts->auth.max_level =
	    (struct fact_number){ true, rules_max_level(question->conf) };
	if (question->phase != PHASE_FINAL)
		return;
	facts->auth.level = (struct fact_number){ true, question->level };
	facts->auth.age_s = (struct fact_number){ true, question->age_s };
}

void
rules_facts(const struct rules *rules, const struct question *question,
    struct rules_facts *ret)
{
	struct facts *facts = &ret->facts;

	memset(ret, 0, sizeof(*ret));
	facts->phase = question->phase;
	facts->verb = question->verb;
	fill_person(rules, facts);
	if (question->subject != NULL)
		fill_subject(question->subject, facts);
	facts->clock.now_s = instant_of(question) / 1000;
	/* Whoever names the instant does not ask what the clock here shows. */
	if (question->at_ms != 0)
		facts->clock.synced = FACT_TRUE;
	facts->request.org = rules->org.alias;
	fill_gate(question, ret, facts);
	/* Uses are not kept yet, so facts->glass stays unknown: used up. */
	facts->request.reason = given(question->reason);
	facts->request.ticket = given(question->ticket);
	facts->request.break_glass = given(question->glass);
	fill_proof(question, facts);
}

int
rules_decide(const struct rules *rules, const struct question *question,
    struct verdict *ret_verdict)
{
	struct rules_facts *facts = calloc(1, sizeof(*facts));
	int r;

	if (facts == NULL)
		return WARDER_ENOMEM;
	rules_facts(rules, question, facts);
	r = policy_decide(rules->policy, &facts->facts, ret_verdict);
	free(facts);
	return r;
}

int
rules_end(const struct verdict *verdict, struct person_result *result)
{
	(void)sight_end(result,
	    verdict->exit == REASON_DONE ? REASON_BUG : verdict->exit,
	    verdict->local_code);
	(void)text_cut(result->code, sizeof(result->code), verdict->code,
	    strlen(verdict->code));
	return ENDED;
}
