/* SPDX-License-Identifier: ISC */
/*
 * Reading the folder of sealed keys. Everything is reached from the checked
 * descriptor of the folder; MANIFEST first, and then only what it lists, by
 * its hash.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>

#include "base/fd.h"
#include "base/safefile.h"
#include "base/text.h"
#include "seal/internal.h"
#include "seal/record.h"
#include "seal/store.h"

struct seal_store {
	int dir;
	const struct blob *keys; /* borrowed */
	uid_t owner;
	bool is_writer;
	struct manifest manifest;
};

void
seal_store_freep(struct seal_store **store)
{
	if (*store == NULL)
		return;
	fd_closep(&(*store)->dir); /* and with it goes the lock */
	free(*store);
	*store = NULL;
}

const struct manifest *
seal_store_manifest(const struct seal_store *store)
{
	return &store->manifest;
}

int
store_dir(const struct seal_store *store)
{
	return store->dir;
}

const struct blob *
store_keys(const struct seal_store *store)
{
	return store->keys;
}

bool
store_is_writer(const struct seal_store *store)
{
	return store->is_writer;
}

void
store_set_manifest(struct seal_store *store, const struct manifest *manifest)
{
	store->manifest = *manifest;
}

void
store_set_keys(struct seal_store *store, const struct blob *keys,
    const struct manifest *manifest)
{
	store->keys = keys;
	store->manifest = *manifest;
}

void
store_file_name(char ret[STORE_NAME_SIZE], const uint8_t record_id[SEAL_ID_LEN],
    uint64_t generation)
{
	char hex[2 * SEAL_ID_LEN + 1];

	hex_print(hex, record_id, SEAL_ID_LEN);
	snprintf(ret, STORE_NAME_SIZE, "%s.g%llu.key", hex,
	    (unsigned long long)generation);
}

/* A file of the folder as bytes; `missing` is what its absence means. */
static enum seal_err
load(const struct seal_store *store, const char *name, size_t max,
    enum seal_err missing, struct blob **ret_bytes)
{
	struct safefile_rule rule = {
		.owner = store->owner, .forbidden = 0077, .max = max
	};
	auto_fd int fd = -1;
	int r = safefile_open_at(store->dir, name, &rule, &fd);

	if (r == WARDER_EMISSING)
		return missing;
	if (r != 0)
		return seal_of_base(r);
	return seal_of_base(safefile_read_blob(fd, max, ret_bytes));
}

static enum seal_err
load_manifest(struct seal_store *store, const struct seal_expect *expect)
{
	auto_blob struct blob *bytes = NULL;
	struct manifest_expect place = {
		.source = (uint8_t)expect->source,
		.store_id = expect->store_id,
		.least_generation = expect->least_generation,
	};
	enum seal_err e;

	e = load(store, "MANIFEST", MANIFEST_SIZE_MAX, SEAL_MANIFEST_MISSING,
	    &bytes);
	if (e != SEAL_OK)
		return e;
	return manifest_parse(blob_data(bytes), blob_len(bytes), store->keys,
	    &place, &store->manifest);
}

/*
 * Writers hold the lock for milliseconds. Somebody who never lets go must
 * not hold up a decision for ever.
 */
enum seal_err
store_lock(int dir, bool is_writer)
{
	static const struct timespec pause = { .tv_nsec = 20000000 };
	int how = (is_writer ? LOCK_EX : LOCK_SH) | LOCK_NB;

	for (int tries = 0; tries < 250; tries++) {
		if (flock(dir, how) == 0)
			return SEAL_OK;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return SEAL_SYSTEM;
		nanosleep(&pause, NULL);
	}
	return SEAL_SYSTEM;
}

enum seal_err
store_take(int dir, const struct blob *keys, const struct seal_expect *expect,
    bool is_writer, struct seal_store **ret_store)
{
	auto_store struct seal_store *store = calloc(1, sizeof(*store));
	enum seal_err e;

	if (store == NULL) {
		fd_closep(&dir);
		return SEAL_MEMORY_LOCK;
	}
	store->dir = dir;
	store->keys = keys;
	store->owner = expect->owner;
	store->is_writer = is_writer;
	if (keys == NULL)
		return SEAL_LOCKED;
	if ((e = store_lock(dir, is_writer)) != SEAL_OK)
		return e;
	if ((e = load_manifest(store, expect)) != SEAL_OK)
		return e;
	*ret_store = store;
	store = NULL;
	return SEAL_OK;
}

static enum seal_err
open_store(const char *path, const struct blob *keys,
    const struct seal_expect *expect, bool is_writer,
    struct seal_store **ret_store)
{
	int dir, r;

	if (keys == NULL)
		return SEAL_LOCKED;
	r = safefile_open_dir(path, expect->owner, 0077, &dir);
	if (r == WARDER_EMISSING)
		return SEAL_MANIFEST_MISSING;
	if (r != 0)
		return seal_of_base(r);
	return store_take(dir, keys, expect, is_writer, ret_store);
}

