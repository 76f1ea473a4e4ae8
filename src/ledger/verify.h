/* SPDX-License-Identifier: ISC */
/*
 * Is a ledger whole? Needs the files and the public key, nothing of this
 * host, and believes none of them. The first damage ends it and is named
 * with its kind and place. Called by warderctl, and by anybody's copy of it.
 */
#ifndef WARDER_LEDGER_VERIFY_H
#define WARDER_LEDGER_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "ledger/note.h"

/* In the order in which they are looked for. */
enum verify_kind {
	VERIFY_WHOLE = 0,
	VERIFY_LINE_LONG,
	VERIFY_LINE_FORM,
	VERIFY_SEQ,
	VERIFY_CHAIN,
	VERIFY_HOST,
	VERIFY_PAIR,
	VERIFY_NOTE_FORM,
	VERIFY_NOTE_KEY,
	VERIFY_NOTE_SIG,
	VERIFY_TRUNCATED,
	VERIFY_CHECKPOINT,
	VERIFY_OPEN,
	VERIFY_TORN,
	VERIFY_UNREAD /* a file cannot be read; errno */
};
const char *verify_word(enum verify_kind kind); /* "ok", "line_long", … */

struct verify_report {
	enum verify_kind kind;
	/*
	 * Where it shows: the seq that the line ought to have (a checkpoint's
	 * own, 0 for a note that cannot be read); the last line if whole.
	 */
	uint64_t seq;
	uint64_t lines, first;    /* lines read whole, seq of the first */
	uint64_t checkpoints;     /* notes that hold */
	uint64_t covered;         /* highest seq that a checkpoint covers */
	uint64_t torn_bytes;      /* behind the last LF of the last file */
	uint64_t torn_note_bytes; /* behind the last checkpoint */
	/*
	 * The last line before the damage, 0 if none: nothing behind it may be
	 * handed on. Where the chain breaks, the line before the break may be
	 * the changed one; where notes do not hold, what they covered last.
	 */
	uint64_t good;
	uint8_t head[RECORD_HASH_LEN]; /* of the last line read whole */
	char note[CHECKPOINT_SIZE];    /* the one that covers most, or "" */
	size_t file;                   /* index of the file it shows in */
	bool is_between;               /* it shows where that file begins */
	bool is_notes;                 /* UNREAD: the checkpoints, no line */
	bool has_notes_before;         /* notes speak of lines not handed in */
	int exit;                      /* 0, 25, 40, 41 of cli.md section 3 */
};

/*
 * `paths` in order of age, one after the other; `checkpoints` may be NULL.
 * `verifier` may be NULL only without checkpoints. ENOMEM only; everything
 * else is the report. The files may grow meanwhile.
 */
WARDER_MUST_CHECK int verify_files(const char *const *paths, size_t n,
    const char *checkpoints, const struct note_verifier *verifier,
    struct verify_report *ret_report);

/*
 * Bytes up to an LF, at most one more than a line may have; what follows in
 * a longer one is left unread. 0 at the end, or where reading failed.
 */
size_t verify_read_line(FILE *file, char ret_line[RECORD_LINE_MAX + 1]);

#endif
