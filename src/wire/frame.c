/* SPDX-License-Identifier: ISC */
/*
 * The peer may send anything: too long, cut, with three descriptors, with
 * none. The kernel keeps the boundaries of SEQPACKET, so what is wrong with
 * one message is known before a byte of it is looked at.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "wire/frame.h"

#define CONTROL_FDS 4 /* room to see, and close, more than we want */

void
frame_clear(struct frame *frame)
{
	fd_closep(&frame->fd);
	frame->len = 0;
}

struct rbuf
frame_body(const struct frame *frame)
{
	return rbuf_of(frame->body, frame->len);
}

/* Waits for `events`; a hang-up also counts, the call after it tells. */
static int
wait_for(int sock, short events, int64_t deadline)
{
	struct pollfd poller = { .fd = sock, .events = events };
	int n;

	do {
		n = poll(&poller, 1, clock_left_ms(deadline));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return WARDER_ESYS;
	return n == 0 ? WARDER_ETIME : WARDER_OK;
}

int
frame_send_now(
    int sock, uint32_t type, uint32_t id, const struct wbuf *body, int fd)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	uint8_t head[FRAME_HEAD];
	struct wbuf out = wbuf_of(head, sizeof(head));
	struct iovec parts[2] = { { head, sizeof(head) }, { NULL, 0 } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	struct cmsghdr *passed;
	ssize_t n;

	if (body != NULL) {
		if (body->r != 0)
			return body->r;
		parts[1].iov_base = body->bytes;
		parts[1].iov_len = body->len;
	}
	if (parts[1].iov_len > FRAME_BODY_MAX)
		return WARDER_ETOOBIG;
	put_u32(&out, type);
	put_u32(&out, id);
	if (fd >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		passed = CMSG_FIRSTHDR(&message);
		passed->cmsg_level = SOL_SOCKET;
		passed->cmsg_type = SCM_RIGHTS;
		passed->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(passed), &fd, sizeof(int));
	}
	do {
		n = sendmsg(sock, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	if (n >= 0)
		return WARDER_OK;
	if (errno == EAGAIN || errno == ENOBUFS)
		return WARDER_ETIME;
	return errno == EPIPE || errno == ECONNRESET ? WARDER_EOF : WARDER_ESYS;
}

int
frame_send(int sock, uint32_t type, uint32_t id, const struct wbuf *body,
    int fd, int64_t deadline)
{
	int r;

	while ((r = frame_send_now(sock, type, id, body, fd)) == WARDER_ETIME) {
		if ((r = wait_for(sock, POLLOUT, deadline)) != 0)
			return r;
	}
	return r;
}

/*
 * Takes what came beside the bytes. Every descriptor is closed or kept: a
 * peer must not be able to fill our table with ones that we do not want.
 */
static int
take_control(struct msghdr *message, struct frame *frame)
{
	size_t n, fds = 0;
	int fd;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL;
	     c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			return WARDER_EFD;
		if (c->cmsg_type == SCM_CREDENTIALS &&
		    c->cmsg_len == CMSG_LEN(sizeof(frame->cred))) {
			memcpy(&frame->cred, CMSG_DATA(c), sizeof(frame->cred));
			frame->has_cred = true;
			continue;
		}
		if (c->cmsg_type != SCM_RIGHTS)
			return WARDER_EFD;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++, fds++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (fds == 0)
				frame->fd = fd;
			else
				(void)close(fd);
		}
	}
	return fds > 1 ? WARDER_EFD : WARDER_OK;
}

static int
check_head(
    struct frame *frame, const uint8_t *head, enum wire_protocol protocol)
{
	struct rbuf in = rbuf_of(head, FRAME_HEAD);
	uint32_t version;
	int r;

	if ((r = get_u32(&in, &frame->type)) != 0 ||
	    (r = get_u32(&in, &frame->id)) != 0)
		return r;
	version = frame->type >> 16 & 0xff;
	if (frame->type >> 24 != (uint32_t)protocol)
		return WARDER_ETYPE;
	if (version != WIRE_VERSION || (frame->type & 0xffff) == WIRE_MERCY)
		return WARDER_EVERSION;
	return WARDER_OK;
}

static int
receive(int sock, enum wire_protocol protocol, struct frame *frame)
{
	union {
		char bytes[CMSG_SPACE(CONTROL_FDS * sizeof(int)) +
		           CMSG_SPACE(sizeof(struct ucred)) + 64];
		struct cmsghdr align;
	} control = { { 0 } };
	uint8_t head[FRAME_HEAD];
	struct iovec parts[2] = { { head, sizeof(head) },
		{ frame->body, sizeof(frame->body) } };
	struct msghdr message = { .msg_iov = parts,
		.msg_iovlen = 2,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };
	int r, resets = 0;
	ssize_t n;

	/*
	 * A peer that closed without reading us is told first, as a reset;
	 * what it said before it closed is still there behind that.
	 */
	do {
		n = recvmsg(sock, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (n < 0 &&
	         (errno == EINTR || (errno == ECONNRESET && resets++ == 0)));
	if (n < 0)
		return errno == EAGAIN       ? WARDER_ETIME
		       : errno == ECONNRESET ? WARDER_EOF
		                             : WARDER_ESYS;
	if ((r = take_control(&message, frame)) != 0)
		return r;
	if ((message.msg_flags & MSG_CTRUNC) != 0)
		return WARDER_EFD;
	if ((message.msg_flags & MSG_TRUNC) != 0)
		return WARDER_ETOOBIG;
	if (n == 0)
		return WARDER_EOF;
	if ((size_t)n < sizeof(head))
		return WARDER_ETRUNC;
	frame->len = (size_t)n - sizeof(head);
	return check_head(frame, head, protocol);
}

int
frame_recv(int sock, enum wire_protocol protocol, int64_t deadline,
    struct frame *ret_frame)
{
	int r;

	do {
		frame_clear(ret_frame);
		ret_frame->has_cred = false;
		if ((r = wait_for(sock, POLLIN, deadline)) != 0)
			return r;
		r = receive(sock, protocol, ret_frame);
		/* ETIME here: poll said yes, somebody else read it. */
	} while (r == WARDER_ETIME && clock_left_ms(deadline) > 0);
	if (r != 0)
		frame_clear(ret_frame);
	return r;
}

void
frame_finish(int sock)
{
	char byte;
	ssize_t n;

	/* From here on the peer's sendmsg fails, so this comes to an end. */
	if (shutdown(sock, SHUT_RD) != 0)
		return;
	/* One byte of each is asked for; the kernel drops what passes with it. */
	do {
		n = recv(sock, &byte, sizeof(byte), MSG_DONTWAIT);
	} while (n > 0 || (n < 0 && errno == EINTR));
}

void
frame_send_mercy(int sock, enum wire_protocol protocol)
{
	(void)!frame_send_now(
	    sock, WIRE_TYPE(protocol, WIRE_MERCY), 0, NULL, -1);
}
