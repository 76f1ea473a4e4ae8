/* SPDX-License-Identifier: ISC */
/*
 * A sealed record, format 1: one credential under the store's KEK, bound to
 * its store, source, id, generation and expiry. Pure: bytes in, struct out,
 * and back. The layout stands above record.c.
 */
#ifndef WARDER_SEAL_RECORD_H
#define WARDER_SEAL_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "seal/seal.h"

#define RECORD_SIZE_MAX 4096
#define RECORD_NONCE_LEN 24
#define RECORD_SECRET_MAX 256
#define RECORD_TOKEN_MAX 2048

/* Where the record is, and must say so itself. */
struct record_expect {
	uint8_t source;
	const uint8_t *store_id;
	const uint8_t *record_id; /* NULL: any */
	uint8_t kind;             /* 0: any */
	const char *organization; /* NULL: any */
	uint64_t least_generation;
	uint64_t now_ms; /* 0: expiry is not looked at */
};

WARDER_MUST_CHECK enum seal_err record_open(const uint8_t *bytes, size_t len,
    const struct blob *keys, const struct record_expect *expect,
    struct seal_credential *ret_credential);

/*
 * The plain texts of a record, unproven until record_open(): to find which
 * file to open. KEY_LENGTH to KEY_FIELD.
 */
WARDER_MUST_CHECK enum seal_err record_peek(
    const uint8_t *bytes, size_t len, struct seal_credential *ret_credential);

struct record_place {
	uint8_t source;
	const uint8_t *store_id;
	const uint8_t *nonce; /* 24 random bytes */
};

/* Seals. KEY_FIELD: the credential is not of the shape its kind needs. */
WARDER_MUST_CHECK enum seal_err record_make(
    const struct seal_credential *credential, const struct blob *keys,
    const struct record_place *place, uint8_t ret_bytes[RECORD_SIZE_MAX],
    size_t *ret_len);

/* BLAKE2b-256 of a file, as MANIFEST lists it. */
void record_hash(uint8_t ret[SEAL_HASH_LEN], const uint8_t *bytes, size_t len);

#endif
