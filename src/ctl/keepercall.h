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
	/*
	 * Each frame but DONE. Not 0 ends it, and is what the call returns.
	 * NULL: there is to be none.
	 */
	int (*take)(void *ctx, const struct frame *frame);
	void *ctx;
	int64_t timeout_ms;
};

/* `layout` NULL: an empty body of that type. Fills ret_done. */
WARDER_MUST_CHECK int keepercall_ask(const struct keepercall *call,
    uint32_t type, const struct layout *layout, const void *msg,
    struct admin_done *ret_done);

/* For a message that is sent in another way. ESYS with errno. */
WARDER_MUST_CHECK int keepercall_open(int64_t timeout_ms, int *ret_sock);
WARDER_MUST_CHECK int keepercall_answer(const struct keepercall *call, int sock,
    int64_t deadline, struct admin_done *ret_done);

/* A word of DONE for a person: a sentence, or the word itself. */
const char *keepercall_words(const char *word);

#endif
