/* SPDX-License-Identifier: ISC */
/*
 * How an answer leaves. A good one goes through libmicrohttpd; it cannot
 * send broken HTTP, so a broken one is written into the TLS session that
 * libmicrohttpd lends, and the connection ends there.
 */
#ifndef WARDER_SANDBOX_SEND_H
#define WARDER_SANDBOX_SEND_H

#include <microhttpd.h>

#include "sandbox/fault.h"

/* What the request handler returns. The lock is not held. */
enum MHD_Result send_answer(struct sandbox *s, struct MHD_Connection *c,
    const struct answer *a, const struct plan *plan);

#endif
