/* SPDX-License-Identifier: ISC */
/* Each block has its size before it, so that the free knows what to wipe. */
#include "config.h"

#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "courier/wipe.h"

struct head {
	_Alignas(max_align_t) size_t size;
};

static void *
block_new(size_t size)
{
	struct head *head;

	if (size > SIZE_MAX / 2 ||
	    (head = calloc(1, sizeof(*head) + size)) == NULL)
		return NULL;
	head->size = size;
	return head + 1;
}

void *
wipe_malloc(size_t size)
{
	return block_new(size);
}

void *
wipe_calloc(size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / 2 / size)
		return NULL;
	return block_new(n * size);
}

void
wipe_free(void *at)
{
	struct head *head;

	if (at == NULL)
		return;
	head = (struct head *)at - 1;
	sodium_memzero(head, sizeof(*head) + head->size);
	free(head);
}

void *
wipe_realloc(void *at, size_t size)
{
	void *moved;
	size_t old;

	if (at == NULL)
		return block_new(size);
	if ((moved = block_new(size)) == NULL)
		return NULL;
	old = ((struct head *)at - 1)->size;
	memcpy(moved, at, old < size ? old : size);
	wipe_free(at);
	return moved;
}

char *
wipe_strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = block_new(size);

	return copy == NULL ? NULL : memcpy(copy, text, size);
}
