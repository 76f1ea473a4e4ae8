/* SPDX-License-Identifier: ISC */
/*
 * What this host alone remembers: marks against files that were put back,
 * the counter of record numbers, and how often a person failed to prove who
 * he is. Always here, also where votes and claims live in a fleet's store.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "state/inside.h"

#define COUNT_MAX UINT64_C(9999)
#define COUNT_ALL (COUNT_MAX + 1)

static bool
is_name(const char *name)
{
	static const char *const names[] = { "seq", "kgen", "policy", "config",
		"rec", "rev", "cluster", "syslog" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static enum state_result
get_mark(struct state *state, const char *name, struct state_mark *ret_mark)
{
	auto_stmt sqlite3_stmt *stmt = NULL;
	struct state_mark mark = { .n = 0 };
	enum state_result r;
	int len;

	r = state_prepare(state, "SELECT n, h FROM mark WHERE name = ?", &stmt);
	if (r == STATE_OK)
		r = state_row(
		    stmt, sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC));
	if (r != STATE_OK)
		return r;
	len = sqlite3_column_bytes(stmt, 1);
	if (sqlite3_column_int64(stmt, 0) < 0 || len < 0 ||
	    len > STATE_HASH_MAX)
		return STATE_FORM;
	mark.n = (uint64_t)sqlite3_column_int64(stmt, 0);
	mark.h_len = (size_t)len;
	if (len > 0)
		memcpy(mark.h, sqlite3_column_blob(stmt, 1), mark.h_len);
	*ret_mark = mark;
	return STATE_OK;
}

static enum state_result
put_mark(struct state *state, const char *name, const struct state_mark *mark)
{
	auto_stmt sqlite3_stmt *stmt = NULL;
	enum state_result r;
	int rc;

	r = state_prepare(state,
	    "INSERT INTO mark VALUES (?1, ?2, ?3) ON CONFLICT (name)"
	    " DO UPDATE SET n = ?2, h = ?3",
	    &stmt);
	if (r != STATE_OK)
		return r;
	if (sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC) != SQLITE_OK ||
	    sqlite3_bind_int64(stmt, 2, (sqlite3_int64)mark->n) != SQLITE_OK)
		return STATE_DOWN;
	rc = mark->h_len > 0 ? sqlite3_bind_blob(stmt, 3, mark->h,
	                           (int)mark->h_len, SQLITE_STATIC)
	                     : sqlite3_bind_null(stmt, 3);
	return rc == SQLITE_OK ? state_run(stmt) : STATE_DOWN;
}

enum state_result
state_mark_get(
    struct state *state, const char *name, struct state_mark *ret_mark)
{
	enum state_result r;

	if (!is_name(name))
		return STATE_FORM;
	r = state_begin(state);
	if (r != STATE_OK)
		return r;
	r = get_mark(state, name, ret_mark);
	return state_end(state, r);
}

enum state_result
state_mark_set(struct state *state, const char *name,
    const struct state_mark *mark, bool raise)
{
	struct state_mark before = { .n = 0 };
	enum state_result r;

	if (!is_name(name) || mark->n > INT64_MAX ||
	    mark->h_len > STATE_HASH_MAX)
		return STATE_FORM;
	r = state_begin(state);
	if (r != STATE_OK)
		return r;
	r = get_mark(state, name, &before);
	if (r != STATE_OK && r != STATE_ABSENT)
		return state_end(state, r);
	if (raise && mark->n < before.n)
		return state_end(state, STATE_STALE);
	return state_end(state, put_mark(state, name, mark));
}

/*
 * `n` of the mark is YYYYMMDD * 10000 + count; from the ten thousandth of a
 * day on, which only a flood of refusals reaches, the count stands in `h`.
 */
struct number {
	uint64_t day, count;
};

static struct number
number_of(const struct state_mark *mark)
{
	struct number ret = { mark->n / COUNT_ALL, mark->n % COUNT_ALL };

	if (ret.count == COUNT_MAX && mark->h_len == 8)
		for (size_t i = ret.count = 0; i < 8; i++)
			ret.count = ret.count << 8 | mark->h[i];
	return ret;
}

static struct state_mark
mark_of(const struct number *number)
{
	struct state_mark ret = { .n = 0 };
	bool is_many = number->count > COUNT_MAX;

	ret.n = number->day * COUNT_ALL + (is_many ? COUNT_MAX : number->count);
	if (!is_many)
		return ret;
	ret.h_len = 8;
	for (size_t i = 0; i < 8; i++)
		ret.h[i] = (uint8_t)(number->count >> (56 - 8 * i));
	return ret;
}

static uint64_t
day_of(int64_t now_ms)
{
	time_t seconds = (time_t)(now_ms / 1000);
	struct tm utc = { 0 };

	if (gmtime_r(&seconds, &utc) == NULL)
		return 0;
	return (uint64_t)(utc.tm_year + 1900) * 10000 +
	       (uint64_t)(utc.tm_mon + 1) * 100 + (uint64_t)utc.tm_mday;
}

/* After `last`, even where the clock went back a day: never the same twice. */
static struct number
after(struct number last, uint64_t today)
{
	if (last.day >= today)
		return (struct number){ last.day, last.count + 1 };
	return (struct number){ today, 1 };
}

