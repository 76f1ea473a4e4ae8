/* SPDX-License-Identifier: ISC */
/*
 * What one reading of a run says about its gates: which jobs are gates,
 * which wait, whether the key's account may act, whether a decision was
 * carried out. The keeper fills `struct run_facts` from the courier's typed
 * items, in their order. Rules go by action types, never by names. Pure.
 */
#ifndef WARDER_YUNXIAO_LOOK_H
#define WARDER_YUNXIAO_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "yunxiao/gate.h"
#include "yunxiao/ids.h"

#define RUN_ITEMS_MAX 20000 /* of all kinds together, in one run */
#define RUN_STATUS_MAX 32
/* As the server prints them, whatever they are; checked where asked for. */
#define RUN_ID_MAX 64

/* A text as the courier hands it on: at most 512 bytes, marked if cut. */
struct run_text {
	char text[GATE_TEXT_LEN_MAX + 1];
	bool is_cut;
	uint8_t whole[32]; /* SHA-256 of the whole text, if it was cut */
};

struct run_source {
	struct run_text repo, branch;
	char commit[65]; /* "" unknown */
};

struct run_parameter {
	struct run_text name;
	bool is_hidden;
	struct run_text value;
};

struct run_stage {
	struct run_text name;
	char status[RUN_STATUS_MAX + 1];
};

struct run_job {
	size_t stage; /* index; set by run_add_job() */
	char id[RUN_ID_MAX + 1];
	struct run_text name;
	char status[RUN_STATUS_MAX + 1];
	uint64_t start_ms, end_ms;
};

enum run_action_kind {
	RUN_ACTION_PASS = 1,
	RUN_ACTION_REFUSE = 2, /* either spelling */
	RUN_ACTION_OTHER = 3
};

struct run_action {
	size_t job; /* index; set by run_add_action() */
	uint8_t kind;
	uint8_t may; /* 0 not said, 1 false, 2 true */
};

struct run_validator {
	size_t action; /* index; set by run_add_validator() */
	char id[RUN_ID_MAX + 1];
};

/* Arrays are malloc'ed and grow; read them, add by run_add_…() only. */
struct run_facts {
	char pipeline[RUN_ID_MAX + 1];
	char run[RUN_ID_MAX + 1];
	char status[RUN_STATUS_MAX + 1]; /* shown, never decided by */
	uint8_t trigger;
	char creator[RUN_ID_MAX + 1];
	uint64_t start_ms;
	struct run_source *sources;
	size_t sources_n;
	struct run_parameter *parameters;
	size_t parameters_n;
	struct run_stage *stages;
	size_t stages_n;
	struct run_job *jobs;
	size_t jobs_n;
	struct run_action *actions;
	size_t actions_n;
	struct run_validator *validators;
	size_t validators_n;
};

struct run_facts *run_new(void); /* NULL: no memory */
void run_freep(struct run_facts **run);
#define auto_run __attribute__((cleanup(run_freep)))

/*
 * Each belongs to the stage, job or action added last. EFULL: RUN_ITEMS_MAX.
 * EFORM: there is nothing it could belong to. ENOMEM.
 */
WARDER_MUST_CHECK int run_add_source(
    struct run_facts *run, const struct run_source *item);
WARDER_MUST_CHECK int run_add_parameter(
    struct run_facts *run, const struct run_parameter *item);
WARDER_MUST_CHECK int run_add_stage(
    struct run_facts *run, const struct run_stage *item);
WARDER_MUST_CHECK int run_add_job(
    struct run_facts *run, const struct run_job *item);
WARDER_MUST_CHECK int run_add_action(
    struct run_facts *run, const struct run_action *item);
WARDER_MUST_CHECK int run_add_validator(
    struct run_facts *run, const struct run_validator *item);

/* What a job's status means for its gate. Any other status: NOT_KNOWN. */
enum gate_state {
	GATE_NOT_KNOWN = 0, /* running, or a word we do not know: read on */
	GATE_NOT_REACHED,   /* INIT */
	GATE_WAITING,       /* WAITING, SWITCH_MANUAL */
	GATE_PASSED,        /* SUCCESS, FINISH */
	GATE_STOPPED        /* FAIL, CANCELED, SKIP, … */
};
enum gate_state gate_state_of(const char *status);

struct look {
	size_t job, stage; /* indices into run_facts */
	bool is_gate;      /* has a pass or refuse action */
	enum gate_state state;
	bool may_pass, may_refuse;   /* waits, and the key's account may */
	bool says_pass, says_refuse; /* `disable` was a boolean at all */
};

/*
 * The job of ids->job. EMISSING: it is not in the run. ESTALE: pipeline or
 * run of the answer are not the ones asked for, or the job id occurs twice;
 * nothing in such an answer counts. EFORM: ids.
 */
WARDER_MUST_CHECK int look_at(const struct run_facts *run,
    const struct gate_ids *ids, struct look *ret_look);

/* The same by index, for lists. EFORM: no such index. */
WARDER_MUST_CHECK int look_at_index(
    const struct run_facts *run, size_t job, struct look *ret_look);

/*
 * The waiting gates of the run, in its order: the index of the first at or
 * after *at; *at moves behind it. False: no more.
 */
bool look_next_waiting(
    const struct run_facts *run, size_t *at, struct look *ret_look);

/*
 * The hash of that gate (gate.h). `org` is the organization asked; pipeline
 * and run are the run's own. Errors of gate_hash().
 */
WARDER_MUST_CHECK int look_hash(const struct run_facts *run, const char *org,
    const struct look *look, uint8_t ret_hash[GATE_HASH_LEN]);

/* The `n`th validator of a gate, each id once, or NULL. Borrowed. */
const char *look_validator(
    const struct run_facts *run, const struct look *look, size_t n);

#endif
