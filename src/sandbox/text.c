/* SPDX-License-Identifier: ISC */
/*
 * Growing strings, name and value lists, and memory for a program that is
 * thrown away after a test: running out of memory ends it.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sandbox/text.h"

static void
out_of_memory(void)
{
	fputs("warder-sandbox: out of memory\n", stderr);
	abort();
}

void *
text_alloc(size_t len)
{
	void *p = calloc(1, len);

	if (p == NULL)
		out_of_memory();
	return p;
}

char *
text_dupn(const char *s, size_t len)
{
	char *copy = text_alloc(len + 1);

	memcpy(copy, s, len);
	return copy;
}

char *
text_dup(const char *s)
{
	return text_dupn(s, strlen(s));
}

static void
grow(struct text *t, size_t more)
{
	size_t cap = t->cap == 0 ? 64 : t->cap;
	char *s;

	while (cap < t->len + more + 1)
		cap *= 2;
	if (cap == t->cap)
		return;
	if ((s = realloc(t->s, cap)) == NULL) {
		out_of_memory();
		return;
	}
	t->s = s;
	t->cap = cap;
}

void
text_add_bytes(struct text *t, const void *bytes, size_t len)
{
	grow(t, len);
	if (len > 0)
		memcpy(t->s + t->len, bytes, len);
	t->len += len;
	t->s[t->len] = '\0';
}

void
text_add(struct text *t, const char *s)
{
	text_add_bytes(t, s, strlen(s));
}

void
text_add_hex(struct text *t, const void *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = bytes;
	size_t i;

	text_add(t, "");
	for (i = 0; i < len; i++) {
		char two[2] = { digits[p[i] >> 4], digits[p[i] & 15] };

		text_add_bytes(t, two, 2);
	}
}

void
text_printf(struct text *t, const char *fmt, ...)
{
	va_list ap, again;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		out_of_memory();
	grow(t, (size_t)len);
	vsnprintf(t->s + t->len, (size_t)len + 1, fmt, again);
	va_end(again);
	t->len += (size_t)len;
}

void
text_clear(struct text *t)
{
	t->len = 0;
	text_add(t, "");
}

void
text_free(struct text *t)
{
	free(t->s);
	memset(t, 0, sizeof(*t));
}

void
pairs_add(struct pairs *p, const char *name, const char *value)
{
	struct pair *v = realloc(p->v, (p->n + 1) * sizeof(*v));

	if (v == NULL) {
		out_of_memory();
		return;
	}
	p->v = v;
	p->v[p->n].name = text_dup(name);
	p->v[p->n].value = text_dup(value);
	p->n++;
}

const char *
pairs_get(const struct pairs *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (strcmp(p->v[i].name, name) == 0)
			return p->v[i].value;
	return NULL;
}

const char *
pairs_header(const struct pairs *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (strcasecmp(p->v[i].name, name) == 0)
			return p->v[i].value;
	return NULL;
}

size_t
pairs_count(const struct pairs *p, const char *header)
{
	size_t i, n = 0;

	for (i = 0; i < p->n; i++)
		n += strcasecmp(p->v[i].name, header) == 0;
	return n;
}

void
pairs_free(struct pairs *p)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		free(p->v[i].name);
		free(p->v[i].value);
	}
	free(p->v);
	memset(p, 0, sizeof(*p));
}

bool
text_equal(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

bool
text_is_id(const char *s)
{
	size_t len = strlen(s);

	if (len == 0 || len > 19 || s[0] == '0')
		return false;
	if (strspn(s, "0123456789") != len)
		return false;
	return len < 19 || strcmp(s, "9223372036854775807") <= 0;
}
