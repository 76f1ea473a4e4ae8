/* SPDX-License-Identifier: ISC */
/*
 * permit and deny, and what all lines have in common: where they hold, whom
 * they mean.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/rules.h"

/* Most lines of a large policy are about one pipeline, each about its own. */
static uint32_t
only_pipeline(const struct statement *statement)
{
	const struct target *on = &statement->on[0];

	if (statement->on_n != 1 || on->label != NULL ||
	    on->selector.id != NULL ||
	    strpbrk(on->selector.pipeline, "*?") != NULL)
		return 0;
	return name_hash(on->selector.pipeline);
}

int
parse_on(struct words *words, struct statement *statement, const char *until)
{
	const struct token *token;
	struct target *more;
	size_t n = 0, cap = 0, first;
	int r;

	if ((r = words_keyword(words, "on")) != 0)
		return r;
	first = words->at;
	do {
		more = policy_grow(words->policy->arena, statement->on, &n,
		    &cap, sizeof(*more));
		if (more == NULL)
			return WARDER_ENOMEM;
		statement->on = more;
		statement->on_n = (uint32_t)n;
		if ((r = take_target(words, &more[n - 1])) != 0 ||
		    (r = words_note_twice(words, first)) != 0)
			return r;
		token = words_peek(words);
	} while (token != NULL && token->kind != TOKEN_OPEN &&
	         (until == NULL || !words_are(words, until)));
	statement->pipeline_hash = only_pipeline(statement);
	return WARDER_OK;
}

int
statements_reserve(struct policy *policy, size_t more)
{
	size_t cap = policy->statements_n + more;
	struct statement *room;

	if (cap > STATEMENTS_MAX)
		cap = STATEMENTS_MAX;
	if (cap <= policy->statements_cap)
		return WARDER_OK;
	/* The arena keeps the smaller ones: together no more than the last. */
	if (cap < 2 * policy->statements_cap)
		cap = 2 * policy->statements_cap;
	room = arena_room(policy->arena, cap * sizeof(*room));
	if (room == NULL)
		return WARDER_ENOMEM;
	if (policy->statements_n > 0)
		memcpy(room, policy->statements,
		    policy->statements_n * sizeof(*room));
	policy->statements = room;
	policy->statements_cap = cap;
	return WARDER_OK;
}

int
add_statement(struct words *words, const struct statement *statement)
{
	struct policy *policy = words->policy;

	if (policy->statements_n >= STATEMENTS_MAX)
		return words_wrong(words, &words->line.tokens[0], "limit",
		    "too many statements");
	if (statements_reserve(policy, 1) != 0)
		return WARDER_ENOMEM;
	policy->statements[policy->statements_n++] = *statement;
	return WARDER_OK;
}

static int
end_statement(struct words *words, const struct statement *statement)
{
	int r = words_end(words);

	return r != 0 ? r : add_statement(words, statement);
}

struct statement
statement_of(const struct words *words, enum statement_kind kind)
{
	return (struct statement){ .kind = kind,
		.file = words->file,
		.line = words->line.line,
		.col = words->line.col,
		.text = words->line.text,
		.period_at = SIZE_MAX };
}

/* One word of a closed list; its number. */
static int
take_one_of(struct words *words, const char *const *list, size_t n,
    const char *what, size_t *ret)
{
	const struct token *token;
	int r;

	if ((r = words_take(words, &token)) != 0)
		return r;
	for (*ret = 0; *ret < n; ++*ret)
		if (token_is(token, list[*ret]))
			return WARDER_OK;
	return words_wrong(words, token, "syntax", what);
}

static int
parse_verbs(struct words *words, uint8_t *ret_verbs)
{
	static const char *const verbs[] = { "pass", "refuse", "view" };
	static const enum facts_verb numbers[] = { VERB_PASS, VERB_REFUSE,
		VERB_VIEW };
	const struct token *token;
	size_t first = words->at, i;
	int r;

	do {
		if ((r = take_one_of(words, verbs, 3,
		         "a verb is pass, refuse or view", &i)) != 0 ||
		    (r = words_note_twice(words, first)) != 0)
			return r;
		*ret_verbs |= (uint8_t)(1u << numbers[i]);
		token = words_peek(words);
	} while (
	    token != NULL && token->kind == TOKEN_COMMA && ++words->at != 0);
	return WARDER_OK;
}

