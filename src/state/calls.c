/* SPDX-License-Identifier: ISC */
/*
 * The six calls. Each is one transaction that reads, decides and writes;
 * between the reading and the writing nobody else can. Asking again with the
 * same arguments finds the own value and says so.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "state/inside.h"

/* One item as it is now. OK, ABSENT, or what went wrong. */
static enum state_result
fetch(struct state *state, const char *key, struct state_item *ret_item)
{
	auto_stmt sqlite3_stmt *stmt = NULL;
	enum state_result r;
	int len;

	r = state_prepare(
	    state, "SELECT value, mrev FROM item WHERE key = ?", &stmt);
	if (r == STATE_OK)
		r = state_row(
		    stmt, sqlite3_bind_text(stmt, 1, key, -1, SQLITE_STATIC));
	if (r != STATE_OK)
		return r;
	len = sqlite3_column_bytes(stmt, 0);
	if (len <= 0 || len > STATE_VALUE_MAX)
		return STATE_FORM;
	ret_item->len = (size_t)len;
	memcpy(ret_item->value, sqlite3_column_blob(stmt, 0), ret_item->len);
	ret_item->revision = (uint64_t)sqlite3_column_int64(stmt, 1);
	memcpy(ret_item->key, key, strlen(key) + 1);
	return STATE_OK;
}

static bool
is_key(const char *key)
{
	size_t len = strlen(key);

	return len > 0 && len <= STATE_KEY_MAX;
}

static bool
is_value(const void *value, size_t len)
{
	return value != NULL && len > 0 && len <= STATE_VALUE_MAX;
}

static bool
has_value(const struct state_item *item, const void *value, size_t len)
{
	return item->len == len && memcmp(item->value, value, len) == 0;
}

static enum state_result
next_revision(struct state *state, int64_t *ret_revision)
{
	auto_stmt sqlite3_stmt *stmt = NULL;
	enum state_result r;
	int rc;

	r = state_prepare(
	    state, "UPDATE head SET rev = rev + 1 RETURNING rev", &stmt);
	if (r != STATE_OK)
		return r;
	rc = sqlite3_step(stmt);
	if (rc != SQLITE_ROW)
		return state_of_sqlite(rc);
	*ret_revision = sqlite3_column_int64(stmt, 0);
	rc = sqlite3_step(stmt);
	return rc == SQLITE_DONE ? STATE_OK : state_of_sqlite(rc);
}

/* Puts a value under a key, new or not. DONE. */
static enum state_result
store(struct state *state, const char *key, const void *value, size_t len,
    uint64_t *ret_revision)
{
	auto_stmt sqlite3_stmt *stmt = NULL;
	enum state_result r;
	int64_t revision;

	r = next_revision(state, &revision);
	if (r == STATE_OK)
		r = state_prepare(state,
		    "INSERT INTO item VALUES (?1, ?2, ?3, ?3) ON CONFLICT (key)"
		    " DO UPDATE SET value = ?2, mrev = ?3",
		    &stmt);
	if (r != STATE_OK)
		return r;
	if (sqlite3_bind_text(stmt, 1, key, -1, SQLITE_STATIC) != SQLITE_OK ||
	    sqlite3_bind_blob(stmt, 2, value, (int)len, SQLITE_STATIC) !=
	        SQLITE_OK ||
	    sqlite3_bind_int64(stmt, 3, revision) != SQLITE_OK)
		return STATE_DOWN;
	r = state_run(stmt);
	if (r == STATE_DONE)
		*ret_revision = (uint64_t)revision;
	return r;
}

/* OK: the key is free. OWN and TAKEN as the callers say it. */
static enum state_result
want_free(struct state *state, const char *key, const void *value, size_t len,
    uint64_t *ret_revision)
{
	struct state_item item;
	enum state_result r = fetch(state, key, &item);

	if (r == STATE_ABSENT)
		return STATE_OK;
	if (r != STATE_OK)
		return r;
	if (!has_value(&item, value, len))
		return STATE_TAKEN;
	*ret_revision = item.revision;
	return STATE_OWN;
}

enum state_result
state_create(struct state *state, const char *key, const void *value,
    size_t len, const char *absent, uint64_t *ret_revision)
{
	struct state_item item;
	enum state_result r, other = STATE_ABSENT;

	if (!is_key(key) || !is_value(value, len) ||
	    (absent != NULL && !is_key(absent)))
		return STATE_FORM;
	r = state_begin(state);
	if (r != STATE_OK)
		return r;
	r = want_free(state, key, value, len, ret_revision);
	if (r == STATE_OK && absent != NULL)
		other = fetch(state, absent, &item);
	if (r == STATE_OK && other != STATE_ABSENT)
		r = other == STATE_OK ? STATE_CLOSED : other;
	if (r == STATE_OK)
		r = store(state, key, value, len, ret_revision);
	return state_end(state, r);
}

enum state_result
state_get(struct state *state, const char *key, struct state_item *ret_item)
{
	enum state_result r;

	if (!is_key(key))
		return STATE_FORM;
	r = state_begin(state);
	if (r != STATE_OK)
		return r;
	r = fetch(state, key, ret_item);
	return state_end(state, r);
}

static enum state_result
take_row(sqlite3_stmt *stmt, struct state_item *ret_item)
{
	int key_len = sqlite3_column_bytes(stmt, 0);
	int len = sqlite3_column_bytes(stmt, 1);

	if (key_len <= 0 || key_len > STATE_KEY_MAX || len <= 0 ||
	    len > STATE_VALUE_MAX)
		return STATE_FORM;
	memcpy(ret_item->key, sqlite3_column_text(stmt, 0), (size_t)key_len);
	ret_item->key[key_len] = '\0';
	ret_item->len = (size_t)len;
	memcpy(ret_item->value, sqlite3_column_blob(stmt, 1), (size_t)len);
	ret_item->revision = (uint64_t)sqlite3_column_int64(stmt, 2);
	return STATE_OK;
}

