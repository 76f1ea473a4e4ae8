/* SPDX-License-Identifier: ISC */
/*
 * The file of lines: what ledger_append() returned for is on the disk, one
 * line follows from the one before, and there is always room for the
 * outcome of an intent. Several processes may append; the file's lock orders
 * them. Trusts the folder (warder-keeper's alone), not what a kill left.
 */
#ifndef WARDER_LEDGER_CHAIN_H
#define WARDER_LEDGER_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/blob.h"
#include "base/err.h"
#include "ledger/record.h"

#define LEDGER_FILE "ledger.jsonl"
#define LEDGER_CHECKPOINTS "ledger.checkpoints"
#define LEDGER_OPEN_MAX 64 /* open intents in one file */
#define LEDGER_ROTATE_AT (UINT64_C(64) * 1024 * 1024)

/* Why no line was written; ledger_word() is the local code of exit 22. */
enum ledger_err {
	LEDGER_OK = 0,
	LEDGER_FULL,       /* no room, or none for the outcome */
	LEDGER_MISSING,    /* there was a ledger here, and it is gone */
	LEDGER_BACK,       /* it ends before what the mark remembers */
	LEDGER_NO_RESERVE, /* the file system cannot reserve */
	LEDGER_DAMAGED,    /* the last line does not read, or other host */
	LEDGER_IO,         /* a system call failed; errno */
	LEDGER_OPEN,       /* no rotation while an intent waits for its end */
	LEDGER_TAKEN,      /* nor where something has the name to be given */
	LEDGER_ANSWERED, /* the intent named by `ref` is not open (any more) */
	LEDGER_RECORD    /* the record handed in cannot be written */
};
const char *ledger_word(enum ledger_err e); /* "ledger_full", … */

struct ledger;

/* Where a line came to lie. */
struct ledger_line {
	uint64_t seq;
	uint8_t head[RECORD_HASH_LEN]; /* SHA-256 of the line */
	size_t len;
	char text[RECORD_LINE_MAX + 1]; /* with LF, and a NUL behind it */
};

/* An intent without an answer yet. */
struct ledger_open_intent {
	uint64_t seq, at_ms;
	char record[RECORD_NUMBER_SIZE];
	char act[8]; /* "pass", "refuse" */
	char org[65], pipeline[21], run[21], job[21];
	char gate[65]; /* 64 hex */
	bool unknown;  /* an outcome `unknown` is there already */
};

/*
 * Opens `dir`/ledger.jsonl for this process and reads what is open. Without
 * any trace of a ledger (mark_seq 0, no closed file, no checkpoint) it makes
 * one with its ledger.start; `host` is then written in each line, and must
 * be the one found. `mark_seq` is the mark `seq` of the state, 0 for none.
 */
WARDER_MUST_CHECK enum ledger_err ledger_open(const char *dir, const char *host,
    uint64_t mark_seq, struct ledger **ret_ledger);
void ledger_freep(struct ledger **ledger);
#define auto_ledger __attribute__((cleanup(ledger_freep)))

/*
 * Writes one line; it is durable when this returns LEDGER_OK. Fills in v,
 * seq, ts, mono, boot, host and prev of `rec` itself. ret_line may be NULL.
 * An outcome or settle uses what its intent reserved. Where the file has
 * LEDGER_ROTATE_AT bytes and no intent is open, the line is the third of a
 * new file: `ledger.rotate` ends the old one, `ledger.start` begins it.
 */
WARDER_MUST_CHECK enum ledger_err ledger_append(
    struct ledger *ledger, struct record *rec, struct ledger_line *ret_line);

/*
 * Whether one more line, however long, would be taken now. Nothing is
 * written but what any opening finishes. For a change that is made first and
 * told of after.
 */
WARDER_MUST_CHECK enum ledger_err ledger_has_room(struct ledger *ledger);

/* Another size to close a file at, from now on. */
void ledger_rotate_at(struct ledger *ledger, uint64_t bytes);

/*
 * Closes the file now. ret_first: seq of its first line, which is in its
 * name from then on. OPEN, TAKEN: nothing was done.
 */
WARDER_MUST_CHECK enum ledger_err ledger_rotate(
    struct ledger *ledger, uint64_t *ret_first);

/*
 * Lines that appends added of their own: ledger.gap, clock.step, those of a
 * rotation. Each is given once, at most LEDGER_ASIDES, for syslog.
 */
#define LEDGER_ASIDES 6
struct ledger_aside {
	struct record rec;
	uint8_t head[RECORD_HASH_LEN];
};
size_t ledger_take_asides(
    struct ledger *ledger, struct ledger_aside ret_asides[LEDGER_ASIDES]);

/*
 * Reads what others appended meanwhile; the calls below then tell of now.
 * Every append does it too.
 */
WARDER_MUST_CHECK enum ledger_err ledger_refresh(struct ledger *ledger);

/* Open intents, borrowed until the next call that reads or appends. */
size_t ledger_open_intents(
    const struct ledger *ledger, const struct ledger_open_intent **ret_intents);

/* The one for this gate (64 hex) or NULL; borrowed the same way. */
const struct ledger_open_intent *ledger_find_open(
    const struct ledger *ledger, const char *gate);

/* Last line: its seq, its hash. */
uint64_t ledger_seq(const struct ledger *ledger);
void ledger_head(const struct ledger *ledger, uint8_t ret[RECORD_HASH_LEN]);

/* `kgen` of the last line that has one, 0 if none (rollback of the keys). */
uint64_t ledger_kgen(const struct ledger *ledger);

/*
 * The highest record number as YYYYMMDD * 10000 + count, of this file or of
 * the newest closed one that has any; 0 if none. state_next_record() takes
 * it as the least to go on from.
 */
uint64_t ledger_last_record(struct ledger *ledger);

/*
 * Signs a checkpoint for the last line and adds it to ledger.checkpoints,
 * durably. `seed` is the host seed (32 bytes). ret_note (CHECKPOINT_SIZE of
 * note.h, or NULL) gets its text, for syslog.
 */
WARDER_MUST_CHECK enum ledger_err ledger_checkpoint(struct ledger *ledger,
    const struct blob *seed, uint64_t kgen, char *ret_note);

/* Whether one is due: `lines` appended or `ms` gone since the last. */
bool ledger_checkpoint_due(struct ledger *ledger, uint32_t lines, uint32_t ms);

/*
 * Hands each line that holds `token` somewhere in its bytes to `visit`, in
 * order, with its LF, from the oldest closed file on; what that returns other
 * than OK ends it. DAMAGED: such a line does not read, or a file is none that
 * a rotation closed, or lines between two of them are missing.
 */
typedef enum ledger_err ledger_visit(
    void *arg, const struct record *rec, const char *line, size_t len);
WARDER_MUST_CHECK enum ledger_err ledger_each(
    struct ledger *ledger, const char *token, ledger_visit *visit, void *arg);

/* All lines of a record, for show and receipts, in order; at most `max`. */
WARDER_MUST_CHECK enum ledger_err ledger_find_record(struct ledger *ledger,
    const char *number, struct ledger_line *ret_lines, size_t max,
    size_t *ret_n);

/* The text of an event's clock member: "sync", "unsync", "unknown". */
const char *ledger_clock_word(void);

#endif
