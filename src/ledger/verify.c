/* SPDX-License-Identifier: ISC */
/*
 * Every line of every file, then the pairs of intent and answer, then the
 * checkpoints. What was found first in this order is the verdict, so that
 * two verifiers say the same of the same files.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ledger/verify.h"

/* An intent that was seen, and what answered it. */
struct intent {
	uint64_t seq;
	char record[RECORD_NUMBER_SIZE];
	char act[8];
	bool is_unknown, is_answered;
};

struct verifying {
	struct verify_report *report;
	const struct note_verifier *verifier; /* NULL: host is line one's */
	char host[NOTE_HOST_MAX + 1];
	uint64_t next; /* seq that the next line has to have */
	uint8_t head[RECORD_HASH_LEN];
	struct intent *intents;
	size_t n, room;
	uint64_t bad_pair;                 /* seq of the first, 0 if none */
	uint8_t (*heads)[RECORD_HASH_LEN]; /* of all lines, by seq - first */
	size_t heads_room;
	int error; /* errno of what could not be read */
};

const char *
verify_word(enum verify_kind kind)
{
	static const char *const words[] = { [VERIFY_WHOLE] = "ok",
		[VERIFY_LINE_LONG] = "line_long",
		[VERIFY_LINE_FORM] = "line_form",
		[VERIFY_SEQ] = "seq",
		[VERIFY_CHAIN] = "chain",
		[VERIFY_HOST] = "host",
		[VERIFY_PAIR] = "pair",
		[VERIFY_NOTE_FORM] = "note_form",
		[VERIFY_NOTE_KEY] = "note_key",
		[VERIFY_NOTE_SIG] = "note_sig",
		[VERIFY_TRUNCATED] = "truncated",
		[VERIFY_CHECKPOINT] = "checkpoint",
		[VERIFY_OPEN] = "open",
		[VERIFY_TORN] = "torn",
		[VERIFY_UNREAD] = "unread" };

	return words[kind];
}

/* Room for one more in an array that doubles. */
static int
grow(void **array, size_t *room, size_t n, size_t size)
{
	size_t more = *room == 0 ? 64 : *room * 2;
	void *bigger;

	if (n < *room)
		return WARDER_OK;
	bigger = reallocarray(*array, more, size);
	if (bigger == NULL)
		return WARDER_ENOMEM;
	*array = bigger;
	*room = more;
	return WARDER_OK;
}

static int
add_intent(struct verifying *v, const struct record *rec)
{
	void *array = v->intents;
	struct intent *intent;
	int r = grow(&array, &v->room, v->n, sizeof(*v->intents));

	v->intents = array;
	if (r != 0)
		return r;
	intent = &v->intents[v->n++];
	memset(intent, 0, sizeof(*intent));
	intent->seq = record_int(rec, M_SEQ);
	(void)snprintf(intent->record, sizeof(intent->record), "%s",
	    record_text(rec, M_REC));
	(void)snprintf(
	    intent->act, sizeof(intent->act), "%s", record_text(rec, M_ACT));
	return WARDER_OK;
}

static struct intent *
find_intent(struct verifying *v, uint64_t seq)
{
	for (size_t i = v->n; i > 0; i--)
		if (v->intents[i - 1].seq == seq)
			return &v->intents[i - 1];
	return NULL;
}

/* An answer fits an open intent of the same record, or the pair is bad. */
static bool
answer(struct verifying *v, const struct record *rec)
{
	struct intent *intent = find_intent(v, record_int(rec, M_REF));
	bool is_outcome = record_is(rec, M_EV, "outcome");

	if (intent == NULL || !record_has(rec, M_REF) ||
	    !record_is(rec, M_REC, intent->record) || intent->is_answered ||
	    (is_outcome && intent->is_unknown) ||
	    (record_has(rec, M_ACT) && !record_is(rec, M_ACT, intent->act)))
		return false;
	if (is_outcome && record_is(rec, M_RES, "unknown"))
		intent->is_unknown = true;
	else
		intent->is_answered = true;
	return true;
}

