/* SPDX-License-Identifier: ISC */
/*
 * What the text alone shows: names twice, lines that can never count, roles
 * that Yunxiao's own rule does not let pass.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/check_build.h"
#include "policy/zone.h"

static void
check_selector(const struct selector *on, struct findings *findings)
{
	struct orgset set = touches_of_selector(&findings->touches, on);

	if (!orgset_is_empty(&set))
		return;
	findings_add(findings, on->file, on->line, on->col, false,
	    "unreachable", "no organization is called %.64s", on->org);
}

/* Those of labels stand once, in the label. */
static void
check_selectors(const struct policy *policy, struct findings *findings)
{
	for (size_t i = 0; i < policy->statements_n; i++)
		for (size_t k = 0; k < policy->statements[i].on_n; k++)
			if (policy->statements[i].on[k].label == NULL)
				check_selector(
				    &policy->statements[i].on[k].selector,
				    findings);
	for (size_t i = 0; i < policy->labels_n; i++)
		for (size_t k = 0; k < policy->labels[i].on_n; k++)
			check_selector(&policy->labels[i].on[k], findings);
}

/* Whether two of that kind can be the same; lists are the parser's. */
static bool
is_one_word(const struct condition *condition)
{
	switch (condition->kind) {
	case CONDITION_MFA:
	case CONDITION_AGE:
	case CONDITION_REASON:
	case CONDITION_TICKET:
	case CONDITION_NEWEST:
	case CONDITION_TTY:
		return true;
	case CONDITION_SOURCE:
	case CONDITION_BRANCH:
	case CONDITION_QUORUM:
		break;
	}
	return false;
}

/* 0: they ask the same. */
static int
compare_conditions(const struct condition *a, const struct condition *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->level != b->level)
		return a->level < b->level ? -1 : 1;
	if (a->span_s != b->span_s)
		return a->span_s < b->span_s ? -1 : 1;
	return a->text == NULL || b->text == NULL ? 0
	                                          : strcmp(a->text, b->text);
}

static int
by_condition(const void *a, const void *b)
{
	const struct condition *const *left = a, *const *right = b;
	int order = compare_conditions(*left, *right);

	return order != 0 ? order : (*left > *right) - (*left < *right);
}

