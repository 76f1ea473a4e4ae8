/* SPDX-License-Identifier: ISC */
/*
 * What the parts of an open ledger share. For chain.c, scan.c and
 * checkpoint.c alone.
 */
#ifndef WARDER_LEDGER_INSIDE_H
#define WARDER_LEDGER_INSIDE_H

#include <stdint.h>
#include <sys/types.h>

#include "ledger/chain.h"
#include "ledger/note.h"

struct ledger {
	int dir, fd;
	dev_t dev;
	ino_t ino;
	char host[NOTE_HOST_MAX + 1];
	char boot[9];
	uint64_t mark; /* the last line is never below it */

	/* What was read so far: `end` is behind the last LF seen. */
	uint64_t end, seq, kgen, last_record;
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

/* flock until it is had, whatever signals come. */
WARDER_MUST_CHECK enum ledger_err ledger_lock(int fd, int how);

/* Full or broken: what an errno of a write means. */
enum ledger_err ledger_errno(void);

#endif
