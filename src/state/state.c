/* SPDX-License-Identifier: ISC */
/*
 * The file and how it is opened: nothing in it is trusted to be ours before
 * its id, its version and its pages were checked, and no text in it can make
 * SQLite run anything. One file, a journal that is deleted, and every commit
 * on the disk before a call returns.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "state/inside.h"

#define APPLICATION_ID 0x57524431
#define USER_VERSION 1
#define PATH_SIZE 4096

static const char pragmas[] = "PRAGMA trusted_schema=OFF;"
                              "PRAGMA cell_size_check=ON;"
                              "PRAGMA mmap_size=0;"
                              "PRAGMA temp_store=MEMORY;"
                              "PRAGMA journal_mode=DELETE;"
                              "PRAGMA synchronous=EXTRA;";

static const char schema[] =
    "CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1),"
    " rev INTEGER NOT NULL) STRICT;"
    "CREATE TABLE item ("
    " key TEXT PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 512),"
    " value BLOB NOT NULL CHECK (length(value) BETWEEN 1 AND 4096),"
    " crev INTEGER NOT NULL CHECK (crev > 0),"
    " mrev INTEGER NOT NULL CHECK (mrev >= crev)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE mark (name TEXT PRIMARY KEY, n INTEGER NOT NULL,"
    " h BLOB) STRICT, WITHOUT ROWID;"
    "CREATE TABLE fail ("
    " uid INTEGER PRIMARY KEY CHECK (uid BETWEEN 0 AND 4294967294),"
    " n INTEGER NOT NULL, since_ms INTEGER NOT NULL) STRICT;"
    "INSERT INTO head VALUES (1, 0);"
    "PRAGMA application_id=0x57524431;"
    "PRAGMA user_version=1;";

const char *
state_word(enum state_result result)
{
	switch (result) {
	case STATE_DONE:
		return "done";
	case STATE_OWN:
		return "own";
	case STATE_OK:
		return "ok";
	case STATE_TAKEN:
		return "taken";
	case STATE_CLOSED:
		return "closed";
	case STATE_ABSENT:
		return "absent";
	case STATE_STALE:
		return "stale";
	case STATE_DOWN:
		return "store_down";
	case STATE_UNKNOWN:
		return "store_unknown";
	case STATE_DENIED:
		return "store_denied";
	case STATE_FULL:
		return "store_full";
	case STATE_FORM:
		return "store_form";
	case STATE_REPLACED:
		return "store_replaced";
	case STATE_ROLLBACK:
		return "store_rollback";
	}
	return "store_form";
}

enum state_result
state_of_sqlite(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_FULL:
		return STATE_FULL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_ERROR:
	case SQLITE_TOOBIG:
		return STATE_FORM;
	default:
		return STATE_DOWN;
	}
}

void
stmt_freep(sqlite3_stmt **stmt)
{
	(void)sqlite3_finalize(*stmt);
	*stmt = NULL;
}

enum state_result
state_prepare(struct state *state, const char *sql, sqlite3_stmt **ret_stmt)
{
	int rc = sqlite3_prepare_v2(state->db, sql, -1, ret_stmt, NULL);

	return rc == SQLITE_OK ? STATE_OK : state_of_sqlite(rc);
}

enum state_result
state_row(sqlite3_stmt *stmt, int bound)
{
	int rc = bound == SQLITE_OK ? sqlite3_step(stmt) : bound;

	if (rc == SQLITE_DONE)
		return STATE_ABSENT;
	return rc == SQLITE_ROW ? STATE_OK : state_of_sqlite(rc);
}

enum state_result
state_run(sqlite3_stmt *stmt)
{
	int rc = sqlite3_step(stmt);

	return rc == SQLITE_DONE ? STATE_DONE : state_of_sqlite(rc);
}

static int
exec(struct state *state, const char *sql)
{
	return sqlite3_exec(state->db, sql, NULL, NULL, NULL);
}

enum state_result
state_begin(struct state *state)
{
	int rc = exec(state, "BEGIN IMMEDIATE");

	return rc == SQLITE_OK ? STATE_OK : state_of_sqlite(rc);
}

enum state_result
state_end(struct state *state, enum state_result result)
{
	int rc;

	if (result != STATE_DONE && result != STATE_OK) {
		(void)exec(state, "ROLLBACK");
		return result;
	}
	rc = exec(state, "COMMIT");
	if (rc == SQLITE_OK)
		return result;
	(void)exec(state, "ROLLBACK");
	/* Busy means that nothing was begun; an I/O error leaves it open. */
	return (rc & 0xff) == SQLITE_IOERR ? STATE_UNKNOWN
	                                   : state_of_sqlite(rc);
}

