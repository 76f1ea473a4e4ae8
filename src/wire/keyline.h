/* SPDX-License-Identifier: ISC */
/*
 * Protocol 6: between a keeper worker and its listener, which holds the keys
 * of the store.
 *
 *   ASK 2    (worker)    empty
 *   KEYS 1   (listener)  KEK 32, MAC key 32
 *   LOCKED 3 (listener)  empty
 *   SET 4    (worker)    KEK 32, MAC key 32: hold these from now on
 *   DROP 6   (worker)    empty: forget what you hold
 *   TAKEN 5  (listener)  empty: done
 *
 * SET and DROP count only from a worker that serves a connection of uid 0.
 * KEYS and SET go from locked memory to locked memory (guarded.h).
 */
#ifndef WARDER_WIRE_KEYLINE_H
#define WARDER_WIRE_KEYLINE_H

#include <stdint.h>

#include "base/blob.h"
#include "wire/frame.h"

#define KEYLINE_ASK WIRE_TYPE(WIRE_KEYLINE, 2)
#define KEYLINE_KEYS WIRE_TYPE(WIRE_KEYLINE, 1)
#define KEYLINE_LOCKED WIRE_TYPE(WIRE_KEYLINE, 3)
#define KEYLINE_SET WIRE_TYPE(WIRE_KEYLINE, 4)
#define KEYLINE_DROP WIRE_TYPE(WIRE_KEYLINE, 6)
#define KEYLINE_TAKEN WIRE_TYPE(WIRE_KEYLINE, 5)
#define KEYLINE_KEY_LEN 32

/*
 * Listener: the frame that waits on a line. ASK and DROP give no keys, SET
 * gives 64 bytes. ETYPE, ETRUNC, ETRAIL: not one of the three.
 */
WARDER_MUST_CHECK int keyline_take(
    int sock, int64_t deadline, uint32_t *ret_type, struct blob **ret_keys);

/* Listener: answers one ASK. `keys` is KEK and MAC key, 64 bytes; or NULL. */
WARDER_MUST_CHECK int keyline_answer(
    int sock, const struct blob *keys, int64_t deadline);

/* Listener: answers SET and DROP. */
WARDER_MUST_CHECK int keyline_taken(int sock, int64_t deadline);

/*
 * Worker: asks and waits. ret_keys holds 64 bytes. ELOCKED: the listener has
 * none; all else: the line is broken and counts as locked too.
 */
WARDER_MUST_CHECK int keyline_ask(
    int sock, int64_t deadline, struct blob **ret_keys);

/* Worker: SET, or with NULL DROP, and waits for TAKEN. */
WARDER_MUST_CHECK int keyline_set(
    int sock, const struct blob *keys, int64_t deadline);

#endif
