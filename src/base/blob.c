/* SPDX-License-Identifier: ISC */
/*
 * Secret bytes in sodium_malloc pages. sodium_malloc aligns to the end of a
 * page, so the bytes may be unaligned: they are bytes only, never a struct;
 * what describes them lives in ordinary memory beside them.
 */
#include "config.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/blob.h"

struct blob {
	uint8_t *bytes;
	size_t len, cap;
};

static struct blob *alive[BLOB_COUNT_MAX];
static bool wipes_on_fork;

/*
 * The kernel does not hand a lock on to a child. Its copy is the same secret,
 * so it is locked again before the child does anything else.
 */
static void
lock_again(void)
{
	for (size_t i = 0; i < BLOB_COUNT_MAX; i++)
		if (alive[i] != NULL &&
		    mlock(alive[i]->bytes, alive[i]->cap) != 0)
			_exit(127);
}

int
base_init(void)
{
	static bool is_hooked;

	if (sodium_init() < 0)
		return WARDER_ENOMEM;
	if (!is_hooked && pthread_atfork(NULL, NULL, lock_again) != 0)
		return WARDER_ENOMEM;
	is_hooked = true;
	return WARDER_OK;
}

void
blob_wipe_on_fork(void)
{
	wipes_on_fork = true;
}

/* Whole pages: sodium_malloc puts nothing else there. */
static int
hide_from_children(uint8_t *bytes, size_t cap)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	const uintptr_t first = (uintptr_t)bytes / page * page;

	return madvise(
	    (void *)first, (uintptr_t)bytes + cap - first, MADV_WIPEONFORK);
}

static struct blob **
free_place(void)
{
	for (size_t i = 0; i < BLOB_COUNT_MAX; i++)
		if (alive[i] == NULL)
			return &alive[i];
	return NULL;
}

int
blob_new(size_t cap, struct blob **ret_blob)
{
	struct blob *blob, **place = free_place();

	if (cap == 0 || cap > BLOB_MAX)
		return WARDER_ETOOBIG;
	if (place == NULL)
		return WARDER_EFULL;
	if ((blob = calloc(1, sizeof(*blob))) == NULL)
		return WARDER_ENOMEM;
	if ((blob->bytes = sodium_malloc(cap)) == NULL) {
		free(blob);
		return WARDER_ENOMEM;
	}
	/* sodium_malloc does not report that its lock failed; this does. */
	if (sodium_mlock(blob->bytes, cap) != 0 ||
	    (wipes_on_fork && hide_from_children(blob->bytes, cap) != 0)) {
		sodium_free(blob->bytes);
		free(blob);
		return WARDER_ENOMEM;
	}
	sodium_memzero(blob->bytes, cap);
	blob->cap = cap;
	*place = blob;
	*ret_blob = blob;
	return WARDER_OK;
}

void
blob_freep(struct blob **blob)
{
	if (*blob == NULL)
		return;
	for (size_t i = 0; i < BLOB_COUNT_MAX; i++)
		if (alive[i] == *blob)
			alive[i] = NULL;
	sodium_free((*blob)->bytes);
	free(*blob);
	*blob = NULL;
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
