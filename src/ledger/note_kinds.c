/* SPDX-License-Identifier: ISC */
/*
 * The three notes that this host makes, writer and reader of each side by
 * side. A reader looks into a note only after its signature holds, and takes
 * it only if its values would be written as the same text.
 */
#include "config.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ledger/note.h"

#define LINES_MAX 6 /* lines of a checkpoint or result, and one more */
#define LINE_SIZE 160
#define HEAD_BASE64 45

struct lines {
	char line[LINES_MAX][LINE_SIZE];
	size_t n;
};

/* Takes a text apart; false if it has other than `n` lines. */
static bool
split(const char *text, size_t len, size_t n, struct lines *ret)
{
	const char *at = text, *end = text + len, *stop;
	size_t line_len;

	ret->n = 0;
	while (at < end) {
		stop = memchr(at, '\n', (size_t)(end - at));
		line_len = stop == NULL ? LINE_SIZE : (size_t)(stop - at);
		if (ret->n == n || line_len >= LINE_SIZE)
			return false;
		memcpy(ret->line[ret->n], at, line_len);
		ret->line[ret->n++][line_len] = '\0';
		at = stop + 1;
	}
	return ret->n == n;
}

/*
 * warder/ledger/<host>
 * seq
 * base64 of SHA-256 of line seq
 * UTC
 * generation of the key store
 */
static int
print_checkpoint(
    const struct checkpoint *checkpoint, const char *host, char *ret)
{
	char head[HEAD_BASE64], stamp[CLOCK_STAMP_SIZE];

	sodium_bin2base64(head, sizeof(head), checkpoint->head,
	    sizeof(checkpoint->head), sodium_base64_VARIANT_ORIGINAL);
	clock_stamp(stamp, checkpoint->at_ms, 1);
	return snprintf(ret, CHECKPOINT_SIZE,
	    "warder/ledger/%s\n%" PRIu64 "\n%s\n%s\n%" PRIu64 "\n", host,
	    checkpoint->seq, head, stamp, checkpoint->kgen);
}

enum note_err
checkpoint_make(const struct checkpoint *checkpoint, const char *host,
    const struct blob *seed, char ret[CHECKPOINT_SIZE])
{
	char text[CHECKPOINT_SIZE];

	(void)print_checkpoint(checkpoint, host, text);
	return note_sign(seed, host, text, ret, CHECKPOINT_SIZE);
}

