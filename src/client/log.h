/* SPDX-License-Identifier: ISC */
/* The caller's own records, as lines of the ledger, and their receipts. */
#ifndef WARDER_CLIENT_LOG_H
#define WARDER_CLIENT_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "ledger/note.h"
#include "ledger/record.h"
#include "wire/person.h"

struct log_lines {
	struct record *items;
	size_t n;
};

/* What came: lines, or the text of a receipt if there is room for one. */
struct log_answer {
	struct log_lines lines;
	char *note; /* NOTE_MAX + 1 bytes; NULL: lines are asked for */
	size_t note_len;
	const char *act; /* only this verb; NULL: all */
	struct person_result result;
};
void log_clear(struct log_answer *answer);

/* One LINE; false: it must not come. */
bool log_take(struct log_answer *answer, const char *text);

/* NOTE_OK: the receipt is this host's, whole, and of that record. */
WARDER_MUST_CHECK enum note_err log_check_receipt(
    const struct log_answer *answer, const char *record,
    const struct note_verifier *verifier);

/* warder.log/1; `receipt` is the file it was written to, or NULL. */
void json_log(
    const struct log_lines *lines, const char *receipt, bool is_complete);

#endif
