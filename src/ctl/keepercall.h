/* SPDX-License-Identifier: ISC */
/*
 * One question to the keeper over its administrator's protocol. It answers
 * uid 0 alone; what it says is foreign text until somebody looked at it.
 */
#ifndef WARDER_CTL_KEEPERCALL_H
#define WARDER_CTL_KEEPERCALL_H

#include "base/err.h"
#include "wire/admin.h"

struct keepercall {
	/* Each frame but DONE. Not 0 ends it, and is what the call returns. */
	int (*take)(void *ctx, const struct frame *frame);
	void *ctx;
	int64_t timeout_ms;
};

/* `layout` NULL: an empty body of that type. Fills ret_done. */
WARDER_MUST_CHECK int keepercall_ask(const struct keepercall *call,
    uint32_t type, const struct layout *layout, const void *msg,
    struct admin_done *ret_done);

#endif
