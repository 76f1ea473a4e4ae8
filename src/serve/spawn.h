/* SPDX-License-Identifier: ISC */
/*
 * Starting a worker: the same binary, by a descriptor opened at start, so that
 * an upgrade in between cannot mix two versions, and with exactly the
 * descriptors that it may hold.
 */
#ifndef WARDER_SERVE_SPAWN_H
#define WARDER_SERVE_SPAWN_H

#include "serve/serve.h"

/* The running binary, for spawn(); works where it cannot be read. ESYS. */
WARDER_MUST_CHECK int spawn_open_self(int *ret_self);

/*
 * `sock` and `keyline` (or -1) become 3 and 4 of the worker; both stay open
 * here. ESYS.
 */
WARDER_MUST_CHECK int spawn(const struct serve *serve, int self,
    enum serve_kind kind, int sock, int keyline, pid_t *ret_pid);

#endif
