/* SPDX-License-Identifier: ISC */
/*
 * A decision is told by several lines: an intent, then an outcome or, after
 * one that is unknown, a settle. It counts once, when the last of them is
 * there; who decided and where stands in the first alone.
 */
#include "config.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/ledger_figures.h"

#define HOUR_MS INT64_C(3600000)

/*
 * As C keeps texts: a NUL inside is shown as its picture, which is shorter
 * than its escape in the line, so a room above the member's limit is enough.
 */
static void
take_text(char *ret, size_t size, const struct record *rec, enum member m)
{
	const char *text = record_text(rec, m);
	size_t len = record_text_len(rec, m), used = 0, n;

	for (size_t i = 0; i < len; i++) {
		n = text[i] == '\0' ? 3 : 1;
		if (used + n >= size)
			break;
		memcpy(ret + used, n == 3 ? "\xe2\x90\x80" : &text[i], n);
		used += n;
	}
	ret[used] = '\0';
}

static int64_t
time_of(const struct record *rec)
{
	int64_t at_ms = 0;

	/* record_parse() took the stamp already. */
	if (clock_parse_stamp(record_text(rec, M_TS), &at_ms) != 0)
		return 0;
	return at_ms;
}

/* Organization, pipeline, run, job: the same wait, however it is shown. */
static void
take_place(struct figures_row *row, const struct record *rec)
{
	char org[65];

	take_text(org, sizeof(org), rec, M_ORG);
	if (record_has(rec, M_JOB))
		(void)snprintf(row->place, sizeof(row->place), "%s/%s/%s/%s",
		    org, record_text(rec, M_PIPE), record_text(rec, M_RUN),
		    record_text(rec, M_JOB));
}

static void
take_row(struct figures_row *row, const struct record *rec)
{
	memset(row, 0, sizeof(*row));
	row->seq = record_int(rec, M_SEQ);
	row->begin_ms = row->end_ms = time_of(rec);
	take_text(row->record, sizeof(row->record), rec, M_REC);
	take_text(row->act, sizeof(row->act), rec, M_ACT);
	take_text(row->res, sizeof(row->res), rec, M_RES);
	take_text(row->err, sizeof(row->err), rec, M_ERR);
	take_text(row->code, sizeof(row->code), rec, M_CODE);
	take_text(row->user, sizeof(row->user), rec, M_USER);
	take_text(row->name, sizeof(row->name), rec, M_NAME);
	take_text(row->why, sizeof(row->why), rec, M_WHY);
	take_text(row->tick, sizeof(row->tick), rec, M_TICK);
	take_text(row->glass, sizeof(row->glass), rec, M_GLASS);
	take_place(row, rec);
	if (record_is(rec, M_EV, "intent") && record_has(rec, M_N))
		row->since_ms =
		    row->begin_ms - (int64_t)record_int(rec, M_N) * 1000;
	if (row->name[0] == '\0')
		(void)snprintf(
		    row->name, sizeof(row->name), "%.127s", row->place);
}

static int
by_word(const void *a, const void *b)
{
	const struct figures_tally *left = a, *right = b;

	return strcmp(left->word, right->word);
}

/* The tally of a word, made if it is not there; NULL: no memory. */
static struct figures_tally *
tally(
    struct figures *figures, struct figures_tallies *tallies, const char *word)
{
	struct figures_tally *one = calloc(1, sizeof(*one)), **found;

	if (one == NULL) {
		figures->r = WARDER_ENOMEM;
		return NULL;
	}
	(void)text_cut(one->word, sizeof(one->word), word, strlen(word));
	found = tsearch(one, &tallies->tree, by_word);
	if (found == NULL)
		figures->r = WARDER_ENOMEM;
	if (found == NULL || *found != one)
		free(one);
	else
		tallies->n++;
	return found != NULL ? *found : NULL;
}

static void
count(struct figures *figures, struct figures_tallies *tallies,
    const char *word, enum end end)
{
	struct figures_tally *one = tally(figures, tallies, word);

	if (one == NULL)
		return;
	one->n[end]++;
	one->sum++;
}

static void
count_hour(struct figures *figures, const struct figures_row *row)
{
	char stamp[CLOCK_STAMP_SIZE];
	struct figures_tally *one;

	clock_stamp(stamp, row->end_ms - row->end_ms % HOUR_MS, 0);
	one = tally(figures, &figures->hours, stamp);
	if (one == NULL)
		return;
	one->at_ms = row->end_ms - row->end_ms % HOUR_MS;
	one->n[row->end]++;
	one->sum++;
}

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

