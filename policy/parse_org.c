/* SPDX-License-Identifier: ISC */
/*
 * The organization block: which key, how strictly Yunxiao's own rule is
 * mirrored, who has which role, who is which account, what is not one human.
 */
#include "config.h"

#include <string.h>

#include "policy/rules.h"

static int
parse_key(struct words *words, struct org *org, const struct token *word)
{
	int r = org->key != NULL ? words_note(words, word) : WARDER_OK;

	return r != 0 ? r : take_name(words, &org->key);
}

static int
parse_mirror(struct words *words, struct org *org, const struct token *word)
{
	int r = org->has_mirror ? words_note(words, word) : WARDER_OK;

	org->has_mirror = true;
	if (r != 0 || (r = words_keyword(words, "yunxiao")) != 0)
		return r;
	org->is_strict = words_are(words, "strict");
	return words_keyword(words, org->is_strict ? "strict" : "advisory");
}

static int
parse_role(struct words *words, struct org *org, int role)
{
	const struct token *token;
	size_t principal;
	int r;

	do {
		if ((r = take_person(words, &principal, &token)) != 0 ||
		    (r = mentions_add(
		         words, &org->roles[role], principal, token)) != 0)
			return r;
	} while (words_peek(words) != NULL);
	return WARDER_OK;
}

static int
add_text(struct words *words, const char ***texts, size_t *n, size_t *cap,
    const char *text)
{
	const char **more =
	    policy_grow(words->policy->arena, *texts, n, cap, sizeof(*more));
	const char *kept = words_keep(words, text);

	if (more == NULL || kept == NULL)
		return WARDER_ENOMEM;
	*texts = more;
	more[*n - 1] = kept;
	return WARDER_OK;
}

/* Where the text that add_text() adds next stands. */
static int
add_place(struct words *words, struct place **places, size_t n, size_t cap,
    const struct token *token)
{
	struct place *more =
	    policy_grow(words->policy->arena, *places, &n, &cap, sizeof(*more));

	if (more == NULL)
		return WARDER_ENOMEM;
	*places = more;
	more[n - 1] = (struct place){ words->file, token->line, token->col };
	return WARDER_OK;
}

static int
parse_authors(struct words *words, struct account *account)
{
	const struct token *token;
	size_t cap = 0;
	int r;

	while (words_peek(words) != NULL) {
		if ((r = words_take(words, &token)) != 0)
			return r;
		if (!value_is_address(token->text))
			return words_wrong(words, token, "bad_value",
			    "this is not an e-mail address");
		if ((r = add_place(words, &account->author_at,
		         account->authors_n, cap, token)) != 0 ||
		    (r = add_text(words, &account->authors, &account->authors_n,
		         &cap, token->text)) != 0)
			return r;
	}
	return WARDER_OK;
}

/* `user=DIGITS` is one word; user names hold no `=`. */
static int
parse_account(struct words *words, struct org *org)
{
	struct account account = { 0 }, *more;
	const struct token *token;
	char user[LEX_WORD_MAX + 1], *sign;
	int r;

	if ((r = words_take(words, &token)) != 0)
		return r;
	memcpy(user, token->text, strlen(token->text) + 1);
	sign = strrchr(user, '=');
	if (token->kind != TOKEN_WORD || sign == NULL ||
	    !value_is_digits(sign + 1))
		return words_wrong(words, token, "bad_value",
		    "an account is written user=number");
	*sign++ = '\0';
	if ((r = principal_of_text(
	         words, token, user, false, false, &account.user)) != 0)
		return r;
	if ((account.id = words_keep(words, sign)) == NULL)
		return WARDER_ENOMEM;
	account.file = words->file;
	account.line = token->line;
	account.col = token->col;
	if ((r = parse_authors(words, &account)) != 0)
		return r;
	more = policy_grow(words->policy->arena, org->accounts,
	    &org->accounts_n, &org->accounts_cap, sizeof(*more));
	if (more == NULL)
		return WARDER_ENOMEM;
	org->accounts = more;
	more[org->accounts_n - 1] = account;
	return WARDER_OK;
}

