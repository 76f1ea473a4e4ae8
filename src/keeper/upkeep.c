/* SPDX-License-Identifier: ISC */
/*
 * warderctl commits a change of the store by renaming MANIFEST, and then
 * writes its line. Killed in between, the change counts and nobody knows who
 * made it; that it was found is what can be said. Held meanwhile is the lock
 * of a writer, so nothing of a change that is under way is swept.
 */
#include "config.h"

#include <string.h>

#include "base/log.h"
#include "keeper/upkeep.h"
#include "seal/store.h"

static void
record_failure(struct keeper *keeper, enum seal_err e)
{
	struct record rec;

	log_warn("at start: the sealed keys: %s", seal_word(e));
	if (e == SEAL_SYSTEM)
		return;
	record_begin(&rec, "key.fail");
	record_set(&rec, M_ERR, seal_word(e));
	if (book_write(&keeper->book, &rec, NULL, NULL) != LEDGER_OK)
		log_warn("the ledger did not take key.fail");
}

static bool
record_found(struct keeper *keeper, const struct manifest *manifest)
{
	struct record rec;

	record_begin(&rec, "key.store");
	record_set(&rec, M_RES, "found");
	record_set_int(&rec, M_KGEN, manifest->generation);
	if (book_write(&keeper->book, &rec, NULL, NULL) == LEDGER_OK)
		return true;
	log_warn("the ledger did not take key.store");
	return false;
}

/* False: it is not on record, so the old files stay as witnesses. */
static bool
remember(struct keeper *keeper, const struct manifest *manifest)
{
	const struct seal_known *known = &keeper->ring.known;

	if (manifest->generation == known->generation && known->has_id)
		return true;
	/* An id that is seen for the first time is believed once, on record. */
	if (!record_found(keeper, manifest))
		return false;
	if (book_remember(
	        &keeper->book, manifest->generation, manifest->store_id) != 0) {
		log_warn("the mark of the sealed keys was not raised");
		return false;
	}
	log_info("at start: the sealed keys are at generation %llu, which was "
	         "not on record",
	    (unsigned long long)manifest->generation);
	return true;
}

void
upkeep_run(struct keeper *keeper)
{
	auto_store struct seal_store *store = NULL;
	size_t removed = 0;
	const char *word;
	enum seal_err e;

	e = ring_store(&keeper->ring, &store);
	if (e == SEAL_LOCKED)
		return;
	if (e != SEAL_OK) {
		record_failure(keeper, e);
		return;
	}
	/* Under the lock: a warderctl that was at work has ended by now. */
	if (ledger_refresh(keeper->book.ledger) != LEDGER_OK ||
	    book_known(&keeper->book, &keeper->ring.known, &word) !=
	        REASON_DONE ||
	    !remember(keeper, seal_store_manifest(store)))
		return;
	if (seal_store_sweep(store, &removed) != SEAL_OK)
		log_warn("at start: files that no list names remain");
	else if (removed > 0)
		log_info(
		    "at start: %zu files that no list names are gone", removed);
}
