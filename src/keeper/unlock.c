/* SPDX-License-Identifier: ISC */
/*
 * A try takes memory and time by design, so there is one at a time: whoever
 * holds the lock on master.wrap makes it, and holds on to it for a while
 * after a wrong passphrase. Code that got hold of root's socket but of no
 * file guesses no faster than that, each guess on record.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "keeper/identity.h"
#include "keeper/unlock.h"
#include "seal/store.h"
#include "wire/keyline.h"
#include "wire/peer.h"

#define KEYLINE_MS 5000
#define WRONG_S 3 /* after a wrong passphrase */

/* Who asked, as far as the kernel says; uid 0 is certain. */
static void
set_who(const struct keeper *keeper, struct record *rec)
{
	struct caller caller;
	struct peer peer;

	if (keeper->conn < 0 || peer_of_connection(keeper->conn, &peer) != 0)
		return;
	if (identity_read(&peer, &caller) == 0) {
		book_who(rec, &caller, "", 0);
		return;
	}
	record_set_int(rec, M_UID, peer.uid);
	record_set_int(rec, M_PID, (uint64_t)peer.pid);
}

static enum reason
write_line(struct keeper *keeper, struct record *rec, const char **ret_word)
{
	enum ledger_err e;

	if (keeper_open_book(keeper) != GO_ON) {
		*ret_word = keeper->result.local_code;
		return (enum reason)keeper->result.exit;
	}
	set_who(keeper, rec);
	e = book_write(&keeper->book, rec, NULL, NULL);
	if (e == LEDGER_OK)
		return REASON_DONE;
	*ret_word = ledger_word(e);
	return REASON_NO_RECORD;
}

static void
rest(void)
{
	struct timespec left = { .tv_sec = WRONG_S };

	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		continue;
}

/* Held until the descriptor is closed, or its holder dies. */
static enum reason
take_turn(int fd, const char **ret_word)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return REASON_DONE;
	*ret_word = errno == EWOULDBLOCK ? "busy" : "system";
	return errno == EWOULDBLOCK ? REASON_BUSY : REASON_BUG;
}

/* From the words to keys that open the store, which the worker then has. */
static enum seal_err
open_keys(struct keeper *keeper, const struct seal_wrap *wrap,
    const struct blob *passphrase)
{
	auto_credential struct seal_credential host = { .secret = NULL };
	auto_blob struct blob *master = NULL, *keys = NULL;
	enum seal_err e;

	if ((e = seal_wrap_open(wrap, passphrase, &master)) != SEAL_OK ||
	    (e = seal_keys_derive(master, &keys)) != SEAL_OK)
		return e;
	blob_freep(&master);
	ring_clear(&keeper->ring);
	keeper->ring.keys = blob_steal(&keys);
	return ring_host(&keeper->ring, &host);
}

static enum reason
end_failed(struct keeper *keeper, enum seal_err e, const char **ret_word)
{
	struct record rec;

	ring_clear(&keeper->ring);
	record_begin(&rec, "unlock");
	record_set(&rec, M_RES, "failed");
	record_set(&rec, M_ERR, seal_word(e));
	if (write_line(keeper, &rec, ret_word) != REASON_DONE)
		log_warn("a failed unlock is not on record: %s", *ret_word);
	log_warn("unlock: %s", seal_word(e));
	if (e == SEAL_WRAP_PASSPHRASE)
		rest();
	*ret_word = seal_word(e);
	return seal_reason(e);
}

/* On record before it is so, as everything. */
static enum reason
end_proven(struct keeper *keeper, const char **ret_word)
{
	struct record rec;
	enum reason reason;

	record_begin(&rec, "unlock");
	record_set(&rec, M_RES, "proven");
	if ((reason = write_line(keeper, &rec, ret_word)) != REASON_DONE)
		return reason;
	if (keyline_set(keeper->ring.keyline, keeper->ring.keys,
	        clock_boot_ms() + KEYLINE_MS) != 0) {
		*ret_word = "keeper";
		return REASON_UNREACHABLE;
	}
	book_checkpoint(&keeper->book, &keeper->ring);
	return REASON_DONE;
}

enum reason
unlock_try(
    struct keeper *keeper, const struct blob *passphrase, const char **ret_word)
{
	struct seal_wrap wrap;
	auto_fd int turn = -1;
	enum reason reason;
	enum seal_err e;

	if (keeper->conf->master != CONF_MASTER_PASSPHRASE) {
		*ret_word = "config";
		return REASON_MISCONFIGURED;
	}
	/* It also says how old the keys may be at most. */
	if (keeper_open_book(keeper) != GO_ON) {
		*ret_word = keeper->result.local_code;
		return (enum reason)keeper->result.exit;
	}
	e = seal_wrap_load(
	    keeper->places->keys_dir, SEAL_WRAP_NAME, geteuid(), &wrap, &turn);
	if (e != SEAL_OK)
		return end_failed(keeper, e, ret_word);
	if ((reason = take_turn(turn, ret_word)) != REASON_DONE)
		return reason;
	if ((e = open_keys(keeper, &wrap, passphrase)) != SEAL_OK)
		return end_failed(keeper, e, ret_word);
	return end_proven(keeper, ret_word);
}

enum reason
unlock_record_lock(
    struct keeper *keeper, const char *result, const char **ret_word)
{
	struct record rec;

	record_begin(&rec, "lock");
	record_set(&rec, M_RES, result);
	return write_line(keeper, &rec, ret_word);
}

/*
 * Dropped first: that the ledger takes no line is no reason to keep them. A
 * copy of this worker's signs the last checkpoint until the next unlock.
 */
enum reason
unlock_drop(struct keeper *keeper, bool *ret_was_open, const char **ret_word)
{
	auto_credential struct seal_credential host = { .secret = NULL };
	enum reason reason;
	enum seal_err e;

	if (keeper->conf->master != CONF_MASTER_PASSPHRASE) {
		*ret_word = "config";
		return REASON_MISCONFIGURED;
	}
	e = ring_host(&keeper->ring, &host);
	*ret_was_open = e != SEAL_LOCKED;
	/* A line that gives no keys may be a broken one: dropped all the same. */
	if (keyline_set(keeper->ring.keyline, NULL,
	        clock_boot_ms() + KEYLINE_MS) != 0) {
		*ret_word = "keeper";
		return REASON_UNREACHABLE;
	}
	if (!*ret_was_open)
		return REASON_DONE;
	reason = unlock_record_lock(keeper, "asked", ret_word);
	if (reason != REASON_DONE)
		return reason;
	if (e == SEAL_OK)
		book_checkpoint(&keeper->book, &keeper->ring);
	return REASON_DONE;
}
