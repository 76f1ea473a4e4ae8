/* SPDX-License-Identifier: ISC */
/*
 * Names are kept as UTF-8, one after another; an escape is never shorter
 * than the character it means, so they fit into the document's length.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "courier/names.h"
#include "courier/wipe.h"

#define FIRST_ROOM 64

struct name {
	const uint8_t *at;
	size_t len;
	uint32_t object;
};

struct names {
	uint8_t *bytes;
	size_t cap, len;
	struct name *list;
	size_t n, room;
};

struct names *
names_new(size_t len)
{
	struct names *names = wipe_calloc(1, sizeof(*names));

	if (names == NULL)
		return NULL;
	names->cap = len;
	if ((names->bytes = wipe_malloc(len)) == NULL)
		names_freep(&names);
	return names;
}

void
names_freep(struct names **names)
{
	if (*names == NULL)
		return;
	wipe_free((*names)->bytes);
	wipe_free((*names)->list);
	wipe_free(*names);
	*names = NULL;
}

int
names_begin(struct names *names, uint32_t object)
{
	size_t room = names->room == 0 ? FIRST_ROOM : 2 * names->room;
	struct name *list;

	if (names->n == names->room) {
		list = wipe_realloc(names->list, room * sizeof(*list));
		if (list == NULL)
			return WARDER_ENOMEM;
		names->list = list;
		names->room = room;
	}
	names->list[names->n] = (struct name){
		.at = names->bytes + names->len,
		.object = object,
	};
	return WARDER_OK;
}

static void
add_byte(struct names *names, uint32_t byte)
{
	if (names->len < names->cap)
		names->bytes[names->len++] = (uint8_t)byte;
}

void
names_add_char(struct names *names, uint32_t c)
{
	if (c < 0x80) {
		add_byte(names, c);
		return;
	}
	if (c < 0x800) {
		add_byte(names, 0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			add_byte(names, 0xe0 | c >> 12);
		} else {
			add_byte(names, 0xf0 | c >> 18);
			add_byte(names, 0x80 | (c >> 12 & 0x3f));
		}
		add_byte(names, 0x80 | (c >> 6 & 0x3f));
	}
	add_byte(names, 0x80 | (c & 0x3f));
}

void
names_end(struct names *names)
{
	struct name *name = &names->list[names->n++];

	name->len = (size_t)(names->bytes + names->len - name->at);
}

/* By object, then length, then bytes: equal ones become neighbours. */
static int
compare(const void *a, const void *b)
{
	const struct name *left = a, *right = b;

	if (left->object != right->object)
		return left->object < right->object ? -1 : 1;
	if (left->len != right->len)
		return left->len < right->len ? -1 : 1;
	return left->len == 0 ? 0 : memcmp(left->at, right->at, left->len);
}

int
names_check(struct names *names)
{
	if (names->n < 2)
		return WARDER_OK;
	qsort(names->list, names->n, sizeof(*names->list), compare);
	for (size_t i = 1; i < names->n; i++) {
		if (compare(&names->list[i - 1], &names->list[i]) == 0)
			return WARDER_EFORM;
	}
	return WARDER_OK;
}
