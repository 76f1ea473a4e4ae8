/* SPDX-License-Identifier: ISC */
/*
 * MANIFEST, format 1: which record files count, at which generation, under a
 * MAC. Pure: bytes in, struct out, and back.
 *
 *   0  magic 8 · version u16 = 1 · header length u16 = 64
 *   12 master source u8 · 0 u8 · entries u16, 1 to 64
 *   16 store id 16 · key id 16
 *   48 store generation u64 · written u64 ms
 *   64 entries: record id 16, generation u64, kind u8, state u8, 0 × 6,
 *      BLAKE2b-256 of the record file 32
 *   …  BLAKE2b-256 of all before, keyed with the MAC key
 */
#ifndef WARDER_SEAL_MANIFEST_H
#define WARDER_SEAL_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

#include "seal/seal.h"

#define MANIFEST_ENTRIES_MAX 64
#define MANIFEST_SIZE_MAX (64 + 64 * MANIFEST_ENTRIES_MAX + 32)

enum manifest_state {
	MANIFEST_ACTIVE = 1,
	MANIFEST_CANDIDATE = 2
};

struct manifest_entry {
	uint8_t record_id[SEAL_ID_LEN];
	uint64_t generation;
	uint8_t kind, state;
	uint8_t hash[SEAL_HASH_LEN];
};

struct manifest {
	uint8_t source;
	uint8_t store_id[SEAL_ID_LEN];
	uint64_t generation, written_ms;
	size_t n;
	struct manifest_entry entries[MANIFEST_ENTRIES_MAX];
};

/* What the head says of itself, which nothing proves. */
struct manifest_claim {
	uint8_t source;
	uint8_t store_id[SEAL_ID_LEN], key_id[SEAL_ID_LEN];
};

/* To know which keys to look for. MANIFEST_LENGTH to MANIFEST_FIELD. */
WARDER_MUST_CHECK enum seal_err manifest_peek(
    const uint8_t *bytes, size_t len, struct manifest_claim *ret_claim);

struct manifest_expect {
	uint8_t source;
	const uint8_t *store_id; /* NULL: any */
	uint64_t least_generation;
};

WARDER_MUST_CHECK enum seal_err manifest_parse(const uint8_t *bytes, size_t len,
    const struct blob *keys, const struct manifest_expect *expect,
    struct manifest *ret_manifest);

/* Sorts the entries. MANIFEST_FIELD: they are not a manifest. */
WARDER_MUST_CHECK enum seal_err manifest_make(struct manifest *manifest,
    const struct blob *keys, uint8_t ret_bytes[MANIFEST_SIZE_MAX],
    size_t *ret_len);

#endif
