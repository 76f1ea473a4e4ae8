/* SPDX-License-Identifier: ISC */
/*
 * What a report counts, gathered line by line from a proven ledger. Memory
 * stays bounded by what was decided: sums of everything, and of the rows
 * themselves the latest ones.
 */
#ifndef WARDER_CTL_LEDGER_FIGURES_H
#define WARDER_CTL_LEDGER_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/ledger_filter.h"
#include "ledger/record.h"

/* What came of a decision, in the order in which a bar is stacked. */
enum end {
	END_PASSED = 0, /* seen to move on */
	END_STOPPED,    /* seen to be stopped */
	END_REFUSED,    /* the policy said no */
	END_UNDONE,     /* rejected, unsent, unknown, open, … */
	END_COUNT
};

#define FIGURES_ROWS 2000 /* the latest decisions, and break-glass uses */

/* One decision, texts as they stand in the ledger, foreign ones too. */
struct figures_row {
	uint64_t seq; /* of the intent, or of the line itself */
	int64_t begin_ms, end_ms;
	int64_t since_ms; /* the gate waited since then; 0: not told */
	enum end end;
	bool is_reviewed;
	char record[RECORD_NUMBER_SIZE], act[8], res[25], err[25], code[97];
	char user[65], name[193], place[128], why[513], tick[65], glass[65];
};

/* How often, under a word. */
struct figures_tally {
	char word[128];
	uint64_t n[END_COUNT], sum;
	int64_t at_ms; /* hours: its start; places: the first line about it */
};

struct figures_tallies {
	void *tree;                 /* tsearch(3) by word */
	struct figures_tally **all; /* after figures_finish(): most first */
	size_t n, room;
};

/* The latest ones; the oldest is at `first`. */
struct figures_rows {
	struct figures_row *row;
	size_t n, first, room;
	uint64_t seen;
};

struct figures {
	struct ledger_filter filter; /* times only */
	int r;                       /* the first failure: ENOMEM */
	char host[65];               /* of the first line */
	uint64_t n[END_COUNT], glass, auth_failed, votes;
	uint64_t around;           /* decisions that a reconcile found */
	uint64_t lines;            /* within the times asked for */
	int64_t first_ms, last_ms; /* of those lines */
	struct figures_tallies hours, people, reasons, blocks, places;
	struct figures_rows rows, uses;
	struct figures_row *open; /* intents without their answer */
	size_t n_open, open_room;
	uint32_t *waits; /* seconds, sorted after figures_finish() */
	size_t n_waits, waits_room;
};

/* `arg` is a struct figures; for ledger_walk(). */
void figures_line(
    void *arg, const char *line, size_t len, const struct record *rec);

/* Counts what is still open, sorts. ENOMEM: nothing of it is to be used. */
WARDER_MUST_CHECK int figures_finish(struct figures *figures);
void figures_free(struct figures *figures);

/* The i-th of the rows kept, oldest first. */
const struct figures_row *figures_row_at(
    const struct figures_rows *rows, size_t i);

#endif
