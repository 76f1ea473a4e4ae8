/* SPDX-License-Identifier: ISC */
/*
 * What the files of this folder share: the connection, one transaction a
 * call, and statements. SQLite appears nowhere else.
 */
#ifndef WARDER_STATE_INSIDE_H
#define WARDER_STATE_INSIDE_H

#include <sqlite3.h>

#include "state/state.h"

struct state {
	sqlite3 *db;
};

/* What SQLite says, before anything was committed. */
enum state_result state_of_sqlite(int rc);

/* BEGIN IMMEDIATE. OK, or the result of the whole call. */
WARDER_MUST_CHECK enum state_result state_begin(struct state *state);

/*
 * Ends what state_begin() began. DONE and OK are committed, and become
 * UNKNOWN if it cannot be said whether they were; all others are undone.
 */
WARDER_MUST_CHECK enum state_result state_end(
    struct state *state, enum state_result result);

/* A statement that cleans up after itself. */
void stmt_freep(sqlite3_stmt **stmt);
#define auto_stmt __attribute__((cleanup(stmt_freep)))
WARDER_MUST_CHECK enum state_result state_prepare(
    struct state *state, const char *sql, sqlite3_stmt **ret_stmt);

/*
 * Steps to the one row that is wanted, once binding said `bound`. OK: it is
 * there. ABSENT, or what went wrong.
 */
WARDER_MUST_CHECK enum state_result state_row(sqlite3_stmt *stmt, int bound);

/* Steps a statement that gives no row. DONE, or what went wrong. */
WARDER_MUST_CHECK enum state_result state_run(sqlite3_stmt *stmt);

#endif
