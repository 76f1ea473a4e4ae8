/* SPDX-License-Identifier: ISC */
/* recvmsg puts the head here and the body there; nobody copies after it. */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "wire/guarded.h"

int
guarded_send(int sock, uint32_t type, uint32_t id, const struct blob *body,
    int64_t deadline)
{
	struct wbuf out;

	if (body == NULL)
		return frame_send(sock, type, id, NULL, -1, deadline);
	/* frame_send only reads the body; the cast drops no promise. */
	out = wbuf_of((void *)(uintptr_t)blob_data(body), blob_len(body));
	out.len = blob_len(body);
	return frame_send(sock, type, id, &out, -1, deadline);
}

static int
wait_for_frame(int sock, int64_t deadline)
{
	struct pollfd poller = { .fd = sock, .events = POLLIN };
	int r;

	do {
		r = poll(&poller, 1, clock_left_ms(deadline));
	} while (r < 0 && errno == EINTR);
	if (r < 0)
		return WARDER_ESYS;
	return r == 0 ? WARDER_ETIME : WARDER_OK;
}

static int
failed_recv(void)
{
	if (errno == EAGAIN)
		return WARDER_ETIME;
	return errno == ECONNRESET ? WARDER_EOF : WARDER_ESYS;
}

int
guarded_peek(int sock, int64_t deadline, uint32_t *ret_type)
{
	uint8_t head[FRAME_HEAD] = { 0 };
	struct rbuf in = rbuf_of(head, sizeof(head));
	ssize_t n;
	int r;

	if ((r = wait_for_frame(sock, deadline)) != 0)
		return r;
	do
		n = recv(sock, head, sizeof(head), MSG_PEEK | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return failed_recv();
	if (n == 0)
		return WARDER_EOF;
	return n < FRAME_HEAD ? WARDER_ETRUNC : get_u32(&in, ret_type);
}

static int
receive(int sock, uint8_t head[FRAME_HEAD], size_t max, struct blob *body)
{
	struct iovec parts[2] = { { head, FRAME_HEAD },
		{ blob_space(body), max } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t n;

	do
		n = recvmsg(sock, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return failed_recv();
	if (n == 0)
		return WARDER_EOF;
	if (n < FRAME_HEAD || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return WARDER_ETRUNC;
	return blob_set_len(body, (size_t)n - FRAME_HEAD);
}

int
guarded_recv(int sock, int64_t deadline, size_t max, uint32_t *ret_type,
    uint32_t *ret_id, struct blob **ret_body)
{
	auto_blob struct blob *body = NULL;
	uint8_t head[FRAME_HEAD] = { 0 };
	struct rbuf in = rbuf_of(head, sizeof(head));
	int r;

	if ((r = blob_new(max, &body)) != 0 ||
	    (r = wait_for_frame(sock, deadline)) != 0 ||
	    (r = receive(sock, head, max, body)) != 0 ||
	    (r = get_u32(&in, ret_type)) != 0 ||
	    (r = get_u32(&in, ret_id)) != 0)
		return r;
	*ret_body = blob_steal(&body);
	return WARDER_OK;
}
