/* SPDX-License-Identifier: ISC */
/* Memory in chunks that is freed all at once, with its policy. */
#include "config.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "policy/lex.h"

#define CHUNK ((size_t)256 << 10) /* from the kernel, zeroed already */

#define TEXTS 16384

struct chunk {
	struct chunk *next;
	size_t used, size;
	max_align_t bytes[];
};

struct arena {
	struct chunk *chunks;
	char *text; /* room for texts, which need no alignment */
	size_t text_left;
};

struct arena *
arena_new(void)
{
	return calloc(1, sizeof(struct arena));
}

void
arena_freep(struct arena **arena)
{
	struct chunk *next;

	if (*arena == NULL)
		return;
	for (struct chunk *chunk = (*arena)->chunks; chunk != NULL;
	     chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(*arena);
	*arena = NULL;
}

void *
arena_get(struct arena *arena, size_t size)
{
	struct chunk *chunk = arena->chunks;
	size_t room;
	void *at;

	size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) *
	       sizeof(max_align_t);
	if (chunk == NULL || chunk->size - chunk->used < size) {
		room = size > CHUNK ? size : CHUNK;
		chunk = calloc(1, sizeof(*chunk) + room);
		if (chunk == NULL)
			return NULL;
		chunk->size = room;
		chunk->next = arena->chunks;
		arena->chunks = chunk;
	}
	at = (char *)chunk->bytes + chunk->used;
	chunk->used += size;
	return at;
}

char *
arena_text(struct arena *arena, const char *bytes, size_t len)
{
	char *text;

	if (len >= TEXTS) {
		text = arena_get(arena, len + 1);
	} else {
		if (arena->text_left < len + 1) {
			arena->text = arena_get(arena, TEXTS);
			arena->text_left = arena->text == NULL ? 0 : TEXTS;
		}
		if ((text = arena->text) == NULL)
			return NULL;
		arena->text += len + 1;
		arena->text_left -= len + 1;
	}
	if (text != NULL)
		memcpy(text, bytes, len);
	return text;
}
