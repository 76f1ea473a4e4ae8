/* SPDX-License-Identifier: ISC */
/*
 * Credentials at rest: every failure by name, the keys of a store, and what
 * an opened record gives. Formats stand in record.h and manifest.h, the
 * folder in store.h. Called by the keeper (reading) and warderctl.
 */
#ifndef WARDER_SEAL_SEAL_H
#define WARDER_SEAL_SEAL_H

#include <stdint.h>

#include "base/blob.h"
#include "base/err.h"

#define SEAL_ID_LEN 16
#define SEAL_HASH_LEN 32
#define SEAL_MASTER_LEN 32
#define SEAL_KEYS_LEN 64 /* KEK 32, MAC key 32, as on the key line */
#define SEAL_GENERATION_MAX 9007199254740991u /* 2^53-1 */
/* Master source 2 on a host without systemd. */
#define SEAL_MASTER_FILE WARDER_SYSCONFDIR "/master.key"

/* In the order in which things are checked. 0 is success. */
enum seal_err {
	SEAL_OK = 0,
	SEAL_LOCKED,
	SEAL_FILE_RIGHTS,
	SEAL_FILE_KIND,
	SEAL_FILE_SIZE,
	SEAL_MANIFEST_MISSING,
	SEAL_MANIFEST_LENGTH,
	SEAL_MANIFEST_MAGIC,
	SEAL_MANIFEST_VERSION,
	SEAL_MANIFEST_FIELD,
	SEAL_MANIFEST_MASTER,
	SEAL_MANIFEST_DAMAGED,
	SEAL_MANIFEST_STORE,
	SEAL_MANIFEST_SOURCE,
	SEAL_MANIFEST_ROLLBACK,
	SEAL_KEY_MISSING,
	SEAL_KEY_CHANGED,
	SEAL_KEY_LENGTH,
	SEAL_KEY_MAGIC,
	SEAL_KEY_VERSION,
	SEAL_KEY_FIELD,
	SEAL_KEY_MASTER,
	SEAL_KEY_DAMAGED,
	SEAL_KEY_CONTENT,
	SEAL_KEY_STORE,
	SEAL_KEY_SOURCE,
	SEAL_KEY_SWAPPED,
	SEAL_KEY_ROLLBACK,
	SEAL_KEY_EXPIRED,
	SEAL_WRAP_LENGTH,
	SEAL_WRAP_MAGIC,
	SEAL_WRAP_VERSION,
	SEAL_WRAP_FIELD,
	SEAL_WRAP_COST,
	SEAL_WRAP_MEMORY,
	SEAL_WRAP_PASSPHRASE,
	SEAL_WRAP_STORE,
	SEAL_WRAP_MASTER,
	SEAL_IMPORT_MODE,
	SEAL_IMPORT_KIND,
	SEAL_IMPORT_SHAPE,
	SEAL_IMPORT_FILE,
	SEAL_MEMORY_LOCK, /* no memory, or it does not lock */
	SEAL_SYSTEM       /* a system call failed; errno tells */
};

/* "locked", "manifest_missing", … ; "" for SEAL_OK. */
const char *seal_word(enum seal_err e);

/* The exit code that this failure means to a person. */
enum reason seal_reason(enum seal_err e);

/* Master key sources; the numbers of record and MANIFEST. */
enum seal_source {
	SEAL_SOURCE_CREDENTIAL = 1,
	SEAL_SOURCE_FILE = 2,
	SEAL_SOURCE_PASSPHRASE = 3
};

enum seal_kind {
	SEAL_ACCESS_KEY = 1,
	SEAL_STS = 2,
	SEAL_TOKEN = 3,
	SEAL_HOST = 4
};

/* KEK and MAC key from a master of 32 bytes. */
WARDER_MUST_CHECK enum seal_err seal_keys_derive(
    const struct blob *master, struct blob **ret_keys);

/* Tells keys of one master from those of another; not a secret. */
void seal_key_id(uint8_t ret[SEAL_ID_LEN], const struct blob *keys);

/*
 * The master of 32 bytes. CREDENTIAL: `warder.master` in the folder that
 * systemd gave (env.credentials_directory); FILE: `warder.rootkey` there, or
 * without such a folder ("") WARDER_SYSCONFDIR/master.key, read as root.
 * PASSPHRASE: LOCKED, it comes by the key line.
 */
WARDER_MUST_CHECK enum seal_err seal_master_load(enum seal_source source,
    const char *credentials_directory, struct blob **ret_master);

/* What an opened record holds. */
struct seal_credential {
	enum seal_kind kind;
	uint8_t api; /* 1 signed, 2 token central, 3 token region, 0 host */
	char organization[65], id[65], endpoint[260], name[65];
	struct blob *secret; /* kind 4: the Ed25519 seed, 32 bytes */
	struct blob *token;  /* kind 2 only, else NULL */
	uint64_t created_ms, not_after_ms; /* 0 = none */
	uint8_t record_id[SEAL_ID_LEN];
	uint64_t generation;
	uint64_t store_generation; /* of the MANIFEST it was found by */
};

void seal_credential_clear(struct seal_credential *credential);
#define auto_credential __attribute__((cleanup(seal_credential_clear)))

#endif
