/* SPDX-License-Identifier: ISC */
/*
 * Memory in chunks that is freed all at once, with its policy. What costs
 * most of reading a large policy is to be given memory by the kernel, page by
 * page; so little is taken, none is cleared twice, and for a long text it
 * comes in large pages where the kernel has them.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "policy/lex.h"

#define CHUNK ((size_t)256 << 10)
#define LARGE_PAGE ((size_t)2 << 20)
#define LARGE_TEXT ((size_t)128 << 10) /* becomes half of such a page or more */

/* Structures grow from the front, texts, which need no alignment, from behind. */
struct chunk {
	struct chunk *next;
	size_t used, end, size;
	bool is_mapped; /* from the kernel itself */
	uint64_t bytes[];
};

struct arena {
	struct chunk *chunks;
	bool is_large;
};

struct arena *
arena_new(void)
{
	return calloc(1, sizeof(struct arena));
}

static void
free_chunks(struct chunk *chunk)
{
	struct chunk *next;

	for (; chunk != NULL; chunk = next) {
		next = chunk->next;
		if (chunk->is_mapped)
			(void)munmap(chunk, sizeof(*chunk) + chunk->size);
		else
			free(chunk);
	}
}

void
arena_freep(struct arena **arena)
{
	if (*arena == NULL)
		return;
	free_chunks((*arena)->chunks);
	free(*arena);
	*arena = NULL;
}

void
arena_reset(struct arena *arena)
{
	struct chunk *chunk = arena->chunks;

	if (chunk == NULL)
		return;
	free_chunks(chunk->next);
	chunk->next = NULL;
	chunk->used = 0;
	chunk->end = chunk->size;
}

void
arena_expect(struct arena *arena, size_t len)
{
	arena->is_large = arena->is_large || len >= LARGE_TEXT;
}

/*
 * Whole large pages: so many more than needed that as many lie even, the rest
 * goes back. Where the kernel has no large ones it is memory all the same.
 */
static void *
map_large(size_t size)
{
	size_t before, behind;
	char *at;

	at = mmap(NULL, size + LARGE_PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)at % LARGE_PAGE;
	behind = LARGE_PAGE - before;
	if (before > 0)
		(void)munmap(at, before);
	(void)munmap(at + before + size, behind);
	(void)madvise(at + before, size, MADV_HUGEPAGE);
	return at + before;
}

static struct chunk *
chunk_new(size_t size, bool is_large)
{
	size_t pages = (size + LARGE_PAGE - 1) / LARGE_PAGE;
	struct chunk *chunk;

	if (size < CHUNK)
		size = CHUNK;
	if (is_large)
		size = pages * LARGE_PAGE;
	if ((chunk = is_large ? map_large(size) : malloc(size)) == NULL)
		return NULL;
	size -= sizeof(*chunk);
	*chunk =
	    (struct chunk){ .end = size, .size = size, .is_mapped = is_large };
	return chunk;
}

/* The chunk to take `room` bytes from, or NULL. */
static struct chunk *
chunk_with(struct arena *arena, size_t room)
{
	struct chunk *chunk = arena->chunks;

	if (chunk != NULL && chunk->end - chunk->used >= room)
		return chunk;
	chunk = chunk_new(sizeof(*chunk) + room, arena->is_large);
	if (chunk == NULL)
		return NULL;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	return chunk;
}

void *
arena_room(struct arena *arena, size_t size)
{
	size_t unit = sizeof(uint64_t);
	struct chunk *chunk;
	void *at;

	size = (size + unit - 1) / unit * unit;
	if ((chunk = chunk_with(arena, size)) == NULL)
		return NULL;
	at = (char *)chunk->bytes + chunk->used;
	chunk->used += size;
	return at;
}

void *
arena_get(struct arena *arena, size_t size)
{
	void *at = arena_room(arena, size);

	if (at != NULL)
		memset(at, 0, size);
	return at;
}

char *
arena_text(struct arena *arena, const char *bytes, size_t len)
{
	struct chunk *chunk = chunk_with(arena, len + 1);
	char *text;

	if (chunk == NULL)
		return NULL;
	chunk->end -= len + 1;
	text = (char *)chunk->bytes + chunk->end;
	memcpy(text, bytes, len);
	text[len] = '\0';
	return text;
}
