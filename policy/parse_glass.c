/* SPDX-License-Identifier: ISC */
/* break-glass and delegate: what widens, each inside its fence. */
#include "config.h"

#include <string.h>

#include "policy/rules.h"

static const char *const lifts[LIFTS] = { "outside", "during", "trigger",
	"quorum", "newest", "age", "branch" };

/* A setting that stands once: noted where it stands again. */
static int
set_once(struct words *words, bool *has)
{
	if (*has)
		return words_note(words, &words->line.tokens[0]);
	*has = true;
	return WARDER_OK;
}

static int
parse_to(struct words *words, struct glass *glass)
{
	int r = set_once(words, &glass->has_to);

	/* A second one is an error; it is no longer list of the first. */
	memset(&glass->to, 0, sizeof(glass->to));
	return r != 0 ? r : parse_who(words, &glass->to, NULL);
}

static int
parse_asks(struct words *words, struct glass *glass)
{
	struct statement ask = statement_of(words, STATEMENT_REQUIRE), *more;
	int r = parse_conditions(words, true, &ask);

	if (r != 0)
		return r;
	more = policy_grow(words->policy->arena, glass->asks, &glass->asks_n,
	    &glass->asks_cap, sizeof(*more));
	if (more == NULL)
		return WARDER_ENOMEM;
	glass->asks = more;
	more[glass->asks_n - 1] = ask;
	return WARDER_OK;
}

static int
parse_lifts(struct words *words, struct glass *glass)
{
	size_t first = words->at, i;
	const struct token *token;
	int r = set_once(words, &glass->has_lifts);

	while (r == 0) {
		if ((r = words_take(words, &token)) != 0)
			return r;
		for (i = 0; i < LIFTS; i++)
			if (token->kind == TOKEN_WORD &&
			    strcmp(token->text, lifts[i]) == 0)
				break;
		if (i == LIFTS)
			return words_wrong(words, token, "syntax",
			    "what is lifted is outside, during, trigger, "
			    "quorum, newest, age or branch");
		glass->lifts |= 1u << i;
		r = words_note_twice(words, first);
		if (words_peek(words) == NULL)
			return r;
	}
	return r;
}

static int
parse_review(struct words *words, struct glass *glass)
{
	int r = set_once(words, &glass->has_review);

	if (r != 0 || (r = words_keyword(words, "by")) != 0)
		return r;
	memset(&glass->review_by, 0, sizeof(glass->review_by));
	glass->review_line = words->line.line;
	glass->review_col = words->line.col;
	if ((r = parse_who(words, &glass->review_by, "within")) != 0 ||
	    (r = words_keyword(words, "within")) != 0)
		return r;
	return take_span(words, &glass->review_s);
}

static int
parse_most(struct words *words, struct glass *glass)
{
	int r = set_once(words, &glass->has_most);

	if (r != 0 || (r = take_count(words, 1000, &glass->most)) != 0 ||
	    (r = words_keyword(words, "per")) != 0)
		return r;
	return take_span(words, &glass->per_s);
}

static int
parse_glass_line(struct words *words, struct glass *glass)
{
	static const struct {
		const char *word;
		int (*parse)(struct words *words, struct glass *glass);
	} lines[] = {
		{ "to", parse_to },
		{ "require", parse_asks },
		{ "lifts", parse_lifts },
		{ "review", parse_review },
		{ "at-most", parse_most },
	};
	const struct token *word;
	int r;

	if ((r = words_take(words, &word)) != 0)
		return r;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (word->kind != TOKEN_WORD ||
		    strcmp(word->text, lines[i].word) != 0)
			continue;
		r = lines[i].parse(words, glass);
		return r != 0 ? r : words_end(words);
	}
	return words_wrong(words, word, "syntax",
	    "here to, require, lifts, review or at-most has to stand");
}

static int
parse_block(struct words *words, struct glass *glass)
{
	const struct token *last = words_peek(words);
	struct token open;
	bool is_end = false;
	int r;

	if (last == NULL || last->kind != TOKEN_OPEN)
		return words_wrong(
		    words, last, "syntax", "here the block begins with {");
	open = *last;
	words->at++;
	if ((r = words_end(words)) != 0)
		return r;
	while ((r = block_next(words, &open, &is_end)) == 0 && !is_end)
		if ((r = parse_glass_line(words, glass)) != 0)
			return r;
	if (r == 0 && !(glass->has_to && glass->has_lifts &&
	                  glass->has_review && glass->has_most))
		return words_wrong(words, &words->line.tokens[0], "syntax",
		    "this block lacks its line `to`, `lifts`, `review` or "
		    "`at-most`");
	return r;
}

int
parse_glass(struct words *words)
{
	struct statement line = statement_of(words, STATEMENT_GLASS);
	const struct token *name = words_peek(words);
	int r;

	if (words->blocks++ >= GLASS_MAX)
		return words_wrong(words, &words->line.tokens[0], "limit",
		    "too many break-glass blocks");
	line.glass = arena_get(words->policy->arena, sizeof(*line.glass));
	if (line.glass == NULL)
		return WARDER_ENOMEM;
	if ((r = take_name(words, &line.glass->name)) != 0)
		return r;
	line.glass->name_line = name->line;
	line.glass->name_col = name->col;
	if ((r = parse_on(words, &line, NULL)) != 0 ||
	    (r = parse_block(words, line.glass)) != 0)
		return r;
	return add_statement(words, &line);
}

static int
take_days_of(struct words *words, struct delegate *delegate)
{
	const struct token *through;
	int r;

	if ((r = words_keyword(words, "from")) != 0 ||
	    (r = take_date(words, &delegate->from_day)) != 0 ||
	    (r = words_keyword(words, "through")) != 0)
		return r;
	through = words_peek(words);
	if ((r = take_date(words, &delegate->through_day)) != 0)
		return r;
	if (delegate->through_day < delegate->from_day ||
	    delegate->through_day - delegate->from_day >= DELEGATE_DAYS_MAX)
		return words_wrong(words, through, "bad_value",
		    "a delegation lasts from 1 to 92 days");
	return WARDER_OK;
}

int
parse_delegate(struct words *words)
{
	struct statement line = statement_of(words, STATEMENT_DELEGATE);
	const struct token *token;
	struct delegate *delegate;
	int r;

	if (words->delegates++ >= DELEGATES_MAX)
		return words_wrong(words, &words->line.tokens[0], "limit",
		    "too many delegations");
	delegate = arena_get(words->policy->arena, sizeof(*delegate));
	if (delegate == NULL)
		return WARDER_ENOMEM;
	line.delegate = delegate;
	if ((r = take_user(words, &delegate->giver, &token)) != 0)
		return r;
	delegate->giver_line = token->line;
	delegate->giver_col = token->col;
	if ((r = words_keyword(words, "to")) != 0 ||
	    (r = take_user(words, &delegate->taker, &token)) != 0 ||
	    (r = parse_on(words, &line, "from")) != 0 ||
	    (r = take_days_of(words, delegate)) != 0 ||
	    (r = parse_because(words, &line.because)) != 0 ||
	    (r = words_end(words)) != 0)
		return r;
	return add_statement(words, &line);
}
