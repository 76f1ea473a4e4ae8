/* SPDX-License-Identifier: ISC */
/*
 * Closing a file and beginning the next one. With the lock held:
 *
 *	ledger.rotate durable, rename, fsync of the folder,
 *	new file (O_EXCL), fsync of the folder, ledger.start durable
 *
 * The last line of a file alone says how far it went, so whoever comes after
 * a kill does the rest, whichever steps were done. Nothing is ever renamed
 * over something else.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "ledger/files.h"
#include "ledger/inside.h"

enum ledger_err
ledger_finish_rotation(struct ledger *ledger)
{
	char name[LEDGER_NAME_SIZE];

	ledger_closed_name(name, ledger->first);
	if (renameat2(ledger->dir, LEDGER_FILE, ledger->dir, name,
	        RENAME_NOREPLACE) != 0)
		return errno == EEXIST ? LEDGER_TAKEN : ledger_errno();
	if (fsync(ledger->dir) != 0)
		return LEDGER_IO;
	return ledger_open_current(ledger);
}

/* The next file goes on from the newest name: there must be none above. */
static enum ledger_err
look_at_names(const struct ledger *ledger, const char *name)
{
	struct ledger_closed closed;
	struct stat st;

	if (ledger_closed_list(ledger->dir, &closed) != 0)
		return LEDGER_IO;
	if (closed.n == LEDGER_CLOSED_MAX ||
	    (closed.n > 0 && closed.first[closed.n - 1] >= ledger->first))
		return LEDGER_TAKEN;
	if (fstatat(ledger->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return LEDGER_TAKEN;
	return errno == ENOENT ? LEDGER_OK : LEDGER_IO;
}

enum ledger_err
ledger_rotate_locked(struct ledger *ledger)
{
	char name[LEDGER_NAME_SIZE];
	enum ledger_err e;
	struct record rec;

	if (ledger->n_open > 0)
		return LEDGER_OPEN;
	ledger_closed_name(name, ledger->first);
	e = look_at_names(ledger, name);
	if (e != LEDGER_OK)
		return e;
	record_begin(&rec, "ledger.rotate");
	record_set_int(&rec, M_N, ledger->seq + 2 - ledger->first);
	record_set(&rec, M_FILE, name);
	e = ledger_append_aside(ledger, &rec);
	return e == LEDGER_OK ? ledger_catch_up(ledger) : e;
}

enum ledger_err
ledger_rotate_if_due(struct ledger *ledger)
{
	enum ledger_err e;

	if (ledger->end < ledger->rotate_at || ledger->n_open > 0)
		return LEDGER_OK;
	e = ledger_rotate_locked(ledger);
	/* A long file loses nothing; doctor tells what has the name. */
	return e == LEDGER_TAKEN && !ledger->is_closing ? LEDGER_OK : e;
}

enum ledger_err
ledger_rotate(struct ledger *ledger, uint64_t *ret_first)
{
	enum ledger_err e = ledger_enter(ledger, LOCK_EX);
	uint64_t first;

	if (e != LEDGER_OK)
		return e;
	e = ledger_catch_up(ledger);
	first = ledger->first;
	if (e == LEDGER_OK)
		e = ledger_rotate_locked(ledger);
	ledger_unlock(ledger);
	if (e == LEDGER_OK)
		*ret_first = first;
	return e;
}

enum ledger_err
ledger_read_closed(
    const struct ledger *ledger, uint64_t first, struct ledger **ret_closed)
{
	auto_ledger struct ledger *closed = calloc(1, sizeof(*closed));
	char name[LEDGER_NAME_SIZE];
	enum ledger_err e;
	uint64_t torn;

	if (closed == NULL)
		return LEDGER_IO;
	closed->dir = closed->lock = -1;
	ledger_closed_name(name, first);
	closed->fd = ledger_closed_open(ledger->dir, name);
	if (closed->fd < 0)
		return errno == ENOENT ? LEDGER_MISSING : LEDGER_DAMAGED;
	if (text_copy(closed->host, sizeof(closed->host), ledger->host) != 0)
		return LEDGER_RECORD;
	e = ledger_scan(closed, &torn);
	if (e != LEDGER_OK)
		return e;
	if (torn > 0 || !closed->is_closing || closed->first != first)
		return LEDGER_DAMAGED;
	*ret_closed = closed;
	closed = NULL;
	return LEDGER_OK;
}

uint64_t
ledger_last_record(struct ledger *ledger)
{
	struct ledger_closed closed;

	if (ledger->last_record > 0 || ledger->first <= 1 ||
	    ledger_closed_list(ledger->dir, &closed) != 0)
		return ledger->last_record;
	for (size_t i = closed.n; ledger->last_record == 0 && i > 0; i--) {
		auto_ledger struct ledger *older = NULL;

		if (ledger_read_closed(ledger, closed.first[i - 1], &older) !=
		    LEDGER_OK)
			break;
		ledger->last_record = older->last_record;
	}
	return ledger->last_record;
}
