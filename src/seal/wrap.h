/* SPDX-License-Identifier: ISC */
/*
 * The master under a passphrase (master.wrap, format 1): argon2id makes a key
 * of the passphrase, and that key opens the master. Pure but for the memory
 * and the time that argon2id is there to take. Called by the keeper's worker
 * that unlocks and by warderctl.
 */
#ifndef WARDER_SEAL_WRAP_H
#define WARDER_SEAL_WRAP_H

#include <stddef.h>
#include <stdint.h>

#include "seal/seal.h"

#define WRAP_LEN 160
#define WRAP_HEAD_LEN 112
#define WRAP_SALT_LEN 16
#define WRAP_NONCE_LEN 24
#define WRAP_PASSPHRASE_MIN 16
#define WRAP_PASSPHRASE_MAX 255
/* What a new wrap costs, and what one that is read may cost. */
#define WRAP_OPS 3
#define WRAP_OPS_MIN 2
#define WRAP_OPS_MAX 10
#define WRAP_KIB (256u * 1024)
#define WRAP_KIB_MIN (64u * 1024)
#define WRAP_KIB_MAX (1024u * 1024)

struct wrap_head {
	uint8_t store_id[SEAL_ID_LEN], key_id[SEAL_ID_LEN];
	uint32_t ops, kib;
	uint8_t salt[WRAP_SALT_LEN], nonce[WRAP_NONCE_LEN];
	uint64_t created_ms;
};

/*
 * The head alone, unproven until wrap_open(): whose it says it is, and what
 * it would cost. WRAP_LENGTH, _MAGIC, _VERSION, _FIELD, _COST.
 */
WARDER_MUST_CHECK enum seal_err wrap_peek(
    const uint8_t *bytes, size_t len, struct wrap_head *ret_head);

/*
 * The master of 32 bytes. `store_id` (NULL: any) is of the store that it has
 * to be for. All of wrap_peek(), before any work is done; then WRAP_MEMORY:
 * there is not as much as argon2id needs, and it is not tried with less;
 * WRAP_PASSPHRASE: another passphrase, or a damaged file, which cannot be
 * told apart; WRAP_STORE; WRAP_MASTER: what came out has another key id than
 * the head.
 */
WARDER_MUST_CHECK enum seal_err wrap_open(const uint8_t *bytes, size_t len,
    const struct blob *passphrase, const uint8_t *store_id,
    struct blob **ret_master);

/*
 * Wraps. The head says store, cost, salt, nonce and time; its key id is
 * filled in. WRAP_PASSPHRASE: not of 16 to 255 bytes. WRAP_COST,
 * WRAP_MEMORY.
 */
WARDER_MUST_CHECK enum seal_err wrap_make(struct wrap_head *head,
    const struct blob *passphrase, const struct blob *master,
    uint8_t ret_bytes[WRAP_LEN]);

#endif