/* A pragma of one number, or -1. */
static int64_t
read_number(struct state *state, const char *sql)
{
	auto_stmt sqlite3_stmt *stmt = NULL;

	if (state_prepare(state, sql, &stmt) != STATE_OK ||
	    sqlite3_step(stmt) != SQLITE_ROW)
		return -1;
	return sqlite3_column_int64(stmt, 0);
}

static enum state_result
check_pages(struct state *state)
{
	auto_stmt sqlite3_stmt *stmt = NULL;
	enum state_result r;
	const char *said;
	int rc;

	r = state_prepare(state, "PRAGMA quick_check(1)", &stmt);
	if (r != STATE_OK)
		return r;
	rc = sqlite3_step(stmt);
	if (rc != SQLITE_ROW)
		return state_of_sqlite(rc);
	said = (const char *)sqlite3_column_text(stmt, 0);
	return said != NULL && strcmp(said, "ok") == 0 ? STATE_OK : STATE_FORM;
}

/* A file without a single table is a new one; any other has to be ours. */
static enum state_result
check_or_create(struct state *state)
{
	enum state_result r = state_begin(state);
	int rc;

	if (r != STATE_OK)
		return r;
	if (read_number(state, "PRAGMA application_id") == APPLICATION_ID &&
	    read_number(state, "PRAGMA user_version") == USER_VERSION &&
	    read_number(state, "SELECT count(*) FROM head") == 1)
		return state_end(state, STATE_OK);
	if (read_number(state, "PRAGMA application_id") != 0 ||
	    read_number(state, "PRAGMA user_version") != 0 ||
	    read_number(state, "SELECT count(*) FROM sqlite_schema") != 0)
		return state_end(state, STATE_FORM);
	rc = exec(state, schema);
	return state_end(
	    state, rc == SQLITE_OK ? STATE_OK : state_of_sqlite(rc));
}

static enum state_result
prepare(struct state *state)
{
	enum state_result r;
	int rc, on = 0;

	(void)sqlite3_busy_timeout(state->db, 2000);
	rc = sqlite3_db_config(state->db, SQLITE_DBCONFIG_DEFENSIVE, 1, &on);
	if (rc != SQLITE_OK || on != 1)
		return STATE_DOWN;
	rc = exec(state, pragmas);
	if (rc != SQLITE_OK)
		return state_of_sqlite(rc);
	/* EXTRA is 3. A build that ignores it would lose a claim. */
	if (read_number(state, "PRAGMA synchronous") != 3)
		return STATE_DOWN;
	r = check_or_create(state);
	return r == STATE_OK ? check_pages(state) : r;
}

/* The file is there, is a file, and nobody else reads it. */
static enum state_result
make_file(const char *path)
{
	auto_fd int fd =
	    open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	return fd < 0 ? STATE_DOWN : STATE_OK;
}

void
state_freep(struct state **state)
{
	if (*state == NULL)
		return;
	(void)sqlite3_close((*state)->db);
	free(*state);
	*state = NULL;
}

enum state_result
state_open(const char *dir, struct state **ret_state)
{
	auto_state struct state *state = calloc(1, sizeof(*state));
	char path[PATH_SIZE];
	enum state_result r;
	int n;

	n = snprintf(path, sizeof(path), "%s/%s", dir, STATE_FILE);
	if (state == NULL || n < 0 || (size_t)n >= sizeof(path))
		return STATE_DOWN;
	r = make_file(path);
	if (r != STATE_OK)
		return r;
	if (sqlite3_open_v2(path, &state->db,
	        SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE,
	        NULL) != SQLITE_OK)
		return STATE_DOWN;
	r = prepare(state);
	if (r != STATE_OK)
		return r;
	*ret_state = state;
	state = NULL;
	return STATE_OK;
}
