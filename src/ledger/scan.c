/* SPDX-License-Identifier: ISC */
/*
 * Reading an open ledger: which intents wait for an answer, and where the
 * chain goes on. A worker does this once, over up to 64 MiB, so a line is
 * parsed only if it can matter here; warderctl's verify reads every byte.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "ledger/inside.h"

#define CHUNK (256 * 1024)

/*
 * Quotes inside of texts are escaped, so the bytes `"ev":"` can be nothing
 * but the member.
 */
static bool
has(const char *line, size_t len, const char *bytes)
{
	return memmem(line, len, bytes, strlen(bytes)) != NULL;
}

static void
copy_text(char *ret, size_t size, const struct record *rec, enum member m)
{
	/* Every room is larger than the member's limit; else "" is safe. */
	if (text_copy(ret, size, record_text(rec, m)) != 0)
		ret[0] = '\0';
}

static enum ledger_err
open_intent(struct ledger *ledger, const struct record *rec)
{
	struct ledger_open_intent *intent;
	int64_t at_ms = 0;

	if (ledger->n_open == LEDGER_OPEN_MAX)
		return LEDGER_DAMAGED;
	intent = &ledger->open[ledger->n_open++];
	memset(intent, 0, sizeof(*intent));
	intent->seq = record_int(rec, M_SEQ);
	if (clock_parse_stamp(record_text(rec, M_TS), &at_ms) == 0)
		intent->at_ms = (uint64_t)at_ms;
	copy_text(intent->record, sizeof(intent->record), rec, M_REC);
	copy_text(intent->act, sizeof(intent->act), rec, M_ACT);
	copy_text(intent->org, sizeof(intent->org), rec, M_ORG);
	copy_text(intent->pipeline, sizeof(intent->pipeline), rec, M_PIPE);
	copy_text(intent->run, sizeof(intent->run), rec, M_RUN);
	copy_text(intent->job, sizeof(intent->job), rec, M_JOB);
	copy_text(intent->gate, sizeof(intent->gate), rec, M_GATE);
	return LEDGER_OK;
}

/* An outcome or settle. One without an open intent changes nothing. */
static void
answer_intent(struct ledger *ledger, const struct record *rec)
{
	uint64_t ref = record_int(rec, M_REF);

	for (size_t i = 0; i < ledger->n_open; i++) {
		if (ledger->open[i].seq != ref)
			continue;
		if (record_is(rec, M_EV, "outcome") &&
		    record_is(rec, M_RES, "unknown")) {
			ledger->open[i].unknown = true;
			return;
		}
		ledger->n_open--;
		memmove(&ledger->open[i], &ledger->open[i + 1],
		    (ledger->n_open - i) * sizeof(ledger->open[0]));
		return;
	}
}

/* YYYYMMDD-NNNN as YYYYMMDD * 10000 + count. */
static void
note_number(struct ledger *ledger, const struct record *rec)
{
	const char *text = record_text(rec, M_REC);
	unsigned long long day, count;
	char *end;

	if (text[0] == '\0')
		return;
	day = strtoull(text, &end, 10);
	count = *end == '-' ? strtoull(end + 1, NULL, 10) : 0;
	if (count < 10000 && day * 10000 + count > ledger->last_record)
		ledger->last_record = day * 10000 + count;
}

enum ledger_err
ledger_take_in(struct ledger *ledger, const struct record *rec, uint64_t len)
{
	if (!record_is(rec, M_HOST, ledger->host))
		return LEDGER_DAMAGED;
	ledger->end += len;
	ledger->seq = record_int(rec, M_SEQ);
	if (record_has(rec, M_KGEN))
		ledger->kgen = record_int(rec, M_KGEN);
	note_number(ledger, rec);
	if (record_is(rec, M_EV, "intent"))
		return open_intent(ledger, rec);
	if (record_is(rec, M_EV, "outcome") || record_is(rec, M_EV, "settle"))
		answer_intent(ledger, rec);
	return LEDGER_OK;
}

static enum ledger_err
take_line(struct ledger *ledger, const char *line, size_t len, bool is_last)
{
	struct record rec;

	if (!is_last && !has(line, len, "\"rec\":\"") &&
	    !has(line, len, "\"ref\":") && !has(line, len, "\"kgen\":") &&
	    !has(line, len, "\"ev\":\"intent\"")) {
		ledger->end += len;
		return LEDGER_OK;
	}
	if (record_parse(line, len, &rec) != 0)
		return LEDGER_DAMAGED;
	if (is_last)
		record_line_hash(ledger->head, line, len);
	return ledger_take_in(ledger, &rec, len);
}

/* All whole lines of a piece of the file; how many bytes they were. */
static enum ledger_err
take_lines(
    struct ledger *ledger, const char *bytes, size_t len, size_t *ret_taken)
{
	const char *end = memrchr(bytes, '\n', len), *at = bytes, *stop;
	enum ledger_err e;

	*ret_taken = 0;
	if (end == NULL)
		return len >= RECORD_LINE_MAX ? LEDGER_DAMAGED : LEDGER_OK;
	while (at <= end) {
		stop = memchr(at, '\n', (size_t)(end + 1 - at));
		if (stop == NULL)
			break;
		e = take_line(ledger, at, (size_t)(stop + 1 - at), stop == end);
		if (e != LEDGER_OK)
			return e;
		at = stop + 1;
	}
	*ret_taken = (size_t)(at - bytes);
	return LEDGER_OK;
}

static enum ledger_err
scan_with(struct ledger *ledger, char *chunk, uint64_t size, uint64_t *ret_torn)
{
	enum ledger_err e;
	size_t taken;
	ssize_t n;

	while (ledger->end < size) {
		n = pread(ledger->fd, chunk, CHUNK, (off_t)ledger->end);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return LEDGER_IO;
		e = take_lines(ledger, chunk, (size_t)n, &taken);
		if (e != LEDGER_OK)
			return e;
		if (taken == 0)
			break;
	}
	*ret_torn = size - ledger->end;
	return LEDGER_OK;
}

enum ledger_err
ledger_scan(struct ledger *ledger, uint64_t *ret_torn)
{
	struct stat st;
	enum ledger_err e;
	char *chunk;

	if (fstat(ledger->fd, &st) != 0)
		return LEDGER_IO;
	if ((uint64_t)st.st_size < ledger->end)
		return LEDGER_BACK;
	*ret_torn = 0;
	if ((uint64_t)st.st_size == ledger->end)
		return LEDGER_OK;
	chunk = malloc(CHUNK);
	if (chunk == NULL)
		return LEDGER_IO;
	e = scan_with(ledger, chunk, (uint64_t)st.st_size, ret_torn);
	free(chunk);
	return e;
}
