/* SPDX-License-Identifier: ISC */
/*
 * Lines that say nothing new: the same line twice, and a permit that another
 * one already grants whole.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/check_build.h"

struct plain {
	char *text; /* one blank between words, no comment */
	size_t i;
};

/* Blanks and comments are no difference; inside a string they are. */
static char *
plain_text(const char *text)
{
	char *plain = malloc(strlen(text) + 1), *at = plain;
	bool is_string = false, is_blank = false;

	for (; plain != NULL && *text != '\0'; text++) {
		if (!is_string && *text == '#') {
			text += strcspn(text, "\n");
			if (*text == '\0')
				break;
		}
		if (!is_string && strchr(" \t\n", *text) != NULL) {
			is_blank = at != plain;
			continue;
		}
		if (!is_string && *text == '\\' && text[1] == '\n')
			continue;
		if (is_blank)
			*at++ = ' ';
		is_blank = false;
		if (is_string && *text == '\\' && text[1] != '\0')
			*at++ = *text++;
		else if (*text == '"')
			is_string = !is_string;
		*at++ = *text;
	}
	if (plain != NULL)
		*at = '\0';
	return plain;
}

static int
by_text(const void *a, const void *b)
{
	const struct plain *left = a, *right = b;
	int order = strcmp(left->text, right->text);

	if (order != 0)
		return order;
	return left->i < right->i ? -1 : left->i > right->i;
}

static void
find_same(const struct policy *policy, struct plain *plain, bool *twice,
    struct findings *findings)
{
	size_t n = policy->statements_n;

	for (size_t i = 0; i < n; i++) {
		plain[i].i = i;
		plain[i].text = plain_text(policy->statements[i].text);
		if (plain[i].text == NULL) {
			findings->r = WARDER_ENOMEM;
			return;
		}
	}
	if (n > 0)
		qsort(plain, n, sizeof(*plain), by_text);
	for (size_t i = 1; i < n; i++) {
		const struct statement *line = &policy->statements[plain[i].i];

		/* Blocks and delegations have their own rules for this. */
		if (strcmp(plain[i].text, plain[i - 1].text) != 0 ||
		    line->kind == STATEMENT_GLASS ||
		    line->kind == STATEMENT_DELEGATE)
			continue;
		twice[plain[i].i] = true;
		findings_add(findings, line->file, line->line, line->col, false,
		    "duplicate", "this line stands in the policy already");
	}
}

static bool
covers_part(const char *wide, const char *narrow)
{
	return strcmp(wide, "*") == 0 || strcmp(wide, narrow) == 0;
}

static bool
covers_selector(const struct policy *policy, const struct statement *wide,
    const struct selector *narrow)
{
	struct selector_walk walk = selectors_of(policy, wide);
	const struct selector *on;

	while ((on = selector_next(&walk)) != NULL)
		if (covers_part(on->org, narrow->org) &&
		    covers_part(on->pipeline, narrow->pipeline) &&
		    covers_part(on->stage, narrow->stage) &&
		    covers_part(on->job, narrow->job))
			return true;
	return false;
}

static bool
covers_people(const struct who *wide, const struct who *narrow)
{
	size_t k;

	for (int role = 0; role < ROLES; role++)
		if (narrow->roles[role] && !wide->roles[role])
			return false;
	for (size_t i = 0; i < narrow->people.n; i++) {
		for (k = 0; k < wide->people.n; k++)
			if (wide->people.items[k].principal ==
			    narrow->people.items[i].principal)
				break;
		if (k == wide->people.n)
			return false;
	}
	return true;
}

static bool
covers(const struct policy *policy, const struct statement *wide,
    const struct statement *narrow)
{
	struct selector_walk walk = selectors_of(policy, narrow);
	const struct selector *on;

	if ((narrow->verbs & ~wide->verbs) != 0 ||
	    !covers_people(wide->to, narrow->to))
		return false;
	while ((on = selector_next(&walk)) != NULL)
		if (!covers_selector(policy, wide, on))
			return false;
	return true;
}

/* What it is about is not all known: it may be more than it seems. */
static bool
is_undefined(const struct statement *line)
{
	for (size_t i = 0; i < line->on_n; i++)
		if (line->on[i].label != NULL &&
		    line->on[i].label_at == SIZE_MAX)
			return true;
	return false;
}

static void
find_covered(const struct policy *policy, size_t i, struct findings *findings)
{
	const struct statement *line = &policy->statements[i], *other;

	for (size_t k = 0; k < policy->statements_n && !is_undefined(line);
	     k++) {
		other = &policy->statements[k];
		if (k == i || other->kind != STATEMENT_PERMIT ||
		    !covers(policy, other, line) ||
		    (k > i && covers(policy, line, other)))
			continue;
		findings_add(findings, line->file, line->line, line->col, false,
		    "unreachable", "line %u grants all of this already",
		    other->line);
		return;
	}
}

void
check_cover(const struct policy *policy, struct findings *findings)
{
	size_t n = policy->statements_n;
	struct plain *plain = calloc(n + 1, sizeof(*plain));
	bool *twice = calloc(n + 1, sizeof(*twice));

	if (plain == NULL || twice == NULL)
		findings->r = WARDER_ENOMEM;
	else
		find_same(policy, plain, twice, findings);
	for (size_t i = 0; i < n && findings->r == 0; i++)
		if (policy->statements[i].kind == STATEMENT_PERMIT && !twice[i])
			find_covered(policy, i, findings);
	for (size_t i = 0; i < n && plain != NULL; i++)
		free(plain[i].text);
	free(plain);
	free(twice);
}
