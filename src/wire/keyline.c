/* SPDX-License-Identifier: ISC */
/*
 * The key line. The other end is our own binary under our own uid, yet its
 * messages are held to length and type like anybody's.
 */
#include "config.h"

#include "wire/guarded.h"
#include "wire/keyline.h"

#define KEYS_LEN (2 * KEYLINE_KEY_LEN)

int
keyline_take(
    int sock, int64_t deadline, uint32_t *ret_type, struct blob **ret_keys)
{
	auto_blob struct blob *body = NULL;
	uint32_t type, id;
	int r;

	r = guarded_recv(sock, deadline, KEYS_LEN, &type, &id, &body);
	if (r != 0)
		return r;
	if (type != KEYLINE_ASK && type != KEYLINE_SET && type != KEYLINE_DROP)
		return WARDER_ETYPE;
	if (type != KEYLINE_SET && blob_len(body) != 0)
		return WARDER_ETRAIL;
	if (type == KEYLINE_SET && blob_len(body) != KEYS_LEN)
		return WARDER_ETRUNC;
	*ret_type = type;
	if (type == KEYLINE_SET)
		*ret_keys = blob_steal(&body);
	return WARDER_OK;
}

int
keyline_answer(int sock, const struct blob *keys, int64_t deadline)
{
	if (keys == NULL)
		return guarded_send(sock, KEYLINE_LOCKED, 1, NULL, deadline);
	if (blob_len(keys) != KEYS_LEN)
		return WARDER_EBUG;
	return guarded_send(sock, KEYLINE_KEYS, 1, keys, deadline);
}

int
keyline_taken(int sock, int64_t deadline)
{
	return guarded_send(sock, KEYLINE_TAKEN, 1, NULL, deadline);
}

int
keyline_ask(int sock, int64_t deadline, struct blob **ret_keys)
{
	auto_blob struct blob *body = NULL;
	uint32_t type, id;
	int r;

	r = guarded_send(sock, KEYLINE_ASK, 1, NULL, deadline);
	if (r == 0)
		r = guarded_recv(sock, deadline, KEYS_LEN, &type, &id, &body);
	if (r != 0)
		return r;
	if (type == KEYLINE_LOCKED && blob_len(body) == 0)
		return WARDER_ELOCKED;
	if (type != KEYLINE_KEYS)
		return WARDER_ETYPE;
	if (blob_len(body) != KEYS_LEN)
		return WARDER_ETRUNC;
	*ret_keys = blob_steal(&body);
	return WARDER_OK;
}

int
keyline_set(int sock, const struct blob *keys, int64_t deadline)
{
	auto_blob struct blob *body = NULL;
	uint32_t type, id;
	int r;

	if (keys != NULL && blob_len(keys) != KEYS_LEN)
		return WARDER_EBUG;
	r = guarded_send(
	    sock, keys != NULL ? KEYLINE_SET : KEYLINE_DROP, 1, keys, deadline);
	if (r == 0)
		r = guarded_recv(sock, deadline, KEYS_LEN, &type, &id, &body);
	if (r != 0)
		return r;
	if (type != KEYLINE_TAKEN)
		return WARDER_ETYPE;
	return blob_len(body) == 0 ? WARDER_OK : WARDER_ETRAIL;
}
