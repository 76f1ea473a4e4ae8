/* SPDX-License-Identifier: ISC */
/*
 * Protocol 3: the prompt channel, a sealed line between the client and
 * warder-pam over a pair that the client made. The desk and the keeper hand
 * one end on and may keep copies, so nothing that is plain on it is believed.
 *
 *   HERE 2       client      empty; before the channel is handed on
 *   HELLO 4      client      box sealed to pam.pub: K 32, R 32
 *   CHALLENGE 1  warder-pam  sealed: the body of wire/challenge.h
 *   ACCEPT 6     client      sealed: digest 32
 *   PROMPT 3     warder-pam  sealed: style u8 (1 no echo, 2 echo), text t16
 *   TEXT 5       warder-pam  sealed: style u8 (3 error, 4 info), text t16
 *   ANSWER 8     client      sealed: length u16, 512 bytes, zeros after it
 *
 * sealed: crypto_secretbox under K; the nonce is direction u8 (0 client, 1
 * warder-pam), 15 zeros, u64 counter from 1, and never travels. Every frame
 * of the client carries its credentials.
 */
#ifndef WARDER_WIRE_PROMPT_H
#define WARDER_WIRE_PROMPT_H

#include "base/blob.h"
#include "wire/frame.h"
#include "wire/peer.h"

#define PROMPT_HERE WIRE_TYPE(WIRE_PROMPT, 2)
#define PROMPT_HELLO WIRE_TYPE(WIRE_PROMPT, 4)
#define PROMPT_ACCEPT WIRE_TYPE(WIRE_PROMPT, 6)
#define PROMPT_ANSWER WIRE_TYPE(WIRE_PROMPT, 8)
#define PROMPT_CHALLENGE WIRE_TYPE(WIRE_PROMPT, 1)
#define PROMPT_ASK WIRE_TYPE(WIRE_PROMPT, 3)
#define PROMPT_TEXT WIRE_TYPE(WIRE_PROMPT, 5)

#define PROMPT_TEXT_MAX 512
#define PROMPT_ANSWER_MAX 511
#define PROMPT_KEY_LEN 32
#define PROMPT_REQUEST_LEN 32
#define PROMPT_SEAL_LEN 16 /* what sealing adds to a body */

enum prompt_style {
	PROMPT_NO_ECHO = 1,
	PROMPT_ECHO = 2,
	PROMPT_ERROR = 3,
	PROMPT_INFO = 4
};

struct prompt_text { /* PROMPT and TEXT */
	uint8_t style;
	char text[PROMPT_TEXT_MAX + 1];
};

/* R: SHA-256 of `warder/request/1` LF, lang, and the body of ACT. */
void prompt_request(uint8_t ret[PROMPT_REQUEST_LEN], uint8_t lang,
    const void *act_body, size_t len);

/*
 * One side's view of the sealed line: K in locked memory, two counters. The
 * socket is borrowed. The first frame that does not open kills it: from then
 * on everything is EBOX.
 */
struct prompt_line;
void prompt_line_freep(struct prompt_line **line);
#define auto_line __attribute__((cleanup(prompt_line_freep)))

/*
 * No send here waits: ETIME, the other side does not take it, ends all.
 *
 * Client: HERE, before the other end is handed on.
 */
WARDER_MUST_CHECK int prompt_send_here(int sock);

/* Client: draws K, sends HELLO to the holder of `pam_public`. */
WARDER_MUST_CHECK int prompt_send_hello(int sock,
    const uint8_t pam_public[PROMPT_KEY_LEN],
    const uint8_t request[PROMPT_REQUEST_LEN], struct prompt_line **ret_line);

/*
 * warder-pam: opens HELLO with its secret key (32 bytes) and its public one.
 * ECRED: not sent, by the kernel's word, by the maker of the channel. EBOX:
 * not sealed to us. ESTALE: another request than the keeper's.
 */
WARDER_MUST_CHECK int prompt_take_hello(int sock, const struct frame *frame,
    const struct peer *maker, const struct blob *secret,
    const uint8_t pam_public[PROMPT_KEY_LEN],
    const uint8_t request[PROMPT_REQUEST_LEN], struct prompt_line **ret_line);

/* Seals a body and sends it; nothing in it is a secret. */
WARDER_MUST_CHECK int prompt_send(
    struct prompt_line *line, uint32_t type, const struct wbuf *body);

/*
 * Opens a frame of the other side into `ret`, room for `cap` bytes. ECRED:
 * a client's frame without its credentials. EBOX: it does not open. Any
 * failure kills the line.
 */
WARDER_MUST_CHECK int prompt_open(struct prompt_line *line,
    const struct frame *frame, void *ret, size_t cap, size_t *ret_len);

/* PROMPT or TEXT by its style, both ways. EFORM: style and type disagree. */
WARDER_MUST_CHECK int prompt_send_text(
    struct prompt_line *line, const struct prompt_text *text);
WARDER_MUST_CHECK int prompt_open_text(struct prompt_line *line,
    const struct frame *frame, struct prompt_text *ret_text);

WARDER_MUST_CHECK int prompt_send_accept(
    struct prompt_line *line, const uint8_t digest[32]);
WARDER_MUST_CHECK int prompt_open_accept(struct prompt_line *line,
    const struct frame *frame, uint8_t ret_digest[32]);

/*
 * ANSWER, from locked memory to locked memory. ETOOBIG: above 511 bytes.
 * ETEXT: not UTF-8, or a NUL inside.
 */
WARDER_MUST_CHECK int prompt_send_answer(
    struct prompt_line *line, const struct blob *answer);
WARDER_MUST_CHECK int prompt_open_answer(struct prompt_line *line,
    const struct frame *frame, struct blob **ret_answer);

#endif
