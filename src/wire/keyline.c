/* SPDX-License-Identifier: ISC */
/*
 * The key line. The other end is our own binary under our own uid, yet its
 * messages are held to length and type like anybody's.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "wire/keyline.h"

#define KEYS_LEN (2 * KEYLINE_KEY_LEN)

int
keyline_answer(int sock, const struct blob *keys, int64_t deadline)
{
	struct wbuf body;

	if (keys == NULL)
		return frame_send(sock, KEYLINE_LOCKED, 1, NULL, -1, deadline);
	if (blob_len(keys) != KEYS_LEN)
		return WARDER_EBUG;
	/* frame_send only reads the body; the cast drops no promise. */
	body = wbuf_of((void *)(uintptr_t)blob_data(keys), KEYS_LEN);
	body.len = KEYS_LEN;
	return frame_send(sock, KEYLINE_KEYS, 1, &body, -1, deadline);
}

/* Head into `head`, body straight into locked memory. */
static int
receive(int sock, int64_t deadline, uint8_t head[FRAME_HEAD], struct blob *body)
{
	struct iovec parts[2] = { { head, FRAME_HEAD },
		{ blob_space(body), KEYS_LEN } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	struct pollfd poller = { .fd = sock, .events = POLLIN };
	ssize_t n;
	int r;

	do {
		r = poll(&poller, 1, clock_left_ms(deadline));
	} while (r < 0 && errno == EINTR);
	if (r <= 0)
		return r == 0 ? WARDER_ETIME : WARDER_ESYS;
	n = recvmsg(sock, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n == 0)
		return WARDER_EOF;
	if (n < FRAME_HEAD || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return WARDER_ETRUNC;
	return blob_set_len(body, (size_t)n - FRAME_HEAD);
}

int
keyline_ask(int sock, int64_t deadline, struct blob **ret_keys)
{
	auto_blob struct blob *body = NULL;
	uint8_t head[FRAME_HEAD] = { 0 };
	struct rbuf in = rbuf_of(head, sizeof(head));
	uint32_t type;
	int r;

	if ((r = blob_new(KEYS_LEN, &body)) != 0 ||
	    (r = frame_send(sock, KEYLINE_ASK, 1, NULL, -1, deadline)) != 0 ||
	    (r = receive(sock, deadline, head, body)) != 0 ||
	    (r = get_u32(&in, &type)) != 0)
		return r;
	if (type == KEYLINE_LOCKED && blob_len(body) == 0)
		return WARDER_ELOCKED;
	if (type != KEYLINE_KEYS)
		return WARDER_ETYPE;
	if (blob_len(body) != KEYS_LEN)
		return WARDER_ETRUNC;
	*ret_keys = blob_steal(&body);
	return WARDER_OK;
}
