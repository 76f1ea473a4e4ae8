/* SPDX-License-Identifier: ISC */
/*
 * Appending. In this order, each step with the folder's lock held:
 *
 *	lock, read what others wrote, cut a torn tail and say so,
 *	reserve, write once, fdatasync, unlock
 *
 * Reserve: after every line but an answer, 64 KiB and 8 KiB for each open
 * intent lie allocated behind the end. So who fills the disk, or floods the
 * ledger with refusals, can stop the next call but not the answer to one.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "ledger/inside.h"

#define RESERVE (64 * 1024)
#define RESERVE_AN_INTENT (8 * 1024)

const char *
ledger_word(enum ledger_err e)
{
	switch (e) {
	case LEDGER_OK:
		return "ok";
	case LEDGER_FULL:
		return "ledger_full";
	case LEDGER_MISSING:
		return "ledger_missing";
	case LEDGER_BACK:
		return "ledger_back";
	case LEDGER_NO_RESERVE:
		return "ledger_no_reserve";
	case LEDGER_DAMAGED:
		return "ledger_damaged";
	case LEDGER_IO:
		return "ledger_io";
	case LEDGER_ANSWERED:
		return "ledger_answered";
	case LEDGER_OPEN:
		return "ledger_open";
	case LEDGER_TAKEN:
		return "ledger_taken";
	case LEDGER_RECORD:
		return "ledger_record";
	}
	return "ledger_io";
}

enum ledger_err
ledger_errno(void)
{
	if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
		return LEDGER_FULL;
	return LEDGER_IO;
}

static bool
is_answer(const struct record *rec)
{
	return record_is(rec, M_EV, "outcome") ||
	       record_is(rec, M_EV, "settle");
}

enum ledger_err
ledger_reserve(
    const struct ledger *ledger, const struct record *rec, size_t len)
{
	size_t open = ledger->n_open;
	off_t room;

	if (record_is(rec, M_EV, "intent"))
		open++;
	room = (off_t)(len + RESERVE + open * RESERVE_AN_INTENT);
	while (fallocate(ledger->fd, FALLOC_FL_KEEP_SIZE, (off_t)ledger->end,
	           room) != 0) {
		if (errno == EOPNOTSUPP || errno == ENOSYS)
			return LEDGER_NO_RESERVE;
		if (errno != EINTR)
			return ledger_errno();
	}
	return LEDGER_OK;
}

/* What every line begins and ends with. */
static void
fill_in(const struct ledger *ledger, struct record *rec)
{
	char stamp[CLOCK_STAMP_SIZE];

	clock_stamp(stamp, clock_real_ms(), 1);
	record_set_int(rec, M_V, 1);
	record_set_int(rec, M_SEQ, ledger->seq + 1);
	record_set(rec, M_TS, stamp);
	record_set_int(rec, M_MONO, (uint64_t)clock_boot_ms());
	record_set(rec, M_BOOT, ledger->boot);
	record_set(rec, M_HOST, ledger->host);
	record_set_hex(rec, M_PREV, ledger->head, sizeof(ledger->head));
}

/* All of the line, or the file as it was. */
static enum ledger_err
write_line(const struct ledger *ledger, const char *line, size_t len)
{
	ssize_t n;
	enum ledger_err e;

	do {
		n = write(ledger->fd, line, len);
	} while (n < 0 && errno == EINTR);
	if (n == (ssize_t)len)
		return fdatasync(ledger->fd) == 0 ? LEDGER_OK : LEDGER_IO;
	e = n < 0 ? ledger_errno() : LEDGER_FULL;
	/* If this fails too, the next append finds a torn tail and cuts it. */
	if (n > 0 && ftruncate(ledger->fd, (off_t)ledger->end) != 0)
		return LEDGER_IO;
	return e;
}

enum ledger_err
ledger_append_locked(
    struct ledger *ledger, struct record *rec, struct ledger_line *line)
{
	enum ledger_err e = LEDGER_OK;

	fill_in(ledger, rec);
	if (record_print(rec, line->text, &line->len) != 0)
		return LEDGER_RECORD;
	if (!is_answer(rec) && !record_is(rec, M_EV, "ledger.gap"))
		e = ledger_reserve(ledger, rec, line->len);
	if (e == LEDGER_OK)
		e = write_line(ledger, line->text, line->len);
	if (e != LEDGER_OK)
		return e;
	e = ledger_take_in(ledger, rec, line->text, line->len);
	if (e != LEDGER_OK)
		return e;
	memcpy(line->head, ledger->head, sizeof(line->head));
	line->seq = ledger->seq;
	return LEDGER_OK;
}

