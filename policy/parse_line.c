/* SPDX-License-Identifier: ISC */
/*
 * permit, require, deny. What the language will know and this version does
 * not is refused by its name: a policy is never half understood.
 */
#include "config.h"

#include <string.h>

#include "policy/rules.h"

static int
not_yet(struct words *words, const struct token *token)
{
	return words_wrong(words, token, "syntax",
	    "this version of warder does not know this statement");
}

static bool
is_one_of(const struct token *token, const char *const *list, size_t n)
{
	if (token->kind != TOKEN_WORD)
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(token->text, list[i]) == 0)
			return true;
	return false;
}

/* Up to the end of the line, or to the keyword `until`. */
static int
parse_on(struct words *words, struct statement *statement, const char *until)
{
	struct selector *more;
	size_t cap = 0;
	int r;

	if ((r = words_keyword(words, "on")) != 0)
		return r;
	do {
		more = policy_grow(words->policy->arena, statement->on,
		    &statement->on_n, &cap, sizeof(*more));
		if (more == NULL)
			return WARDER_ENOMEM;
		statement->on = more;
		r = take_selector(words, &more[statement->on_n - 1]);
		if (r != 0)
			return r;
	} while (words_peek(words) != NULL &&
	         (until == NULL || !words_are(words, until)));
	return WARDER_OK;
}

static int
add_statement(struct words *words, const struct statement *statement)
{
	struct policy *policy = words->policy;
	struct statement *more;
	int r;

	if ((r = words_end(words)) != 0)
		return r;
	if (policy->statements_n >= STATEMENTS_MAX)
		return words_wrong(words, &words->line.tokens[0], "limit",
		    "too many statements");
	more = policy_grow(policy->arena, policy->statements,
	    &policy->statements_n, &policy->statements_cap, sizeof(*more));
	if (more == NULL)
		return WARDER_ENOMEM;
	policy->statements = more;
	more[policy->statements_n - 1] = *statement;
	return WARDER_OK;
}

static struct statement
statement_of(const struct words *words, enum statement_kind kind)
{
	return (struct statement){ .kind = kind,
		.line = words->line.line,
		.col = words->line.col,
		.text = words->line.text };
}

static int
parse_verbs(struct words *words, unsigned int *ret_verbs)
{
	static const struct {
		const char *word;
		enum facts_verb verb;
	} verbs[] = { { "pass", VERB_PASS }, { "refuse", VERB_REFUSE },
		{ "view", VERB_VIEW } };
	const struct token *token;
	size_t i;
	int r;

	do {
		if ((r = words_take(words, &token)) != 0)
			return r;
		for (i = 0; i < 3; i++)
			if (token->kind == TOKEN_WORD &&
			    strcmp(token->text, verbs[i].word) == 0)
				break;
		if (i == 3)
			return words_wrong(words, token, "syntax",
			    "a verb is pass, refuse or view");
		if ((*ret_verbs & 1u << verbs[i].verb) != 0)
			return words_wrong(words, token, "duplicate",
			    "this verb stands here already");
		*ret_verbs |= 1u << verbs[i].verb;
		token = words_peek(words);
	} while (
	    token != NULL && token->kind == TOKEN_COMMA && ++words->at != 0);
	return WARDER_OK;
}

static int
parse_who(struct words *words, struct who *who)
{
	const struct token *token;
	size_t principal;
	int r, role;

	do {
		token = words_peek(words);
		role = token != NULL && token->kind == TOKEN_WORD
		           ? value_role(token->text)
		           : -1;
		if (role >= 0) {
			words->at++;
			if (who->roles[role])
				return words_wrong(words, token, "duplicate",
				    "this role stands here already");
			who->roles[role] = true;
			who->role_at[role].line = token->line;
			who->role_at[role].col = token->col;
		} else if ((r = take_person(words, &principal, &token)) != 0 ||
		           (r = mentions_add(words->policy, &who->people,
		                principal, token)) != 0) {
			return r;
		}
	} while (words_peek(words) != NULL);
	return WARDER_OK;
}

int
parse_permit(struct words *words)
{
	struct statement permit = statement_of(words, STATEMENT_PERMIT);
	int r;

	if ((r = parse_verbs(words, &permit.verbs)) != 0 ||
	    (r = parse_on(words, &permit, "to")) != 0 ||
	    (r = words_keyword(words, "to")) != 0 ||
	    (r = parse_who(words, &permit.to)) != 0)
		return r;
	return add_statement(words, &permit);
}

