/* SPDX-License-Identifier: ISC */
/*
 * Writer and reader of one message. The writer has just read a stranger's
 * file, so what it says is held to its lengths like anybody's.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "wire/profile.h"

#define BODY_MAX                                                               \
	(1 + PROFILE_WORD_MAX + 1 + PROFILE_WHAT_MAX + 1 + 1 +                 \
	    PROFILE_ID_MAX + 2 + PROFILE_SECRET_MAX + 2 + PROFILE_TOKEN_MAX)

void
profile_clear(struct profile *profile)
{
	blob_freep(&profile->secret);
	blob_freep(&profile->token);
}

static void
put_secret(struct wbuf *out, const struct blob *secret)
{
	size_t len = secret == NULL ? 0 : blob_len(secret);

	put_u16(out, (uint16_t)len);
	if (len > 0)
		put_bytes(out, blob_data(secret), len);
}

int
profile_send(int sock, const struct profile *profile, int64_t deadline)
{
	auto_blob struct blob *body = NULL;
	struct wbuf out;
	int r;

	if ((r = blob_new(BODY_MAX, &body)) != 0)
		return r;
	out = wbuf_of(blob_space(body), BODY_MAX);
	put_text8(&out, profile->word);
	put_text8(&out, profile->what);
	put_u8(&out, profile->kind);
	put_text8(&out, profile->id);
	put_secret(&out, profile->secret);
	put_secret(&out, profile->token);
	if ((r = wbuf_end(&out)) != 0)
		return r;
	return frame_send(sock, COURIER_PROFILE_DONE, 1, &out, -1, deadline);
}

static int
get_secret(struct rbuf *in, size_t max, struct blob **ret_secret)
{
	auto_blob struct blob *secret = NULL;
	const uint8_t *at;
	uint16_t len;
	int r;

	if ((r = get_u16(in, &len)) != 0)
		return r;
	if (len > max)
		return WARDER_ETOOBIG;
	if (len == 0)
		return WARDER_OK;
	if ((r = get_view(in, len, &at)) != 0 ||
	    (r = blob_new(len, &secret)) != 0 ||
	    (r = blob_append(secret, at, len)) != 0)
		return r;
	*ret_secret = blob_steal(&secret);
	return WARDER_OK;
}

/* An error and nothing else, or all that its kind consists of. */
static bool
is_whole(const struct profile *profile)
{
	bool has_secret = profile->secret != NULL;
	bool has_token = profile->token != NULL;

	if (profile->word[0] != '\0')
		return profile->kind == 0 && profile->id[0] == '\0' &&
		       !has_secret && !has_token;
	return profile->id[0] != '\0' && has_secret &&
	       ((profile->kind == 1 && !has_token) ||
	           (profile->kind == 2 && has_token));
}

int
profile_get(const struct blob *body, struct profile *ret_profile)
{
	struct rbuf in = rbuf_of(blob_data(body), blob_len(body));
	int r;

	if ((r = get_text8(&in, PROFILE_WORD_MAX, ret_profile->word)) != 0 ||
	    (r = get_text8(&in, PROFILE_WHAT_MAX, ret_profile->what)) != 0 ||
	    (r = get_u8(&in, &ret_profile->kind)) != 0 ||
	    (r = get_text8(&in, PROFILE_ID_MAX, ret_profile->id)) != 0 ||
	    (r = get_secret(&in, PROFILE_SECRET_MAX, &ret_profile->secret)) !=
	        0 ||
	    (r = get_secret(&in, PROFILE_TOKEN_MAX, &ret_profile->token)) != 0)
		return r;
	if ((r = rbuf_end(&in)) != 0)
		return r;
	return is_whole(ret_profile) ? WARDER_OK : WARDER_EFORM;
}

/* Head into `head`, body straight into locked memory. */
static int
receive(int sock, int64_t deadline, uint8_t head[FRAME_HEAD], struct blob *body)
{
	struct iovec parts[2] = { { head, FRAME_HEAD },
		{ blob_space(body), BODY_MAX } };
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
	if (n <= 0)
		return n == 0 ? WARDER_EOF : WARDER_ESYS;
	if (n < FRAME_HEAD || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return WARDER_ETRUNC;
	return blob_set_len(body, (size_t)n - FRAME_HEAD);
}

int
profile_recv(int sock, int64_t deadline, struct profile *ret_profile)
{
	auto_blob struct blob *body = NULL;
	uint8_t head[FRAME_HEAD] = { 0 };
	struct rbuf in = rbuf_of(head, sizeof(head));
	uint32_t type;
	int r;

	if ((r = blob_new(BODY_MAX, &body)) != 0 ||
	    (r = receive(sock, deadline, head, body)) != 0 ||
	    (r = get_u32(&in, &type)) != 0)
		return r;
	if (type != COURIER_PROFILE_DONE)
		return WARDER_ETYPE;
	return profile_get(body, ret_profile);
}
