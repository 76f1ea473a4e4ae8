/* SPDX-License-Identifier: ISC */
/* The words of a line, one by one, and what is wrong with one of them. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "policy/rules.h"

void *
policy_grow(
    struct arena *arena, void *items, size_t *n, size_t *cap, size_t size)
{
	/* Most lists are of one: a policy of many lines is mostly small ones. */
	size_t more = *cap == 0 ? 1 : 2 * *cap;
	void *grown = items;

	if (*n == *cap) {
		if ((grown = arena_get(arena, more * size)) == NULL)
			return NULL;
		if (*n > 0)
			memcpy(grown, items, *n * size);
		*cap = more;
	}
	memset((char *)grown + *n * size, 0, size);
	(*n)++;
	return grown;
}

bool
words_are(const struct words *words, const char *keyword)
{
	const struct token *token = words_peek(words);

	return token != NULL && token_is(token, keyword);
}

int
words_wrong(struct words *words, const struct token *token,
    const char *local_code, const char *what)
{
	/* A word that is missing: the place behind the last one. */
	if (token == NULL)
		return diag_set(words->diag, words->line.end_line,
		    words->line.end_col, local_code, "%s", what);
	if (token->text == NULL || token->text[0] == '\0')
		return diag_set(words->diag, token->line, token->col,
		    local_code, "%s", what);
	return diag_set(words->diag, token->line, token->col, local_code,
	    "%.64s: %s", token->text, what);
}

int
words_take(struct words *words, const struct token **ret)
{
	const struct token *token = words_peek(words);

	if (token == NULL)
		return words_wrong(words, NULL, "syntax", "a word is missing");
	if (token->kind != TOKEN_WORD && token->kind != TOKEN_STRING)
		return words_wrong(
		    words, token, "syntax", "here a word has to stand");
	words->at++;
	*ret = token;
	return WARDER_OK;
}

int
words_keyword(struct words *words, const char *keyword)
{
	char what[64];

	if (words_are(words, keyword)) {
		words->at++;
		return WARDER_OK;
	}
	(void)snprintf(what, sizeof(what), "here `%s` has to stand", keyword);
	return words_wrong(words, words_peek(words), "syntax", what);
}

int
words_end(struct words *words)
{
	if (words_peek(words) == NULL)
		return WARDER_OK;
	return words_wrong(words, words_peek(words), "syntax",
	    "nothing more may stand on this line");
}

const char *
words_keep(const struct words *words, const char *text)
{
	return arena_text(words->policy->arena, text, strlen(text));
}

int
words_note(struct words *words, const struct token *token)
{
	struct policy *policy = words->policy;
	struct repeated *more = policy_grow(policy->arena, policy->repeated,
	    &policy->repeated_n, &policy->repeated_cap, sizeof(*more));
	const char *text = words_keep(words, token->text);

	if (more == NULL || text == NULL)
		return WARDER_ENOMEM;
	policy->repeated = more;
	more[policy->repeated_n - 1] =
	    (struct repeated){ words->file, token->line, token->col, text };
	return WARDER_OK;
}

/* In quotes it is the same thing, save that `"owner"` is a user. */
static bool
is_same_word(const struct token *one, const struct token *other)
{
	bool are_texts =
	    (one->kind == TOKEN_WORD || one->kind == TOKEN_STRING) &&
	    (other->kind == TOKEN_WORD || other->kind == TOKEN_STRING);

	return are_texts && text_is(one->text, other->text) &&
	       (one->kind == other->kind || value_role(one->text) < 0);
}

int
words_note_twice(struct words *words, size_t first)
{
	const struct token *last = &words->line.tokens[words->at - 1];

	for (size_t i = first; i + 1 < words->at; i++)
		if (is_same_word(&words->line.tokens[i], last))
			return words_note(words, last);
	return WARDER_OK;
}

int
block_next(struct words *words, const struct token *open, bool *ret_is_end)
{
	int r = lexer_next(words->lexer, &words->line, words->diag);

	*ret_is_end = false;
	if (r == WARDER_EOF)
		return words_wrong(
		    words, open, "syntax", "this block has no end");
	if (r != 0)
		return r;
	words->at = 0;
	if (words->line.tokens[0].kind != TOKEN_CLOSE)
		return WARDER_OK;
	words->at = 1;
	*ret_is_end = true;
	return words_end(words);
}
