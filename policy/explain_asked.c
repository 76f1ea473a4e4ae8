/* SPDX-License-Identifier: ISC */
/* What a gate asks for, gathered once, and texts that satisfy it. */
#include "config.h"

#include <string.h>

#include "policy/explain_build.h"
#include "policy/pattern_make.h"

struct counts {
	size_t asked, quorums, denials, delegates;
};

static void
look_at_condition(struct search *search, const struct condition *condition,
    struct counts *counts)
{
	if (condition->kind == CONDITION_QUORUM) {
		if (search->facts->verb != VERB_PASS)
			return;
		if (search->quorums != NULL)
			search->quorums[counts->quorums] = condition;
		counts->quorums++;
		return;
	}
	if (!condition_is_for(condition->kind, search->facts->verb))
		return;
	if (search->asked != NULL)
		search->asked[counts->asked] = condition;
	counts->asked++;
}

static void
look_at_block(struct search *search, const struct glass *block)
{
	const char *name = search->facts->request.break_glass;

	if (search->facts->verb != VERB_PASS)
		return;
	if (name != NULL && strcmp(name, block->name) == 0)
		search->blocks[0] = block;
	else if (search->blocks_n <= GLASS_MAX)
		search->blocks[search->blocks_n++] = block;
}

static void
look_at(
    struct search *search, const struct statement *line, struct counts *counts)
{
	enum fact fits = fit_on(&search->request, line);

	switch (line->kind) {
	case STATEMENT_REQUIRE:
		for (size_t i = 0; fits != FACT_FALSE && i < line->conditions_n;
		     i++)
			look_at_condition(search, &line->conditions[i], counts);
		break;
	case STATEMENT_DENY:
		if (fits == FACT_FALSE)
			break;
		if (search->denials != NULL)
			search->denials[counts->denials] = line;
		counts->denials++;
		break;
	case STATEMENT_GLASS:
		if (fits == FACT_TRUE && search->asked == NULL)
			look_at_block(search, line->glass);
		break;
	case STATEMENT_DELEGATE:
		if (fits != FACT_TRUE)
			break;
		if (search->delegates != NULL)
			search->delegates[counts->delegates] = line;
		counts->delegates++;
		break;
	case STATEMENT_PERMIT:
		break;
	}
}

static struct counts
look_at_all(struct search *search)
{
	const struct policy *policy = search->policy;
	struct counts counts = { 0 };

	for (size_t i = 0; i < policy->statements_n; i++)
		look_at(search, &policy->statements[i], &counts);
	return counts;
}

/* Once to count, once to keep. */
int
explain_look(struct search *search)
{
	struct counts counts;

	search->blocks_n = 1;
	counts = look_at_all(search);
	search->asked =
	    arena_get(search->arena, (counts.asked + 1) * sizeof(void *));
	search->quorums =
	    arena_get(search->arena, (counts.quorums + 1) * sizeof(void *));
	search->denials =
	    arena_get(search->arena, (counts.denials + 1) * sizeof(void *));
	search->delegates =
	    arena_get(search->arena, (counts.delegates + 1) * sizeof(void *));
	if (search->asked == NULL || search->quorums == NULL ||
	    search->denials == NULL || search->delegates == NULL)
		return WARDER_ENOMEM;
	counts = look_at_all(search);
	search->asked_n = counts.asked;
	search->quorums_n = counts.quorums;
	search->denials_n = counts.denials;
	search->delegates_n = counts.delegates;
	return WARDER_OK;
}

const struct condition *
explain_asked(const struct search *search, size_t block, size_t n)
{
	const struct glass *glass = search->blocks[block];

	if (n < search->asked_n)
		return search->asked[n];
	n -= search->asked_n;
	for (size_t i = 0; glass != NULL && i < glass->asks_n; i++) {
		if (n < glass->asks[i].conditions_n)
			return &glass->asks[i].conditions[n];
		n -= glass->asks[i].conditions_n;
	}
	return NULL;
}

uint32_t
explain_level(const struct search *search, size_t block)
{
	const struct condition *at;
	uint32_t level = 1;

	for (size_t i = 0; (at = explain_asked(search, block, i)) != NULL; i++)
		if (at->kind == CONDITION_MFA && at->level > level)
			level = at->level;
	return level;
}

static void
make_text(struct search *search, size_t block, enum condition_kind kind,
    struct made *made)
{
	bool is_reason = kind == CONDITION_REASON;
	const char *now = is_reason ? search->facts->request.reason
	                            : search->facts->request.ticket;
	const struct pattern *patterns[PATTERN_MAKE_MAX];
	char text[EXPLAIN_REASON_SIZE];
	const struct condition *at;
	size_t n = 0;
	int r;

	for (size_t i = 0; (at = explain_asked(search, block, i)) != NULL;
	     i++) {
		if (at->kind != kind)
			continue;
		made->is_asked = true;
		if (now == NULL || !pattern_fits(at->pattern, now))
			made->is_needed = true;
		if (n == PATTERN_MAKE_MAX)
			return;
		patterns[n++] = at->pattern;
	}
	if (!made->is_needed || search->texts_failed == TEXTS_FAILED_MAX)
		return;
	r = pattern_make(patterns, n, text,
	    is_reason ? EXPLAIN_REASON_SIZE : EXPLAIN_TICKET_SIZE);
	if (r == WARDER_ENOMEM)
		search->r = r;
	if (r != 0)
		search->texts_failed++;
	else
		made->text = arena_text(search->arena, text, strlen(text));
}

const struct made *
explain_text(struct search *search, size_t block, enum condition_kind kind)
{
	bool is_reason = kind == CONDITION_REASON;
	struct made *made =
	    is_reason ? &search->reasons[block] : &search->tickets[block];

	if (made->is_tried)
		return made;
	made->is_tried = true;
	make_text(search, block, kind, made);
	if (block == 0 && made->is_needed && made->text == NULL) {
		if (is_reason)
			search->ret->is_reason_unmade = true;
		else
			search->ret->is_ticket_unmade = true;
	}
	return made;
}