static int
remember(struct verifying *v, const struct record *rec)
{
	void *array = v->heads;
	int r = grow(&array, &v->heads_room, (size_t)v->report->lines,
	    sizeof(*v->heads));

	v->heads = array;
	if (r != 0)
		return r;
	memcpy(v->heads[v->report->lines], v->head, sizeof(v->head));
	v->report->lines++;
	if (record_is(rec, M_EV, "intent"))
		return add_intent(v, rec);
	if ((record_is(rec, M_EV, "outcome") ||
	        record_is(rec, M_EV, "settle")) &&
	    !answer(v, rec) && v->bad_pair == 0)
		v->bad_pair = record_int(rec, M_SEQ);
	return WARDER_OK;
}

/*
 * The first line handed in. Older files may be elsewhere, but a file begins
 * with its ledger.start; without one the lines before were taken away.
 */
static void
begin_at(struct verifying *v, const struct record *rec)
{
	if (record_is(rec, M_EV, "ledger.start"))
		v->next = record_int(rec, M_SEQ);
	if (v->next == 0)
		v->next = 1;
	v->report->first = v->next;
	(void)snprintf(v->host, sizeof(v->host), "%s",
	    v->verifier != NULL ? v->verifier->host : record_text(rec, M_HOST));
}

static enum verify_kind
check_line(
    struct verifying *v, const char *line, size_t len, struct record *rec)
{
	char prev[2 * RECORD_HASH_LEN + 1];
	static const uint8_t none[RECORD_HASH_LEN];

	if (len > RECORD_LINE_MAX)
		return VERIFY_LINE_LONG;
	if (record_parse(line, len, rec) != 0)
		return VERIFY_LINE_FORM;
	if (v->report->lines == 0)
		begin_at(v, rec);
	if (record_int(rec, M_SEQ) != v->next)
		return VERIFY_SEQ;
	hex_print(prev, v->report->lines > 0 ? v->head : none, RECORD_HASH_LEN);
	if ((v->report->lines > 0 || v->next == 1) &&
	    !record_is(rec, M_PREV, prev))
		return VERIFY_CHAIN;
	if (!record_is(rec, M_HOST, v->host))
		return VERIFY_HOST;
	return VERIFY_WHOLE;
}

static int
on_line(struct verifying *v, const char *line, size_t len)
{
	struct record rec;

	v->report->kind = check_line(v, line, len, &rec);
	if (v->report->kind != VERIFY_WHOLE)
		return WARDER_OK;
	record_line_hash(v->head, line, len);
	v->next++;
	return remember(v, &rec);
}

size_t
verify_read_line(FILE *file, char line[RECORD_LINE_MAX + 1])
{
	size_t len = 0;
	int c;

	while (len <= RECORD_LINE_MAX && (c = getc_unlocked(file)) != EOF) {
		line[len++] = (char)c;
		if (c == '\n')
			break;
	}
	return len;
}

static int
on_file(struct verifying *v, FILE *file, bool is_last)
{
	char line[RECORD_LINE_MAX + 1];
	uint64_t before = v->report->lines;
	size_t len;
	int r = 0;

	while (r == 0 && v->report->kind == VERIFY_WHOLE &&
	       (len = verify_read_line(file, line)) > 0) {
		if (is_last && line[len - 1] != '\n' &&
		    len <= RECORD_LINE_MAX && !ferror(file)) {
			v->report->torn_bytes = len;
			break;
		}
		r = on_line(v, line, len);
	}
	v->report->is_between = before > 0 && before == v->report->lines;
	if (ferror(file)) {
		v->report->kind = VERIFY_UNREAD;
		v->error = errno;
	}
	return r;
}

