/* SPDX-License-Identifier: ISC */
/* One worker of the keeper, with its places as an argument for tests. */
#ifndef WARDER_KEEPER_WORKER_H
#define WARDER_KEEPER_WORKER_H

#include "keeper/keeper.h"

/* Returns the worker's exit status. */
int worker_run(const struct serve *serve, struct serve_worker *worker,
    const struct keeper_places *places);

#endif
