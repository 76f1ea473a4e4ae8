/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "ctl/keepercall.h"
#include "wire/peer.h"

int
keepercall_open(int64_t timeout_ms, int *ret_sock)
{
	return peer_connect_within(
	    WARDER_RUNDIR "/keeper.sock", timeout_ms, ret_sock);
}

int
keepercall_answer(const struct keepercall *call, int sock, int64_t deadline,
    struct admin_done *ret_done)
{
	int r = WARDER_OK;

	while (r == 0) {
		auto_frame struct frame frame = FRAME_NONE;

		r = frame_recv(sock, WIRE_ADMIN, deadline, &frame);
		if (r == 0 && frame.type == ADMIN_DONE)
			return layout_take(
			    &frame, &admin_done_layout, ret_done);
		if (r == 0)
			r = call->take == NULL ? WARDER_ETYPE
			                       : call->take(call->ctx, &frame);
	}
	return r;
}

int
keepercall_ask(const struct keepercall *call, uint32_t type,
    const struct layout *layout, const void *msg, struct admin_done *ret_done)
{
	int64_t deadline = clock_boot_ms() + call->timeout_ms;
	struct wbuf nothing = wbuf_of(NULL, 0);
	auto_fd int sock = -1;
	int r;

	if ((r = keepercall_open(call->timeout_ms, &sock)) != 0)
		return r;
	r = layout != NULL ? layout_send(sock, 1, layout, msg, -1, deadline)
	                   : frame_send(sock, type, 1, &nothing, -1, deadline);
	/* Gone already: it may have said before that it is busy. */
	return r == 0 || r == WARDER_EOF
	           ? keepercall_answer(call, sock, deadline, ret_done)
	           : r;
}

const char *
keepercall_words(const char *word)
{
	return strcmp(word, "slots") == 0
	           ? "two other warderctl are talking to warder-keeper; repeat "
	             "this when one of them is done"
	           : word;
}