int
parse_who(struct words *words, struct who *who, const char *until)
{
	const struct token *token;
	size_t principal, first = words->at;
	int r, role;

	do {
		token = words_peek(words);
		role = token != NULL && token->kind == TOKEN_WORD
		           ? value_role(token->text)
		           : -1;
		if (role >= 0) {
			words->at++;
			if ((r = words_note_twice(words, first)) != 0)
				return r;
			who->roles[role] = true;
			who->role_at[role].file = words->file;
			who->role_at[role].line = token->line;
			who->role_at[role].col = token->col;
		} else if ((r = take_person(words, &principal, &token)) != 0 ||
		           (r = mentions_add(
		                words, &who->people, principal, token)) != 0) {
			return r;
		}
	} while (words_peek(words) != NULL &&
	         (until == NULL || !words_are(words, until)));
	return WARDER_OK;
}

int
parse_permit(struct words *words)
{
	struct statement permit = statement_of(words, STATEMENT_PERMIT);
	int r;

	permit.to = arena_get(words->policy->arena, sizeof(*permit.to));
	if (permit.to == NULL)
		return WARDER_ENOMEM;
	if ((r = parse_verbs(words, &permit.verbs)) != 0 ||
	    (r = parse_on(words, &permit, "to")) != 0 ||
	    (r = words_keyword(words, "to")) != 0 ||
	    (r = parse_who(words, permit.to, NULL)) != 0)
		return r;
	return end_statement(words, &permit);
}

int
parse_require(struct words *words)
{
	struct statement require = statement_of(words, STATEMENT_REQUIRE);
	int r;

	if ((r = parse_conditions(words, false, &require)) != 0 ||
	    (r = parse_on(words, &require, NULL)) != 0)
		return r;
	return end_statement(words, &require);
}

static int
parse_parts(struct words *words, struct statement *deny)
{
	static const char *const parts[] = { "trigger", "commit-author" };
	static const uint8_t bits[] = { SELF_TRIGGER, SELF_AUTHOR };
	size_t first = words->at, i;
	int r;

	deny->deny = DENY_SELF;
	do {
		if ((r = take_one_of(words, parts, 2,
		         "a part of self is trigger or commit-author", &i)) !=
		        0 ||
		    (r = words_note_twice(words, first)) != 0)
			return r;
		deny->self |= bits[i];
	} while (!words_are(words, "on"));
	return WARDER_OK;
}

static int
parse_triggers(struct words *words, struct statement *deny)
{
	static const char *const kinds[] = { "manual", "schedule", "push",
		"pipeline", "webhook" };
	static const enum facts_trigger numbers[] = { TRIGGER_MANUAL,
		TRIGGER_SCHEDULE, TRIGGER_PUSH, TRIGGER_PIPELINE,
		TRIGGER_WEBHOOK };
	size_t first = words->at, i;
	int r;

	deny->deny = DENY_TRIGGER;
	do {
		if ((r = take_one_of(words, kinds, 5,
		         "a run is started manual, schedule, push, pipeline "
		         "or webhook",
		         &i)) != 0 ||
		    (r = words_note_twice(words, first)) != 0)
			return r;
		deny->triggers |= (uint8_t)(1u << numbers[i]);
	} while (!words_are(words, "on"));
	return WARDER_OK;
}

static int
parse_period(struct words *words, struct statement *deny, enum deny_kind kind)
{
	const struct token *token = words_peek(words);

	deny->deny = kind;
	if (token != NULL) {
		deny->period_line = token->line;
		deny->period_col = token->col;
	}
	return take_name(words, &deny->period);
}

int
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
	*ret = words_keep(words, token->text);
	return *ret == NULL ? WARDER_ENOMEM : WARDER_OK;
}

static int
parse_denial(struct words *words, struct statement *deny)
{
	static const char *const kinds[] = { "self", "outside", "during",
		"trigger", "user" };
	size_t i;
	int r;

	if ((r = take_one_of(words, kinds, 5,
	         "a denial is self, outside, during, trigger or user", &i)) !=
	    0)
		return r;
	switch (i) {
	case 0:
		return parse_parts(words, deny);
	case 1:
		return parse_period(words, deny, DENY_OUTSIDE);
	case 2:
		return parse_period(words, deny, DENY_DURING);
	case 3:
		return parse_triggers(words, deny);
	}
	deny->deny = DENY_USER;
	deny->to = arena_get(words->policy->arena, sizeof(*deny->to));
	return deny->to == NULL ? WARDER_ENOMEM
	                        : parse_who(words, deny->to, "on");
}

int
parse_deny(struct words *words)
{
	struct statement deny = statement_of(words, STATEMENT_DENY);
	int r;

	if ((r = parse_denial(words, &deny)) != 0 ||
	    (r = parse_on(words, &deny, "because")) != 0 ||
	    (r = parse_because(words, &deny.because)) != 0)
		return r;
	return end_statement(words, &deny);
}
