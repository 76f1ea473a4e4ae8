/* SPDX-License-Identifier: ISC */
/*
 * The client makes the pair itself: the kernel then vouches for its user to
 * whoever gets the other end, through however many hands that goes.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/fd.h"
#include "client/link.h"
#include "client/wait.h"
#include "client/words.h"

#define SEND_MS 5000
#define TAKE_MS 2000

void
link_close(struct link *link)
{
	fd_closep(&link->sock);
	fd_closep(&link->channel);
	fd_closep(&link->handed);
}

static int
make_channel(struct link *link)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return WARDER_ESYS;
	link->channel = pair[0];
	link->handed = pair[1];
	return prompt_send_here(link->channel);
}

enum reason
link_open(const char *path, struct link *ret_link)
{
	struct link link = LINK_NONE;

	if (peer_connect(path, &link.sock) != 0) {
		ret_link->wrong =
		    errno == EACCES
		        ? _("warder's socket may not be opened from here")
		        : _("warder's service is not running on this host");
		return REASON_UNREACHABLE;
	}
	if (make_channel(&link) != 0) {
		link_close(&link);
		ret_link->wrong = _("the prompt channel could not be made");
		return REASON_BUG;
	}
	*ret_link = link;
	return REASON_DONE;
}

static enum reason
broken(struct link *link, int r)
{
	switch (r) {
	case WARDER_EOF:
		link->wrong = _("warder's service ended the connection");
		break;
	case WARDER_EVERSION:
		link->wrong = _("warder's service speaks another version");
		break;
	case WARDER_ETIME:
		link->wrong = _("warder's service does not answer");
		break;
	default:
		link->wrong = _("warder's service answered what it must not");
	}
	return REASON_UNREACHABLE;
}

enum reason
link_ask(struct link *link, const struct layout *layout, const void *message)
{
	int r;

	link->frames = 0;
	r = layout_send(link->sock, ++link->id, layout, message,
	    layout->takes_fd ? link->handed : -1, clock_boot_ms() + SEND_MS);
	if (layout->takes_fd)
		fd_closep(&link->handed);
	/* A desk that was too busy for us has said so before it closed. */
	return r == 0 || r == WARDER_EOF ? REASON_DONE : broken(link, r);
}

enum reason
link_take(struct link *link, const struct layout **ret_layout,
    union person_any *ret_message)
{
	auto_frame struct frame frame = FRAME_NONE;
	const struct layout *layout;
	int r;

	r = frame_recv(
	    link->sock, WIRE_PERSON, clock_boot_ms() + TAKE_MS, &frame);
	if (r == WARDER_EVERSION)
		frame_send_mercy(link->sock, WIRE_PERSON);
	if (r != 0)
		return broken(link, r);
	layout = person_layout(frame.type);
	/* A RESULT of a desk without a slot for us answers no request. */
	if (layout == NULL || (frame.type & 1) == 0 ||
	    (frame.id != link->id && frame.type != PERSON_RESULT) ||
	    ++link->frames > PERSON_ANSWER_FRAMES)
		return broken(link, WARDER_ETYPE);
	if ((r = layout_take(&frame, layout, ret_message)) != 0)
		return broken(link, r);
	*ret_layout = layout;
	return REASON_DONE;
}

int
link_wait(struct link *link, const struct layout **ret_layout,
    union person_any *ret_message)
{
	struct pollfd polled = { .fd = link->sock, .events = POLLIN };
	int number;

	while (wait_for(&polled, 1, -1) < 0) {
		number = wait_signal();
		if (number == SIGTSTP)
			(void)raise(SIGSTOP);
		else if (number != 0)
			return 128 + number;
	}
	return (int)link_take(link, ret_layout, ret_message);
}
