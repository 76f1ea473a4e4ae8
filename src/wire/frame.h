/* SPDX-License-Identifier: ISC */
/*
 * One SEQPACKET message is one frame: u32 type, u32 id, body; at most 16,384
 * bytes, at most one descriptor. `type` is protocol (8 bits), version (8),
 * number (16). Even numbers come from the side that connected or made the
 * channel, odd ones from the other. Whatever is not exactly that ends the
 * session: there is no resynchronising.
 */
#ifndef WARDER_WIRE_FRAME_H
#define WARDER_WIRE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/err.h"

#define FRAME_MAX 16384
#define FRAME_HEAD 8
#define FRAME_BODY_MAX (FRAME_MAX - FRAME_HEAD)
#define WIRE_VERSION 1u
#define WIRE_MERCY 0xffffu /* the number that says "another version" */

enum wire_protocol {
	WIRE_PERSON = 1,
	WIRE_PROOF = 2,
	WIRE_PROMPT = 3,
	WIRE_COURIER = 4,
	WIRE_ADMIN = 5,
	WIRE_KEYLINE = 6
};

/* clang-format off */
#define WIRE_TYPE(protocol, number) \
	((uint32_t)(protocol) << 24 | WIRE_VERSION << 16 | (uint32_t)(number))
/* clang-format on */

struct frame {
	uint32_t type, id;
	uint8_t body[FRAME_BODY_MAX];
	size_t len;
	int fd;            /* the passed descriptor, or -1; owned */
	bool has_cred;     /* the kernel attached the sender's credentials */
	struct ucred cred; /* valid only with has_cred */
};

/* Closes a descriptor left in the frame. */
void frame_clear(struct frame *frame);
#define auto_frame __attribute__((cleanup(frame_clear)))
#define FRAME_NONE                                                             \
	{                                                                      \
		.fd = -1                                                       \
	}

/* Reads the body; borrowed from the frame. */
struct rbuf frame_body(const struct frame *frame);

/*
 * Sends one frame; `fd` is -1 or a descriptor that the other side gets a
 * copy of. Never blocks beyond `deadline` (boot ms); no SIGPIPE. ETIME, EOF
 * (the peer is gone), ETOOBIG, ESYS.
 */
WARDER_MUST_CHECK int frame_send(int sock, uint32_t type, uint32_t id,
    const struct wbuf *body, int fd, int64_t deadline);

/*
 * Sends without waiting at all. ETIME: the peer does not take it now.
 */
WARDER_MUST_CHECK int frame_send_now(
    int sock, uint32_t type, uint32_t id, const struct wbuf *body, int fd);

/*
 * Waits until `deadline` for one frame of `protocol`; an earlier content of
 * *ret_frame is cleared. Always reads with MSG_DONTWAIT after poll, so a
 * peer that changes the file status flags cannot hold us.
 * EOF: closed between frames. ETIME. ETOOBIG: longer than a frame. ETRUNC:
 * shorter than a head. EFD: more than one descriptor, or control data cut.
 * ETYPE: another protocol. EVERSION: another version (the caller answers
 * with frame_send_mercy and closes), or the mercy frame of the other side.
 */
WARDER_MUST_CHECK int frame_recv(int sock, enum wire_protocol protocol,
    int64_t deadline, struct frame *ret_frame);

/*
 * After our last word: nothing is taken from the peer any more, and what it
 * had sent is thrown away. A socket closed over unread messages gives the
 * peer a reset in place of that word (Linux, unix_release_sock); a peer that
 * does not look twice would miss how its request ended.
 */
void frame_finish(int sock);

/* Tells the peer our version; for once after EVERSION. */
void frame_send_mercy(int sock, enum wire_protocol protocol);

#endif
