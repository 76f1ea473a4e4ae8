/* SPDX-License-Identifier: ISC */
/*
 * Votes and claims behind six calls, on one host in SQLite. Whatever the
 * store holds is signed or checked by its readers: a broken store can delay
 * or lose, never forge. Each call is one transaction, may be repeated with
 * the same arguments, and every answer but the good ones closes the gate.
 */
#ifndef WARDER_STATE_STATE_H
#define WARDER_STATE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

#define STATE_KEY_MAX 512
#define STATE_VALUE_MAX 4096
#define STATE_ITEMS_MAX 64
#define STATE_CLAIM_MAX 16
#define STATE_FILE "state.db"

/* Zero is none of them, so that a forgotten answer is no answer. */
enum state_result {
	STATE_DONE = 0x2f6b81c4,
	STATE_OWN = 0x31d7a95e, /* this very value was there already */
	STATE_OK = 0x4c93e217,  /* a read, with what it found */
	STATE_TAKEN = 1,        /* another value is there */
	STATE_CLOSED,           /* the key that must be absent exists */
	STATE_ABSENT,
	STATE_STALE,   /* a revision is not the one named */
	STATE_DOWN,    /* nothing was written */
	STATE_UNKNOWN, /* perhaps it was */
	STATE_DENIED,
	STATE_FULL,
	STATE_FORM,     /* damaged, or a key or value out of bounds */
	STATE_REPLACED, /* another store than before */
	STATE_ROLLBACK  /* an older state than before */
};
const char *state_word(enum state_result result); /* "done", "store_down" */

struct state;

struct state_item {
	char key[STATE_KEY_MAX + 1];
	uint8_t value[STATE_VALUE_MAX];
	size_t len;
	uint64_t revision; /* of its last change */
};

/* A key and the revision it must still have. */
struct state_same {
	const char *key;
	uint64_t revision;
};

/*
 * Opens `dir`/state.db, makes it if it is not there, and checks it whole.
 * DOWN: it cannot be opened. FORM: not this program's file, or damaged.
 */
WARDER_MUST_CHECK enum state_result state_open(
    const char *dir, struct state **ret_state);
void state_freep(struct state **state);
#define auto_state __attribute__((cleanup(state_freep)))

/* DONE, OWN, TAKEN, CLOSED. `absent` may be NULL. */
WARDER_MUST_CHECK enum state_result state_create(struct state *state,
    const char *key, const void *value, size_t len, const char *absent,
    uint64_t *ret_revision);

/* OK, ABSENT. */
WARDER_MUST_CHECK enum state_result state_get(
    struct state *state, const char *key, struct state_item *ret_item);

/*
 * Everything below `prefix` (ends in '/') in key order. OK; FULL: more than
 * 64. ret_items is an array of ret_n; the caller frees it.
 */
WARDER_MUST_CHECK enum state_result state_list(struct state *state,
    const char *prefix, struct state_item **ret_items, size_t *ret_n);

/* DONE, OWN, TAKEN, STALE. Up to 16 (key, revision) must be unchanged. */
WARDER_MUST_CHECK enum state_result state_claim(struct state *state,
    const char *key, const void *value, size_t len,
    const struct state_same *same, size_t n, uint64_t *ret_revision);

/* DONE, OWN, STALE. Revision 0: the key must be absent. */
WARDER_MUST_CHECK enum state_result state_put_if(struct state *state,
    const char *key, uint64_t revision, const void *value, size_t len,
    uint64_t *ret_revision);

/* DONE, ABSENT, STALE. */
WARDER_MUST_CHECK enum state_result state_delete(
    struct state *state, const char *key, uint64_t revision);

/*
 * Marks: what this host remembers against going back. `h` is 0 to 32 bytes.
 * Names: seq kgen policy rec rev cluster.
 */
#define STATE_HASH_MAX 32
struct state_mark {
	uint64_t n;
	uint8_t h[STATE_HASH_MAX];
	size_t h_len;
};

/* OK, ABSENT. */
WARDER_MUST_CHECK enum state_result state_mark_get(
    struct state *state, const char *name, struct state_mark *ret_mark);

/* DONE. `raise`: STALE if n is below what is there. */
WARDER_MUST_CHECK enum state_result state_mark_set(struct state *state,
    const char *name, const struct state_mark *mark, bool raise);

/*
 * The next record number of the UTC day, "YYYYMMDD-NNNN". `least` is the
 * highest one known from elsewhere as YYYYMMDD * 10000 + count, 0 for none.
 */
WARDER_MUST_CHECK enum state_result state_next_record(
    struct state *state, int64_t now_ms, uint64_t least, char ret[21]);

/*
 * Counts a failed proof before the question is asked, so that no crash and
 * no second connection asks for free. OK: may ask. DENIED: `limit` failures
 * within the window; ret_wait_ms (may be NULL) until it is over.
 */
WARDER_MUST_CHECK enum state_result state_fail_take(struct state *state,
    uid_t uid, uint32_t limit, uint32_t window_ms, int64_t now_ms,
    int64_t *ret_wait_ms);

/*
 * Whether it would be DENIED now; counts nothing. For before the question,
 * so that a locked-out person is not asked for a password at all.
 */
WARDER_MUST_CHECK enum state_result state_fail_check(struct state *state,
    uid_t uid, uint32_t limit, uint32_t window_ms, int64_t now_ms);

/* Proven: the count is given back. */
WARDER_MUST_CHECK enum state_result state_fail_forgive(
    struct state *state, uid_t uid);

#endif
