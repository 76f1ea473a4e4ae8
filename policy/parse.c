/* SPDX-License-Identifier: ISC */
/*
 * Reads a policy file, statement by statement. The first error ends the
 * reading: whoever edits sees one place to mend, and no policy is in force
 * that was not understood to its end.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/rules.h"

void *
policy_grow(
    struct arena *arena, void *items, size_t *n, size_t *cap, size_t size)
{
	size_t more = *cap == 0 ? 8 : 2 * *cap;
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

const struct token *
words_peek(const struct words *words)
{
	return words->at < words->line.n ? &words->line.tokens[words->at]
	                                 : NULL;
}

bool
words_are(const struct words *words, const char *keyword)
{
	const struct token *token = words_peek(words);

	return token != NULL && token->kind == TOKEN_WORD &&
	       strcmp(token->text, keyword) == 0;
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

/* `version 1` and `timezone ZONE`, which open the file. */
static int
parse_opening(struct words *words, const char *keyword)
{
	int r = lexer_next(words->lexer, &words->line, words->diag);

	words->at = 0;
	if (r == WARDER_EOF)
		return diag_set(words->diag, 1, 1, "syntax",
		    "a policy begins with `version 1` and `timezone ZONE`");
	if (r != 0)
		return r;
	if (!words_are(words, keyword))
		return diag_set(words->diag, 1, 1, "syntax",
		    "a policy begins with `version 1` and `timezone ZONE`");
	words->at = 1;
	return WARDER_OK;
}

static bool
is_zone(const char *text)
{
	if (strcmp(text, "UTC") == 0)
		return true;
	return strchr(text, '/') != NULL && text[0] != '/' &&
	       strncmp(text, "posix/", 6) != 0 &&
	       strncmp(text, "right/", 6) != 0 && strstr(text, "..") == NULL &&
	       strspn(text,
	           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	           "0123456789_+-/") == strlen(text);
}

static int
parse_head(struct words *words)
{
	const struct token *zone;
	int r;

	if ((r = parse_opening(words, "version")) != 0 ||
	    (r = words_keyword(words, "1")) != 0 ||
	    (r = words_end(words)) != 0 ||
	    (r = parse_opening(words, "timezone")) != 0 ||
	    (r = words_take(words, &zone)) != 0)
		return r;
	if (zone->kind != TOKEN_WORD || !is_zone(zone->text))
		return words_wrong(words, zone, "bad_value",
		    "a time zone is UTC or a name such as Asia/Shanghai");
	words->policy->timezone = zone->text;
	return words_end(words);
}

static int
parse_statement(struct words *words)
{
	static const struct {
		const char *word;
		int (*parse)(struct words *words); /* NULL: not yet */
	} statements[] = {
		{ "org", parse_org },
		{ "permit", parse_permit },
		{ "require", parse_require },
		{ "deny", parse_deny },
		{ "label", NULL },
		{ "window", NULL },
		{ "calendar", NULL },
		{ "break-glass", NULL },
		{ "delegate", NULL },
		{ "include", NULL },
	};
	const struct token *word = &words->line.tokens[0];

	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]);
	     i++) {
		if (word->kind != TOKEN_WORD ||
		    strcmp(word->text, statements[i].word) != 0)
			continue;
		if (statements[i].parse == NULL)
			return words_wrong(words, word, "syntax",
			    "this version of warder does not know this "
			    "statement");
		words->at = 1;
		return statements[i].parse(words);
	}
	return words_wrong(words, word, "syntax", "this begins no statement");
}

static int
parse_all(struct words *words)
{
	int r;

	if ((r = parse_head(words)) != 0)
		return r;
	while ((r = lexer_next(words->lexer, &words->line, words->diag)) == 0) {
		words->at = 0;
		if ((r = parse_statement(words)) != 0)
			return r;
	}
	return r == WARDER_EOF ? WARDER_OK : r;
}

static int
list_groups(struct policy *policy)
{
	policy->groups = arena_get(policy->arena,
	    (policy->principals_n + 1) * sizeof(*policy->groups));
	if (policy->groups == NULL)
		return WARDER_ENOMEM;
	for (size_t i = 0; i < policy->principals_n; i++)
		if (policy->principals[i].kind == PRINCIPAL_GROUP)
			policy->groups[policy->groups_n++] =
			    policy->principals[i].name;
	return WARDER_OK;
}

int
policy_parse(const char *bytes, size_t len, struct policy **ret_policy,
    struct policy_diag *ret_diag)
{
	auto_policy struct policy *policy = calloc(1, sizeof(*policy));
	struct words words = { .policy = policy, .diag = ret_diag };
	int r;

	if (policy == NULL || (policy->arena = arena_new()) == NULL)
		return WARDER_ENOMEM;
	if (len > POLICY_FILE_MAX)
		return diag_set(ret_diag, 1, 1, "limit",
		    "a policy file of more than 16 MiB");
	words.lexer = lexer_new(bytes, len, policy->arena);
	if (words.lexer == NULL)
		return WARDER_ENOMEM;
	r = parse_all(&words);
	lexer_freep(&words.lexer);
	if (r != 0 || (r = list_groups(policy)) != 0)
		return r;
	*ret_policy = policy;
	policy = NULL;
	return WARDER_OK;
}

void
policy_freep(struct policy **policy)
{
	if (*policy == NULL)
		return;
	arena_freep(&(*policy)->arena);
	free(*policy);
	*policy = NULL;
}
