/* SPDX-License-Identifier: ISC */
/*
 * Two tables are the whole desk: what may be asked in which state, and what
 * answers what. A client could try a second request before the first is
 * answered, an ACT on a gate that it was not shown, an endless answer by a
 * keeper that was taken over; none has a row.
 */
#include "config.h"

#include "desk/session.h"

#define N(table) (sizeof(table) / sizeof((table)[0]))

struct request {
	uint32_t type;
	enum person_state in, then;
};

struct answer {
	uint32_t asked, type;
};

/* clang-format off */
static const struct request requests[] = {
	/* type            arrives in     leads to */
	{ PERSON_LOOK,     PERSON_NEW,    PERSON_BUSY },
	{ PERSON_LIST,     PERSON_NEW,    PERSON_BUSY },
	{ PERSON_WHOAMI,   PERSON_NEW,    PERSON_BUSY },
	{ PERSON_LOG,      PERSON_NEW,    PERSON_BUSY },
	{ PERSON_EXPLAIN,  PERSON_SHOWN,  PERSON_BUSY },
	{ PERSON_CHANGE,   PERSON_SHOWN,  PERSON_BUSY },
	{ PERSON_ACT,      PERSON_SHOWN,  PERSON_ACTING },
};

static const struct answer answers[] = {
	{ PERSON_LOOK, PERSON_GATE },	{ PERSON_LOOK, PERSON_PIECE },
	{ PERSON_LOOK, PERSON_RULE },	{ PERSON_LOOK, PERSON_NEED },
	{ PERSON_LOOK, PERSON_READY },	{ PERSON_LOOK, PERSON_RESULT },
	{ PERSON_LOOK, PERSON_PROGRESS },	{ PERSON_LOOK, PERSON_SERVER },
	{ PERSON_LOOK, PERSON_KEY },
	{ PERSON_LIST, PERSON_GATE },	{ PERSON_LIST, PERSON_PIECE },
	{ PERSON_LIST, PERSON_RULE },	{ PERSON_LIST, PERSON_PROGRESS },
	{ PERSON_LIST, PERSON_NEED },	{ PERSON_LIST, PERSON_RESULT },
	{ PERSON_LIST, PERSON_SERVER },
	{ PERSON_WHOAMI, PERSON_PERSON }, { PERSON_WHOAMI, PERSON_PIECE },
	{ PERSON_WHOAMI, PERSON_RESULT },
	{ PERSON_LOG, PERSON_LINE },	{ PERSON_LOG, PERSON_RESULT },
	{ PERSON_EXPLAIN, PERSON_RULE },	{ PERSON_EXPLAIN, PERSON_NEED },
	{ PERSON_EXPLAIN, PERSON_EXPLAINED }, { PERSON_EXPLAIN, PERSON_WAY },
	{ PERSON_EXPLAIN, PERSON_RESULT },
	{ PERSON_CHANGE, PERSON_PIECE },	{ PERSON_CHANGE, PERSON_PROGRESS },
	{ PERSON_CHANGE, PERSON_RESULT },
	{ PERSON_ACT, PERSON_RULE },	{ PERSON_ACT, PERSON_NEED },
	{ PERSON_ACT, PERSON_PROGRESS },	{ PERSON_ACT, PERSON_NOTE },
	{ PERSON_ACT, PERSON_PIECE },	{ PERSON_ACT, PERSON_SERVER },
	{ PERSON_ACT, PERSON_RESULT },
};
/* clang-format on */

static const struct request *
find_request(enum person_state state, uint32_t type)
{
	for (size_t i = 0; i < N(requests); i++)
		if (requests[i].type == type && requests[i].in == state)
			return &requests[i];
	return NULL;
}

static bool
is_answer(uint32_t asked, uint32_t type)
{
	for (size_t i = 0; i < N(answers); i++)
		if (answers[i].asked == asked && answers[i].type == type)
			return true;
	return false;
}

/* A gate that is shown may only end: nobody acted on it in time. */
static bool
may_answer(const struct session *session, uint32_t type)
{
	if (session->state == PERSON_NEW || session->has_ended)
		return false;
	if (session->state == PERSON_SHOWN && type != PERSON_RESULT)
		return false;
	return is_answer(session->asked, type);
}

int
session_on_request(struct session *session, const struct frame *frame)
{
	const struct request *request =
	    find_request(session->state, frame->type);
	int r;

	if (request == NULL)
		return WARDER_ETYPE;
	/* Upward from 1: an answer to an old request cannot pass for new. */
	if (frame->id <= session->id)
		return WARDER_EFORM;
	session->layout = person_layout(frame->type);
	if ((r = layout_take(frame, session->layout, &session->msg)) != 0)
		return r;
	session->id = frame->id;
	session->asked = frame->type;
	session->state = request->then;
	session->frames = session->bytes = 0;
	return WARDER_OK;
}

int
session_on_answer(struct session *session, const struct frame *frame)
{
	int r;

	if (!may_answer(session, frame->type))
		return WARDER_ETYPE;
	if (frame->id != session->id)
		return WARDER_EFORM;
	session->frames++;
	session->bytes += frame->len + FRAME_HEAD;
	if (session->frames > PERSON_ANSWER_FRAMES ||
	    session->bytes > PERSON_ANSWER_BYTES)
		return WARDER_EFULL;
	session->layout = person_layout(frame->type);
	if ((r = layout_take(frame, session->layout, &session->msg)) != 0)
		return r;
	if (frame->type == PERSON_READY)
		session->state = PERSON_SHOWN;
	session->has_ended = frame->type == PERSON_RESULT;
	return WARDER_OK;
}
