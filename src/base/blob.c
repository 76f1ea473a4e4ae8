/* SPDX-License-Identifier: ISC */
/*
 * Secret bytes in sodium_malloc pages. sodium_malloc aligns to the end of a
 * page, so the bytes may be unaligned: they are bytes only, never a struct;
 * what describes them lives in ordinary memory beside them.
 */
#include "config.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/blob.h"

struct blob {
	uint8_t *bytes;
	size_t len, cap;
};

static unsigned int alive;

int
base_init(void)
{
	return sodium_init() < 0 ? WARDER_ENOMEM : WARDER_OK;
}

int
blob_new(size_t cap, struct blob **ret_blob)
{
	struct blob *blob;

	if (cap == 0 || cap > BLOB_MAX)
		return WARDER_ETOOBIG;
	if (alive >= BLOB_COUNT_MAX)
		return WARDER_EFULL;
	if ((blob = calloc(1, sizeof(*blob))) == NULL)
		return WARDER_ENOMEM;
	if ((blob->bytes = sodium_malloc(cap)) == NULL) {
		free(blob);
		return WARDER_ENOMEM;
	}
	/* sodium_malloc does not report that its lock failed; this does. */
	if (sodium_mlock(blob->bytes, cap) != 0) {
		sodium_free(blob->bytes);
		free(blob);
		return WARDER_ENOMEM;
	}
	sodium_memzero(blob->bytes, cap);
	blob->cap = cap;
	alive++;
	*ret_blob = blob;
	return WARDER_OK;
}

void
blob_freep(struct blob **blob)
{
	if (*blob == NULL)
		return;
	sodium_free((*blob)->bytes);
	free(*blob);
	*blob = NULL;
	alive--;
}

size_t
blob_len(const struct blob *blob)
{
	return blob->len;
}

size_t
blob_cap(const struct blob *blob)
{
	return blob->cap;
}

const uint8_t *
blob_data(const struct blob *blob)
{
	return blob->bytes;
}

uint8_t *
blob_space(struct blob *blob)
{
	return blob->bytes;
}

int
blob_set_len(struct blob *blob, size_t len)
{
	if (len > blob->cap)
		return WARDER_ETOOBIG;
	if (len < blob->len)
		sodium_memzero(blob->bytes + len, blob->len - len);
	blob->len = len;
	return WARDER_OK;
}

int
blob_append(struct blob *blob, const void *bytes, size_t len)
{
	if (len > blob->cap - blob->len)
		return WARDER_ETOOBIG;
	if (len != 0)
		memcpy(blob->bytes + blob->len, bytes, len);
	blob->len += len;
	return WARDER_OK;
}

bool
blob_is_equal(const struct blob *a, const struct blob *b)
{
	if (a == NULL || b == NULL || a->len != b->len)
		return false;
	return sodium_memcmp(a->bytes, b->bytes, a->len) == 0;
}

struct blob *
blob_steal(struct blob **from)
{
	struct blob *blob = *from;

	*from = NULL;
	return blob;
}