enum note_err
checkpoint_open(const char *note, size_t len,
    const struct note_verifier *verifier, struct checkpoint *ret_checkpoint)
{
	struct checkpoint said = { 0 };
	char again[CHECKPOINT_SIZE];
	struct lines lines;
	size_t text_len, n;
	enum note_err e;

	e = note_open(note, len, "warder/ledger", verifier, &text_len);
	if (e != NOTE_OK)
		return e;
	if (!split(note, text_len, 5, &lines) ||
	    text_parse_number(lines.line[1], RECORD_INT_MAX, &said.seq) != 0 ||
	    sodium_base642bin(said.head, sizeof(said.head), lines.line[2],
	        strlen(lines.line[2]), NULL, &n, NULL,
	        sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    n != sizeof(said.head) ||
	    clock_parse_stamp(lines.line[3], &said.at_ms) != 0 ||
	    text_parse_number(lines.line[4], RECORD_INT_MAX, &said.kgen) != 0)
		return NOTE_FORM;
	if (print_checkpoint(&said, verifier->host, again) != (int)text_len ||
	    memcmp(again, note, text_len) != 0)
		return NOTE_FORM;
	*ret_checkpoint = said;
	return NOTE_OK;
}

/*
 * warder/result/<host>
 * R, 64 hex
 * exit
 * record number, or "-" where nothing was recorded
 * gate, 64 hex
 * UTC
 */
static int
print_result(const struct result_note *result, const char *host, char *ret)
{
	char request[65], gate[65], stamp[CLOCK_STAMP_SIZE];

	hex_print(request, result->request, sizeof(result->request));
	hex_print(gate, result->gate, sizeof(result->gate));
	clock_stamp(stamp, result->at_ms, 1);
	return snprintf(ret, RESULT_NOTE_SIZE,
	    "warder/result/%s\n%s\n%u\n%s\n%s\n%s\n", host, request,
	    (unsigned int)result->exit,
	    result->record[0] == '\0' ? "-" : result->record, gate, stamp);
}

enum note_err
result_note_make(const struct result_note *result, const char *host,
    const struct blob *seed, char ret[RESULT_NOTE_SIZE])
{
	char text[RESULT_NOTE_SIZE];

	(void)print_result(result, host, text);
	return note_sign(seed, host, text, ret, RESULT_NOTE_SIZE);
}

enum note_err
result_note_open(const char *note, size_t len,
    const struct note_verifier *verifier, struct result_note *ret_result)
{
	struct result_note said = { .exit = 0 };
	char again[RESULT_NOTE_SIZE];
	struct lines lines;
	size_t text_len;
	enum note_err e;
	uint64_t status;

	e = note_open(note, len, "warder/result", verifier, &text_len);
	if (e != NOTE_OK)
		return e;
	if (!split(note, text_len, 6, &lines) ||
	    hex_parse(lines.line[1], said.request, sizeof(said.request)) != 0 ||
	    text_parse_number(lines.line[2], UINT8_MAX, &status) != 0 ||
	    hex_parse(lines.line[4], said.gate, sizeof(said.gate)) != 0 ||
	    clock_parse_stamp(lines.line[5], &said.at_ms) != 0)
		return NOTE_FORM;
	said.exit = (uint8_t)status;
	if (strcmp(lines.line[3], "-") != 0 &&
	    text_copy(said.record, sizeof(said.record), lines.line[3]) != 0)
		return NOTE_FORM;
	if (print_result(&said, verifier->host, again) != (int)text_len ||
	    memcmp(again, note, text_len) != 0)
		return NOTE_FORM;
	*ret_result = said;
	return NOTE_OK;
}

/*
 * warder/receipt/<host>
 * record number
 * one to three lines of the ledger
 */
enum note_err
receipt_make(const char *number, const char *lines, const char *host,
    const struct blob *seed, char ret[NOTE_MAX])
{
	char *text = malloc(NOTE_MAX);
	enum note_err e = NOTE_BUG;
	int n;

	if (text == NULL)
		return NOTE_BUG;
	n = snprintf(
	    text, NOTE_MAX, "warder/receipt/%s\n%s\n%s", host, number, lines);
	if (n > 0 && n < NOTE_MAX)
		e = note_sign(seed, host, text, ret, NOTE_MAX);
	free(text);
	return e;
}

/* What the lines seen so far allow next. */
struct receipt {
	const char *number, *host;
	size_t n;
	uint64_t intent; /* its seq, 0 if there is none */
	uint64_t last;
	bool is_over;
};

/* One more line of the record, or false if it has no place in it. */
static bool
add_line(struct receipt *receipt, const struct record *rec)
{
	bool is_outcome = record_is(rec, M_EV, "outcome");

	if (!record_is(rec, M_REC, receipt->number) ||
	    !record_is(rec, M_HOST, receipt->host) || receipt->is_over ||
	    record_int(rec, M_SEQ) <= receipt->last)
		return false;
	receipt->last = record_int(rec, M_SEQ);
	if (receipt->n++ == 0) {
		if (record_is(rec, M_EV, "intent")) {
			receipt->intent = receipt->last;
			return true;
		}
		receipt->is_over = true;
		return record_is(rec, M_EV, "denied") ||
		       record_is(rec, M_EV, "vote");
	}
	if (record_int(rec, M_REF) != receipt->intent ||
	    (is_outcome && receipt->n > 2))
		return false;
	receipt->is_over = !is_outcome || !record_is(rec, M_RES, "unknown");
	return is_outcome || record_is(rec, M_EV, "settle");
}

static bool
add_all_lines(struct receipt *receipt, const char *at, const char *end)
{
	struct record rec;
	const char *stop;

	while (at < end) {
		stop = memchr(at, '\n', (size_t)(end - at));
		if (stop == NULL ||
		    record_parse(at, (size_t)(stop + 1 - at), &rec) != 0 ||
		    !add_line(receipt, &rec))
			return false;
		at = stop + 1;
	}
	/* An intent alone tells nobody what came of it. */
	return receipt->n > (receipt->intent == 0 ? 0 : 1);
}

enum note_err
receipt_open(const char *note, size_t len, const struct note_verifier *verifier)
{
	char number[RECORD_NUMBER_SIZE];
	struct receipt receipt = { .number = number, .host = verifier->host };
	const char *start, *stop;
	size_t text_len, n;
	enum note_err e;

	e = note_open(note, len, "warder/receipt", verifier, &text_len);
	if (e != NOTE_OK)
		return e;
	start = (const char *)memchr(note, '\n', text_len) + 1;
	stop = memchr(start, '\n', text_len - (size_t)(start - note));
	if (stop == NULL)
		return NOTE_FORM;
	n = (size_t)(stop - start);
	if (n >= sizeof(number))
		return NOTE_FORM;
	memcpy(number, start, n);
	number[n] = '\0';
	return add_all_lines(&receipt, stop + 1, note + text_len) ? NOTE_OK
	                                                          : NOTE_PAIR;
}