/* `note` is one that was proven, and no longer than ours are. */
static void
keep_note(struct verify_report *report, const char *note, size_t len)
{
	if (len >= sizeof(report->note))
		return;
	memcpy(report->note, note, len);
	report->note[len] = '\0';
}

static void
judge_note(struct verifying *v, enum note_err e, const struct checkpoint *said)
{
	struct verify_report *report = v->report;
	uint64_t last = v->next - 1;

	if (e == NOTE_KEY)
		report->kind = VERIFY_NOTE_KEY;
	else if (e == NOTE_SIG)
		report->kind = VERIFY_NOTE_SIG;
	else if (e != NOTE_OK)
		report->kind = VERIFY_NOTE_FORM;
	if (report->kind != VERIFY_WHOLE) {
		report->seq = 0;
		return;
	}
	report->checkpoints++;
	if (said->seq < report->first) {
		report->has_notes_before = true;
		return;
	}
	report->seq = said->seq;
	if (report->lines == 0 || said->seq > last)
		report->kind = VERIFY_TRUNCATED;
	else if (memcmp(v->heads[said->seq - report->first], said->head,
	             sizeof(said->head)) != 0)
		report->kind = VERIFY_CHECKPOINT;
	else if (said->seq > report->covered)
		report->covered = said->seq;
}

/* Text, empty line, signature line: how long the next note is, 0 if none. */
static size_t
note_len(const char *at, size_t len)
{
	const char *gap = memmem(at, len, "\n\n", 2), *lf;

	if (gap == NULL)
		return 0;
	lf = memchr(gap + 2, '\n', len - (size_t)(gap + 2 - at));
	return lf == NULL ? 0 : (size_t)(lf + 1 - at);
}

/* Half a note at the end, as a kill leaves it: the next one replaces it. */
static bool
is_torn_note(const struct verifying *v, const char *at, size_t len)
{
	char begin[CHECKPOINT_SIZE];
	int n = snprintf(
	    begin, sizeof(begin), "warder/ledger/%s\n", v->verifier->host);

	if (n < 0 || (size_t)n >= sizeof(begin) || len >= CHECKPOINT_SIZE)
		return false;
	return memcmp(at, begin, len < (size_t)n ? len : (size_t)n) == 0;
}

static void
check_notes(struct verifying *v, const char *at, size_t len)
{
	struct checkpoint said;
	enum note_err e;
	uint64_t covered;
	size_t n;

	while (len > 0 && v->report->kind == VERIFY_WHOLE) {
		n = note_len(at, len);
		if (n == 0 && is_torn_note(v, at, len)) {
			v->report->torn_note_bytes += len;
			return;
		}
		e = n == 0 ? NOTE_FORM
		           : checkpoint_open(at, n, v->verifier, &said);
		/* One empty line between two; a kill leaves it at the end. */
		if (n > 0 && n < len && at[n] != '\n')
			e = NOTE_FORM;
		covered = v->report->covered;
		judge_note(v, e, &said);
		if (v->report->covered > covered)
			keep_note(v->report, at, n);
		v->report->torn_note_bytes = n > 0 && n + 1 == len;
		if (n > 0 && n < len)
			n++;
		at += n;
		len -= n;
	}
}

/* What a file of checkpoints had in it; error: errno, it was not read. */
struct notes {
	char *text;
	size_t len;
	int error;
};

/*
 * Read before the lines: a checkpoint that is made meanwhile speaks of lines
 * that are not seen any more.
 */
static struct notes
read_notes(const char *path)
{
	struct notes notes = { .text = NULL };
	FILE *file = path != NULL ? fopen(path, "re") : NULL;
	size_t room = 0;
	ssize_t n;

	if (file == NULL) {
		notes.error = path != NULL ? errno : 0;
		return notes;
	}
	n = getdelim(&notes.text, &room, EOF, file);
	if (n < 0 && ferror(file))
		notes.error = errno;
	notes.len = n > 0 ? (size_t)n : 0;
	(void)fclose(file);
	return notes;
}

