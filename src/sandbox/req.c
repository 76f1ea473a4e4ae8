/* SPDX-License-Identifier: ISC */
/*
 * Takes a request target apart, and writes it in its canonical form. Both
 * start from the raw bytes: a library that had decoded them first would
 * hide how the client wrote them.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sandbox/req.h"

struct req *
req_new(const char *method, const char *target)
{
	struct req *r = text_alloc(sizeof(*r));

	r->method = text_dup(method);
	r->target = text_dup(target);
	r->effect = "none";
	return r;
}

void
req_freep(struct req **rp)
{
	struct req *r = *rp;
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < r->nsegments; i++)
		free(r->segments[i]);
	pairs_free(&r->query);
	pairs_free(&r->headers);
	text_free(&r->body);
	free(r->method);
	free(r->target);
	free(r);
	*rp = NULL;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Percent escapes only: a plus is a plus. False: broken escape, or %00. */
static bool
decode(const char *s, size_t len, struct text *out)
{
	size_t i;

	text_clear(out);
	for (i = 0; i < len; i++) {
		char c = s[i];

		if (c == '%') {
			int hi = i + 2 < len ? hex_digit(s[i + 1]) : -1;
			int lo = i + 2 < len ? hex_digit(s[i + 2]) : -1;

			if (hi < 0 || lo < 0 || (hi == 0 && lo == 0))
				return false;
			c = (char)(hi * 16 + lo);
			i += 2;
		}
		text_add_bytes(out, &c, 1);
	}
	return true;
}

static void
encode(const struct text *plain, struct text *out)
{
	size_t i;

	for (i = 0; i < plain->len; i++) {
		unsigned char c = (unsigned char)plain->s[i];

		if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    (c >= '0' && c <= '9') ||
		    (c != 0 && strchr("-_.~", c) != NULL))
			text_add_bytes(out, &c, 1);
		else
			text_printf(out, "%%%02X", c);
	}
}

static size_t
path_length(const struct req *r)
{
	return strcspn(r->target, "?");
}

static void
parse_path(struct req *r)
{
	size_t len = path_length(r), at = 1, end;
	struct text part = { 0 };

	if (len == 0 || r->target[0] != '/')
		r->is_malformed = true;
	while (!r->is_malformed && at <= len) {
		end = at + strcspn(r->target + at, "/?");
		if (r->nsegments == REQ_MAX_SEGMENTS ||
		    !decode(r->target + at, end - at, &part)) {
			r->is_malformed = true;
			break;
		}
		r->segments[r->nsegments++] = text_dup(part.s);
		at = end + 1;
	}
	text_free(&part);
}

/* Names and values of the query, decoded, in order; false: broken escape. */
static bool
parse_query(const struct req *r, struct pairs *out)
{
	const char *at = r->target + path_length(r);
	struct text name = { 0 }, value = { 0 };
	bool good = true;

	while (good && *at != '\0') {
		size_t len, eq;

		at++;
		len = strcspn(at, "&");
		eq = strcspn(at, "=&");
		if (len > 0) {
			good = decode(at, eq, &name);
			good = good && (eq == len ? decode("", 0, &value)
			                          : decode(at + eq + 1,
			                                len - eq - 1, &value));
			if (good)
				pairs_add(out, name.s, value.s);
		}
		at += len;
	}
	text_free(&name);
	text_free(&value);
	return good;
}

void
req_parse_target(struct req *r)
{
	parse_path(r);
	if (!parse_query(r, &r->query))
		r->is_malformed = true;
}

bool
req_canonical_path(const struct req *r, struct text *t)
{
	size_t len = path_length(r), at = 0, end;
	struct text part = { 0 };
	bool good = true;

	if (len == 0)
		text_add(t, "/");
	while (good && at < len) {
		if (r->target[at] == '/') {
			text_add(t, "/");
			at++;
			continue;
		}
		end = at + strcspn(r->target + at, "/?");
		good = decode(r->target + at, end - at, &part);
		if (good)
			encode(&part, t);
		at = end;
	}
	text_free(&part);
	return good;
}

/* Stable, by the name alone: a.b, a1 and a differ from their name=value. */
static void
sort_by_name(struct pairs *p)
{
	size_t i, j;

	for (i = 1; i < p->n; i++) {
		struct pair moving = p->v[i];

		for (j = i; j > 0 && strcmp(p->v[j - 1].name, moving.name) > 0;
		     j--)
			p->v[j] = p->v[j - 1];
		p->v[j] = moving;
	}
}

bool
req_canonical_query(const struct req *r, struct text *t)
{
	struct pairs sorted = { 0 };
	bool good = parse_query(r, &sorted);
	size_t i;

	if (good)
		sort_by_name(&sorted);
	for (i = 0; good && i < sorted.n; i++) {
		struct text name = { sorted.v[i].name, strlen(sorted.v[i].name),
			0 };
		struct text value = { sorted.v[i].value,
			strlen(sorted.v[i].value), 0 };

		text_add(t, i > 0 ? "&" : "");
		encode(&name, t);
		text_add(t, "=");
		encode(&value, t);
	}
	pairs_free(&sorted);
	return good;
}
