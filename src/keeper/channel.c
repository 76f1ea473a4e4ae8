/* SPDX-License-Identifier: ISC */
/*
 * Whoever forwarded this end may hold a copy: set options on it, drain it,
 * fill it. So reads are poll and MSG_DONTWAIT, the frame counts only with
 * kernel-checked credentials of the creator, and afterwards only the hang-up
 * is looked at.
 */
#include "config.h"

#include <poll.h>

#include "base/clock.h"
#include "keeper/channel.h"
#include "wire/frame.h"

#define HERE WIRE_TYPE(WIRE_PROMPT, 2)
#define HERE_MS 2000 /* it was sent before the end was handed on */

int
channel_accept(int end, struct peer *ret_peer)
{
	auto_frame struct frame frame = FRAME_NONE;
	struct peer peer;
	int r;

	if ((r = peer_of_channel(end, &peer)) != 0 ||
	    (r = peer_want_credentials(end)) != 0 ||
	    (r = frame_recv(
	         end, WIRE_PROMPT, clock_boot_ms() + HERE_MS, &frame)) != 0)
		return r;
	if (frame.type != HERE || frame.len != 0)
		return WARDER_ETYPE;
	if (frame.fd >= 0)
		return WARDER_EFD;
	if (!frame.has_cred || frame.cred.uid != peer.uid ||
	    frame.cred.pid != peer.pid)
		return WARDER_ECRED;
	*ret_peer = peer;
	return WARDER_OK;
}

bool
channel_is_gone(int end)
{
	struct pollfd poller = { .fd = end, .events = 0 };

	return poll(&poller, 1, 0) < 0 ||
	       (poller.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}
