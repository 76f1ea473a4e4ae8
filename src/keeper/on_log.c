/* SPDX-License-Identifier: ISC */
/*
 * LOG: what the ledger says of the caller's own decisions, and the receipt of
 * one of them, signed with this host's key. A record of somebody else is not
 * there for the caller.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "keeper/keeper.h"
#include "keeper/tell.h"

#define RECORD_LINES 8 /* a record has three at most */

/* Events that a decision is made of; each other one is the host's. */
static bool
is_of_decision(const struct record *rec)
{
	static const char *const events[] = { "denied", "vote", "intent",
		"outcome", "settle" };

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (record_is(rec, M_EV, events[i]))
			return true;
	return false;
}

struct own {
	struct keeper *keeper;
	uint64_t since_ms;
	/* Of the caller's intents that nothing has answered yet. */
	char open[LEDGER_OPEN_MAX][RECORD_NUMBER_SIZE];
	size_t open_n;
};

static size_t
find_open(const struct own *own, const struct record *rec)
{
	size_t i = 0;

	while (i < own->open_n && !record_is(rec, M_REC, own->open[i]))
		i++;
	return i;
}

/* Outcomes name nobody: they are whose intent they answer. */
static bool
is_own(struct own *own, const struct record *rec)
{
	size_t at = find_open(own, rec);

	if (record_is(rec, M_EV, "outcome") || record_is(rec, M_EV, "settle")) {
		if (at == own->open_n)
			return false;
		/* Behind `unknown` a settle is still to come. */
		if (!record_is(rec, M_RES, "unknown"))
			memcpy(own->open[at], own->open[--own->open_n],
			    sizeof(own->open[at]));
		return true;
	}
	if (!record_has(rec, M_UID) ||
	    record_int(rec, M_UID) != own->keeper->caller.uid)
		return false;
	if (record_is(rec, M_EV, "intent") && own->open_n < LEDGER_OPEN_MAX)
		(void)snprintf(own->open[own->open_n++], sizeof(own->open[0]),
		    "%.20s", record_text(rec, M_REC));
	return true;
}

static enum ledger_err
visit(void *arg, const struct record *rec, const char *line, size_t len)
{
	struct own *own = arg;
	int64_t at_ms;

	if (!is_of_decision(rec) || !is_own(own, rec) ||
	    clock_parse_stamp(record_text(rec, M_TS), &at_ms) != 0 ||
	    (uint64_t)at_ms < own->since_ms)
		return LEDGER_OK;
	tell_line(own->keeper, line, len - 1);
	return own->keeper->is_full ? LEDGER_FULL : LEDGER_OK;
}

/* The newest of them; what has no room is said, never left out silently. */
static int
tell_own(struct keeper *keeper, uint64_t since_ms)
{
	struct own own = { .keeper = keeper, .since_ms = since_ms };
	enum ledger_err e;

	keeper->is_cut = true;
	e = ledger_each(keeper->book.ledger, "\"rec\":\"", visit, &own);
	keeper->is_cut = false;
	if (keeper->is_full)
		return keeper_end(keeper, REASON_INCOMPLETE, "too_many_lines");
	if (e != LEDGER_OK)
		return keeper_end(keeper, REASON_NO_RECORD, ledger_word(e));
	return keeper_end(keeper, REASON_DONE, "");
}

/* Lines of a text without their LFs; an empty one is a line too. */
static void
tell_text(struct keeper *keeper, const char *text)
{
	const char *lf;

	for (; (lf = strchr(text, '\n')) != NULL; text = lf + 1)
		tell_line(keeper, text, (size_t)(lf - text));
}

static int
tell_receipt(struct keeper *keeper, const char *number, const char *lines)
{
	auto_credential struct seal_credential host = { 0 };
	enum seal_err seal = ring_host(&keeper->ring, &host);
	char *note = malloc(NOTE_MAX);
	enum note_err e = NOTE_BUG;

	if (seal != SEAL_OK) {
		free(note);
		return keeper_end(keeper, seal_reason(seal), seal_word(seal));
	}
	if (note != NULL)
		e = receipt_make(
		    number, lines, keeper->book.host, host.secret, note);
	if (e == NOTE_OK)
		tell_text(keeper, note);
	free(note);
	return keeper_end(keeper, e == NOTE_OK ? REASON_DONE : REASON_BUG,
	    e == NOTE_OK ? "" : "bug");
}

static bool
is_first_own(const struct keeper *keeper, const struct ledger_line *line)
{
	struct record rec;

	return record_parse(line->text, line->len, &rec) == 0 &&
	       record_has(&rec, M_UID) &&
	       record_int(&rec, M_UID) == keeper->caller.uid;
}

/* An intent alone tells nobody what came of it. */
static bool
is_over(const struct ledger_line *lines, size_t n)
{
	struct record rec;

	return record_parse(lines[n - 1].text, lines[n - 1].len, &rec) == 0 &&
	       !record_is(&rec, M_EV, "intent");
}

static int
tell_found(struct keeper *keeper, const struct person_log *ask,
    const struct ledger_line *lines, size_t n)
{
	char *text = calloc(n, RECORD_LINE_MAX + 1);
	int r;

	if (text == NULL)
		return keeper_end(keeper, REASON_BUG, "bug");
	for (size_t i = 0; i < n; i++)
		memcpy(text + strlen(text), lines[i].text, lines[i].len);
	if ((ask->flags & PERSON_LOG_RECEIPT) == 0) {
		tell_text(keeper, text);
		r = keeper_end(keeper, REASON_DONE, "");
	} else if (!is_over(lines, n)) {
		r = keeper_end(keeper, REASON_IN_PROGRESS, "open");
	} else {
		r = tell_receipt(keeper, ask->record, text);
	}
	free(text);
	return r;
}

static int
tell_record(struct keeper *keeper, const struct person_log *ask)
{
	struct ledger_line *lines = calloc(RECORD_LINES, sizeof(*lines));
	enum ledger_err e;
	size_t n = 0;
	int r;

	if (lines == NULL)
		return keeper_end(keeper, REASON_BUG, "bug");
	e = ledger_find_record(
	    keeper->book.ledger, ask->record, lines, RECORD_LINES, &n);
	if (e != LEDGER_OK)
		r = keeper_end(keeper, REASON_NO_RECORD, ledger_word(e));
	else if (n == 0 || !is_first_own(keeper, &lines[0]))
		r = keeper_end(keeper, REASON_NOT_FOUND, "no_such_record");
	else
		r = tell_found(keeper, ask, lines, n);
	free(lines);
	return r;
}

int
on_log(void *session, struct frame *frame)
{
	struct keeper *keeper = session;
	struct person_log ask;
	int r;

	if ((r = layout_take(frame, &person_log_layout, &ask)) != 0)
		return r;
	if (strspn(ask.record, "0123456789-") != strlen(ask.record) ||
	    ((ask.flags & PERSON_LOG_RECEIPT) != 0 && ask.record[0] == '\0'))
		return WARDER_EFORM;
	keeper->state = PERSON_BUSY;
	keeper->lang = ask.lang;
	if (keeper_meet(keeper, frame) != GO_ON)
		return ENDED;
	return ask.record[0] != '\0' ? tell_record(keeper, &ask)
	                             : tell_own(keeper, ask.since_ms);
}
