/* SPDX-License-Identifier: ISC */
/*
 * The requests of one connection: those that wait for a place, in their
 * order, and those under way. For session.c.
 */
#ifndef WARDER_COURIER_QUEUE_H
#define WARDER_COURIER_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "courier/transfer.h"
#include "wire/courier.h"

struct waiting {
	uint32_t id;
	struct courier_request request;
	struct waiting *next;
};

struct running {
	uint32_t id;
	enum courier_api api;
	enum courier_what what; /* of a read */
	struct transfer *transfer;
	struct running *next;
};

struct queue {
	struct waiting *first;
	struct running *running;
	size_t n;     /* of both kinds */
	size_t reads; /* under way */
};

WARDER_MUST_CHECK int waiting_new(uint32_t id, struct waiting **ret_waiting);
void waiting_freep(struct waiting **waiting);

bool queue_has(const struct queue *queue, uint32_t id);

/* Takes *waiting to its end, which becomes NULL. EFULL: too many. */
WARDER_MUST_CHECK int queue_add(struct queue *queue, struct waiting **waiting);

/* The one that has waited longest, now the caller's; or NULL. */
struct waiting *queue_next(struct queue *queue);

/* Drops one that waits; false if there is none of that id. */
bool queue_forget(struct queue *queue, uint32_t id);

/* Takes `transfer`, always: without memory for it the transfer ends. */
WARDER_MUST_CHECK int queue_add_running(struct queue *queue, uint32_t id,
    const struct courier_request *request, struct transfer *transfer);
struct running *queue_running(struct queue *queue, uint32_t id);
void queue_drop(struct queue *queue, struct running *running);

void queue_clear(struct queue *queue);

#endif