enum ledger_err
ledger_append_aside(struct ledger *ledger, struct record *rec)
{
	struct ledger_aside *aside;
	struct ledger_line line;
	enum ledger_err e = ledger_append_locked(ledger, rec, &line);

	if (e != LEDGER_OK || ledger->n_asides == LEDGER_ASIDES)
		return e;
	aside = &ledger->asides[ledger->n_asides++];
	aside->rec = *rec;
	memcpy(aside->head, line.head, sizeof(aside->head));
	return LEDGER_OK;
}

/* Where there is no room for it, there may be for the outcome that waits. */
static enum ledger_err
say_clock_step(struct ledger *ledger)
{
	enum ledger_err e = LEDGER_OK;
	struct record rec;

	if (ledger_clock_stepped(ledger, &rec))
		e = ledger_append_aside(ledger, &rec);
	return e == LEDGER_FULL ? LEDGER_OK : e;
}

/* An answer must find its intent open: a second one breaks the pairing. */
static bool
may_answer(const struct ledger *ledger, const struct record *rec)
{
	for (size_t i = 0; i < ledger->n_open; i++)
		if (ledger->open[i].seq == record_int(rec, M_REF))
			return !ledger->open[i].unknown ||
			       record_is(rec, M_EV, "settle");
	return false;
}

enum ledger_err
ledger_append(
    struct ledger *ledger, struct record *rec, struct ledger_line *ret_line)
{
	struct ledger_line line;
	enum ledger_err e;

	if (record_check(rec) != 0)
		return LEDGER_RECORD;
	e = ledger_enter(ledger, LOCK_EX);
	if (e != LEDGER_OK)
		return e;
	e = ledger_catch_up(ledger);
	if (e == LEDGER_OK)
		e = say_clock_step(ledger);
	if (e == LEDGER_OK && is_answer(rec) && !may_answer(ledger, rec))
		e = LEDGER_ANSWERED;
	if (e == LEDGER_OK && !is_answer(rec))
		e = ledger_rotate_if_due(ledger);
	if (e == LEDGER_OK && record_is(rec, M_EV, "intent") &&
	    ledger->n_open == LEDGER_OPEN_MAX)
		e = LEDGER_FULL;
	if (e == LEDGER_OK)
		e = ledger_append_locked(ledger, rec, &line);
	ledger_unlock(ledger);
	if (e == LEDGER_OK && ret_line != NULL)
		*ret_line = line;
	return e;
}

enum ledger_err
ledger_has_room(struct ledger *ledger)
{
	enum ledger_err e = ledger_enter(ledger, LOCK_EX);
	struct record rec;

	if (e != LEDGER_OK)
		return e;
	record_begin(&rec, "key.store");
	e = ledger_catch_up(ledger);
	if (e == LEDGER_OK)
		e = ledger_reserve(ledger, &rec, RECORD_LINE_MAX);
	ledger_unlock(ledger);
	return e;
}

enum ledger_err
ledger_refresh(struct ledger *ledger)
{
	enum ledger_err e = ledger_enter(ledger, LOCK_SH);
	uint64_t torn;

	if (e != LEDGER_OK)
		return e;
	e = ledger_scan(ledger, &torn);
	/* A rotation that somebody was killed in is no state to read from. */
	if (e == LEDGER_OK && (ledger->seq == 0 || ledger->is_closing)) {
		ledger_unlock(ledger);
		e = ledger_enter(ledger, LOCK_EX);
		if (e == LEDGER_OK)
			e = ledger_catch_up(ledger);
	}
	if (e == LEDGER_OK && ledger->seq < ledger->mark)
		e = LEDGER_BACK;
	ledger_unlock(ledger);
	return e;
}

size_t
ledger_open_intents(
    const struct ledger *ledger, const struct ledger_open_intent **ret_intents)
{
	*ret_intents = ledger->open;
	return ledger->n_open;
}

const struct ledger_open_intent *
ledger_find_open(const struct ledger *ledger, const char *gate)
{
	for (size_t i = 0; i < ledger->n_open; i++)
		if (strcmp(ledger->open[i].gate, gate) == 0)
			return &ledger->open[i];
	return NULL;
}

uint64_t
ledger_seq(const struct ledger *ledger)
{
	return ledger->seq;
}

void
ledger_head(const struct ledger *ledger, uint8_t ret[RECORD_HASH_LEN])
{
	memcpy(ret, ledger->head, RECORD_HASH_LEN);
}

uint64_t
ledger_kgen(const struct ledger *ledger)
{
	return ledger->kgen;
}

void
ledger_rotate_at(struct ledger *ledger, uint64_t bytes)
{
	ledger->rotate_at = bytes;
}