static void
on_notes(struct verifying *v, const struct notes *notes)
{
	if (notes->error == 0) {
		check_notes(v, notes->text, notes->len);
		return;
	}
	v->report->kind = VERIFY_UNREAD;
	v->report->is_notes = true;
	v->error = notes->error;
}

/* All lines and notes hold; no line at all proves nothing. */
static void
judge_rest(struct verifying *v)
{
	struct verify_report *report = v->report;

	if (report->lines == 0) {
		report->kind = VERIFY_SEQ;
		return;
	}
	report->seq = v->next - 1;
	for (size_t i = 0; i < v->n; i++) {
		if (v->intents[i].is_answered)
			continue;
		report->kind = VERIFY_OPEN;
		report->seq = v->intents[i].seq;
		return;
	}
	if (report->torn_bytes > 0) {
		report->kind = VERIFY_TORN;
		report->seq = v->next;
	}
}

static int
exit_of(enum verify_kind kind)
{
	if (kind == VERIFY_WHOLE || kind == VERIFY_TORN)
		return REASON_DONE;
	if (kind == VERIFY_OPEN)
		return REASON_OPEN_INTENTS;
	if (kind == VERIFY_UNREAD)
		return REASON_INCOMPLETE;
	return REASON_LEDGER_BROKEN;
}

static uint64_t
good_of(const struct verifying *v)
{
	const struct verify_report *report = v->report;
	uint64_t last = v->next - 1;

	switch (report->kind) {
	case VERIFY_CHAIN:
		return last > 0 ? last - 1 : 0;
	case VERIFY_PAIR:
		return report->seq - 1;
	case VERIFY_NOTE_FORM:
	case VERIFY_NOTE_KEY:
	case VERIFY_NOTE_SIG:
	case VERIFY_CHECKPOINT:
		return report->covered;
	case VERIFY_WHOLE:
	case VERIFY_LINE_LONG:
	case VERIFY_LINE_FORM:
	case VERIFY_SEQ:
	case VERIFY_HOST:
	case VERIFY_TRUNCATED:
	case VERIFY_OPEN:
	case VERIFY_TORN:
	case VERIFY_UNREAD:
		return report->lines > 0 ? last : 0;
	}
	return 0;
}

static int
read_files(struct verifying *v, const char *const *paths, size_t n)
{
	struct verify_report *report = v->report;
	FILE *file;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n && report->kind == VERIFY_WHOLE;
	     i++) {
		report->file = i;
		file = fopen(paths[i], "re");
		if (file == NULL) {
			report->kind = VERIFY_UNREAD;
			v->error = errno;
			break;
		}
		r = on_file(v, file, i + 1 == n);
		(void)fclose(file);
	}
	report->seq = v->next;
	if (report->kind == VERIFY_WHOLE && v->bad_pair > 0) {
		report->kind = VERIFY_PAIR;
		report->seq = v->bad_pair;
	}
	return r;
}

int
verify_files(const char *const *paths, size_t n, const char *checkpoints,
    const struct note_verifier *verifier, struct verify_report *ret_report)
{
	struct verify_report report = { .kind = VERIFY_WHOLE };
	struct verifying v = {
		.report = &report, .verifier = verifier, .next = 1
	};
	struct notes notes = read_notes(checkpoints);
	int r = read_files(&v, paths, n);

	if (r == 0 && report.kind == VERIFY_WHOLE && checkpoints != NULL)
		on_notes(&v, &notes);
	if (r == 0 && report.kind == VERIFY_WHOLE)
		judge_rest(&v);
	free(notes.text);
	free(v.intents);
	free(v.heads);
	if (r != 0)
		return r;
	report.exit = exit_of(report.kind);
	report.good = good_of(&v);
	memcpy(report.head, v.head, sizeof(report.head));
	*ret_report = report;
	errno = v.error;
	return WARDER_OK;
}
