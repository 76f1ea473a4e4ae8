/* SPDX-License-Identifier: ISC */
/*
 * Signed notes, the one form in which this host signs anything that people
 * or other hosts read: lines, an empty line, one signature line. The first
 * line says what the note is, so none passes for another. The keeper signs;
 * the client, warderctl and anybody with ledger.pub verify.
 */
#ifndef WARDER_LEDGER_NOTE_H
#define WARDER_LEDGER_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/blob.h"
#include "base/err.h"
#include "ledger/record.h"

#define NOTE_MAX 16384 /* bytes of any note */
#define NOTE_HOST_MAX 64
#define NOTE_SEED_LEN 32
#define NOTE_KEY_LEN 32
#define NOTE_VERIFIER_SIZE 160 /* the line of ledger.pub, with LF and NUL */
#define CHECKPOINT_SIZE 512
#define RESULT_NOTE_SIZE 512

/* In the order in which things are checked. 0 is a note that holds. */
enum note_err {
	NOTE_OK = 0,
	NOTE_FORM, /* not such a note */
	NOTE_KEY,  /* signed under another name or key id */
	NOTE_SIG,  /* the signature does not hold */
	NOTE_PAIR, /* receipt: the lines do not belong together */
	NOTE_BUG   /* our side: no memory, seed of a wrong length, no room */
};
const char *note_word(enum note_err e); /* "note_form", "receipt_pair", … */

/* Who may have signed: the line of ledger.pub. */
struct note_verifier {
	char host[NOTE_HOST_MAX + 1];
	uint8_t key[NOTE_KEY_LEN];
	uint8_t id[4];
};

/* One line, its LF allowed. EFORM. */
WARDER_MUST_CHECK int note_verifier_parse(
    const char *line, size_t len, struct note_verifier *ret_verifier);

/* The file at `path`: root's or `owner`'s, not writable by others. */
WARDER_MUST_CHECK int note_verifier_load(
    const char *path, uid_t owner, struct note_verifier *ret_verifier);

/* The verifier of a host seed, and its line with LF, for `init`. */
WARDER_MUST_CHECK int note_verifier_of_seed(const char *host,
    const struct blob *seed, struct note_verifier *ret_verifier);
void note_verifier_print(
    const struct note_verifier *verifier, char ret[NOTE_VERIFIER_SIZE]);

/* A host name as it may stand in a note: 1 to 64 of [a-z0-9.-]. */
bool note_host_is_usable(const char *host);

/*
 * `text` is whole lines, each with its LF, none empty. Writes text, empty
 * line and signature line, and a NUL that does not count.
 */
WARDER_MUST_CHECK enum note_err note_sign(const struct blob *seed,
    const char *host, const char *text, char *ret, size_t size);

/*
 * Proves a note whose first line is `kind`/host, for example "warder/ledger".
 * ret_len is the length of its text, that is of all lines before the empty
 * one.
 */
WARDER_MUST_CHECK enum note_err note_open(const char *note, size_t len,
    const char *kind, const struct note_verifier *verifier, size_t *ret_len);

/* What a checkpoint says. */
struct checkpoint {
	uint64_t seq;
	uint8_t head[RECORD_HASH_LEN];
	int64_t at_ms;
	uint64_t kgen;
};

WARDER_MUST_CHECK enum note_err checkpoint_make(
    const struct checkpoint *checkpoint, const char *host,
    const struct blob *seed, char ret[CHECKPOINT_SIZE]);
WARDER_MUST_CHECK enum note_err checkpoint_open(const char *note, size_t len,
    const struct note_verifier *verifier, struct checkpoint *ret_checkpoint);

/*
 * The keeper's signed answer to an ACT; what the client believes. The caller
 * compares `request` with its own R and `gate` with what was shown.
 */
struct result_note {
	uint8_t request[32];             /* R */
	uint8_t exit;                    /* of cli.md: 0, 8, 9 or 10 */
	char record[RECORD_NUMBER_SIZE]; /* "" if there is none */
	uint8_t gate[32];
	int64_t at_ms;
};

WARDER_MUST_CHECK enum note_err result_note_make(
    const struct result_note *result, const char *host, const struct blob *seed,
    char ret[RESULT_NOTE_SIZE]);
WARDER_MUST_CHECK enum note_err result_note_open(const char *note, size_t len,
    const struct note_verifier *verifier, struct result_note *ret_result);

/*
 * A receipt: record number and the lines of that record, each with its LF,
 * one after the other in `lines`. NOTE_PAIR: they are no whole record.
 */
WARDER_MUST_CHECK enum note_err receipt_make(const char *number,
    const char *lines, const char *host, const struct blob *seed,
    char ret[NOTE_MAX]);
WARDER_MUST_CHECK enum note_err receipt_open(
    const char *note, size_t len, const struct note_verifier *verifier);

#endif
