/* SPDX-License-Identifier: ISC */
/*
 * Frames with a secret in them: keys on the key line, the passphrase of an
 * UNLOCK. Their bodies go from locked memory to locked memory, never through
 * a buffer on the stack. Called by whoever sends or expects such a frame.
 */
#ifndef WARDER_WIRE_GUARDED_H
#define WARDER_WIRE_GUARDED_H

#include <stdint.h>

#include "base/blob.h"
#include "wire/frame.h"

/* The body is borrowed; NULL: an empty one. As frame_send(). */
WARDER_MUST_CHECK int guarded_send(int sock, uint32_t type, uint32_t id,
    const struct blob *body, int64_t deadline);

/*
 * Waits for the next frame and looks at its type; the frame stays where it
 * is. ETIME, EOF; ETRUNC: shorter than a head.
 */
WARDER_MUST_CHECK int guarded_peek(
    int sock, int64_t deadline, uint32_t *ret_type);

/*
 * One frame with a body of at most `max` bytes. ETRUNC: longer, shorter than
 * a head, or with a descriptor. ENOMEM: no locked memory.
 */
WARDER_MUST_CHECK int guarded_recv(int sock, int64_t deadline, size_t max,
    uint32_t *ret_type, uint32_t *ret_id, struct blob **ret_body);

#endif
