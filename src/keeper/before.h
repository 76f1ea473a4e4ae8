/* SPDX-License-Identifier: ISC */
/*
 * The run that went before: the last one of a pipeline in which the same
 * gate was passed. What lies between its commits and those of a run is what
 * that run would bring. An older run in its place only makes more of it.
 */
#ifndef WARDER_KEEPER_BEFORE_H
#define WARDER_KEEPER_BEFORE_H

#include "keeper/sight.h"

struct view;

enum before_state {
	BEFORE_UNKNOWN = 0, /* `why` */
	BEFORE_NONE,        /* the gate was never passed */
	BEFORE_FOUND
};

struct before {
	enum before_state state;
	const char *why;       /* "runs": none among those that were read;
	                  * "unread": one could not be read */
	struct run_facts *run; /* FOUND; owned */
};

/* Texts of a server, the whole of them. */
bool text_is_same(const struct run_text *a, const struct run_text *b);

void before_clear(struct before *before);

/*
 * Reads runs older than the view's, newest first, of those in view->runs and
 * `hint` (a run id or ""). Only a person who is gone ends it; all else is
 * an unknown. reader->result is overwritten.
 */
WARDER_MUST_CHECK int before_find(const struct view *view,
    struct reader *reader, const char *hint, struct before *ret_before);

/*
 * The commit from which a source's change begins; "" where it is the one
 * commit alone: no run went before, none of its sources had that address, or
 * it is the same commit. False: that cannot be said.
 */
bool before_commit(const struct before *before, const char *org,
    const struct run_source *source, char ret_from[65]);

#endif
