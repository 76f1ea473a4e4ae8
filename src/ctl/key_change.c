/* SPDX-License-Identifier: ISC */
/*
 * The next MANIFEST is the old one with one thing changed. All of it happens
 * under the store's exclusive lock, in one child.
 */
#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "base/rand.h"
#include "ctl/askeeper.h"
#include "ctl/key_change.h"
#include "seal/record.h"

static bool
is_record(const struct manifest_entry *entry, const uint8_t id[SEAL_ID_LEN])
{
	return memcmp(entry->record_id, id, SEAL_ID_LEN) == 0;
}

/* What of the old list stays. */
static bool
stays(const struct key_change *change, const struct manifest_entry *entry)
{
	bool is_it = is_record(entry, change->record_id);

	switch (change->act) {
	case KEY_ADD:
	case KEY_RETIRE:
		return entry->state == MANIFEST_ACTIVE && !is_it;
	case KEY_CANDIDATE:
	case KEY_DROP:
		return entry->state == MANIFEST_ACTIVE;
	case KEY_PROMOTE:
		return is_it ? entry->generation == change->generation
		             : entry->state == MANIFEST_ACTIVE;
	}
	return false;
}

static void
next_list(const struct key_change *change, const struct manifest *now,
    struct manifest *next)
{
	*next = *now;
	next->n = 0;
	next->generation = now->generation + 1;
	next->written_ms = (uint64_t)clock_real_ms();
	for (size_t i = 0; i < now->n; i++) {
		struct manifest_entry entry = now->entries[i];

		if (!stays(change, &entry))
			continue;
		entry.state = MANIFEST_ACTIVE;
		next->entries[next->n++] = entry;
	}
}

/* Which record this is about: the active one of the name, else a new one. */
static enum seal_err
find_record(struct key_change *change, const struct seal_store *store)
{
	auto_credential struct seal_credential old = { .secret = NULL };
	const struct manifest *now = seal_store_manifest(store);
	enum seal_err e;

	if (change->act == KEY_PROMOTE || change->act == KEY_DROP)
		return SEAL_OK;
	e = seal_store_find(store, change->credential->name,
	    change->credential->organization, 0, &old);
	if (e == SEAL_OK) {
		change->had_one = true;
		memcpy(change->record_id, old.record_id, SEAL_ID_LEN);
		memcpy(change->old_id, old.id, sizeof(old.id));
	} else if (e != SEAL_KEY_MISSING || change->act == KEY_RETIRE) {
		return e;
	} else {
		rand_fill(change->record_id, SEAL_ID_LEN);
	}
	change->generation = 1;
	for (size_t i = 0; i < now->n; i++) {
		const struct manifest_entry *entry = &now->entries[i];

		if (is_record(entry, change->record_id) &&
		    entry->generation >= change->generation)
			change->generation = entry->generation + 1;
	}
	return SEAL_OK;
}

/*
 * The lock was let go of while the candidate was tried, and any other commit
 * drops it; its number may be another one's by now. Without it the list
 * would lose the active key as well.
 */
static bool
is_candidate(const struct key_change *change, const struct manifest *now)
{
	for (size_t i = 0; i < now->n; i++) {
		const struct manifest_entry *entry = &now->entries[i];

		if (is_record(entry, change->record_id) &&
		    entry->generation == change->generation)
			return entry->state == MANIFEST_CANDIDATE &&
			       memcmp(entry->hash, change->hash,
			           sizeof(change->hash)) == 0;
	}
	return false;
}

/* Seals, and lists what was sealed. */
static enum seal_err
add_sealed(struct key_change *change, struct manifest *next,
    uint8_t bytes[RECORD_SIZE_MAX], struct seal_file *file)
{
	struct seal_credential from = *change->credential; /* borrows */
	uint8_t nonce[RECORD_NONCE_LEN];
	struct record_place place = { next->source, next->store_id, nonce };
	struct manifest_entry *entry = &next->entries[next->n];
	enum seal_err e;

	if (next->n == MANIFEST_ENTRIES_MAX)
		return SEAL_MANIFEST_FIELD;
	rand_fill(nonce, sizeof(nonce));
	memcpy(from.record_id, change->record_id, SEAL_ID_LEN);
	from.generation = change->generation;
	from.created_ms = next->written_ms;
	e = record_make(&from, change->vault->keys, &place, bytes, &file->len);
	if (e != SEAL_OK)
		return e;
	file->bytes = bytes;
	memcpy(file->record_id, from.record_id, SEAL_ID_LEN);
	file->generation = from.generation;
	memset(entry, 0, sizeof(*entry));
	memcpy(entry->record_id, from.record_id, SEAL_ID_LEN);
	entry->generation = from.generation;
	entry->kind = (uint8_t)from.kind;
	entry->state =
	    change->act == KEY_ADD ? MANIFEST_ACTIVE : MANIFEST_CANDIDATE;
	record_hash(entry->hash, bytes, file->len);
	memcpy(change->hash, entry->hash, sizeof(change->hash));
	next->n++;
	return SEAL_OK;
}

enum seal_err
key_change_apply(struct key_change *change, struct seal_store *store)
{
	uint8_t bytes[RECORD_SIZE_MAX];
	struct seal_file file = { .len = 0 };
	struct manifest next;
	bool adds = change->act == KEY_ADD || change->act == KEY_CANDIDATE;
	enum seal_err e;

	if ((e = find_record(change, store)) != SEAL_OK)
		return e;
	if (change->act == KEY_PROMOTE &&
	    !is_candidate(change, seal_store_manifest(store)))
		return SEAL_KEY_MISSING;
	next_list(change, seal_store_manifest(store), &next);
	if (adds && (e = add_sealed(change, &next, bytes, &file)) != SEAL_OK)
		return e;
	e = seal_store_commit(store, &next, &file, adds ? 1 : 0);
	change->mark = vault_mark(next.generation, next.store_id);
	return e;
}

static int
commit_as_keeper(void *ctx)
{
	auto_store struct seal_store *store = NULL;
	struct key_change *change = ctx;

	change->e = vault_open(change->vault, true, &store);
	if (change->e == SEAL_OK)
		change->e = key_change_apply(change, store);
	return 0;
}

int
key_commit(struct key_change *change)
{
	if (askeeper_run(commit_as_keeper, change) != 0)
		return ctl_fail(REASON_MISCONFIGURED,
		    "no child could work as %s", WARDER_USER_KEEPER);
	if (change->e != SEAL_OK)
		return ctl_fail_seal(change->e, VAULT_KEYS);
	return REASON_DONE;
}

static int
sweep_as_keeper(void *ctx)
{
	const struct vault *vault = *(const struct vault *const *)ctx;
	auto_store struct seal_store *store = NULL;
	size_t removed;

	if (vault_open(vault, true, &store) != SEAL_OK ||
	    seal_store_sweep(store, &removed) != SEAL_OK)
		return 1;
	return 0;
}

void
key_sweep(const struct vault *vault)
{
	if (askeeper_run(sweep_as_keeper, &vault) != 0)
		(void)ctl_fail(0,
		    "old files below %s remain; the keeper "
		    "removes them at its next start",
		    VAULT_KEYS);
}
