/* SPDX-License-Identifier: ISC */
/*
 * The keys of a worker: asked of the listener once, wiped when the worker
 * ends. A credential is opened for one signature and cleared after it; what
 * leaves this file is a request that is signed already.
 */
#ifndef WARDER_KEEPER_RING_H
#define WARDER_KEEPER_RING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/blob.h"
#include "base/conf.h"
#include "seal/seal.h"
#include "seal/store.h"
#include "wire/courier.h"
#include "yunxiao/request.h"
#include "yunxiao/sign.h"

struct ring {
	int keyline;             /* borrowed; -1: always locked */
	const struct conf *conf; /* borrowed */
	const char *dir;         /* of the store; borrowed */
	struct seal_known known; /* zero until the book is open */
	struct blob *keys;       /* NULL until asked */
};

void ring_clear(struct ring *ring);

/* Whether there are keys, asked of the listener if need be. */
bool ring_is_open(struct ring *ring);

/* Which key signs: names from the installed policy. Borrowed. */
struct ring_key {
	const char *org; /* id */
	const char *name;
};

/* What a temporary key has left at least, or it counts as run out. */
#define RING_STS_LEFT_MS 60000

/* One record, candidates too; generation 0: the active one. */
struct ring_record {
	uint8_t id[SEAL_ID_LEN];
	uint64_t generation;
};

/* What a record of the ledger may say about the key. No secret. */
struct ring_trace {
	char name[65];
	char id_shown[17]; /* eight characters and four stars */
	char id[65];       /* whole, for nobody but codes.h (STS.) */
	char endpoint[260];
	char nonce[33]; /* hex, of the last signature */
	uint64_t store_generation;
	uint8_t api; /* enum api */
	enum seal_kind kind;
	uint64_t generation, created_ms, not_after_ms; /* of the record */
};

/*
 * Builds the call from typed arguments and signs it: ret_request is ready for
 * the courier. `nonce` is NULL (one is drawn) or one that is on record already.
 * With `record` (not NULL) that record signs, a reading call
 * only. LOCKED, KEY_…, MANIFEST_…: seal_word() tells. SYSTEM: the
 * arguments cannot be built into a request.
 */
WARDER_MUST_CHECK enum seal_err ring_sign(struct ring *ring,
    const struct ring_key *key, const struct ring_record *record,
    enum call call, const struct call_args *args,
    const uint8_t nonce[SIGN_NONCE_LEN], struct courier_request *ret_request,
    struct ring_trace *ret_trace);

/* Whether that key, or `record`, could be opened now; nothing is signed. */
WARDER_MUST_CHECK enum seal_err ring_try(struct ring *ring,
    const struct ring_key *key, const struct ring_record *record,
    struct ring_trace *ret_trace);

/*
 * The store itself, with the lock of whoever changes it: for what is put in
 * order at start.
 */
WARDER_MUST_CHECK enum seal_err ring_store(
    struct ring *ring, struct seal_store **ret_store);

/* The host's Ed25519 seed; the caller clears the credential. */
WARDER_MUST_CHECK enum seal_err ring_host(
    struct ring *ring, struct seal_credential *ret_credential);

#endif
