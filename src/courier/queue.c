/* SPDX-License-Identifier: ISC */
/* Two short lists; the cap of the wire holds for both together. */
#include "config.h"

#include "courier/queue.h"
#include "courier/wipe.h"

int
waiting_new(uint32_t id, struct waiting **ret_waiting)
{
	struct waiting *waiting = wipe_calloc(1, sizeof(*waiting));

	if (waiting == NULL)
		return WARDER_ENOMEM;
	waiting->id = id;
	*ret_waiting = waiting;
	return WARDER_OK;
}

void
waiting_freep(struct waiting **waiting)
{
	wipe_free(*waiting);
	*waiting = NULL;
}

bool
queue_has(const struct queue *queue, uint32_t id)
{
	for (const struct waiting *w = queue->first; w != NULL; w = w->next) {
		if (w->id == id)
			return true;
	}
	for (const struct running *r = queue->running; r != NULL; r = r->next) {
		if (r->id == id)
			return true;
	}
	return false;
}

int
queue_add(struct queue *queue, struct waiting **waiting)
{
	struct waiting **at = &queue->first;

	if (queue->n >= COURIER_WAITING_MAX)
		return WARDER_EFULL;
	while (*at != NULL)
		at = &(*at)->next;
	*at = *waiting;
	*waiting = NULL;
	queue->n++;
	return WARDER_OK;
}

struct waiting *
queue_next(struct queue *queue)
{
	struct waiting *waiting = queue->first;

	if (waiting == NULL)
		return NULL;
	queue->first = waiting->next;
	queue->n--;
	return waiting;
}

bool
queue_forget(struct queue *queue, uint32_t id)
{
	struct waiting **at = &queue->first, *found;

	while (*at != NULL && (*at)->id != id)
		at = &(*at)->next;
	if ((found = *at) == NULL)
		return false;
	*at = found->next;
	queue->n--;
	waiting_freep(&found);
	return true;
}

int
queue_add_running(struct queue *queue, uint32_t id,
    const struct courier_request *request, struct transfer *transfer)
{
	struct running *running = wipe_calloc(1, sizeof(*running));

	if (running == NULL) {
		transfer_freep(&transfer);
		return WARDER_ENOMEM;
	}
	*running = (struct running){
		.id = id,
		.api = (enum courier_api)request->api,
		.what = (enum courier_what)request->what,
		.transfer = transfer,
		.next = queue->running,
	};
	queue->running = running;
	queue->n++;
	if (transfer_kind_of(transfer) == TRANSFER_READ)
		queue->reads++;
	return WARDER_OK;
}

struct running *
queue_running(struct queue *queue, uint32_t id)
{
	struct running *running = queue->running;

	while (running != NULL && running->id != id)
		running = running->next;
	return running;
}

void
queue_drop(struct queue *queue, struct running *running)
{
	struct running **at = &queue->running;

	while (*at != running)
		at = &(*at)->next;
	*at = running->next;
	queue->n--;
	if (transfer_kind_of(running->transfer) == TRANSFER_READ)
		queue->reads--;
	transfer_freep(&running->transfer);
	wipe_free(running);
}

void
queue_clear(struct queue *queue)
{
	struct waiting *waiting;

	while ((waiting = queue_next(queue)) != NULL)
		waiting_freep(&waiting);
	while (queue->running != NULL)
		queue_drop(queue, queue->running);
}