struct seal_expect
seal_expect_of(
    const struct seal_known *known, enum seal_source source, uid_t owner)
{
	return (struct seal_expect){
		.source = source,
		.store_id = known->has_id ? known->store_id : NULL,
		.least_generation = known->generation,
		.owner = owner,
	};
}

enum seal_err
seal_store_open(const char *dir, const struct blob *keys,
    const struct seal_expect *expect, struct seal_store **ret_store)
{
	return open_store(dir, keys, expect, false, ret_store);
}

enum seal_err
seal_store_open_writer(const char *dir, const struct blob *keys,
    const struct seal_expect *expect, struct seal_store **ret_store)
{
	return open_store(dir, keys, expect, true, ret_store);
}

/* The bytes of one listed record, and no others. */
static enum seal_err
load_entry(const struct seal_store *store, const struct manifest_entry *entry,
    struct blob **ret_bytes)
{
	auto_blob struct blob *bytes = NULL;
	char name[STORE_NAME_SIZE];
	uint8_t hash[SEAL_HASH_LEN];
	enum seal_err e;

	store_file_name(name, entry->record_id, entry->generation);
	e = load(store, name, RECORD_SIZE_MAX, SEAL_KEY_MISSING, &bytes);
	if (e != SEAL_OK)
		return e;
	record_hash(hash, blob_data(bytes), blob_len(bytes));
	if (memcmp(hash, entry->hash, SEAL_HASH_LEN) != 0)
		return SEAL_KEY_CHANGED;
	*ret_bytes = blob_steal(&bytes);
	return SEAL_OK;
}

static enum seal_err
open_entry(const struct seal_store *store, const struct manifest_entry *entry,
    const struct blob *bytes, const char *organization, uint64_t now_ms,
    struct seal_credential *ret_credential)
{
	struct record_expect expect = {
		.source = store->manifest.source,
		.store_id = store->manifest.store_id,
		.record_id = entry->record_id,
		.kind = entry->kind,
		.organization = organization,
		.least_generation = entry->generation,
		.now_ms = now_ms,
	};
	enum seal_err e;

	e = record_open(blob_data(bytes), blob_len(bytes), store->keys, &expect,
	    ret_credential);
	if (e == SEAL_OK)
		ret_credential->store_generation = store->manifest.generation;
	return e;
}

/*
 * A record that cannot be read may be the one asked for: its failure is told
 * if no other one is.
 */
enum seal_err
seal_store_find(const struct seal_store *store, const char *name,
    const char *organization, uint64_t now_ms,
    struct seal_credential *ret_credential)
{
	enum seal_err e, first = SEAL_KEY_MISSING;

	for (size_t i = 0; i < store->manifest.n; i++) {
		const struct manifest_entry *entry =
		    &store->manifest.entries[i];
		auto_blob struct blob *bytes = NULL;
		struct seal_credential seen = { .secret = NULL };

		if (entry->state != MANIFEST_ACTIVE || entry->kind == SEAL_HOST)
			continue;
		if ((e = load_entry(store, entry, &bytes)) != SEAL_OK ||
		    (e = record_peek(blob_data(bytes), blob_len(bytes),
		         &seen)) != SEAL_OK) {
			first = first == SEAL_KEY_MISSING ? e : first;
			continue;
		}
		if (strcmp(seen.name, name) == 0 &&
		    strcmp(seen.organization, organization) == 0)
			return open_entry(store, entry, bytes, organization,
			    now_ms, ret_credential);
	}
	return first;
}

static enum seal_err
open_listed(const struct seal_store *store, const struct manifest_entry *entry,
    uint64_t now_ms, struct seal_credential *ret_credential)
{
	auto_blob struct blob *bytes = NULL;
	enum seal_err e;

	if ((e = load_entry(store, entry, &bytes)) != SEAL_OK)
		return e;
	return open_entry(store, entry, bytes, NULL, now_ms, ret_credential);
}

enum seal_err
seal_store_record(const struct seal_store *store,
    const uint8_t record_id[SEAL_ID_LEN], uint64_t generation, uint64_t now_ms,
    struct seal_credential *ret_credential)
{
	for (size_t i = 0; i < store->manifest.n; i++) {
		const struct manifest_entry *entry =
		    &store->manifest.entries[i];
		bool is_it = generation == 0 ? entry->state == MANIFEST_ACTIVE
		                             : entry->generation == generation;

		if (is_it &&
		    memcmp(entry->record_id, record_id, SEAL_ID_LEN) == 0)
			return open_listed(
			    store, entry, now_ms, ret_credential);
	}
	return SEAL_KEY_MISSING;
}

enum seal_err
seal_store_host(
    const struct seal_store *store, struct seal_credential *ret_credential)
{
	for (size_t i = 0; i < store->manifest.n; i++) {
		const struct manifest_entry *entry =
		    &store->manifest.entries[i];

		if (entry->kind == SEAL_HOST && entry->state == MANIFEST_ACTIVE)
			return open_listed(store, entry, 0, ret_credential);
	}
	return SEAL_KEY_MISSING;
}
