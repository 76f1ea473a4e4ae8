/* SPDX-License-Identifier: ISC */
/* The same line twice: blanks and comments are no difference. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/check_cover.h"

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

void
check_same(const struct policy *policy, bool *twice, struct findings *findings)
{
	size_t n = policy->statements_n;
	struct plain *plain = calloc(n + 1, sizeof(*plain));

	if (plain == NULL) {
		findings->r = WARDER_ENOMEM;
		return;
	}
	find_same(policy, plain, twice, findings);
	for (size_t i = 0; i < n; i++)
		free(plain[i].text);
	free(plain);
}
