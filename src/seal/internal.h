/* SPDX-License-Identifier: ISC */
/* Shared inside this folder, and with its tests. */
#ifndef WARDER_SEAL_INTERNAL_H
#define WARDER_SEAL_INTERNAL_H

#include <stdbool.h>

#include "seal/seal.h"
#include "seal/store.h"
#include "seal/wrap.h"

#define STORE_NAME_SIZE 96

/* What a failure of src/base means here. */
enum seal_err seal_of_base(int r);

/* A store whose folder was opened and checked by the caller; owns `dir`. */
WARDER_MUST_CHECK enum seal_err store_take(int dir, const struct blob *keys,
    const struct seal_expect *expect, bool is_writer,
    struct seal_store **ret_store);
WARDER_MUST_CHECK enum seal_err store_create_at(int dir,
    const struct blob *keys, uid_t owner, const struct manifest *first,
    const struct seal_file *files, size_t n);

/* `<record id>.g<generation>.key`; a name nobody trusts. */
void store_file_name(char ret[STORE_NAME_SIZE],
    const uint8_t record_id[SEAL_ID_LEN], uint64_t generation);

/*
 * The two halves of wrap_open(): the costly one needs of the file only salt
 * and cost, so tests try every other bit with one key.
 */
WARDER_MUST_CHECK enum seal_err wrap_key(const struct wrap_head *head,
    const struct blob *passphrase, struct blob **ret_key);
WARDER_MUST_CHECK enum seal_err wrap_unseal(const uint8_t bytes[WRAP_LEN],
    const struct blob *key, const uint8_t *store_id, struct blob **ret_master);

/* store_write.c: the two steps of a commit, on an open folder. */
WARDER_MUST_CHECK enum seal_err store_write(int dir, const struct blob *keys,
    const struct manifest *next, const struct seal_file *files, size_t n);

/* Takes the flock of the folder, waiting five seconds at most. */
WARDER_MUST_CHECK enum seal_err store_lock(int dir, bool is_writer);

int store_dir(const struct seal_store *store);
const struct blob *store_keys(const struct seal_store *store);
bool store_is_writer(const struct seal_store *store);
void store_set_manifest(
    struct seal_store *store, const struct manifest *manifest);
void store_set_keys(struct seal_store *store, const struct blob *keys,
    const struct manifest *manifest);

#endif
