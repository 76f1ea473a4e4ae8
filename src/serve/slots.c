/* SPDX-License-Identifier: ISC */
/*
 * A person may hold a slot at a prompt for minutes. So one uid has few of
 * them, and all uids that nobody knows (a subordinate range is one person's)
 * have as many together as one. Administrators wait behind nobody.
 */
#include "config.h"

#include <stdlib.h>

#include "base/fd.h"
#include "serve/slots.h"

/* Room is only ever added, as whoever is served has a place in it. */
size_t
slots_room(const struct slots *slots, unsigned int callers)
{
	size_t room = (size_t)callers + SERVE_ADMIN_SLOTS + 2;

	return room > slots->n ? room : slots->n;
}

int
slots_limit(struct slots *slots, unsigned int callers, unsigned int a_user)
{
	const size_t room = slots_room(slots, callers);
	struct slot *all;

	all = reallocarray(slots->all, room, sizeof(*slots->all));
	if (all == NULL)
		return WARDER_ENOMEM;
	slots->all = all;
	for (; slots->n < room; slots->n++)
		slots->all[slots->n] = (struct slot){ .keyline = -1 };
	slots->callers = callers;
	slots->a_user = a_user;
	return WARDER_OK;
}

void
slot_free(struct slot *slot)
{
	fd_closep(&slot->keyline);
	*slot = (struct slot){ .keyline = -1 };
}

void
slots_clear(struct slots *slots)
{
	for (size_t i = 0; i < slots->n; i++)
		slot_free(&slots->all[i]);
	free(slots->all);
	*slots = (struct slots){ 0 };
}

static unsigned int
most_of(const struct slots *slots, enum serve_kind kind)
{
	switch (kind) {
	case SERVE_CALLER:
		return slots->callers;
	case SERVE_ADMIN:
		return SERVE_ADMIN_SLOTS;
	case SERVE_START:
	case SERVE_STOP:
	case SERVE_DUE:
		return 1;
	}
	return 0;
}

int
slots_take(struct slots *slots, enum serve_kind kind, uid_t counted,
    struct slot **ret_slot)
{
	struct slot *unused = NULL;
	unsigned int alike = 0, own = 0;

	for (size_t i = 0; i < slots->n; i++) {
		struct slot *slot = &slots->all[i];

		if (slot->pid == 0) {
			unused = slot;
			continue;
		}
		if (slot->kind != kind)
			continue;
		alike++;
		own += slot->counted == counted;
	}
	if (unused == NULL || alike >= most_of(slots, kind))
		return WARDER_EFULL;
	if (kind == SERVE_CALLER && slots->a_user > 0 && own >= slots->a_user)
		return WARDER_EFULL;
	*unused = (struct slot){
		.pid = -1, .kind = kind, .counted = counted, .keyline = -1
	};
	*ret_slot = unused;
	return WARDER_OK;
}

struct slot *
slots_find(struct slots *slots, pid_t pid)
{
	for (size_t i = 0; i < slots->n; i++)
		if (pid > 0 && slots->all[i].pid == pid)
			return &slots->all[i];
	return NULL;
}

size_t
slots_used(const struct slots *slots)
{
	size_t used = 0;

	for (size_t i = 0; i < slots->n; i++)
		used += slots->all[i].pid != 0;
	return used;
}

bool
slots_knows(const struct slots *slots, uid_t counted)
{
	for (size_t i = 0; i < slots->n; i++)
		if (slots->all[i].pid != 0 && slots->all[i].counted == counted)
			return true;
	return false;
}
