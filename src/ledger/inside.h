/* SPDX-License-Identifier: ISC */
/*
 * What the parts of an open ledger share. For the files of this folder that
 * have one open, and nobody else.
 */
#ifndef WARDER_LEDGER_INSIDE_H
#define WARDER_LEDGER_INSIDE_H

#include <stdint.h>
#include <sys/types.h>

#include "ledger/chain.h"
#include "ledger/note.h"

struct ledger {
	int dir, fd;
	int lock; /* -1: not open */
	dev_t dev;
	ino_t ino;
	char host[NOTE_HOST_MAX + 1];
	char boot[9];
	uint64_t mark; /* the last line is never below it */

	/* What was read so far: `end` is behind the last LF seen. */
	uint64_t end, seq, kgen, last_record;
	uint64_t first;     /* seq of the file's first line, 0 before it */
	bool is_closing;    /* the last line is a ledger.rotate */
	uint64_t rotate_at; /* bytes */
	uint8_t head[RECORD_HASH_LEN];
	struct ledger_open_intent open[LEDGER_OPEN_MAX];
	uint64_t open_at[LEDGER_OPEN_MAX]; /* where its line begins */
	size_t n_open;

	/* Of the last line: whether the clocks are comparable, and UTC less
	 * boot time. */
	bool is_this_boot;
	int64_t apart_ms;
	/* Lines that an append added of itself, not taken yet. */
	struct ledger_aside asides[LEDGER_ASIDES];
	size_t n_asides;
};

/* Keeps the clocks of the line that is now the last one. */
void ledger_note_clocks(struct ledger *ledger, const struct record *rec);

/* True: the clock was set since the last line; the record that says so. */
bool ledger_clock_stepped(const struct ledger *ledger, struct record *ret_rec);

/*
 * Reads from `end` to the size of the file and takes in all whole lines.
 * ret_torn: bytes behind the last LF. DAMAGED: a line of ours does not read.
 */
WARDER_MUST_CHECK enum ledger_err ledger_scan(
    struct ledger *ledger, uint64_t *ret_torn);

/* Takes in a line at `end` whose values are known, the last one so far. */
WARDER_MUST_CHECK enum ledger_err ledger_take_in(struct ledger *ledger,
    const struct record *rec, const char *line, size_t len);

void ledger_unlock(struct ledger *ledger);

/* Opens the file that is in use, or makes it where that may be done. */
WARDER_MUST_CHECK enum ledger_err ledger_open_current(struct ledger *ledger);

/*
 * Waits for the lock of the folder, then sees to it that the file is the one
 * in use now: it may have been closed, and the next one begun, meanwhile.
 * After a failure nothing is locked.
 */
WARDER_MUST_CHECK enum ledger_err ledger_enter(struct ledger *ledger, int how);

/*
 * With the lock: all lines are read, a torn tail is cut, a rotation that
 * somebody was killed in has come to its end, and the file is the one to
 * write to.
 */
WARDER_MUST_CHECK enum ledger_err ledger_catch_up(struct ledger *ledger);

/* With the lock and all read: one line, durable. */
WARDER_MUST_CHECK enum ledger_err ledger_append_locked(
    struct ledger *ledger, struct record *rec, struct ledger_line *line);

/* A line that nobody asked for; who appends hands it to syslog too. */
WARDER_MUST_CHECK enum ledger_err ledger_append_aside(
    struct ledger *ledger, struct record *rec);

/* So that KEEP_SIZE room for the next line and all outcomes is there. */
WARDER_MUST_CHECK enum ledger_err ledger_reserve(
    const struct ledger *ledger, const struct record *rec, size_t len);

/*
 * With the lock and all read: closes the file and begins the next. BUSY: an
 * intent is open. TAKEN: something has the name. Nothing was done then.
 */
WARDER_MUST_CHECK enum ledger_err ledger_rotate_locked(struct ledger *ledger);

/* The same, where it is time for it and can be done. */
WARDER_MUST_CHECK enum ledger_err ledger_rotate_if_due(struct ledger *ledger);

/* The last line is a ledger.rotate: the name is given, the next file begun. */
WARDER_MUST_CHECK enum ledger_err ledger_finish_rotation(struct ledger *ledger);

/*
 * Reads a closed file to its end. MISSING: it is not there. DAMAGED: not a
 * file that a rotation closed, or not the one its name says.
 */
WARDER_MUST_CHECK enum ledger_err ledger_read_closed(
    const struct ledger *ledger, uint64_t first, struct ledger **ret_closed);

/*
 * The newest closed file, which a file without a line goes on from; NULL
 * where the ledger has none yet. MISSING: lines that were written since are
 * not there, as the mark or a checkpoint says.
 */
WARDER_MUST_CHECK enum ledger_err ledger_read_newest(
    const struct ledger *ledger, struct ledger **ret_closed);

/* Seq of the last checkpoint as it says itself, 0 if there is none. */
uint64_t ledger_checkpoint_seq(const struct ledger *ledger);

/* Full or broken: what an errno of a write means. */
enum ledger_err ledger_errno(void);

#endif
