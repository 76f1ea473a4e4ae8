/* SPDX-License-Identifier: ISC */
/*
 * Finds things in the world and decides gates. Who may decide is the
 * callers' business: control lets anybody do anything.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sandbox/world.h"

cJSON *
get(const cJSON *o, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(o, name);
}

const char *
get_text(const cJSON *o, const char *name)
{
	const char *s = cJSON_GetStringValue(get(o, name));

	return s != NULL ? s : "";
}

double
get_number(const cJSON *o, const char *name)
{
	const cJSON *v = get(o, name);

	return cJSON_IsNumber(v) ? v->valuedouble : 0;
}

static void
set(cJSON *o, const char *name, cJSON *v)
{
	if (get(o, name) == NULL)
		cJSON_AddItemToObject(o, name, v);
	else
		cJSON_ReplaceItemInObjectCaseSensitive(o, name, v);
}

void
set_text(cJSON *o, const char *name, const char *value)
{
	set(o, name, cJSON_CreateString(value));
}

void
set_number(cJSON *o, const char *name, double value)
{
	set(o, name, cJSON_CreateNumber(value));
}

void
move_free(struct move *m)
{
	free(m->organization);
	free(m->pipeline);
	free(m->run);
	free(m->job);
	free(m->account);
	free(m);
}

void
world_free(struct world *w)
{
	while (w->moves != NULL) {
		struct move *m = w->moves;

		w->moves = m->next;
		move_free(m);
	}
	cJSON_Delete(w->root);
	cJSON_Delete(w->counts);
	memset(w, 0, sizeof(*w));
}

static cJSON *
by_member(const cJSON *list, const char *name, const char *value)
{
	cJSON *o;

	cJSON_ArrayForEach(o, list)
	{
		if (text_equal(get_text(o, name), value))
			return o;
	}
	return NULL;
}

struct place
world_find(const struct world *w, const struct ids *ids)
{
	struct place p = { 0 };
	cJSON *stage;

	p.organization =
	    by_member(get(w->root, "organizations"), "id", ids->organization);
	p.pipeline =
	    by_member(get(p.organization, "pipelines"), "id", ids->pipeline);
	p.run = by_member(get(p.pipeline, "runs"), "id", ids->run);
	cJSON_ArrayForEach(stage, get(p.run, "stages"))
	{
		p.job = by_member(get(stage, "jobs"), "id", ids->job);
		if (p.job != NULL) {
			p.stage = stage;
			p.gate = get(p.job, "gate");
			break;
		}
	}
	return p;
}

bool
world_is_waiting(const cJSON *job)
{
	const char *status = get_text(job, "status");

	return get(job, "gate") != NULL &&
	       (text_equal(status, "WAITING") ||
	           text_equal(status, "SWITCH_MANUAL"));
}

static bool
has_text(const cJSON *list, const char *value)
{
	const cJSON *v;

	cJSON_ArrayForEach(v, list)
	{
		if (text_equal(cJSON_GetStringValue(v), value))
			return true;
	}
	return false;
}

bool
world_is_validator(const cJSON *gate, const char *account)
{
	return has_text(get(gate, "validators"), account);
}

bool
world_has_passed(const cJSON *job, const char *account)
{
	return has_text(get(job, "passedBy"), account);
}

cJSON *
world_member(const cJSON *organization, const char *account)
{
	return by_member(get(organization, "members"), "account", account);
}

bool
world_is_admin(const cJSON *organization, const char *account)
{
	const char *role =
	    get_text(world_member(organization, account), "role");

	return text_equal(role, "owner") || text_equal(role, "admin");
}

static void
touch(cJSON *run, const char *account, int64_t now_ms)
{
	set_number(run, "updateTime", (double)now_ms);
	set_text(run, "modifier", account);
}

/* With method `and` all of them must have passed. */
static bool
is_complete(const cJSON *job)
{
	const cJSON *gate = get(job, "gate"), *v;

	if (!text_equal(get_text(gate, "method"), "and"))
		return true;
	cJSON_ArrayForEach(v, get(gate, "validators"))
	{
		if (!world_has_passed(job, cJSON_GetStringValue(v)))
			return false;
	}
	return true;
}

const char *
world_decide(struct world *w, const struct ids *ids, enum verb verb,
    const char *account, int64_t now_ms)
{
	struct place p = world_find(w, ids);
	const char *effect = "refused";

	if (p.job == NULL || !world_is_waiting(p.job))
		return "none";
	touch(p.run, account, now_ms);
	if (verb == VERB_PASS) {
		if (!world_has_passed(p.job, account))
			cJSON_AddItemToArray(get(p.job, "passedBy"),
			    cJSON_CreateString(account));
		effect = is_complete(p.job) ? "passed" : "half";
	}
	if (!text_equal(effect, "half")) {
		set_text(
		    p.job, "status", verb == VERB_PASS ? "SUCCESS" : "FAIL");
		set_number(p.job, "endTime", (double)now_ms);
	}
	world_count(w, ids, effect);
	return effect;
}

void
world_decide_later(struct world *w, const struct ids *ids, enum verb verb,
    const char *account, int64_t due_ms)
{
	struct move *m = text_alloc(sizeof(*m)), **at = &w->moves;

	m->due_ms = due_ms;
	m->verb = verb;
	m->organization = text_dup(ids->organization);
	m->pipeline = text_dup(ids->pipeline);
	m->run = text_dup(ids->run);
	m->job = text_dup(ids->job);
	m->account = text_dup(account);
	while (*at != NULL && (*at)->due_ms <= due_ms)
		at = &(*at)->next;
	m->next = *at;
	*at = m;
}

void
world_count(struct world *w, const struct ids *ids, const char *what)
{
	struct text name = { 0 };
	cJSON *row;

	text_printf(&name, "%s/%s/%s/%s", ids->organization, ids->pipeline,
	    ids->run, ids->job);
	if (w->counts == NULL)
		w->counts = cJSON_CreateObject();
	if ((row = get(w->counts, name.s)) == NULL) {
		row = cJSON_AddObjectToObject(w->counts, name.s);
		set_number(row, "posts", 0);
		set_number(row, "passed", 0);
		set_number(row, "refused", 0);
		set_number(row, "half", 0);
	}
	set_number(row, what, get_number(row, what) + 1);
	text_free(&name);
}
