/* SPDX-License-Identifier: ISC */
/*
 * Whoever holds a copy of the handed-on end can write towards the client,
 * swallow what the client wrote, and filter or cut it. None of that yields a
 * frame that opens: the key went to warder-pam in a box, and each frame is
 * bound to its direction and its place.
 */
#include "config.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rand.h"
#include "base/text.h"
#include "wire/prompt.h"

#define REQUEST_PREFIX "warder/request/1\n"
#define HELLO_PLAIN (PROMPT_KEY_LEN + PROMPT_REQUEST_LEN)
#define HELLO_LEN (HELLO_PLAIN + crypto_box_SEALBYTES)
#define ANSWER_ROOM 512
#define ANSWER_PLAIN (2 + ANSWER_ROOM)
#define OPENING_STACK 2048 /* below the caller of an opening call */

_Static_assert(HELLO_LEN == 112, "as written down");
_Static_assert(PROMPT_SEAL_LEN == crypto_secretbox_MACBYTES, "one MAC");
_Static_assert(PROMPT_KEY_LEN == crypto_secretbox_KEYBYTES, "K is a key");
_Static_assert((PROMPT_HELLO & 1) == 0 && (PROMPT_ASK & 1) == 1,
    "even: from the maker of the channel");

enum direction {
	FROM_CLIENT = 0,
	FROM_PAM = 1
};

struct prompt_line {
	int sock; /* borrowed */
	enum direction mine;
	uid_t maker; /* warder-pam only */
	uint64_t sent, received;
	bool is_dead;
	struct blob *key;
};

void
prompt_request(uint8_t ret[PROMPT_REQUEST_LEN], uint8_t lang,
    const void *act_body, size_t len)
{
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const unsigned char *)REQUEST_PREFIX,
	    sizeof(REQUEST_PREFIX) - 1);
	crypto_hash_sha256_update(&state, &lang, 1);
	crypto_hash_sha256_update(&state, act_body, len);
	crypto_hash_sha256_final(&state, ret);
}

void
prompt_line_freep(struct prompt_line **line)
{
	if (*line == NULL)
		return;
	blob_freep(&(*line)->key);
	free(*line);
	*line = NULL;
}

static int
line_new(int sock, enum direction mine, struct prompt_line **ret_line)
{
	auto_line struct prompt_line *line = calloc(1, sizeof(*line));
	int r;

	if (line == NULL)
		return WARDER_ENOMEM;
	line->sock = sock;
	line->mine = mine;
	if ((r = blob_new(PROMPT_KEY_LEN, &line->key)) != 0)
		return r;
	*ret_line = line;
	line = NULL;
	return WARDER_OK;
}

/* The kernel checks the credentials: only our own pass. */
static void
attach_credentials(struct msghdr *message, void *control, size_t size)
{
	struct ucred own = { getpid(), getuid(), getgid() };
	struct cmsghdr *c;

	message->msg_control = control;
	message->msg_controllen = size;
	c = CMSG_FIRSTHDR(message);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_CREDENTIALS;
	c->cmsg_len = CMSG_LEN(sizeof(own));
	memcpy(CMSG_DATA(c), &own, sizeof(own));
}

