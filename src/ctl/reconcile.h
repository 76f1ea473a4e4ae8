/* SPDX-License-Identifier: ISC */
/*
 * The server's history against the ledger: what was decided there, and is
 * there a line here that accounts for it? Pure; fed with what the keeper
 * told of the server first, then with every line of the ledger. It trusts
 * neither to be small or sound.
 */
#ifndef WARDER_CTL_RECONCILE_H
#define WARDER_CTL_RECONCILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/record.h"
#include "wire/admin.h"

enum reconcile_kind {
	RECONCILE_AROUND = 0, /* decided, and not by warder here */
	RECONCILE_VANISHED,   /* a line names a gate that is not there */
	RECONCILE_REVISED,    /* other validators than on record */
	RECONCILE_NOTED,      /* validators not on record yet: no finding */
	RECONCILE_KINDS
};

/* `res` of the line that puts it on record. */
const char *reconcile_word(enum reconcile_kind kind);

struct reconcile_ids {
	char pipeline[21], run[21], job[21];
};

/* A job as the server showed it. */
struct reconcile_job {
	struct reconcile_ids ids;
	char *name; /* org/pipeline/stage/job as a line would have it */
	char *tail; /* /stage/job, within a longer copy */
	char *validators;
	uint8_t hash[RECORD_HASH_LEN];
	uint64_t start_ms, end_ms;
	uint8_t state; /* enum gate_state */
	bool is_gate;
};

/* What a line of the ledger said of a gate. */
struct reconcile_line {
	uint64_t seq;
	int64_t at_ms;
	struct reconcile_ids ids;
	char act[8], res[25];
	char *name;
	uint8_t hash[RECORD_HASH_LEN]; /* of validators, foreign and noted */
	bool is_intent, is_ours;       /* ours: it may have moved the gate */
	bool is_foreign;               /* a finding, or validators, on record */
};

struct reconcile_finding {
	enum reconcile_kind kind;
	uint64_t known; /* line that has it on record; 0: none yet */
	struct reconcile_ids ids;
	const char *act, *name;        /* borrowed; "" where there is none */
	const char *validators;        /* now */
	uint64_t at_ms;                /* of the decision, 0 unknown */
	uint8_t hash[RECORD_HASH_LEN]; /* of the validators */
};

struct reconcile_pipeline {
	char id[21];
	char *name;
};

/* Where there is a gate: `name` ends with stage and job. Borrowed. */
struct reconcile_place {
	const char *pipeline, *name;
	const struct reconcile_ids *ids; /* of a line; NULL: of a job */
};

struct reconcile {
	const char *alias, *org; /* name here, id there; borrowed */
	int64_t since_ms;
	int64_t begin_ms; /* of the first line: what was before is not ours */
	struct reconcile_pipeline *pipelines;
	size_t pipelines_n, pipelines_room;
	struct reconcile_job *jobs;
	size_t jobs_n, jobs_room;
	struct reconcile_ids *runs; /* read to their end; `job` is "" */
	size_t runs_n, runs_room;
	struct reconcile_ids *dark; /* not to be read */
	size_t dark_n, dark_room;
	struct reconcile_line *lines;
	size_t lines_n, lines_room;
	struct reconcile_finding *findings;
	size_t findings_n, findings_room;
	struct reconcile_place *places;
	size_t places_n, places_room;
	size_t decided, ours; /* gates that were decided in that time */
};

/* ENOMEM; EFORM: ids that are none. */
WARDER_MUST_CHECK int reconcile_pipeline(
    struct reconcile *reconcile, const char *id, const char *name);
WARDER_MUST_CHECK int reconcile_job(
    struct reconcile *reconcile, const struct admin_seen *seen);
WARDER_MUST_CHECK int reconcile_run(
    struct reconcile *reconcile, const char *pipeline, const char *run);

/* Every line, oldest first. */
WARDER_MUST_CHECK int reconcile_line(
    struct reconcile *reconcile, const struct record *rec);

/*
 * Runs that lines name, that were not read, and that are not on record as
 * gone: each is to be read by itself. *at counts from 0. False: no more.
 */
bool reconcile_next_unread(const struct reconcile *reconcile, size_t *at,
    struct reconcile_ids *ret_run);

/* The server said that this run is not there. */
WARDER_MUST_CHECK int reconcile_gone(
    struct reconcile *reconcile, const struct reconcile_ids *run);

/* Nobody knows whether it is there: lines about it are not looked for. */
WARDER_MUST_CHECK int reconcile_unreadable(
    struct reconcile *reconcile, const struct reconcile_ids *run);

/* After all that: fills findings, each once, around first. */
WARDER_MUST_CHECK int reconcile_compare(struct reconcile *reconcile);

/* The line that puts a finding on record. */
void reconcile_record(const struct reconcile *reconcile,
    const struct reconcile_finding *finding, struct record *ret_rec);

/* Room for one more in an array that doubles. ENOMEM, EFULL: it stays. */
WARDER_MUST_CHECK int reconcile_grow(
    void **array, size_t *room, size_t n, size_t size);

void reconcile_clear(struct reconcile *reconcile);

#endif
