/* SPDX-License-Identifier: ISC */
/*
 * One table per process is its whole protocol: which message may arrive in
 * which state, how long it may be, whether a descriptor comes along, and who
 * handles it. What the table does not allow ends the session.
 */
#ifndef WARDER_WIRE_DISPATCH_H
#define WARDER_WIRE_DISPATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/frame.h"

struct route {
	uint32_t type;
	uint32_t states; /* one bit a state: 1u << S_NEW | … */
	size_t longest;  /* bytes of body */
	bool takes_fd;
	/* 0, or an error that ends the session. The frame is borrowed; the
	 * handler takes its descriptor with fd_steal. */
	int (*on)(void *session, struct frame *frame);
};

/* ETYPE, ETOOBIG, EFD: not in the table like this; else the handler's. */
WARDER_MUST_CHECK int dispatch(const struct route *routes, size_t n,
    unsigned int state, void *session, struct frame *frame);

#endif
