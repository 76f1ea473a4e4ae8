/* SPDX-License-Identifier: ISC */
/*
 * Organizations, pipelines and runs as they are now. Nothing ticks by
 * itself: before each look the world is brought up to that moment, so what
 * is seen depends on the clock alone. The caller holds the sandbox's lock.
 */
#ifndef WARDER_SANDBOX_WORLD_H
#define WARDER_SANDBOX_WORLD_H

#include <cjson/cJSON.h>

#include "sandbox/req.h"

enum verb {
	VERB_PASS = 1,
	VERB_REFUSE = 2,
};

/* A decision that takes effect later. */
struct move {
	int64_t due_ms;
	enum verb verb;
	char *organization, *pipeline, *run, *job, *account;
	struct move *next;
};

struct world {
	cJSON *root;     /* the checked scenario, living */
	int64_t step_ms; /* from the end of a stage to the next, and a job */
	struct move *moves;
	cJSON *counts; /* per gate: posts, passed, refused, half */
};

/* Where a path of ids leads; NULL from the first one that is not there. */
struct place {
	cJSON *organization, *pipeline, *run, *stage, *job, *gate;
};

void move_free(struct move *m);
void world_free(struct world *w);
struct place world_find(const struct world *w, const struct ids *ids);

/*
 * Everything that is due by now happens, each at its own time; with a pipeline
 * (not NULL) what is due there.
 */
void world_advance(struct world *w, const char *pipeline, int64_t now_ms);

/*
 * Decides a waiting gate as that account; says what it did: "passed",
 * "refused", "half" (others must pass too), or "none" if it did not wait.
 */
const char *world_decide(struct world *w, const struct ids *ids, enum verb verb,
    const char *account, int64_t now_ms);
/* The same, later. */
void world_decide_later(struct world *w, const struct ids *ids, enum verb verb,
    const char *account, int64_t due_ms);

/* Counts something ("posts", …) for the gate that ids names. */
void world_count(struct world *w, const struct ids *ids, const char *what);

bool world_is_waiting(const cJSON *job);
bool world_is_validator(const cJSON *gate, const char *account);
/* In a gate with method `and`: has that account passed it already? */
bool world_has_passed(const cJSON *job, const char *account);
/* A person's entry in the organization, or NULL. */
cJSON *world_member(const cJSON *organization, const char *account);
bool world_is_admin(const cJSON *organization, const char *account);

/* is_reached: everything before the stage has ended well. */
const char *world_stage_status(const cJSON *stage, bool is_reached);
const char *world_run_status(const cJSON *run);

/* Shorthands over cJSON: "" or 0 where a member is missing. */
cJSON *get(const cJSON *o, const char *name);
const char *get_text(const cJSON *o, const char *name);
double get_number(const cJSON *o, const char *name);
void set_text(cJSON *o, const char *name, const char *value);
void set_number(cJSON *o, const char *name, double value);

#endif