static void
check_conditions(
    const struct condition *conditions, size_t n, struct findings *findings)
{
	const struct condition **sorted;
	size_t kept = 0;

	if (n < 2)
		return;
	if ((sorted = calloc(n, sizeof(const struct condition *))) == NULL) {
		findings->r = WARDER_ENOMEM;
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (is_one_word(&conditions[i]))
			sorted[kept++] = &conditions[i];
	if (kept > 1)
		qsort(sorted, kept, sizeof(const struct condition *),
		    by_condition);
	for (size_t i = 1; i < kept; i++)
		if (compare_conditions(sorted[i - 1], sorted[i]) == 0)
			check_say_twice(findings, sorted[i]->file,
			    sorted[i]->line, sorted[i]->col, "a condition");
	free(sorted);
}

/* Who is below admin passes nothing where the mirror is strict. */
static void
check_below(const struct policy *policy, const struct statement *line,
    enum role role, struct findings *findings)
{
	bool is_pass = (line->verbs & 1u << VERB_PASS) != 0;
	bool is_act = is_pass || (line->verbs & 1u << VERB_REFUSE) != 0;
	uint32_t at_file = line->to->role_at[role].file;
	uint32_t at_line = line->to->role_at[role].line;
	uint32_t at_col = line->to->role_at[role].col;

	if (!line->to->roles[role])
		return;
	if (role == ROLE_VIEWER && is_act) {
		findings_add(findings, at_file, at_line, at_col, false,
		    "below_admin", "a viewer never passes or refuses");
		return;
	}
	for (size_t i = 0; i < policy->orgs_n && is_pass; i++) {
		if (!orgset_has(check_touched(findings, line), i))
			continue;
		findings_add(findings, at_file, at_line, at_col,
		    !policy->orgs[i].is_strict, "below_admin",
		    policy->orgs[i].is_strict
		        ? "%s is strict: nobody below admin passes there"
		        : "in %s Yunxiao itself would ask for an admin",
		    policy->orgs[i].alias);
	}
}

/*
 * A person is known as an author by an address of an account line alone, and
 * a change is read from Codeup alone, by the organization's key. Whatever
 * these cannot give is unknown and denies everybody: the line shuts the gate.
 */
static void
check_authors(const struct policy *policy, const struct statement *line,
    const bool *has_address, struct findings *findings)
{
	for (size_t i = 0; i < policy->orgs_n; i++) {
		const struct org *org = &policy->orgs[i];

		if (!orgset_has(check_touched(findings, line), i))
			continue;
		if (!has_address[i])
			findings_add(findings, line->file, line->line,
			    line->col, true, "no_authors",
			    "no account line of %.64s has an address: who "
			    "wrote a change stays unknown, and nobody passes",
			    org->alias);
		else
			findings_add(findings, line->file, line->line,
			    line->col, true, "authors",
			    "nobody passes in %.64s where a source is not at "
			    "Codeup, or key %.64s may not read it",
			    org->alias, org->key);
	}
}

/* The caller's own vote is one: fewer than two seats is no quorum. */
static void
check_one_person(const struct statement *line, struct findings *findings)
{
	for (size_t i = 0; i < line->conditions_n; i++) {
		const struct condition *quorum = &line->conditions[i];
		uint32_t seats = 0;

		for (size_t k = 0; k < quorum->seats_n; k++)
			seats += quorum->seats[k].count;
		if (quorum->kind == CONDITION_QUORUM && seats < 2)
			findings_add(findings, quorum->file, quorum->line,
			    quorum->col, false, "one_person",
			    "one person alone fills this quorum");
	}
}

/*
 * A name is the server's, and whoever edits the pipeline there may change it:
 * the gate then fits no more, and nobody is asked for.
 */
static void
check_held(const struct policy *policy, const struct statement *line,
    struct findings *findings)
{
	struct selector_walk walk = selectors_of(policy, line);
	const struct condition *quorum = NULL;
	const struct selector *on;

	for (size_t i = 0; i < line->conditions_n && quorum == NULL; i++)
		if (line->conditions[i].kind == CONDITION_QUORUM)
			quorum = &line->conditions[i];
	if (quorum == NULL)
		return;
	while ((on = selector_next(&walk)) != NULL) {
		if (on->id != NULL ||
		    on->pipeline[strspn(on->pipeline, "*")] == '\0')
			continue;
		findings_add(findings, quorum->file, quorum->line, quorum->col,
		    true, "by_name",
		    "whoever renames %.80s there is free of this quorum: "
		    "write id: and its number",
		    on->pipeline);
		return;
	}
}

/* By the wall of the policy, if somebody said what time it is. */
static void
check_over(const struct policy *policy, const struct statement *line,
    struct findings *findings)
{
	int64_t wall_s, day;

	if (findings->now_s == NULL || policy->zones_n == 0 ||
	    !policy->zones[0].is_known)
		return;
	wall_s = zone_wall(policy->zones[0].zone, *findings->now_s);
	day = wall_s / 86400 - (wall_s % 86400 < 0);
	if (day > line->delegate->through_day)
		findings_add(findings, line->file, line->line, line->col, true,
		    "expired", "this delegation is over: the line can go");
}

static bool
has_common_day(const struct delegate *a, const struct delegate *b)
{
	return a->from_day <= b->through_day && b->from_day <= a->through_day;
}

/* Two of one giver with a common day would lend one seat twice. */
void
check_delegates(const struct policy *policy, const uint64_t *givers,
    struct findings *findings)
{
	const struct statement *lines[DELEGATES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < policy->statements_n; i++) {
		const struct statement *line = &policy->statements[i];

		if (line->kind != STATEMENT_DELEGATE || n == DELEGATES_MAX)
			continue;
		for (size_t k = 0; k < n; k++) {
			if (givers[line->delegate->giver] !=
			        givers[lines[k]->delegate->giver] ||
			    !has_common_day(line->delegate, lines[k]->delegate))
				continue;
			findings_add(findings, line->file,
			    line->delegate->giver_line,
			    line->delegate->giver_col, false, "duplicate",
			    "line %u delegates for the same person on a "
			    "common day",
			    lines[k]->line);
			break;
		}
		lines[n++] = line;
	}
}

static void
check_glass(const struct glass *glass, struct findings *findings)
{
	for (size_t i = 0; i < glass->asks_n; i++)
		check_conditions(glass->asks[i].conditions,
		    glass->asks[i].conditions_n, findings);
	check_mentions(&glass->to.people, findings);
	check_mentions(&glass->review_by.people, findings);
}

static void
check_line(const struct policy *policy, const struct statement *line,
    const bool *has_address, struct findings *findings)
{
	check_conditions(line->conditions, line->conditions_n, findings);
	if (line->to != NULL)
		check_mentions(&line->to->people, findings);
	check_one_person(line, findings);
	check_held(policy, line, findings);
	if (line->kind == STATEMENT_DELEGATE)
		check_over(policy, line, findings);
	if (line->kind == STATEMENT_GLASS)
		check_glass(line->glass, findings);
	if (line->kind == STATEMENT_DENY && line->deny == DENY_SELF &&
	    (line->self & SELF_AUTHOR) != 0)
		check_authors(policy, line, has_address, findings);
	if (line->kind != STATEMENT_PERMIT)
		return;
	check_below(policy, line, ROLE_MEMBER, findings);
	check_below(policy, line, ROLE_VIEWER, findings);
}

/* Without the name service a giver is who is written the same. */
static void
check_written_givers(const struct policy *policy, struct findings *findings)
{
	uint64_t *givers = calloc(policy->principals_n + 1, sizeof(*givers));

	if (givers == NULL) {
		findings->r = WARDER_ENOMEM;
		return;
	}
	for (size_t i = 0; i < policy->principals_n; i++)
		givers[i] = i;
	check_delegates(policy, givers, findings);
	free(givers);
}

void
check_lists(const struct policy *policy, struct findings *findings)
{
	bool has_address[ORGS_MAX] = { false };

	for (size_t i = 0; i < policy->orgs_n; i++)
		for (size_t k = 0; k < policy->orgs[i].accounts_n; k++)
			has_address[i] |=
			    policy->orgs[i].accounts[k].authors_n > 0;
	check_selectors(policy, findings);
	for (size_t i = 0; i < policy->statements_n; i++)
		check_line(
		    policy, &policy->statements[i], has_address, findings);
	check_written_givers(policy, findings);
}