/* Of more than FIGURES_ROWS the oldest makes room. */
static void
keep(struct figures *figures, struct figures_rows *rows,
    const struct figures_row *row)
{
	void *array = rows->row;

	rows->seen++;
	if (rows->n == FIGURES_ROWS) {
		rows->row[rows->first] = *row;
		rows->first = (rows->first + 1) % FIGURES_ROWS;
		return;
	}
	if (grow(&array, &rows->room, rows->n, sizeof(*row)) != 0) {
		figures->r = WARDER_ENOMEM;
		return;
	}
	rows->row = array;
	rows->row[rows->n++] = *row;
}

/* Since when the gate waited; without the server's word since it was met. */
static int64_t
wait_began(struct figures *figures, const struct figures_row *row)
{
	const struct figures_tally *place;

	if (row->since_ms > 0 || row->place[0] == '\0')
		return row->since_ms;
	place = tally(figures, &figures->places, row->place);
	return place != NULL ? place->at_ms : 0;
}

static void
count_wait(struct figures *figures, const struct figures_row *row)
{
	const int64_t since_ms = wait_began(figures, row);
	void *array = figures->waits;
	int64_t wait_s;

	if (since_ms <= 0)
		return;
	wait_s = (row->end_ms - since_ms) / 1000;
	if (grow(&array, &figures->waits_room, figures->n_waits,
	        sizeof(*figures->waits)) != 0) {
		figures->r = WARDER_ENOMEM;
		return;
	}
	figures->waits = array;
	figures->waits[figures->n_waits++] = wait_s < 0 ? 0
	                                     : wait_s > UINT32_MAX
	                                         ? UINT32_MAX
	                                         : (uint32_t)wait_s;
}

static bool
is_in_time(const struct figures *figures, int64_t at_ms)
{
	const struct ledger_filter *filter = &figures->filter;

	return (filter->since == NULL || at_ms >= filter->since_ms) &&
	       (filter->until == NULL || at_ms < filter->until_ms);
}

/* Nothing more will be said about it. */
static void
close_row(struct figures *figures, const struct figures_row *row)
{
	const char *reason = row->err[0] != '\0' ? row->err : row->code;

	if (!is_in_time(figures, row->end_ms))
		return;
	figures->n[row->end]++;
	count_hour(figures, row);
	count(figures, &figures->people, row->user, row->end);
	if (row->end == END_REFUSED || strcmp(row->res, "rejected") == 0)
		count(figures, &figures->reasons, reason, row->end);
	if (row->end == END_PASSED || row->end == END_STOPPED)
		count_wait(figures, row);
	keep(figures, &figures->rows, row);
	if (row->glass[0] == '\0' || row->end == END_REFUSED)
		return;
	figures->glass++;
	count(figures, &figures->blocks, row->glass, row->end);
	keep(figures, &figures->uses, row);
}

static enum end
end_of(const struct figures_row *row)
{
	if (strcmp(row->res, "passed") == 0)
		return END_PASSED;
	if (strcmp(row->res, "stopped") == 0)
		return END_STOPPED;
	if (strcmp(row->res, "moved") == 0)
		return strcmp(row->act, "refuse") == 0 ? END_STOPPED
		                                       : END_PASSED;
	return END_UNDONE;
}

static void
open_row(struct figures *figures, const struct record *rec)
{
	void *array = figures->open;

	if (grow(&array, &figures->open_room, figures->n_open,
	        sizeof(*figures->open)) != 0) {
		figures->r = WARDER_ENOMEM;
		return;
	}
	figures->open = array;
	take_row(&figures->open[figures->n_open], rec);
	figures->open[figures->n_open].end = END_UNDONE;
	(void)snprintf(figures->open[figures->n_open++].res,
	    sizeof(figures->open[0].res), "open");
}

static void
answer_row(struct figures *figures, const struct record *rec)
{
	struct figures_row *row = NULL;
	size_t i = figures->n_open;

	while (row == NULL && i > 0)
		if (figures->open[--i].seq == record_int(rec, M_REF))
			row = &figures->open[i];
	if (row == NULL)
		return;
	take_text(row->res, sizeof(row->res), rec, M_RES);
	take_text(row->err, sizeof(row->err), rec, M_ERR);
	take_text(row->code, sizeof(row->code), rec, M_CODE);
	row->end_ms = time_of(rec);
	row->end = end_of(row);
	if (record_is(rec, M_EV, "outcome") && record_is(rec, M_RES, "unknown"))
		return;
	close_row(figures, row);
	figures->n_open--;
	memmove(row, row + 1, (figures->n_open - i) * sizeof(*row));
}

static void
refuse_row(struct figures *figures, const struct record *rec)
{
	struct figures_row row;

	take_row(&row, rec);
	row.end = END_REFUSED;
	close_row(figures, &row);
}

