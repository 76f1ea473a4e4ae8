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

/* The words of a line as they are written out, one blank between them. */
struct writer {
	char *at, *start;
	bool is_string, is_between;
};

static void
write_byte(struct writer *writer, char c)
{
	/* These are words of their own, however closely they stand. */
	bool is_mark = !writer->is_string && strchr(",{}", c) != NULL;

	if ((writer->is_between || is_mark) && writer->at != writer->start)
		*writer->at++ = ' ';
	*writer->at++ = c;
	writer->is_between = is_mark;
}

/* A blank, a comment or the end of a line, joined or not: a word is over. */
static bool
is_between_words(const struct writer *writer, const char *text)
{
	return !writer->is_string && (strchr(" \t\n#", *text) != NULL ||
	                                 (*text == '\\' && text[1] == '\n'));
}

/* Blanks and comments are no difference; inside a string they are. */
static char *
plain_text(const char *text)
{
	char *plain = malloc(3 * strlen(text) + 1);
	struct writer writer = { .at = plain, .start = plain };

	for (; plain != NULL && *text != '\0'; text++) {
		if (is_between_words(&writer, text)) {
			writer.is_between = true;
			if (*text == '#')
				text += strcspn(text, "\n") - 1;
			continue;
		}
		if (writer.is_string && *text == '\\' && text[1] != '\0')
			write_byte(&writer, *text++);
		else if (*text == '"')
			writer.is_string = !writer.is_string;
		write_byte(&writer, *text);
	}
	if (plain != NULL)
		*writer.at = '\0';
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
