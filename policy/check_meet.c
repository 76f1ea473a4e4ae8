/* SPDX-License-Identifier: ISC */
/* Whether two selectors could mean one gate. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "policy/check_index.h"

#define PART_MAX 1024 /* characters; no word is longer */

static size_t
decode(const char *text, uint32_t ret[PART_MAX])
{
	size_t left = strlen(text), n = 0, len;

	for (; left > 0 && n < PART_MAX; text += len, left -= len)
		len = utf8_next((const uint8_t *)text, left, &ret[n++]);
	return n;
}

struct row {
	bool can[PART_MAX + 1];
};

/* Whether a[i..] and b[j..] have a text in common, from the ends on. */
static bool
do_meet(const uint32_t *a, size_t n, const uint32_t *b, size_t m,
    struct row *below, struct row *here)
{
	struct row *other;

	for (size_t i = n + 1; i-- > 0;) {
		for (size_t j = m + 1; j-- > 0;) {
			bool can = i == n && j == m;

			if (i < n && a[i] == '*')
				can = below->can[j] ||
				      (j < m && here->can[j + 1]);
			else if (j < m && b[j] == '*')
				can = here->can[j + 1] ||
				      (i < n && below->can[j]);
			else if (i < n && j < m)
				can = (a[i] == '?' || b[j] == '?' ||
				          a[i] == b[j]) &&
				      below->can[j + 1];
			here->can[j] = can;
		}
		other = below;
		below = here;
		here = other;
	}
	return below->can[0];
}

static bool
is_literal(const char *part)
{
	return strpbrk(part, "*?") == NULL;
}

static bool
parts_meet(const char *a, const char *b)
{
	static uint32_t left[PART_MAX], right[PART_MAX];
	static struct row rows[2];

	if (strcmp(a, "*") == 0 || strcmp(b, "*") == 0)
		return true;
	if (is_literal(a) && is_literal(b))
		return strcmp(a, b) == 0;
	return do_meet(
	    left, decode(a, left), right, decode(b, right), &rows[0], &rows[1]);
}

/* A number may be the number of any name. */
static bool
pipelines_meet(const struct selector *a, const struct selector *b)
{
	if (a->id != NULL && b->id != NULL)
		return strcmp(a->id, b->id) == 0;
	return a->id != NULL || b->id != NULL ||
	       parts_meet(a->pipeline, b->pipeline);
}

bool
selectors_meet(const struct selector *a, const struct selector *b)
{
	return pipelines_meet(a, b) && parts_meet(a->org, b->org) &&
	       parts_meet(a->stage, b->stage) && parts_meet(a->job, b->job);
}