static int
send_as_oneself(int sock, uint32_t type, const void *body, size_t len)
{
	union {
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr align;
	} control = { { 0 } };
	uint8_t head[FRAME_HEAD];
	struct wbuf out = wbuf_of(head, sizeof(head));
	struct iovec parts[2] = { { head, sizeof(head) },
		{ (void *)(uintptr_t)body, len } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t n;

	put_u32(&out, type);
	put_u32(&out, 0);
	attach_credentials(&message, control.bytes, sizeof(control.bytes));
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
prompt_send_here(int sock)
{
	return send_as_oneself(sock, PROMPT_HERE, NULL, 0);
}

int
prompt_send_hello(int sock, const uint8_t pam_public[PROMPT_KEY_LEN],
    const uint8_t request[PROMPT_REQUEST_LEN], struct prompt_line **ret_line)
{
	auto_line struct prompt_line *line = NULL;
	auto_blob struct blob *plain = NULL;
	uint8_t box[HELLO_LEN];
	int r;

	if ((r = line_new(sock, FROM_CLIENT, &line)) != 0 ||
	    (r = blob_set_len(line->key, PROMPT_KEY_LEN)) != 0 ||
	    (r = blob_new(HELLO_PLAIN, &plain)) != 0)
		return r;
	rand_fill(blob_space(line->key), PROMPT_KEY_LEN);
	if ((r = blob_append(plain, blob_data(line->key), PROMPT_KEY_LEN)) !=
	        0 ||
	    (r = blob_append(plain, request, PROMPT_REQUEST_LEN)) != 0)
		return r;
	if (crypto_box_seal(box, blob_data(plain), HELLO_PLAIN, pam_public) !=
	    0)
		return WARDER_EBOX;
	r = send_as_oneself(sock, PROMPT_HELLO, box, sizeof(box));
	if (r != 0)
		return r;
	*ret_line = line;
	line = NULL;
	return WARDER_OK;
}

/*
 * libsodium opens the first 32 bytes of a box in a block on the stack that it
 * does not wipe: there the key of a line stays, or what a person has typed.
 */
static void
wipe_what_opened(void)
{
	sodium_stackzero(OPENING_STACK);
}

static bool
is_of(const struct frame *frame, uid_t maker)
{
	return frame->has_cred && frame->cred.uid == maker &&
	       frame->cred.pid > 0;
}

int
prompt_take_hello(int sock, const struct frame *frame, const struct peer *maker,
    const struct blob *secret, const uint8_t pam_public[PROMPT_KEY_LEN],
    const uint8_t request[PROMPT_REQUEST_LEN], struct prompt_line **ret_line)
{
	auto_line struct prompt_line *line = NULL;
	auto_blob struct blob *plain = NULL;
	int r, opened;

	if (!is_of(frame, maker->uid) || frame->cred.pid != maker->pid)
		return WARDER_ECRED;
	if (frame->type != PROMPT_HELLO || frame->id != 0)
		return WARDER_ETYPE;
	if (frame->fd >= 0)
		return WARDER_EFD;
	if (frame->len != HELLO_LEN || blob_len(secret) != PROMPT_KEY_LEN)
		return WARDER_EBOX;
	if ((r = line_new(sock, FROM_PAM, &line)) != 0 ||
	    (r = blob_new(HELLO_PLAIN, &plain)) != 0 ||
	    (r = blob_set_len(plain, HELLO_PLAIN)) != 0)
		return r;
	opened = crypto_box_seal_open(blob_space(plain), frame->body, HELLO_LEN,
	    pam_public, blob_data(secret));
	wipe_what_opened();
	if (opened != 0)
		return WARDER_EBOX;
	if (sodium_memcmp(blob_data(plain) + PROMPT_KEY_LEN, request,
	        PROMPT_REQUEST_LEN) != 0)
		return WARDER_ESTALE;
	line->maker = maker->uid;
	r = blob_append(line->key, blob_data(plain), PROMPT_KEY_LEN);
	if (r != 0)
		return r;
	*ret_line = line;
	line = NULL;
	return WARDER_OK;
}

/* nonce: direction u8 · 15 zeros · counter u64 */
static void
nonce_of(uint8_t ret[crypto_secretbox_NONCEBYTES], enum direction from,
    uint64_t counter)
{
	struct wbuf out = wbuf_of(ret, crypto_secretbox_NONCEBYTES);
	static const uint8_t zeros[15];

	put_u8(&out, (uint8_t)from);
	put_bytes(&out, zeros, sizeof(zeros));
	put_u64(&out, counter);
}

static int
seal_and_send(
    struct prompt_line *line, uint32_t type, const uint8_t *plain, size_t len)
{
	uint8_t nonce[crypto_secretbox_NONCEBYTES];
	uint8_t sealed[FRAME_BODY_MAX];
	struct wbuf out = wbuf_of(sealed, sizeof(sealed));
	int r;

	if (line->is_dead)
		return WARDER_EBOX;
	if (len > sizeof(sealed) - PROMPT_SEAL_LEN)
		return WARDER_ETOOBIG;
	nonce_of(nonce, line->mine, ++line->sent);
	if (crypto_secretbox_easy(
	        sealed, plain, len, nonce, blob_data(line->key)) != 0)
		return WARDER_EBUG;
	out.len = len + PROMPT_SEAL_LEN;
	r = line->mine == FROM_CLIENT
	        ? send_as_oneself(line->sock, type, sealed, out.len)
	        : frame_send_now(line->sock, type, 0, &out, -1);
	if (r != 0)
		line->is_dead = true;
	return r;
}

int
prompt_send(struct prompt_line *line, uint32_t type, const struct wbuf *body)
{
	int r = wbuf_end(body);

	return r != 0 ? r : seal_and_send(line, type, body->bytes, body->len);
}

static int
open_frame(struct prompt_line *line, const struct frame *frame, uint8_t *ret,
    size_t cap, size_t *ret_len)
{
	uint8_t nonce[crypto_secretbox_NONCEBYTES];
	bool from_client = line->mine == FROM_PAM;
	int opened;

	if (line->is_dead)
		return WARDER_EBOX;
	if (from_client && !is_of(frame, line->maker))
		return WARDER_ECRED;
	if ((frame->type & 1) == (from_client ? 1u : 0u) || frame->id != 0)
		return WARDER_ETYPE;
	if (frame->fd >= 0)
		return WARDER_EFD;
	if (frame->len < PROMPT_SEAL_LEN)
		return WARDER_ETRUNC;
	if (frame->len - PROMPT_SEAL_LEN > cap)
		return WARDER_ETOOBIG;
	nonce_of(nonce, from_client ? FROM_CLIENT : FROM_PAM, ++line->received);
	opened = crypto_secretbox_open_easy(
	    ret, frame->body, frame->len, nonce, blob_data(line->key));
	wipe_what_opened();
	if (opened != 0)
		return WARDER_EBOX;
	*ret_len = frame->len - PROMPT_SEAL_LEN;
	return WARDER_OK;
}

int
prompt_open(struct prompt_line *line, const struct frame *frame, void *ret,
    size_t cap, size_t *ret_len)
{
	int r = open_frame(line, frame, ret, cap, ret_len);

	if (r != 0)
		line->is_dead = true;
	return r;
}

static uint32_t
type_of_style(uint8_t style)
{
	switch (style) {
	case PROMPT_NO_ECHO:
	case PROMPT_ECHO:
		return PROMPT_ASK;
	case PROMPT_ERROR:
	case PROMPT_INFO:
		return PROMPT_TEXT;
	}
	return 0;
}

int
prompt_send_text(struct prompt_line *line, const struct prompt_text *text)
{
	uint8_t body[1 + 2 + PROMPT_TEXT_MAX];
	struct wbuf out = wbuf_of(body, sizeof(body));
	uint32_t type = type_of_style(text->style);

	if (type == 0)
		return WARDER_EBUG;
	put_u8(&out, text->style);
	put_text16(&out, text->text);
	return prompt_send(line, type, &out);
}

static int
get_prompt_text(struct rbuf in, struct prompt_text *ret_text)
{
	int r;

	if ((r = get_u8(&in, &ret_text->style)) != 0 ||
	    (r = get_text16(&in, PROMPT_TEXT_MAX, ret_text->text)) != 0)
		return r;
	return rbuf_end(&in);
}

int
prompt_open_text(struct prompt_line *line, const struct frame *frame,
    struct prompt_text *ret_text)
{
	uint8_t body[1 + 2 + PROMPT_TEXT_MAX];
	struct prompt_text text;
	size_t len;
	int r;

	if ((r = prompt_open(line, frame, body, sizeof(body), &len)) != 0)
		return r;
	r = get_prompt_text(rbuf_of(body, len), &text);
	if (r == 0 && type_of_style(text.style) != frame->type)
		r = WARDER_EFORM;
	if (r != 0)
		line->is_dead = true;
	else
		*ret_text = text;
	return r;
}

int
prompt_send_accept(struct prompt_line *line, const uint8_t digest[32])
{
	return seal_and_send(line, PROMPT_ACCEPT, digest, 32);
}

int
prompt_open_accept(
    struct prompt_line *line, const struct frame *frame, uint8_t ret_digest[32])
{
	size_t len;
	int r;

	if (frame->type != PROMPT_ACCEPT) {
		line->is_dead = true;
		return WARDER_ETYPE;
	}
	if ((r = prompt_open(line, frame, ret_digest, 32, &len)) != 0)
		return r;
	if (len == 32)
		return WARDER_OK;
	line->is_dead = true;
	return WARDER_ETRUNC;
}

int
prompt_send_answer(struct prompt_line *line, const struct blob *answer)
{
	auto_blob struct blob *plain = NULL;
	size_t len = blob_len(answer);
	struct wbuf out;
	int r;

	if (len > PROMPT_ANSWER_MAX)
		return WARDER_ETOOBIG;
	if (!text_is_clean(blob_data(answer), len))
		return WARDER_ETEXT;
	/* The blob is zeroed: what the answer does not fill is padding. */
	if ((r = blob_new(ANSWER_PLAIN, &plain)) != 0 ||
	    (r = blob_set_len(plain, ANSWER_PLAIN)) != 0)
		return r;
	out = wbuf_of(blob_space(plain), ANSWER_PLAIN);
	put_u16(&out, (uint16_t)len);
	put_bytes(&out, blob_data(answer), len);
	if ((r = wbuf_end(&out)) != 0)
		return r;
	return seal_and_send(
	    line, PROMPT_ANSWER, blob_data(plain), ANSWER_PLAIN);
}

static int
get_answer(struct rbuf in, struct blob **ret_answer)
{
	auto_blob struct blob *answer = NULL;
	const uint8_t *at;
	uint16_t len;
	int r;

	if ((r = get_u16(&in, &len)) != 0)
		return r;
	if (len > PROMPT_ANSWER_MAX)
		return WARDER_ETOOBIG;
	if ((r = get_view(&in, len, &at)) != 0)
		return r;
	if (!text_is_clean(at, len))
		return WARDER_ETEXT;
	if (sodium_is_zero(in.at, in.left) != 1)
		return WARDER_ETRAIL;
	if ((r = blob_new(PROMPT_ANSWER_MAX, &answer)) != 0 ||
	    (r = blob_append(answer, at, len)) != 0)
		return r;
	*ret_answer = blob_steal(&answer);
	return WARDER_OK;
}

int
prompt_open_answer(struct prompt_line *line, const struct frame *frame,
    struct blob **ret_answer)
{
	auto_blob struct blob *plain = NULL;
	size_t len;
	int r;

	if ((r = blob_new(ANSWER_PLAIN, &plain)) != 0 ||
	    (r = blob_set_len(plain, ANSWER_PLAIN)) != 0)
		return r;
	if (frame->type != PROMPT_ANSWER)
		r = WARDER_ETYPE;
	else
		r = prompt_open(
		    line, frame, blob_space(plain), ANSWER_PLAIN, &len);
	if (r == 0 && len != ANSWER_PLAIN)
		r = WARDER_ETRUNC;
	if (r == 0)
		r = get_answer(
		    rbuf_of(blob_data(plain), ANSWER_PLAIN), ret_answer);
	if (r != 0)
		line->is_dead = true;
	return r;
}
