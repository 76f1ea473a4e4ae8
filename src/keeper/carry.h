/* SPDX-License-Identifier: ISC */
/*
 * The keeper's side of the courier. One connection serves one decision or
 * one list; every answer has to bear the id of the frame that asked. What
 * the courier says about the server is believed as fact, never as verdict;
 * what it says about itself is held to length, order and number.
 */
#ifndef WARDER_KEEPER_CARRY_H
#define WARDER_KEEPER_CARRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "wire/courier.h"

struct carrier {
	const char *path; /* of the courier's socket; borrowed */
	int sock;         /* -1: not connected yet */
	uint32_t next_id;
	/* Called every so often while an answer is awaited; not 0 gives up
	 * (ESTALE). NULL: nobody has to be asked. */
	int (*is_over)(void *ctx);
	void *ctx;
};

#define CARRIER_NONE(where)                                                    \
	{                                                                      \
		.path = (where), .sock = -1, .next_id = 1                      \
	}

void carry_close(struct carrier *carrier);

/* Is given each item of an answer; not 0 ends the connection. */
typedef int carry_on_item(void *ctx, const struct item *item);

/*
 * Sends one READ and waits for its end. 0: *ret_done tells how it went;
 * items were given on in order (only count on them if courier_is_good()).
 * All else: the courier is not there (ESYS, EOF), broke the protocol, or was
 * too slow; the connection is closed.
 */
WARDER_MUST_CHECK int carry_read(struct carrier *carrier,
    const struct courier_request *request, int64_t deadline,
    carry_on_item *on_item, void *ctx, struct courier_done *ret_done);

/* One frame of an answer, of whichever request. */
struct carried {
	uint32_t id;
	size_t bytes;
	bool is_done; /* its last: `done`; else `item` */
	union {
		struct item item;
		struct courier_done done;
	};
};

/*
 * For several reads at a time: sends one, and takes the next frame. ETIME of
 * carry_next() leaves the connection as it is; after all else it is closed.
 */
WARDER_MUST_CHECK int carry_send(struct carrier *carrier,
    const struct courier_request *request, int64_t deadline, uint32_t *ret_id);
WARDER_MUST_CHECK int carry_next(
    struct carrier *carrier, int64_t deadline, struct carried *ret);

/*
 * Sends the one ACT. `ret_handed` becomes 1 as soon as a byte of it may have
 * reached the courier: from then on any failure means "unknown".
 */
WARDER_MUST_CHECK int carry_act(struct carrier *carrier,
    const struct courier_request *request, int64_t deadline, int *ret_handed,
    struct courier_done *ret_done);

#endif
