/* SPDX-License-Identifier: ISC */
/*
 * One sender for one gate hash: a row in the state that only one can make.
 * Its value is a note signed with this host's key, so that a store can lose
 * a claim, never forge one.
 */
#ifndef WARDER_KEEPER_CLAIM_H
#define WARDER_KEEPER_CLAIM_H

#include "keeper/act.h"

/* Zero is no. */
enum claim {
	CLAIM_FAILED = 0,
	CLAIM_THEIRS = 1,
	CLAIM_OURS = 0x3d5e9b27
};

/* Fills claim_revision with CLAIM_OURS. */
WARDER_MUST_CHECK enum claim claim_take(struct decision *decision);

/* Gives our claim back. A failure is logged: the gate stays shut, no more. */
void claim_drop(struct decision *decision);

#endif
