/* SPDX-License-Identifier: ISC */
/*
 * One gate in one reading of its run, and what is said of it: to the person
 * (GATE and PIECEs), to warder-pam (the challenge), to the ledger (its name
 * and commits). All from the same facts, so the three cannot differ.
 */
#ifndef WARDER_KEEPER_VIEW_H
#define WARDER_KEEPER_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keeper/sight.h"
#include "wire/challenge.h"
#include "wire/person.h"
#include "yunxiao/look.h"

struct change; /* change.h */

struct view {
	struct gate_ids ids; /* whole */
	char alias[PERSON_ORG + 1];
	char pipeline_name[PERSON_NAME + 1]; /* "" not read */
	char newest[ID_NUMBER_MAX + 1];      /* "" not read */
	struct sight_runs runs;              /* n 0: not read */
	struct run_facts *run;               /* owned */
	struct change *change;               /* owned; NULL: not read */
	struct look look;
	uint8_t hash[GATE_HASH_LEN];
	bool is_hashed; /* false: above a cap, shown and not decided */
};

void view_clear(struct view *view);
#define auto_view __attribute__((cleanup(view_clear)))

/* Which jobs will do. */
enum view_want {
	VIEW_WAITING, /* a gate that waits; all else ends by its state */
	VIEW_SHOWN,   /* a gate; also one that is decided or not reached, which
	               * the server shows without any action */
	VIEW_KNOWN    /* that job, whatever it shows: it was the gate before */
};

/*
 * Picks the job `ids.job` of view->run, or, if that is "", its only waiting
 * gate, and hashes it. Ends with not-found, `not_reached`, already,
 * otherwise or `ambiguous`.
 */
WARDER_MUST_CHECK int view_pick(
    struct view *view, enum view_want want, struct person_result *result);

/* Reads the run of view->ids anew, picks and hashes. */
WARDER_MUST_CHECK int view_read(
    struct view *view, struct reader *reader, enum view_want want);

/* The tri of "no newer run of the pipeline was started". */
uint8_t view_newest(const struct view *view);

/* All but `starter`, `can` and `level`, which are the policy's. */
void view_gate(const struct view *view, struct person_gate *ret_gate);

/* The pieces in order; n counts from 0. False: no more. */
bool view_piece(
    const struct view *view, size_t n, struct person_piece *ret_piece);

/* What is about to be decided. `nonce` is left to the caller. */
void view_challenge(const struct view *view, const struct person_act *act,
    struct challenge *ret_challenge);

/* `org/pipeline/stage/job` as shown, and the commits with commas. */
void view_names(const struct view *view, char *ret_name, size_t name_size,
    char *ret_commits, size_t commits_size);

#endif
