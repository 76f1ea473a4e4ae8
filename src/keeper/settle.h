/* SPDX-License-Identifier: ISC */
/*
 * Open intents: something may have been sent and nobody wrote down what came
 * of it. Each is settled by reading the run, never by sending again; until
 * then nothing is sent for that gate.
 */
#ifndef WARDER_KEEPER_SETTLE_H
#define WARDER_KEEPER_SETTLE_H

#include <stdint.h>

#include "keeper/keeper.h"

struct settled {
	uint64_t closed, open;
};

/* Reads each run and writes a `settle` line where that is possible now. */
void settle_all(struct keeper *keeper, struct settled *ret_settled);

#endif