/* Every key that begins with `prefix`: from it up to its last byte raised. */
static enum state_result
select_prefix(struct state *state, const char *prefix, sqlite3_stmt **ret_stmt)
{
	char end[STATE_KEY_MAX + 1];
	size_t len = strlen(prefix);
	enum state_result r;

	memcpy(end, prefix, len + 1);
	end[len - 1] = '/' + 1;
	r = state_prepare(state,
	    "SELECT key, value, mrev FROM item WHERE key >= ? AND key < ?"
	    " ORDER BY key",
	    ret_stmt);
	if (r != STATE_OK)
		return r;
	if (sqlite3_bind_text(*ret_stmt, 1, prefix, -1, SQLITE_TRANSIENT) !=
	        SQLITE_OK ||
	    sqlite3_bind_text(*ret_stmt, 2, end, -1, SQLITE_TRANSIENT) !=
	        SQLITE_OK)
		return STATE_DOWN;
	return STATE_OK;
}

static enum state_result
list(struct state *state, const char *prefix, struct state_item *items,
    size_t *ret_n)
{
	auto_stmt sqlite3_stmt *stmt = NULL;
	enum state_result r = select_prefix(state, prefix, &stmt);
	size_t n = 0;
	int rc;

	while (r == STATE_OK) {
		rc = sqlite3_step(stmt);
		if (rc == SQLITE_DONE)
			break;
		if (rc != SQLITE_ROW)
			return state_of_sqlite(rc);
		if (n == STATE_ITEMS_MAX)
			return STATE_FULL;
		r = take_row(stmt, &items[n++]);
	}
	if (r == STATE_OK)
		*ret_n = n;
	return r;
}

enum state_result
state_list(struct state *state, const char *prefix,
    struct state_item **ret_items, size_t *ret_n)
{
	struct state_item *items;
	enum state_result r;

	if (!is_key(prefix) || prefix[strlen(prefix) - 1] != '/')
		return STATE_FORM;
	items = calloc(STATE_ITEMS_MAX, sizeof(*items));
	if (items == NULL)
		return STATE_DOWN;
	r = state_begin(state);
	if (r == STATE_OK) {
		r = list(state, prefix, items, ret_n);
		r = state_end(state, r);
	}
	if (r != STATE_OK) {
		free(items);
		return r;
	}
	*ret_items = items;
	return STATE_OK;
}

static enum state_result
want_same(struct state *state, const struct state_same *same, size_t n)
{
	struct state_item item;
	enum state_result r;

	for (size_t i = 0; i < n; i++) {
		if (!is_key(same[i].key))
			return STATE_FORM;
		r = fetch(state, same[i].key, &item);
		if (r == STATE_ABSENT)
			return STATE_STALE;
		if (r != STATE_OK)
			return r;
		if (item.revision != same[i].revision)
			return STATE_STALE;
	}
	return STATE_OK;
}

enum state_result
state_claim(struct state *state, const char *key, const void *value, size_t len,
    const struct state_same *same, size_t n, uint64_t *ret_revision)
{
	enum state_result r;

	if (!is_key(key) || !is_value(value, len) || n > STATE_CLAIM_MAX)
		return STATE_FORM;
	r = state_begin(state);
	if (r != STATE_OK)
		return r;
	r = want_free(state, key, value, len, ret_revision);
	if (r == STATE_OK)
		r = want_same(state, same, n);
	if (r == STATE_OK)
		r = store(state, key, value, len, ret_revision);
	return state_end(state, r);
}

enum state_result
state_put_if(struct state *state, const char *key, uint64_t revision,
    const void *value, size_t len, uint64_t *ret_revision)
{
	struct state_item item = { .revision = 0 };
	enum state_result r;

	if (!is_key(key) || !is_value(value, len))
		return STATE_FORM;
	r = state_begin(state);
	if (r != STATE_OK)
		return r;
	r = fetch(state, key, &item);
	if (r != STATE_OK && r != STATE_ABSENT)
		return state_end(state, r);
	if (item.revision == revision) {
		r = store(state, key, value, len, ret_revision);
	} else if (has_value(&item, value, len)) {
		*ret_revision = item.revision;
		r = STATE_OWN;
	} else {
		r = STATE_STALE;
	}
	return state_end(state, r);
}

static enum state_result
drop(struct state *state, const char *key)
{
	auto_stmt sqlite3_stmt *stmt = NULL;
	enum state_result r;
	int64_t revision;

	r = next_revision(state, &revision);
	if (r == STATE_OK)
		r = state_prepare(
		    state, "DELETE FROM item WHERE key = ?", &stmt);
	if (r != STATE_OK)
		return r;
	if (sqlite3_bind_text(stmt, 1, key, -1, SQLITE_STATIC) != SQLITE_OK)
		return STATE_DOWN;
	return state_run(stmt);
}

enum state_result
state_delete(struct state *state, const char *key, uint64_t revision)
{
	struct state_item item;
	enum state_result r;

	if (!is_key(key))
		return STATE_FORM;
	r = state_begin(state);
	if (r != STATE_OK)
		return r;
	r = fetch(state, key, &item);
	if (r == STATE_OK)
		r = item.revision == revision ? drop(state, key) : STATE_STALE;
	return state_end(state, r);
}
