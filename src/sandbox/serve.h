/* SPDX-License-Identifier: ISC */
/*
 * From a whole request to the answer and the way it is sent. The journal
 * has its line when this returns.
 */
#ifndef WARDER_SANDBOX_SERVE_H
#define WARDER_SANDBOX_SERVE_H

#include "sandbox/fault.h"

/* Takes the lock. The caller frees the answer and the plan. */
void serve_request(struct sandbox *s, struct req *r, struct answer *ret_answer,
    struct plan *ret_plan);

#endif