enum state_result
state_next_record(
    struct state *state, int64_t now_ms, uint64_t least, char ret[21])
{
	struct state_mark mark = { .n = 0 };
	uint64_t today = day_of(now_ms);
	struct number next;
	enum state_result r;

	if (today < 19700101 || today > 99991231 || least >= INT64_MAX)
		return STATE_FORM;
	r = state_begin(state);
	if (r != STATE_OK)
		return r;
	r = get_mark(state, "rec", &mark);
	if (r != STATE_OK && r != STATE_ABSENT)
		return state_end(state, r);
	if (least > mark.n)
		mark = (struct state_mark){ .n = least };
	next = after(number_of(&mark), today);
	mark = mark_of(&next);
	r = state_end(state, put_mark(state, "rec", &mark));
	if (r == STATE_DONE)
		(void)snprintf(ret, 21, "%08" PRIu64 "-%04" PRIu64,
		    next.day % 100000000, next.count % 100000000000);
	return r;
}

struct failures {
	uint64_t n;
	int64_t since_ms;
};

static enum state_result
get_failures(struct state *state, uid_t uid, struct failures *ret)
{
	auto_stmt sqlite3_stmt *stmt = NULL;
	enum state_result r;

	r = state_prepare(
	    state, "SELECT n, since_ms FROM fail WHERE uid = ?", &stmt);
	if (r == STATE_OK)
		r = state_row(stmt, sqlite3_bind_int64(stmt, 1, uid));
	if (r != STATE_OK)
		return r == STATE_ABSENT ? STATE_OK : r;
	if (sqlite3_column_int64(stmt, 0) < 0)
		return STATE_FORM;
	ret->n = (uint64_t)sqlite3_column_int64(stmt, 0);
	ret->since_ms = sqlite3_column_int64(stmt, 1);
	return STATE_OK;
}

static enum state_result
put_failures(struct state *state, uid_t uid, const struct failures *failures)
{
	auto_stmt sqlite3_stmt *stmt = NULL;
	enum state_result r;

	r = state_prepare(state,
	    "INSERT INTO fail VALUES (?1, ?2, ?3) ON CONFLICT (uid)"
	    " DO UPDATE SET n = ?2, since_ms = ?3",
	    &stmt);
	if (r != STATE_OK)
		return r;
	if (sqlite3_bind_int64(stmt, 1, uid) != SQLITE_OK ||
	    sqlite3_bind_int64(stmt, 2, (sqlite3_int64)failures->n) !=
	        SQLITE_OK ||
	    sqlite3_bind_int64(stmt, 3, failures->since_ms) != SQLITE_OK)
		return STATE_DOWN;
	return state_run(stmt);
}

/* The failures that still count at `now_ms`. */
static enum state_result
count_failures(struct state *state, uid_t uid, uint32_t window_ms,
    int64_t now_ms, struct failures *failures)
{
	enum state_result r;

	*failures = (struct failures){ 0, now_ms };
	if ((r = get_failures(state, uid, failures)) != STATE_OK)
		return r;
	/* A clock that went back neither frees anybody nor locks for ever. */
	if (failures->since_ms > now_ms)
		failures->since_ms = now_ms;
	if (now_ms - failures->since_ms >= (int64_t)window_ms)
		*failures = (struct failures){ 0, now_ms };
	return STATE_OK;
}

enum state_result
state_fail_check(struct state *state, uid_t uid, uint32_t limit,
    uint32_t window_ms, int64_t now_ms)
{
	struct failures failures;
	enum state_result r = state_begin(state);

	if (r != STATE_OK)
		return r;
	r = count_failures(state, uid, window_ms, now_ms, &failures);
	if (r == STATE_OK && failures.n >= limit)
		r = STATE_DENIED;
	return state_end(state, r);
}

enum state_result
state_fail_take(struct state *state, uid_t uid, uint32_t limit,
    uint32_t window_ms, int64_t now_ms, int64_t *ret_wait_ms)
{
	struct failures failures;
	enum state_result r = state_begin(state);

	if (r != STATE_OK)
		return r;
	r = count_failures(state, uid, window_ms, now_ms, &failures);
	if (r != STATE_OK)
		return state_end(state, r);
	if (failures.n >= limit) {
		if (ret_wait_ms != NULL)
			*ret_wait_ms =
			    failures.since_ms + (int64_t)window_ms - now_ms;
		return state_end(state, STATE_DENIED);
	}
	failures.n++;
	r = put_failures(state, uid, &failures);
	r = state_end(state, r);
	return r == STATE_DONE ? STATE_OK : r;
}

enum state_result
state_fail_forgive(struct state *state, uid_t uid)
{
	auto_stmt sqlite3_stmt *stmt = NULL;
	enum state_result r = state_begin(state);

	if (r != STATE_OK)
		return r;
	r = state_prepare(state, "DELETE FROM fail WHERE uid = ?", &stmt);
	if (r == STATE_OK)
		r = sqlite3_bind_int64(stmt, 1, uid) == SQLITE_OK
		        ? state_run(stmt)
		        : STATE_DOWN;
	stmt_freep(&stmt);
	return state_end(state, r);
}
