/* SPDX-License-Identifier: ISC */
/*
 * Protocol 6: a keeper worker asks its listener for the keys of the store.
 *
 *   ASK 2    (worker)    empty
 *   KEYS 1   (listener)  KEK 32, MAC key 32
 *   LOCKED 3 (listener)  empty
 *   SET 4, DROP 6, TAKEN 5 are kept for the passphrase source.
 *
 * KEYS is the one message with a secret in it. It goes from locked memory to
 * locked memory: the frame is built and read in a blob, never on the stack.
 */
#ifndef WARDER_WIRE_KEYLINE_H
#define WARDER_WIRE_KEYLINE_H

#include <stdint.h>

#include "base/blob.h"
#include "wire/frame.h"

#define KEYLINE_ASK WIRE_TYPE(WIRE_KEYLINE, 2)
#define KEYLINE_KEYS WIRE_TYPE(WIRE_KEYLINE, 1)
#define KEYLINE_LOCKED WIRE_TYPE(WIRE_KEYLINE, 3)
#define KEYLINE_KEY_LEN 32

/* Listener: answers one ASK. `keys` is KEK and MAC key, 64 bytes; or NULL. */
WARDER_MUST_CHECK int keyline_answer(
    int sock, const struct blob *keys, int64_t deadline);

/*
 * Worker: asks and waits. ret_keys holds 64 bytes. ELOCKED: the listener has
 * none; all else: the line is broken and counts as locked too.
 */
WARDER_MUST_CHECK int keyline_ask(
    int sock, int64_t deadline, struct blob **ret_keys);

#endif