static int
parse_robot(struct words *words, struct org *org)
{
	const struct token *token;
	size_t principal;
	int r;

	do {
		token = words_peek(words);
		if (token != NULL && token->kind == TOKEN_WORD &&
		    value_is_digits(token->text)) {
			if ((r = words_take(words, &token)) == 0 &&
			    (r = add_place(words, &org->robot_id_at,
			         org->robot_ids_n, org->robot_ids_cap,
			         token)) == 0)
				r = add_text(words, &org->robot_ids,
				    &org->robot_ids_n, &org->robot_ids_cap,
				    token->text);
		} else if ((r = take_person(words, &principal, &token)) == 0) {
			r = mentions_add(words, &org->robots, principal, token);
		}
		if (r != 0)
			return r;
	} while (words_peek(words) != NULL);
	return WARDER_OK;
}

static int
parse_org_line(struct words *words, struct org *org)
{
	const struct token *word;
	int role, r;

	if ((r = words_take(words, &word)) != 0)
		return r;
	role = word->kind == TOKEN_WORD ? value_role(word->text) : -1;
	if (word->kind == TOKEN_STRING)
		return words_wrong(words, word, "bad_role",
		    "neither a role nor a setting of an organization");
	if (role >= 0)
		r = parse_role(words, org, role);
	else if (strcmp(word->text, "key") == 0)
		r = parse_key(words, org, word);
	else if (strcmp(word->text, "mirror") == 0)
		r = parse_mirror(words, org, word);
	else if (strcmp(word->text, "account") == 0)
		r = parse_account(words, org);
	else if (strcmp(word->text, "robot") == 0)
		r = parse_robot(words, org);
	else
		return words_wrong(words, word, "bad_role",
		    "neither a role nor a setting of an organization");
	return r != 0 ? r : words_end(words);
}

/* Lines up to the `}` that stands alone. */
static int
parse_block(struct words *words, struct org *org, const struct token *open)
{
	bool is_end = false;
	int r;

	while ((r = block_next(words, open, &is_end)) == 0 && !is_end)
		if ((r = parse_org_line(words, org)) != 0)
			return r;
	if (r == 0 && (org->key == NULL || !org->has_mirror))
		return words_wrong(words, &words->line.tokens[0], "syntax",
		    "this block lacks its line `key` or `mirror`");
	return r;
}

static int
parse_head(struct words *words, struct org *org, struct token *open)
{
	const struct token *alias, *id, *last;
	int r;

	if ((r = words_take(words, &alias)) != 0)
		return r;
	if (alias->kind != TOKEN_WORD || !value_is_alias(alias->text))
		return words_wrong(words, alias, "bad_value",
		    "this is not an alias of an organization");
	if ((r = words_keyword(words, "id")) != 0 ||
	    (r = words_take(words, &id)) != 0)
		return r;
	if (id->kind != TOKEN_WORD || !value_is_org_id(id->text))
		return words_wrong(words, id, "bad_value",
		    "this is not the id of an organization");
	org->alias = words_keep(words, alias->text);
	org->id = words_keep(words, id->text);
	if (org->alias == NULL || org->id == NULL)
		return WARDER_ENOMEM;
	org->alias_line = alias->line;
	org->alias_col = alias->col;
	org->id_line = id->line;
	org->id_col = id->col;
	last = words_peek(words);
	if (last == NULL || last->kind != TOKEN_OPEN)
		return words_wrong(
		    words, last, "syntax", "here the block begins with {");
	*open = *last;
	words->at++;
	return words_end(words);
}

int
parse_org(struct words *words)
{
	struct policy *policy = words->policy;
	struct org org = { .file = words->file,
		.line = words->line.line,
		.col = words->line.col };
	struct org *more;
	struct token open;
	int r;

	if (policy->orgs_n >= ORGS_MAX)
		return words_wrong(words, &words->line.tokens[0], "limit",
		    "too many organizations");
	if ((r = parse_head(words, &org, &open)) != 0 ||
	    (r = parse_block(words, &org, &open)) != 0)
		return r;
	more = policy_grow(policy->arena, policy->orgs, &policy->orgs_n,
	    &policy->orgs_cap, sizeof(*more));
	if (more == NULL)
		return WARDER_ENOMEM;
	policy->orgs = more;
	more[policy->orgs_n - 1] = org;
	return WARDER_OK;
}
