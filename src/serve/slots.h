/* SPDX-License-Identifier: ISC */
/*
 * Who is served right now, and whether one more may be. Pure but for the
 * memory of the table; the listener alone holds one.
 */
#ifndef WARDER_SERVE_SLOTS_H
#define WARDER_SERVE_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "serve/serve.h"

/* The one count of all uids that no passwd entry knows. */
#define SLOTS_STRANGER ((uid_t)-1)

struct slot {
	pid_t pid; /* 0: free */
	enum serve_kind kind;
	uid_t counted; /* uid, or SLOTS_STRANGER */
	int keyline;   /* the listener's end, or -1; owned */
	int64_t until; /* boot ms: its next signal is due */
	bool told;     /* SIGTERM was sent */
};

struct slots {
	struct slot *all;
	size_t n;             /* room: callers, admins, start's, due's */
	unsigned int callers; /* at most so many at once */
	unsigned int a_user;  /* of one uid; 0: not counted */
};

void slots_clear(struct slots *slots);

/* How many slots there are once `callers` may be served at once. */
size_t slots_room(const struct slots *slots, unsigned int callers);

/*
 * The limits from now on, of a table that may be all zeros; whoever is served
 * stays. ENOMEM: those of before. No pointer to a slot is good after it.
 */
WARDER_MUST_CHECK int slots_limit(
    struct slots *slots, unsigned int callers, unsigned int a_user);

/* EFULL: no slot of that kind, or none for this uid. */
WARDER_MUST_CHECK int slots_take(struct slots *slots, enum serve_kind kind,
    uid_t counted, struct slot **ret_slot);
void slot_free(struct slot *slot);

struct slot *slots_find(struct slots *slots, pid_t pid);
size_t slots_used(const struct slots *slots);

/* True if somebody with this count is served now. */
bool slots_knows(const struct slots *slots, uid_t counted);

#endif
