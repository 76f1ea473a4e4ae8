/* SPDX-License-Identifier: ISC */
/*
 * The one type for secret bytes: passwords, keys, tokens, and whatever is
 * computed from them. The bytes live in guarded, locked pages; the capacity
 * is fixed at birth; the free wipes. Call base_init() before the first use.
 */
#ifndef WARDER_BASE_BLOB_H
#define WARDER_BASE_BLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define BLOB_MAX 65536    /* bytes in one blob */
#define BLOB_COUNT_MAX 16 /* blobs alive in one process */

struct blob;

/*
 * Starts libsodium. ENOMEM: it could not start, and the program has to stop.
 * From here on the child of a fork() has its copies of blobs locked too; one
 * that cannot ends with 127.
 */
WARDER_MUST_CHECK int base_init(void);

/*
 * For a process whose children need no secret of it: in them, a blob that is
 * made from now on reads as zeros, and they must not free it.
 */
void blob_wipe_on_fork(void);

/*
 * An empty blob for up to `cap` bytes (1 to BLOB_MAX), zeroed and locked.
 * ETOOBIG, EFULL: above a cap. ENOMEM: no memory, or the page does not lock
 * (`memory_lock`: the program has to stop).
 */
WARDER_MUST_CHECK int blob_new(size_t cap, struct blob **ret_blob);
void blob_freep(struct blob **blob);
#define auto_blob __attribute__((cleanup(blob_freep)))

size_t blob_len(const struct blob *blob);
size_t blob_cap(const struct blob *blob);

/* The bytes, borrowed until the blob is freed. Never NUL terminated. */
const uint8_t *blob_data(const struct blob *blob);

/* The same for writing; blob_set_len() says how many of them count. */
uint8_t *blob_space(struct blob *blob);

/* ETOOBIG: above the capacity. Bytes behind a shorter length are wiped. */
WARDER_MUST_CHECK int blob_set_len(struct blob *blob, size_t len);

/* Adds `len` bytes. ETOOBIG: they do not fit; nothing was added. */
WARDER_MUST_CHECK int blob_append(
    struct blob *blob, const void *bytes, size_t len);

/* In constant time for equal lengths. NULL equals nothing, not even NULL. */
bool blob_is_equal(const struct blob *a, const struct blob *b);

/* Moves ownership out of *from, which becomes NULL. */
struct blob *blob_steal(struct blob **from);

#endif
