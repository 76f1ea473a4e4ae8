/* SPDX-License-Identifier: ISC */
/* The conditions of `require`. */
#include "config.h"

#include <string.h>

#include "policy/rules.h"

static int
parse_mfa(struct words *words, struct condition *condition)
{
	int r;

	if ((r = take_count(words, 4, &condition->level)) != 0 ||
	    !words_are(words, "fresh"))
		return r;
	words->at++;
	return take_span(words, &condition->span_s);
}

static int
parse_age(struct words *words, struct condition *condition)
{
	return take_span(words, &condition->span_s);
}

static int
parse_nothing(struct words *words, struct condition *condition)
{
	(void)words;
	(void)condition;
	return WARDER_OK;
}

/* Whether a list goes on: not with a comma, nor with the word `on`. */
static bool
goes_on(const struct words *words)
{
	const struct token *token = words_peek(words);

	return token != NULL && token->kind != TOKEN_COMMA &&
	       !words_are(words, "on");
}

static int
parse_nets(struct words *words, struct condition *condition)
{
	size_t n = 0, cap = 0, first = words->at;
	struct net *more;
	int r;

	do {
		more = policy_grow(words->policy->arena, condition->nets, &n,
		    &cap, sizeof(*more));
		if (more == NULL)
			return WARDER_ENOMEM;
		condition->nets = more;
		condition->nets_n = (uint32_t)n;
		if ((r = take_net(words, &more[n - 1])) != 0 ||
		    (r = words_note_twice(words, first)) != 0)
			return r;
	} while (goes_on(words));
	return WARDER_OK;
}

static int
parse_globs(struct words *words, struct condition *condition)
{
	size_t n = 0, cap = 0, first = words->at;
	const struct token *token;
	const char **more, *glob;
	int r;

	do {
		if ((r = words_take(words, &token)) != 0)
			return r;
		if (strstr(token->text, "**") != NULL)
			return words_wrong(words, token, "bad_value",
			    "a branch may hold * and ?, not **");
		if ((r = words_note_twice(words, first)) != 0)
			return r;
		more = policy_grow(words->policy->arena, condition->globs, &n,
		    &cap, sizeof(*more));
		glob = words_keep(words, token->text);
		if (more == NULL || glob == NULL)
			return WARDER_ENOMEM;
		condition->globs = more;
		condition->globs_n = (uint32_t)n;
		more[n - 1] = glob;
	} while (goes_on(words));
	return WARDER_OK;
}

static bool
is_same_seat(const struct seats *a, const struct seats *b)
{
	return a->is_role == b->is_role &&
	       (a->is_role ? a->role == b->role : a->principal == b->principal);
}

/* `2 @release-managers`, `1 owner` */
static int
parse_seat(struct words *words, struct condition *condition)
{
	struct seats *seat = &condition->seats[condition->seats_n];
	const struct token *token;
	int r, role;

	if ((r = take_count(words, SEATS_MAX, &seat->count)) != 0)
		return r;
	token = words_peek(words);
	role = token != NULL && token->kind == TOKEN_WORD
	           ? value_role(token->text)
	           : -1;
	if (role >= 0) {
		words->at++;
		seat->is_role = true;
		seat->role = (enum role)role;
	} else if ((r = take_person(words, &seat->principal, &token)) != 0) {
		return r;
	} else if (words->policy->principals[seat->principal].kind !=
	           PRINCIPAL_GROUP) {
		return words_wrong(words, token, "bad_value",
		    "a seat is held by a group or a role");
	}
	seat->file = words->file;
	seat->line = token->line;
	seat->col = token->col;
	for (size_t i = 0; i < condition->seats_n; i++)
		if (is_same_seat(&condition->seats[i], seat) &&
		    (r = words_note(words, token)) != 0)
			return r;
	condition->seats_n++;
	return WARDER_OK;
}

static int
parse_quorum(struct words *words, struct condition *condition)
{
	uint32_t total = 0;
	int r;

	condition->seats = arena_get(
	    words->policy->arena, SEATS_MAX * sizeof(*condition->seats));
	if (condition->seats == NULL)
		return WARDER_ENOMEM;
	do {
		if (condition->seats_n > 0)
			words->at++; /* the `+` */
		if (condition->seats_n == SEATS_MAX)
			return words_wrong(words, words_peek(words), "limit",
			    "too many seats in one quorum");
		if ((r = parse_seat(words, condition)) != 0)
			return r;
		total += condition->seats[condition->seats_n - 1].count;
		if (total > SEATS_MAX)
			return words_wrong(words,
			    &words->line.tokens[words->at - 1], "limit",
			    "too many seats in one quorum");
	} while (words_are(words, "+"));
	if (!words_are(words, "distinct"))
		return WARDER_OK;
	words->at++;
	condition->is_distinct = true;
	return words_keyword(words, "hosts");
}

static const struct {
	const char *word;
	enum condition_kind kind;
	bool is_of_glass;
	int (*parse)(struct words *words, struct condition *condition);
} conditions[] = {
	{ "mfa", CONDITION_MFA, true, parse_mfa },
	{ "reason", CONDITION_REASON, true, take_pattern },
	{ "ticket", CONDITION_TICKET, true, take_pattern },
	{ "tty", CONDITION_TTY, true, parse_nothing },
	{ "source", CONDITION_SOURCE, true, parse_nets },
	{ "newest", CONDITION_NEWEST, false, parse_nothing },
	{ "age", CONDITION_AGE, false, parse_age },
	{ "branch", CONDITION_BRANCH, false, parse_globs },
	{ "quorum", CONDITION_QUORUM, false, parse_quorum },
};

static int
parse_condition(struct words *words, bool is_glass, struct condition *condition)
{
	const struct token *token;
	int r;

	if ((r = words_take(words, &token)) != 0)
		return r;
	condition->file = words->file;
	condition->line = token->line;
	condition->col = token->col;
	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]);
	     i++) {
		if (!token_is(token, conditions[i].word))
			continue;
		if (is_glass && !conditions[i].is_of_glass)
			return words_wrong(words, token, "syntax",
			    "a break-glass block asks for mfa, reason, "
			    "ticket, tty or source");
		condition->kind = conditions[i].kind;
		return conditions[i].parse(words, condition);
	}
	return words_wrong(words, token, "syntax",
	    is_glass ? "a condition here is mfa, reason, ticket, tty or source"
	             : "a condition is mfa, reason, ticket, newest, age, tty, "
	               "source, branch or quorum");
}

int
parse_conditions(
    struct words *words, bool is_glass, struct statement *statement)
{
	const struct token *token;
	struct condition *more;
	size_t n = 0, cap = 0;
	int r;

	do {
		more = policy_grow(words->policy->arena, statement->conditions,
		    &n, &cap, sizeof(*more));
		if (more == NULL)
			return WARDER_ENOMEM;
		statement->conditions = more;
		statement->conditions_n = (uint32_t)n;
		if ((r = parse_condition(words, is_glass, &more[n - 1])) != 0)
			return r;
		token = words_peek(words);
	} while (
	    token != NULL && token->kind == TOKEN_COMMA && ++words->at != 0);
	return WARDER_OK;
}
