/* SPDX-License-Identifier: ISC */
/* What other lines call by name: labels, windows, calendars. */
#include "config.h"

#include <string.h>

#include "policy/rules.h"
#include "policy/window.h"

static int
add_selectors(struct words *words, struct label *label)
{
	size_t first = words->at;
	struct selector *more;
	int r;

	do {
		if (words->label_selectors++ >= LABEL_SELECTORS_MAX)
			return words_wrong(words, words_peek(words), "limit",
			    "too many gates behind labels");
		more = policy_grow(words->policy->arena, label->on,
		    &label->on_n, &label->on_cap, sizeof(*more));
		if (more == NULL)
			return WARDER_ENOMEM;
		label->on = more;
		if ((r = take_selector(words, &more[label->on_n - 1])) != 0 ||
		    (r = words_note_twice(words, first)) != 0)
			return r;
	} while (words_peek(words) != NULL);
	return WARDER_OK;
}

static int
parse_block(struct words *words, struct label *label)
{
	const struct token open = *words_peek(words);
	bool is_end = false;
	int r;

	words->at++;
	if ((r = words_end(words)) != 0)
		return r;
	while ((r = block_next(words, &open, &is_end)) == 0 && !is_end)
		if ((r = add_selectors(words, label)) != 0)
			return r;
	if (r == 0 && label->on_n == 0)
		return words_wrong(words, &words->line.tokens[0], "syntax",
		    "this label names no gate");
	return r;
}

int
parse_label(struct words *words)
{
	const struct token *token = words_peek(words);
	struct policy *policy = words->policy;
	struct label label = { .file = words->file }, *more;
	int r;

	if ((r = take_name(words, &label.name)) != 0)
		return r;
	label.line = token->line;
	label.col = token->col;
	token = words_peek(words);
	r = token != NULL && token->kind == TOKEN_OPEN
	        ? parse_block(words, &label)
	        : add_selectors(words, &label);
	if (r != 0)
		return r;
	more = policy_grow(policy->arena, policy->labels, &policy->labels_n,
	    &policy->labels_cap, sizeof(*more));
	if (more == NULL)
		return WARDER_ENOMEM;
	policy->labels = more;
	more[policy->labels_n - 1] = label;
	return WARDER_OK;
}

static bool
is_next_times(const struct words *words)
{
	const struct token *token = words_peek(words);

	return token != NULL && token->kind == TOKEN_WORD &&
	       value_is_times(token->text);
}

/* DAYS { DAYS } TIMES { TIMES }: each of the times on each of the days. */
static int
parse_hours(struct words *words, struct period *window, size_t *cap)
{
	size_t first = words->at;
	uint8_t days = 0, more_days;
	struct hours *more;
	int r;

	do {
		if ((r = take_days(words, &more_days)) != 0 ||
		    (r = words_note_twice(words, first)) != 0)
			return r;
		days |= more_days;
	} while (!is_next_times(words));
	do {
		more = policy_grow(words->policy->arena, window->hours,
		    &window->hours_n, cap, sizeof(*more));
		if (more == NULL)
			return WARDER_ENOMEM;
		window->hours = more;
		more[window->hours_n - 1].days = days;
		if ((r = take_times(words, &more[window->hours_n - 1])) != 0 ||
		    (r = words_note_twice(words, first)) != 0)
			return r;
	} while (is_next_times(words));
	return WARDER_OK;
}

static int
add_period(struct words *words, const struct period *period)
{
	struct policy *policy = words->policy;
	size_t n = 0;
	struct period *more;
	int r;

	if ((r = words_end(words)) != 0)
		return r;
	for (size_t i = 0; i < policy->periods_n; i++)
		n += policy->periods[i].is_calendar == period->is_calendar;
	if (n >= (period->is_calendar ? CALENDARS_MAX : WINDOWS_MAX))
		return words_wrong(words, &words->line.tokens[0], "limit",
		    period->is_calendar ? "too many calendars"
		                        : "too many windows");
	more = policy_grow(policy->arena, policy->periods, &policy->periods_n,
	    &policy->periods_cap, sizeof(*more));
	if (more == NULL)
		return WARDER_ENOMEM;
	policy->periods = more;
	more[policy->periods_n - 1] = *period;
	return WARDER_OK;
}

static int
take_period_name(struct words *words, struct period *period)
{
	const struct token *token = words_peek(words);
	int r = take_name(words, &period->name);

	if (r != 0)
		return r;
	period->file = words->file;
	period->line = token->line;
	period->col = token->col;
	return WARDER_OK;
}

int
parse_window(struct words *words)
{
	struct period window = { .zone = 0 };
	const struct token *token;
	size_t cap = 0;
	int r;

	if ((r = take_period_name(words, &window)) != 0)
		return r;
	do {
		if ((r = parse_hours(words, &window, &cap)) != 0)
			return r;
		token = words_peek(words);
	} while (
	    token != NULL && token->kind == TOKEN_COMMA && ++words->at != 0);
	if (words_are(words, "in")) {
		words->at++;
		if ((r = take_zone(words, &window.zone)) != 0)
			return r;
	}
	return add_period(words, &window);
}

int
parse_calendar(struct words *words)
{
	struct period calendar = { .is_calendar = true };
	const struct token *path;
	int r;

	if ((r = take_period_name(words, &calendar)) != 0 ||
	    (r = take_path(words, false, &path)) != 0)
		return r;
	if ((calendar.path = words_keep(words, path->text)) == NULL)
		return WARDER_ENOMEM;
	return add_period(words, &calendar);
}
