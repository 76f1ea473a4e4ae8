/* SPDX-License-Identifier: ISC */
/* The bracket of a pattern: `[a-z]`, `[^[:digit:]]`, where `\` is itself. */
#include "config.h"

#include <string.h>

#include "base/text.h"
#include "policy/pattern_set.h"

struct class
{
	const char *name;
	const char *ranges; /* pairs of first and last */
};

static const struct class classes[] = {
	{ "alpha", "AZaz" },
	{ "digit", "09" },
	{ "alnum", "09AZaz" },
	{ "upper", "AZ" },
	{ "lower", "az" },
	{ "space", "\t\r  " },
	{ "punct", "!/:@[`{~" },
	{ "xdigit", "09AFaf" },
};

bool
set_has(const struct set *set, uint32_t c)
{
	for (size_t i = 0; i < set->n; i++)
		if (c >= set->ranges[i].first && c <= set->ranges[i].last)
			return !set->is_negated;
	return set->is_negated;
}

int
set_add(struct set *set, uint32_t first, uint32_t last)
{
	if (first > last || set->n >= SET_RANGES_MAX)
		return WARDER_EFORM;
	set->ranges[set->n].first = first;
	set->ranges[set->n++].last = last;
	return WARDER_OK;
}

/* Behind `[:`; moves behind `:]`. */
static int
add_class(const char **at, struct set *set)
{
	const char *end = strstr(*at, ":]");
	int r;

	if (end == NULL)
		return WARDER_EFORM;
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		size_t len = strlen(classes[i].name);

		if ((size_t)(end - *at) != len ||
		    strncmp(*at, classes[i].name, len) != 0)
			continue;
		for (const char *pair = classes[i].ranges; *pair != '\0';
		     pair += 2)
			if ((r = set_add(set, (unsigned char)pair[0],
			         (unsigned char)pair[1])) != 0)
				return r;
		*at = end + 2;
		return WARDER_OK;
	}
	return WARDER_EFORM;
}

static int
take_char(const char **at, uint32_t *ret)
{
	size_t n;

	if (**at == '\0')
		return WARDER_EFORM;
	n = utf8_next((const uint8_t *)*at, strlen(*at), ret);
	if (n == 0)
		return WARDER_EFORM;
	*at += n;
	return WARDER_OK;
}

/* One character or one range. */
static int
add_range(const char **at, struct set *set)
{
	uint32_t first, last;
	int r;

	if ((*at)[0] == '[' && strchr(".=", (*at)[1]) != NULL)
		return WARDER_EFORM;
	if ((r = take_char(at, &first)) != 0)
		return r;
	if ((*at)[0] != '-' || (*at)[1] == ']')
		return set_add(set, first, first);
	(*at)++;
	if ((*at)[0] == '[' && strchr(":.=", (*at)[1]) != NULL)
		return WARDER_EFORM;
	if ((r = take_char(at, &last)) != 0)
		return r;
	return set_add(set, first, last);
}

int
set_parse(const char **text, struct set *set)
{
	const char *at = *text;
	bool is_first = true;
	int r;

	if (*at == '^') {
		set->is_negated = true;
		at++;
	}
	for (; *at != ']' || is_first; is_first = false) {
		if (at[0] == '[' && at[1] == ':') {
			at += 2;
			r = add_class(&at, set);
		} else {
			r = add_range(&at, set);
		}
		if (r != 0)
			return r;
	}
	*text = at + 1;
	return WARDER_OK;
}
