/* SPDX-License-Identifier: ISC */
/*
 * One worker of the keeper and the one connection it serves. The struct is
 * the whole of what a worker holds; every file of this folder takes what it
 * needs out of it.
 */
#ifndef WARDER_KEEPER_KEEPER_H
#define WARDER_KEEPER_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

#include "keeper/book.h"
#include "keeper/carry.h"
#include "keeper/identity.h"
#include "keeper/ring.h"
#include "keeper/rules.h"
#include "keeper/sight.h"
#include "keeper/view.h"
#include "serve/serve.h"
#include "wire/person.h"

struct keeper_places {
	struct book_places book;
	const char *keys_dir, *policy;
};

/* The desk takes so much in answer to a request, and then hangs up. */
struct told {
	size_t frames, bytes;
};

struct keeper {
	const struct serve *serve;
	const struct conf *conf;
	const struct keeper_places *places;
	int conn;         /* to the desk; borrowed */
	uint32_t id;      /* of the frame that is being answered */
	int64_t deadline; /* of the connection */
	enum person_state state;
	int channel; /* our end of the prompt channel, or -1; owned */
	struct caller caller;
	uint8_t lang;
	struct carrier carrier;
	struct ring ring;
	struct rules rules;
	struct book book;
	bool is_booked;   /* the book is open */
	bool is_deaf;     /* the desk does not take what it is told */
	struct told told; /* in answer to the request so far */
	bool is_counting; /* what is told is counted, and not sent */
	bool is_cut;      /* what the desk would not take is left out */
	bool is_full;     /* and something was */
	bool is_held;     /* signals wait until the result is told */
	struct view view;
	int64_t server_ms; /* the server's clock at the last look, or 0 */
	struct person_result result;
	struct person_server about; /* of the server's word in the result */
};

/* One connection of the desk. Returns the worker's exit status. */
int session_run(struct keeper *keeper);

/* One connection of root's warderctl. */
int admin_run(struct keeper *keeper);

/* Handlers of the first messages. Each ends the connection, or SHOWN. */
int on_look(void *session, struct frame *frame);
int on_list(void *session, struct frame *frame);
int on_whoami(void *session, struct frame *frame);
int on_log(void *session, struct frame *frame);
int on_change(void *session, struct frame *frame);
int on_explain(void *session, struct frame *frame);
int on_act(void *session, struct frame *frame);

/*
 * Takes the channel of a first frame, finds out who made it, loads the
 * policy. GO_ON, or ENDED with the result filled.
 */
WARDER_MUST_CHECK int keeper_meet(struct keeper *keeper, struct frame *frame);

/*
 * What the policy says of this gate before any words or proof: pass (the
 * caller clears it), what could be done, and whether it may be seen at all.
 */
WARDER_MUST_CHECK int look_judge(struct keeper *keeper, const struct view *view,
    struct verdict *ret_pass, uint8_t *ret_can, bool *ret_visible);

/* Opens ledger, state and syslog if they are not open yet. */
WARDER_MUST_CHECK int keeper_open_book(struct keeper *keeper);

/* A reader with the key of the organization that the rules look at. */
struct reader keeper_reader(struct keeper *keeper, int64_t deadline);

/*
 * What the run of keeper->view would bring, read once. ENDED with the result
 * filled only where nobody waits for it any more.
 */
WARDER_MUST_CHECK int keeper_read_change(struct keeper *keeper);

/* The client hung up, or the desk did. For the carrier. */
int keeper_is_alone(void *keeper);

/* keeper->result with this reason and local code; returns ENDED. */
int keeper_end(struct keeper *keeper, enum reason exit, const char *local_code);

#endif
