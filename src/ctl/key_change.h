/* SPDX-License-Identifier: ISC */
/*
 * One commit of the store, made by a child that is warder-keeper. Candidates
 * that a kill left behind go with any commit.
 */
#ifndef WARDER_CTL_KEY_CHANGE_H
#define WARDER_CTL_KEY_CHANGE_H

#include "ctl/key.h"

enum key_act {
	KEY_ADD = 1,   /* a new generation, active at once */
	KEY_CANDIDATE, /* a new generation beside the active one */
	KEY_PROMOTE,   /* that candidate becomes the active one */
	KEY_DROP,      /* that candidate goes */
	KEY_RETIRE     /* the active record of this name goes */
};

/* In shared memory (askeeper_share): the child answers in it. */
struct key_change {
	enum key_act act;
	const struct vault *vault;
	/* ADD, CANDIDATE: sealed whole; RETIRE: its name and organization */
	const struct seal_credential *credential;

	/* in for PROMOTE and DROP, out for ADD and CANDIDATE */
	uint8_t record_id[SEAL_ID_LEN];
	uint64_t generation;
	uint8_t hash[SEAL_HASH_LEN]; /* of the record that was sealed */

	/* KEY_MISSING of PROMOTE: another change took the candidate away */
	enum seal_err e;
	bool had_one; /* there was an active record of this name */
	char old_id[65];
	struct state_mark mark; /* of the store as it is now */
};

/* The commit itself, on a store that was opened for writing. */
WARDER_MUST_CHECK enum seal_err key_change_apply(
    struct key_change *change, struct seal_store *store);

/* 0 or an exit code after a message. */
WARDER_MUST_CHECK int key_commit(struct key_change *change);

/* Removes files that MANIFEST does not list; a failure is only told. */
void key_sweep(const struct vault *vault);

#endif
