/* SPDX-License-Identifier: ISC */
/*
 * What a desk may say to LOG: lines of a ledger, or those of one receipt. It
 * could send text that is neither, without end, or another host's receipt.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/log.h"

static bool
add_record(struct log_answer *answer, const char *text)
{
	char line[RECORD_LINE_MAX + 2];
	struct record rec, *more;
	int n = snprintf(line, sizeof(line), "%s\n", text);

	if (n <= 0 || (size_t)n >= sizeof(line) ||
	    record_parse(line, (size_t)n, &rec) != 0)
		return false;
	if (answer->act != NULL && record_has(&rec, M_ACT) &&
	    !record_is(&rec, M_ACT, answer->act))
		return true;
	more = realloc(answer->lines.items,
	    (answer->lines.n + 1) * sizeof(*answer->lines.items));
	if (more == NULL)
		return false;
	answer->lines.items = more;
	more[answer->lines.n++] = rec;
	return true;
}

static bool
add_text(struct log_answer *answer, const char *text)
{
	size_t left = NOTE_MAX - answer->note_len, len = strlen(text);

	if (len + 1 > left)
		return false;
	memcpy(answer->note + answer->note_len, text, len);
	answer->note[answer->note_len + len] = '\n';
	answer->note_len += len + 1;
	return true;
}

bool
log_take(struct log_answer *answer, const char *text)
{
	return answer->note != NULL ? add_text(answer, text)
	                            : add_record(answer, text);
}

void
log_clear(struct log_answer *answer)
{
	free(answer->lines.items);
	free(answer->note);
	memset(answer, 0, sizeof(*answer));
}

/* Behind the head of a receipt stands the number of its record. */
static bool
is_of_record(const char *note, const char *record)
{
	const char *at = strchr(note, '\n');
	size_t len = strlen(record);

	return at != NULL && strncmp(at + 1, record, len) == 0 &&
	       at[1 + len] == '\n';
}

enum note_err
log_check_receipt(const struct log_answer *answer, const char *record,
    const struct note_verifier *verifier)
{
	enum note_err e =
	    receipt_open(answer->note, answer->note_len, verifier);

	if (e == NOTE_OK && !is_of_record(answer->note, record))
		return NOTE_PAIR;
	return e;
}
