/* SPDX-License-Identifier: ISC */
/*
 * Reading the run until the job has left the gate. Only what is seen counts:
 * an answer "success" is not a success, and a lost answer is not a failure.
 */
#ifndef WARDER_KEEPER_WATCH_H
#define WARDER_KEEPER_WATCH_H

#include "keeper/act.h"

/* After our own send. Sets res, err and the result; ENDED. */
int watch_gate(struct decision *decision);

/* After somebody else's claim: 9, 10, or in progress. ENDED. */
int watch_other(struct decision *decision);

#endif
