/* SPDX-License-Identifier: ISC */
/*
 * Another master key for the whole store. Every record that counts is opened
 * under the old keys and sealed again in a new generation, and one MANIFEST,
 * under the new keys, puts them all in the old ones' place: whoever is killed
 * on the way leaves a store that is wholly under the one or the other.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/rand.h"
#include "seal/internal.h"
#include "seal/record.h"
#include "seal/store.h"

struct rekey {
	const struct seal_store *store;
	const struct blob *keys;
	struct manifest next;
	struct seal_file files[MANIFEST_ENTRIES_MAX];
	uint8_t bytes[MANIFEST_ENTRIES_MAX][RECORD_SIZE_MAX];
};

/* Above every generation of that record that was ever listed with it. */
static uint64_t
next_generation(
    const struct manifest *now, const uint8_t record_id[SEAL_ID_LEN])
{
	uint64_t greatest = 0;

	for (size_t i = 0; i < now->n; i++) {
		const struct manifest_entry *entry = &now->entries[i];

		if (entry->generation > greatest &&
		    memcmp(entry->record_id, record_id, SEAL_ID_LEN) == 0)
			greatest = entry->generation;
	}
	return greatest + 1;
}

/* Its age stays what it was: the credential is no newer than before. */
static enum seal_err
reseal(struct rekey *rekey, const struct manifest_entry *old)
{
	auto_credential struct seal_credential from = { .secret = NULL };
	struct manifest *next = &rekey->next;
	struct manifest_entry *entry = &next->entries[next->n];
	struct seal_file *file = &rekey->files[next->n];
	uint8_t nonce[RECORD_NONCE_LEN], *bytes = rekey->bytes[next->n];
	struct record_place place = { next->source, next->store_id, nonce };
	enum seal_err e;

	e = seal_store_record(
	    rekey->store, old->record_id, old->generation, 0, &from);
	if (e != SEAL_OK)
		return e;
	from.generation =
	    next_generation(seal_store_manifest(rekey->store), old->record_id);
	rand_fill(nonce, sizeof(nonce));
	e = record_make(&from, rekey->keys, &place, bytes, &file->len);
	if (e != SEAL_OK)
		return e;
	file->bytes = bytes;
	file->generation = from.generation;
	memcpy(file->record_id, from.record_id, SEAL_ID_LEN);
	*entry = *old;
	entry->generation = from.generation;
	record_hash(entry->hash, bytes, file->len);
	next->n++;
	return SEAL_OK;
}

static enum seal_err
reseal_all(struct rekey *rekey, const struct seal_rekey *how)
{
	const struct manifest *now = seal_store_manifest(rekey->store);
	struct manifest *next = &rekey->next;
	enum seal_err e;

	next->source = (uint8_t)how->source;
	memcpy(next->store_id, now->store_id, SEAL_ID_LEN);
	next->generation =
	    now->generation > how->above ? now->generation : how->above;
	next->generation++; /* past the last one it is no manifest */
	next->written_ms = how->now_ms;
	for (size_t i = 0; i < now->n; i++) {
		if (now->entries[i].state != MANIFEST_ACTIVE)
			continue;
		if ((e = reseal(rekey, &now->entries[i])) != SEAL_OK)
			return e;
	}
	return SEAL_OK;
}

enum seal_err
seal_store_rekey(struct seal_store *store, const struct seal_rekey *how)
{
	struct rekey *rekey;
	enum seal_err e;

	if (how->keys == NULL)
		return SEAL_LOCKED;
	if (!store_is_writer(store))
		return SEAL_SYSTEM;
	if ((rekey = calloc(1, sizeof(*rekey))) == NULL)
		return SEAL_MEMORY_LOCK;
	rekey->store = store;
	rekey->keys = how->keys;
	if ((e = reseal_all(rekey, how)) == SEAL_OK)
		e = store_write(store_dir(store), how->keys, &rekey->next,
		    rekey->files, rekey->next.n);
	if (e == SEAL_OK)
		store_set_keys(store, how->keys, &rekey->next);
	free(rekey);
	return e;
}
