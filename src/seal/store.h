/* SPDX-License-Identifier: ISC */
/*
 * The folder of sealed keys. MANIFEST is the list that counts: it is read
 * and its MAC checked before a record is opened, and a rename of it is the
 * commit of every change. File names are never trusted. The keeper reads
 * (and removes unlisted files at start); warderctl's child writes.
 */
#ifndef WARDER_SEAL_STORE_H
#define WARDER_SEAL_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "seal/manifest.h"
#include "seal/seal.h"
#include "seal/wrap.h"

struct seal_store;

/* What the store is held against when it is opened. */
struct seal_expect {
	enum seal_source source;   /* of warder.conf */
	const uint8_t *store_id;   /* 16 bytes; NULL: MANIFEST says */
	uint64_t least_generation; /* greatest of ledger, state, conf */
	uid_t owner;               /* of the folder: warder-keeper */
};

/*
 * What a host remembers of its store outside the folder, against another
 * one in its place. Without an id (has_id false) any store whose MAC is right
 * will do: a host that was set up before ids were kept.
 */
struct seal_known {
	uint64_t generation; /* greatest of ledger, state, conf */
	bool has_id;
	uint8_t store_id[SEAL_ID_LEN];
};

/* `known` is borrowed by the answer. */
struct seal_expect seal_expect_of(
    const struct seal_known *known, enum seal_source source, uid_t owner);

/*
 * Opens the folder, takes the shared (or for writers exclusive) flock and
 * checks MANIFEST. `keys` (64 bytes, NULL: LOCKED) are borrowed until the
 * store is freed.
 */
WARDER_MUST_CHECK enum seal_err seal_store_open(const char *dir,
    const struct blob *keys, const struct seal_expect *expect,
    struct seal_store **ret_store);
WARDER_MUST_CHECK enum seal_err seal_store_open_writer(const char *dir,
    const struct blob *keys, const struct seal_expect *expect,
    struct seal_store **ret_store);
void seal_store_freep(struct seal_store **store);
#define auto_store __attribute__((cleanup(seal_store_freep)))

const struct manifest *seal_store_manifest(const struct seal_store *store);

/*
 * The active record of this name and organization (kinds 1 to 3), opened.
 * `now_ms` is held against its expiry. ret_credential is zeroed before use
 * and cleared by the caller. KEY_MISSING: none is active.
 */
WARDER_MUST_CHECK enum seal_err seal_store_find(const struct seal_store *store,
    const char *name, const char *organization, uint64_t now_ms,
    struct seal_credential *ret_credential);

/* That very record, active or candidate; generation 0: the active one. */
WARDER_MUST_CHECK enum seal_err seal_store_record(
    const struct seal_store *store, const uint8_t record_id[SEAL_ID_LEN],
    uint64_t generation, uint64_t now_ms,
    struct seal_credential *ret_credential);

/* The host's own key (kind 4): secret is the Ed25519 seed. */
WARDER_MUST_CHECK enum seal_err seal_store_host(
    const struct seal_store *store, struct seal_credential *ret_credential);

/*
 * Writer, in the order that survives a kill: record files first (0600, new
 * name, fsync), then MANIFEST.tmp, rename, fsync of the folder. `next` has
 * the store generation of the old one plus 1. With no store yet
 * (seal_store_create) the folder is empty.
 */
struct seal_file {
	uint8_t record_id[SEAL_ID_LEN];
	uint64_t generation;
	const uint8_t *bytes;
	size_t len;
};
WARDER_MUST_CHECK enum seal_err seal_store_commit(struct seal_store *store,
    const struct manifest *next, const struct seal_file *files, size_t n);
WARDER_MUST_CHECK enum seal_err seal_store_create(const char *dir,
    const struct blob *keys, uid_t owner, const struct manifest *first,
    const struct seal_file *files, size_t n);

/*
 * Writer: seals every active record again, in a new generation under `keys`,
 * and commits all of them at once; candidates go. After it the store is one
 * of `keys`, which are borrowed like those it was opened with. Any failure
 * before the rename of MANIFEST leaves the old set; one after it may leave
 * either, so what is done with the old master is decided by asking which
 * keys open the store.
 */
struct seal_rekey {
	const struct blob *keys; /* 64 bytes, of the new master */
	enum seal_source source; /* of the new master */
	uint64_t above;          /* the new store generation is greater */
	uint64_t now_ms;
};
WARDER_MUST_CHECK enum seal_err seal_store_rekey(
    struct seal_store *store, const struct seal_rekey *how);

/* MANIFEST's word for its source and keys; nothing proves it. */
WARDER_MUST_CHECK enum seal_err seal_store_claim(
    const char *dir, uid_t owner, struct manifest_claim *ret_claim);

/*
 * master.wrap of the passphrase source, and its successor while a rekey is
 * under way. All of these work as the owner of the folder.
 */
#define SEAL_WRAP_NAME "master.wrap"
#define SEAL_WRAP_NEW "master.wrap.new"
#define SEAL_WRAP_FILE_MAX 1024

struct seal_wrap {
	uint8_t bytes[SEAL_WRAP_FILE_MAX];
	size_t len;
	bool has_store; /* there is a MANIFEST, and it says: */
	struct manifest_claim store;
};

/*
 * Nothing of it is proven yet. LOCKED: there is none; FILE_…. ret_fd (may be
 * NULL) stays open on the file.
 */
WARDER_MUST_CHECK enum seal_err seal_wrap_load(const char *dir,
    const char *name, uid_t owner, struct seal_wrap *ret_wrap, int *ret_fd);

/* The master, if it is of the store beside it. As wrap_open(). */
WARDER_MUST_CHECK enum seal_err seal_wrap_open(const struct seal_wrap *wrap,
    const struct blob *passphrase, struct blob **ret_master);

/* Durable. SYSTEM with EEXIST: one is there, and stays as it is. */
WARDER_MUST_CHECK enum seal_err seal_wrap_create(const char *dir,
    const char *name, uid_t owner, const uint8_t bytes[WRAP_LEN]);
WARDER_MUST_CHECK enum seal_err seal_wrap_move(
    const char *dir, const char *from, const char *to, uid_t owner);
/* One that is not there is no failure. */
WARDER_MUST_CHECK enum seal_err seal_wrap_remove(
    const char *dir, const char *name, uid_t owner);

/* Removes what MANIFEST does not list (a kill left it). Counts them. */
WARDER_MUST_CHECK enum seal_err seal_store_sweep(
    const struct seal_store *store, size_t *ret_removed);

#endif