/* The use of a break-glass block that somebody else has looked at. */
static void
review(struct figures *figures, const struct record *rec)
{
	for (size_t i = 0; i < figures->uses.n; i++)
		if (record_is(rec, M_REC, figures->uses.row[i].record) ||
		    (record_has(rec, M_REF) &&
		        record_int(rec, M_REF) == figures->uses.row[i].seq))
			figures->uses.row[i].is_reviewed = true;
}

static void
note_place(struct figures *figures, const struct record *rec)
{
	struct figures_row row = { .seq = 0 };
	struct figures_tally *place;

	/* What root found later is no sign that somebody came. */
	if (record_is(rec, M_EV, "foreign") ||
	    record_is(rec, M_EV, "ledger.read"))
		return;
	take_place(&row, rec);
	if (row.place[0] == '\0')
		return;
	place = tally(figures, &figures->places, row.place);
	if (place != NULL && place->at_ms == 0)
		place->at_ms = time_of(rec);
}

static void
note_time(struct figures *figures, const struct record *rec)
{
	int64_t at_ms = time_of(rec);

	if (!is_in_time(figures, at_ms))
		return;
	if (figures->lines++ == 0 || at_ms < figures->first_ms)
		figures->first_ms = at_ms;
	if (at_ms > figures->last_ms)
		figures->last_ms = at_ms;
	if (record_is(rec, M_EV, "vote") && record_is(rec, M_RES, "voted"))
		figures->votes++;
	if (record_is(rec, M_EV, "auth") && !record_is(rec, M_RES, "proven"))
		figures->auth_failed++;
	if (record_is(rec, M_EV, "foreign") && record_is(rec, M_RES, "around"))
		figures->around++;
}

void
figures_line(void *arg, const char *line, size_t len, const struct record *rec)
{
	struct figures *figures = arg;

	(void)line;
	(void)len;
	if (figures->host[0] == '\0')
		take_text(figures->host, sizeof(figures->host), rec, M_HOST);
	note_time(figures, rec);
	note_place(figures, rec);
	if (record_is(rec, M_EV, "intent"))
		open_row(figures, rec);
	else if (record_is(rec, M_EV, "outcome") ||
	         record_is(rec, M_EV, "settle"))
		answer_row(figures, rec);
	else if (record_is(rec, M_EV, "denied"))
		refuse_row(figures, rec);
	else if (record_is(rec, M_EV, "debt.end"))
		review(figures, rec);
}

static void
collect(const void *node, VISIT which, void *arg)
{
	struct figures_tallies *tallies = arg;

	if (which == postorder || which == leaf)
		tallies->all[tallies->room++] =
		    *(struct figures_tally *const *)node;
}

static int
most_first(const void *a, const void *b)
{
	const struct figures_tally *const *left = a, *const *right = b;

	if ((*left)->sum != (*right)->sum)
		return (*left)->sum > (*right)->sum ? -1 : 1;
	return strcmp((*left)->word, (*right)->word);
}

/* In the order of the words, or the most frequent one first. */
static int
list(struct figures_tallies *tallies, bool is_by_sum)
{
	tallies->all = calloc(tallies->n + 1, sizeof(*tallies->all));
	if (tallies->all == NULL)
		return WARDER_ENOMEM;
	tallies->room = 0;
	twalk_r(tallies->tree, collect, tallies);
	if (is_by_sum)
		qsort(tallies->all, tallies->n, sizeof(*tallies->all),
		    most_first);
	return WARDER_OK;
}

static int
by_length(const void *a, const void *b)
{
	const uint32_t *left = a, *right = b;

	return *left < *right ? -1 : *left > *right;
}

int
figures_finish(struct figures *figures)
{
	for (size_t i = 0; i < figures->n_open; i++)
		close_row(figures, &figures->open[i]);
	if (figures->r != 0)
		return figures->r;
	if (figures->n_waits > 0)
		qsort(figures->waits, figures->n_waits, sizeof(*figures->waits),
		    by_length);
	if (list(&figures->hours, false) != 0 ||
	    list(&figures->people, true) != 0 ||
	    list(&figures->reasons, true) != 0 ||
	    list(&figures->blocks, true) != 0)
		return WARDER_ENOMEM;
	return WARDER_OK;
}

static void
free_tallies(struct figures_tallies *tallies)
{
	tdestroy(tallies->tree, free);
	free(tallies->all);
}

void
figures_free(struct figures *figures)
{
	free_tallies(&figures->hours);
	free_tallies(&figures->people);
	free_tallies(&figures->reasons);
	free_tallies(&figures->blocks);
	free_tallies(&figures->places);
	free(figures->rows.row);
	free(figures->uses.row);
	free(figures->open);
	free(figures->waits);
}

const struct figures_row *
figures_row_at(const struct figures_rows *rows, size_t i)
{
	return &rows->row[(rows->first + i) % rows->n];
}
