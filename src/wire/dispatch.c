/* SPDX-License-Identifier: ISC */
/* Finds the row of a frame. Nothing is handled that has no row. */
#include "config.h"

#include "wire/dispatch.h"

int
dispatch(const struct route *routes, size_t n, unsigned int state,
    void *session, struct frame *frame)
{
	for (size_t i = 0; i < n; i++) {
		if (routes[i].type != frame->type)
			continue;
		if ((routes[i].states & 1u << state) == 0)
			return WARDER_ETYPE;
		if (frame->len > routes[i].longest)
			return WARDER_ETOOBIG;
		if ((frame->fd >= 0) != routes[i].takes_fd)
			return WARDER_EFD;
		return routes[i].on(session, frame);
	}
	return WARDER_ETYPE;
}
