/* SPDX-License-Identifier: ISC */
/*
 * One connection at the desk: which message may come now, from which side.
 * No socket is opened and no clock is read here.
 */
#ifndef WARDER_DESK_SESSION_H
#define WARDER_DESK_SESSION_H

#include "wire/person.h"

struct session {
	enum person_state state;
	uint32_t id;    /* of the request under way */
	uint32_t asked; /* its type */
	/* What has come in answer to it. */
	size_t frames, bytes;
	bool has_ended; /* RESULT came */
	/* The message that was taken last, and its table. */
	const struct layout *layout;
	union person_any msg;
};

/*
 * A frame of the client. ETYPE: not now; EFORM: its id; else as layout_take.
 * On 0 the state has moved on and `msg` is to be written to the keeper.
 */
WARDER_MUST_CHECK int session_on_request(
    struct session *session, const struct frame *frame);

/*
 * A frame of the keeper. ETYPE: no answer to what was asked; EFORM: its id;
 * EFULL: too much in answer to one request. On 0 `msg` is for the client.
 */
WARDER_MUST_CHECK int session_on_answer(
    struct session *session, const struct frame *frame);

#endif
