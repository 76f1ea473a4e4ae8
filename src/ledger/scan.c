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
 * Behind `name` in a line, or NULL. Quotes inside of texts are escaped, so
 * the bytes `"ref":` can be nothing but the member.
 */
static const char *
behind(const char *line, size_t len, const char *name)
{
	const char *at = memmem(line, len, name, strlen(name));

	return at == NULL ? NULL : at + strlen(name);
}

/* The digits there; a line ends with an LF, so they end too. */
static uint64_t
digits(const char *at)
{
	uint64_t n = 0;

	while (*at >= '0' && *at <= '9' && n <= RECORD_INT_MAX)
		n = n * 10 + (uint64_t)(*at++ - '0');
	return n;
}

static bool
begins(const char *at, const char *line, size_t len, const char *word)
{
	size_t left = len - (size_t)(at - line), n = strlen(word);

	return left >= n && memcmp(at, word, n) == 0;
}

static void
copy_text(char *ret, size_t size, const struct record *rec, enum member m)
{
	/* Every room is larger than the member's limit; else "" is safe. */
	if (text_copy(ret, size, record_text(rec, m)) != 0)
		ret[0] = '\0';
}

static void
describe(struct ledger_open_intent *intent, const struct record *rec)
{
	int64_t at_ms = 0;

	if (clock_parse_stamp(record_text(rec, M_TS), &at_ms) == 0)
		intent->at_ms = (uint64_t)at_ms;
	copy_text(intent->record, sizeof(intent->record), rec, M_REC);
	copy_text(intent->act, sizeof(intent->act), rec, M_ACT);
	copy_text(intent->org, sizeof(intent->org), rec, M_ORG);
	copy_text(intent->pipeline, sizeof(intent->pipeline), rec, M_PIPE);
	copy_text(intent->run, sizeof(intent->run), rec, M_RUN);
	copy_text(intent->job, sizeof(intent->job), rec, M_JOB);
	copy_text(intent->gate, sizeof(intent->gate), rec, M_GATE);
}

static enum ledger_err
open_intent(struct ledger *ledger, uint64_t seq, uint64_t at)
{
	if (ledger->n_open == LEDGER_OPEN_MAX)
		return LEDGER_DAMAGED;
	memset(&ledger->open[ledger->n_open], 0, sizeof(ledger->open[0]));
	ledger->open[ledger->n_open].seq = seq;
	ledger->open_at[ledger->n_open++] = at;
	return LEDGER_OK;
}

/* An outcome or settle. One without an open intent changes nothing. */
static void
answer_intent(struct ledger *ledger, uint64_t ref, bool is_unknown)
{
	size_t i = 0;

	while (i < ledger->n_open && ledger->open[i].seq != ref)
		i++;
	if (i == ledger->n_open)
		return;
	if (is_unknown) {
		ledger->open[i].unknown = true;
		return;
	}
	ledger->n_open--;
	memmove(&ledger->open[i], &ledger->open[i + 1],
	    (ledger->n_open - i) * sizeof(ledger->open[0]));
	memmove(&ledger->open_at[i], &ledger->open_at[i + 1],
	    (ledger->n_open - i) * sizeof(ledger->open_at[0]));
}

/* YYYYMMDD-NNNN as YYYYMMDD * 10000 + count. */
static void
note_number(struct ledger *ledger, const char *text)
{
	uint64_t day = digits(text), count, number;

	if (strspn(text, "0123456789") != 8 || text[8] != '-')
		return;
	count = digits(text + 9);
	number = day * 10000 + (count < 10000 ? count : 9999);
	if (number > ledger->last_record)
		ledger->last_record = number;
}

/* What matters here of a line of `len` bytes, which ends with its LF. */
static enum ledger_err
note_line(struct ledger *ledger, const char *line, size_t len)
{
	const char *event = behind(line, len, "\"ev\":\"");
	const char *number = behind(line, len, "\"rec\":\"");
	const char *kgen = behind(line, len, "\"kgen\":"), *ref;
	const char *seq = behind(line, len, "\"seq\":");
	bool is_outcome;

	if (ledger->end == 0 && seq != NULL)
		ledger->first = digits(seq);
	if (number != NULL)
		note_number(ledger, number);
	if (kgen != NULL)
		ledger->kgen = digits(kgen);
	if (event == NULL)
		return LEDGER_DAMAGED;
	if (begins(event, line, len, "intent\""))
		return seq == NULL
		           ? LEDGER_DAMAGED
		           : open_intent(ledger, digits(seq), ledger->end);
	is_outcome = begins(event, line, len, "outcome\"");
	if (!is_outcome && !begins(event, line, len, "settle\""))
		return LEDGER_OK;
	ref = behind(line, len, "\"ref\":");
	if (ref != NULL)
		answer_intent(ledger, digits(ref),
		    is_outcome &&
		        behind(line, len, "\"res\":\"unknown\"") != NULL);
	return LEDGER_OK;
}

enum ledger_err
ledger_take_in(struct ledger *ledger, const struct record *rec,
    const char *line, size_t len)
{
	size_t before = ledger->n_open;
	enum ledger_err e;

	if (!record_is(rec, M_HOST, ledger->host))
		return LEDGER_DAMAGED;
	e = note_line(ledger, line, len);
	if (e != LEDGER_OK)
		return e;
	if (ledger->n_open > before)
		describe(&ledger->open[before], rec);
	record_line_hash(ledger->head, line, len);
	ledger->seq = record_int(rec, M_SEQ);
	ledger->is_closing = record_is(rec, M_EV, "ledger.rotate");
	ledger->end += len;
	ledger_note_clocks(ledger, rec);
	return LEDGER_OK;
}

/* Only the last line of a piece is read whole: the chain goes on from it. */
static enum ledger_err
take_line(struct ledger *ledger, const char *line, size_t len, bool is_last)
{
	struct record rec;
	enum ledger_err e;

	if (len > RECORD_LINE_MAX)
		return LEDGER_DAMAGED;
	if (is_last)
		return record_parse(line, len, &rec) != 0
		           ? LEDGER_DAMAGED
		           : ledger_take_in(ledger, &rec, line, len);
	e = note_line(ledger, line, len);
	ledger->end += len;
	return e;
}

/* The intents that are still open after a scan, each from its own line. */
static enum ledger_err
describe_open(struct ledger *ledger)
{
	char line[RECORD_LINE_MAX];
	struct record rec;
	const char *lf;
	ssize_t n;

	for (size_t i = 0; i < ledger->n_open; i++) {
		if (ledger->open[i].record[0] != '\0')
			continue;
		n = pread(
		    ledger->fd, line, sizeof(line), (off_t)ledger->open_at[i]);
		lf = n <= 0 ? NULL : memchr(line, '\n', (size_t)n);
		if (lf == NULL ||
		    record_parse(line, (size_t)(lf + 1 - line), &rec) != 0)
			return LEDGER_DAMAGED;
		describe(&ledger->open[i], &rec);
	}
	return LEDGER_OK;
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
	return describe_open(ledger);
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