static int
parse_mfa(struct words *words, struct condition *condition)
{
	const struct token *token;
	int r;

	if ((r = words_take(words, &token)) != 0)
		return r;
	if (token->kind != TOKEN_WORD || strlen(token->text) != 1 ||
	    token->text[0] < '1' || token->text[0] > '4')
		return words_wrong(words, token, "bad_value",
		    "a level is a number from 1 to 4");
	condition->kind = CONDITION_MFA;
	condition->level = (uint32_t)(token->text[0] - '0');
	if (!words_are(words, "fresh"))
		return WARDER_OK;
	words->at++;
	return take_span(words, &condition->fresh_s);
}

static int
parse_condition(struct words *words, struct condition *condition)
{
	static const char *const later[] = { "newest", "age", "tty", "source",
		"branch", "quorum" };
	const struct token *token;
	int r;

	if ((r = words_take(words, &token)) != 0)
		return r;
	if (is_one_of(token, later, sizeof(later) / sizeof(later[0])))
		return not_yet(words, token);
	if (token->kind == TOKEN_WORD && strcmp(token->text, "mfa") == 0)
		return parse_mfa(words, condition);
	if (token->kind == TOKEN_WORD && strcmp(token->text, "reason") == 0)
		condition->kind = CONDITION_REASON;
	else if (token->kind == TOKEN_WORD &&
	         strcmp(token->text, "ticket") == 0)
		condition->kind = CONDITION_TICKET;
	else
		return words_wrong(words, token, "syntax",
		    "a condition is mfa, reason or ticket");
	return take_pattern(words, condition);
}

int
parse_require(struct words *words)
{
	struct statement require = statement_of(words, STATEMENT_REQUIRE);
	const struct token *token;
	struct condition *more;
	size_t cap = 0;
	int r;

	do {
		more = policy_grow(words->policy->arena, require.conditions,
		    &require.conditions_n, &cap, sizeof(*more));
		if (more == NULL)
			return WARDER_ENOMEM;
		require.conditions = more;
		r = parse_condition(words, &more[require.conditions_n - 1]);
		if (r != 0)
			return r;
		token = words_peek(words);
	} while (
	    token != NULL && token->kind == TOKEN_COMMA && ++words->at != 0);
	if ((r = parse_on(words, &require, NULL)) != 0)
		return r;
	return add_statement(words, &require);
}

static int
parse_parts(struct words *words, unsigned int *ret_parts)
{
	const struct token *token;
	unsigned int part;
	int r;

	do {
		if ((r = words_take(words, &token)) != 0)
			return r;
		part = 0;
		if (token->kind == TOKEN_WORD &&
		    strcmp(token->text, "trigger") == 0)
			part = SELF_TRIGGER;
		else if (token->kind == TOKEN_WORD &&
		         strcmp(token->text, "commit-author") == 0)
			part = SELF_AUTHOR;
		if (part == 0)
			return words_wrong(words, token, "syntax",
			    "a part of self is trigger or commit-author");
		if ((*ret_parts & part) != 0)
			return words_wrong(words, token, "duplicate",
			    "this part stands here already");
		*ret_parts |= part;
	} while (!words_are(words, "on"));
	return WARDER_OK;
}

static int
parse_because(struct words *words, const char **ret)
{
	const struct token *token;
	int r;

	if (!words_are(words, "because"))
		return WARDER_OK;
	words->at++;
	token = words_peek(words);
	if (token != NULL && token->kind != TOKEN_STRING)
		return words_wrong(words, token, "syntax",
		    "a message is a string in quotation marks");
	if ((r = words_take(words, &token)) != 0)
		return r;
	*ret = token->text;
	return WARDER_OK;
}

int
parse_deny(struct words *words)
{
	static const char *const later[] = { "outside", "during", "trigger",
		"user" };
	struct statement deny = statement_of(words, STATEMENT_DENY);
	const struct token *token = words_peek(words);
	int r;

	if (token != NULL &&
	    is_one_of(token, later, sizeof(later) / sizeof(later[0])))
		return not_yet(words, token);
	if ((r = words_keyword(words, "self")) != 0 ||
	    (r = parse_parts(words, &deny.self)) != 0 ||
	    (r = parse_on(words, &deny, "because")) != 0 ||
	    (r = parse_because(words, &deny.because)) != 0)
		return r;
	return add_statement(words, &deny);
}
