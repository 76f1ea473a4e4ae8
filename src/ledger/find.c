/* SPDX-License-Identifier: ISC */
/*
 * Going through an open ledger for the lines that matter to somebody. A line
 * is parsed only if its bytes hold what is looked for; quotes inside of texts
 * are escaped, so a person's words cannot pass for a member.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ledger/files.h"
#include "ledger/inside.h"

#define CHUNK (16 * RECORD_LINE_MAX)

struct search {
	const char *token;
	ledger_visit *visit;
	void *arg;
};

static enum ledger_err
look_at(const struct search *search, const char *line, size_t len)
{
	struct record rec;

	if (memmem(line, len, search->token, strlen(search->token)) == NULL)
		return LEDGER_OK;
	if (record_parse(line, len, &rec) != 0)
		return LEDGER_DAMAGED;
	return search->visit(search->arg, &rec, line, len);
}

static enum ledger_err
look_at_all(
    const struct search *search, const char *bytes, size_t len, off_t *at)
{
	const char *line = bytes, *end = bytes + len, *lf;
	enum ledger_err e = LEDGER_OK;

	while (e == LEDGER_OK && line < end &&
	       (lf = memchr(line, '\n', (size_t)(end - line))) != NULL) {
		if (lf + 1 - line <= RECORD_LINE_MAX)
			e = look_at(search, line, (size_t)(lf + 1 - line));
		line = lf + 1;
	}
	*at += line - bytes;
	return e == LEDGER_OK && line == bytes ? LEDGER_DAMAGED : e;
}

/* Up to `end`, where a file in use is longer by now. */
static enum ledger_err
look_at_file(const struct search *search, int fd, uint64_t end)
{
	enum ledger_err e = LEDGER_OK;
	char bytes[CHUNK];
	off_t at = 0;
	ssize_t n;

	while (e == LEDGER_OK && at < (off_t)end) {
		n = pread(fd, bytes, sizeof(bytes), at);
		if (n <= 0)
			return LEDGER_IO;
		e = look_at_all(search, bytes, (size_t)n, &at);
	}
	return e;
}

/* *next: the seq to begin with, 0 for any; then what has to come behind. */
static enum ledger_err
look_at_closed(const struct search *search, const struct ledger *ledger,
    uint64_t first, uint64_t *next)
{
	auto_ledger struct ledger *closed = NULL;
	enum ledger_err e;

	if (*next != 0 && *next != first)
		return LEDGER_DAMAGED;
	e = ledger_read_closed(ledger, first, &closed);
	if (e != LEDGER_OK)
		return e;
	*next = closed->seq + 1;
	return look_at_file(search, closed->fd, closed->end);
}

enum ledger_err
ledger_each(
    struct ledger *ledger, const char *token, ledger_visit *visit, void *arg)
{
	const struct search search = { token, visit, arg };
	enum ledger_err e = ledger_refresh(ledger);
	struct ledger_closed closed;
	uint64_t next = 0;

	if (e == LEDGER_OK && ledger_closed_list(ledger->dir, &closed) != 0)
		e = LEDGER_IO;
	/* What was closed since then is the file that we have open. */
	for (size_t i = 0;
	     e == LEDGER_OK && i < closed.n && closed.first[i] < ledger->first;
	     i++)
		e = look_at_closed(&search, ledger, closed.first[i], &next);
	if (e == LEDGER_OK && next != 0 && next != ledger->first)
		e = LEDGER_DAMAGED;
	return e == LEDGER_OK ? look_at_file(&search, ledger->fd, ledger->end)
	                      : e;
}

/* The lines of one record so far. */
struct found {
	const char *number;
	struct ledger_line *lines;
	size_t max, n;
};

static enum ledger_err
keep(void *arg, const struct record *rec, const char *text, size_t len)
{
	struct found *found = arg;
	struct ledger_line *line;

	if (!record_is(rec, M_REC, found->number))
		return LEDGER_OK;
	if (found->n == found->max)
		return LEDGER_FULL;
	line = &found->lines[found->n++];
	line->seq = record_int(rec, M_SEQ);
	line->len = len;
	memcpy(line->text, text, len);
	line->text[len] = '\0';
	record_line_hash(line->head, text, len);
	return LEDGER_OK;
}

enum ledger_err
ledger_find_record(struct ledger *ledger, const char *number,
    struct ledger_line *ret_lines, size_t max, size_t *ret_n)
{
	struct found found = {
		.number = number, .lines = ret_lines, .max = max
	};
	char token[RECORD_NUMBER_SIZE + 16];
	enum ledger_err e;

	(void)snprintf(token, sizeof(token), "\"rec\":\"%.20s\"", number);
	e = ledger_each(ledger, token, keep, &found);
	if (e == LEDGER_OK)
		*ret_n = found.n;
	return e;
}
