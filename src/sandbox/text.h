/* SPDX-License-Identifier: ISC */
/*
 * Growing strings, name and value lists, and memory for a program that is
 * thrown away after a test: running out of memory ends it. Used by every
 * file of the sandbox and by nothing else.
 */
#ifndef WARDER_SANDBOX_TEXT_H
#define WARDER_SANDBOX_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes, always followed by a NUL that does not count. */
struct text {
	char *s;
	size_t len, cap;
};

struct pair {
	char *name, *value;
};

/* Headers or query members, in the order in which they came. */
struct pairs {
	struct pair *v;
	size_t n;
};

void *text_alloc(size_t len);
char *text_dup(const char *s);
char *text_dupn(const char *s, size_t len);

void text_add(struct text *t, const char *s);
void text_add_bytes(struct text *t, const void *bytes, size_t len);
void text_add_hex(struct text *t, const void *bytes, size_t len);
void text_printf(struct text *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void text_clear(struct text *t);
void text_free(struct text *t);

void pairs_add(struct pairs *p, const char *name, const char *value);
/* The value of the first member of that name, or NULL; borrowed. */
const char *pairs_get(const struct pairs *p, const char *name);
/* The same for header names, which know no letter case. */
const char *pairs_header(const struct pairs *p, const char *name);
size_t pairs_count(const struct pairs *p, const char *header);
void pairs_free(struct pairs *p);

bool text_equal(const char *a, const char *b);
/* Decimal digits, no leading zero, 1 to 2^63-1. */
bool text_is_id(const char *s);

#endif
