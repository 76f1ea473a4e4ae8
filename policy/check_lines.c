/* SPDX-License-Identifier: ISC */
/*
 * What the text alone shows: names twice, lines that can never count, roles
 * that Yunxiao's own rule does not let pass.
 */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "policy/check_build.h"

/* `*` any run, `?` one: an alias is plain ASCII. */
static bool
alias_fits(const char *glob, const char *alias)
{
	const char *star = NULL, *from = alias;

	while (*alias != '\0') {
		if (*glob == '*') {
			star = ++glob;
			from = alias;
		} else if (*glob == '?' || *glob == *alias) {
			glob++;
			alias++;
		} else if (star != NULL) {
			glob = star;
			alias = ++from;
		} else {
			return false;
		}
	}
	return glob[strspn(glob, "*")] == '\0';
}

bool
check_touches(const struct selector *selector, const struct org *org)
{
	return alias_fits(selector->org, org->alias);
}

bool
check_line_touches(const struct policy *policy,
    const struct statement *statement, const struct org *org)
{
	struct selector_walk walk = selectors_of(policy, statement);
	const struct selector *on;

	while ((on = selector_next(&walk)) != NULL)
		if (check_touches(on, org))
			return true;
	return false;
}

const char *
check_name(const struct principal *principal)
{
	return principal->name == NULL ? "uid" : principal->name;
}

static void
say_twice(struct findings *findings, uint32_t file, uint32_t line, uint32_t col,
    const char *name)
{
	findings_add(findings, file, line, col, false, "duplicate",
	    "%.80s stands here already", name);
}

/* The same person twice in one list. */
static void
check_mentions(const struct policy *policy, const struct mentions *mentions,
    struct findings *findings)
{
	for (size_t i = 0; i < mentions->n; i++)
		for (size_t k = 0; k < i; k++)
			if (mentions->items[i].principal ==
			    mentions->items[k].principal) {
				say_twice(findings, mentions->items[i].file,
				    mentions->items[i].line,
				    mentions->items[i].col,
				    check_name(
				        &policy->principals[mentions->items[i]
				                                .principal]));
				break;
			}
}

static bool
is_root(const struct policy *policy, size_t principal)
{
	const struct principal *at = &policy->principals[principal];

	return (at->kind == PRINCIPAL_UID && at->uid == 0) ||
	       (at->kind == PRINCIPAL_USER && strcmp(at->name, "root") == 0);
}

static bool
has_root_account(const struct policy *policy, const struct org *org)
{
	for (size_t i = 0; i < org->accounts_n; i++)
		if (is_root(policy, org->accounts[i].user))
			return true;
	return false;
}

/* One person has one place among the role lines of a block. */
static void
check_roles(const struct policy *policy, const struct org *org,
    struct findings *findings)
{
	bool has_account = has_root_account(policy, org);
	bool *seen = calloc(policy->principals_n + 1, sizeof(*seen));

	if (seen == NULL) {
		findings->r = WARDER_ENOMEM;
		return;
	}
	for (int role = 0; role < ROLES; role++)
		for (size_t i = 0; i < org->roles[role].n; i++) {
			const struct mention *at = &org->roles[role].items[i];

			if (is_root(policy, at->principal) && !has_account)
				findings_add(findings, at->file, at->line,
				    at->col, false, "root_person",
				    "no account line says who root is");
			if (seen[at->principal])
				say_twice(findings, at->file, at->line, at->col,
				    check_name(
				        &policy->principals[at->principal]));
			seen[at->principal] = true;
		}
	free(seen);
}

static bool
is_address_of_both(const struct account *a, const struct account *b)
{
	for (size_t i = 0; i < a->authors_n; i++)
		for (size_t k = 0; k < b->authors_n; k++)
			if (strcasecmp(a->authors[i], b->authors[k]) == 0)
				return true;
	return false;
}

static bool
has_address_twice(const struct account *account)
{
	for (size_t i = 0; i < account->authors_n; i++)
		for (size_t k = 0; k < i; k++)
			if (strcasecmp(
			        account->authors[i], account->authors[k]) == 0)
				return true;
	return false;
}

static void
check_accounts(const struct policy *policy, const struct org *org,
    struct findings *findings)
{
	for (size_t i = 0; i < org->accounts_n; i++) {
		const struct account *at = &org->accounts[i];

		if (has_address_twice(at))
			say_twice(findings, at->file, at->line, at->col,
			    "an address");
		for (size_t k = 0; k < i; k++) {
			const struct account *other = &org->accounts[k];

			if (at->user == other->user)
				say_twice(findings, at->file, at->line, at->col,
				    check_name(&policy->principals[at->user]));
			else if (strcmp(at->id, other->id) != 0 &&
			         is_address_of_both(at, other))
				findings_add(findings, at->file, at->line,
				    at->col, false, "duplicate",
				    "an address of two accounts");
		}
	}
}

void
check_orgs(const struct policy *policy, struct findings *findings)
{
	for (size_t i = 0; i < policy->orgs_n; i++) {
		const struct org *org = &policy->orgs[i];

		if (org->roles[ROLE_OWNER].n == 0)
			findings_add(findings, org->file, org->line, org->col,
			    false, "no_owner", "%s has no owner", org->alias);
		check_roles(policy, org, findings);
		check_accounts(policy, org, findings);
		check_mentions(policy, &org->robots, findings);
	}
}

static void
check_selector(const struct policy *policy, const struct selector *on,
    struct findings *findings)
{
	for (size_t i = 0; i < policy->orgs_n; i++)
		if (check_touches(on, &policy->orgs[i]))
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
				check_selector(policy,
				    &policy->statements[i].on[k].selector,
				    findings);
	for (size_t i = 0; i < policy->labels_n; i++)
		for (size_t k = 0; k < policy->labels[i].on_n; k++)
			check_selector(
			    policy, &policy->labels[i].on[k], findings);
}

static bool
is_same_condition(const struct condition *a, const struct condition *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case CONDITION_MFA:
	case CONDITION_AGE:
		return a->level == b->level && a->span_s == b->span_s;
	case CONDITION_REASON:
	case CONDITION_TICKET:
		return strcmp(a->text, b->text) == 0;
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

static void
check_conditions(
    const struct condition *conditions, size_t n, struct findings *findings)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (is_same_condition(&conditions[i], &conditions[k]))
				say_twice(findings, conditions[i].file,
				    conditions[i].line, conditions[i].col,
				    "a condition");
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
		if (!check_line_touches(policy, line, &policy->orgs[i]))
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
    struct findings *findings)
{
	for (size_t i = 0; i < policy->orgs_n; i++) {
		const struct org *org = &policy->orgs[i];
		size_t addresses = 0;

		for (size_t k = 0; k < org->accounts_n; k++)
			addresses += org->accounts[k].authors_n;
		if (!check_line_touches(policy, line, org))
			continue;
		if (addresses == 0)
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

/* Two of one giver with a common day would lend one seat twice. */
static void
check_delegate(
    const struct policy *policy, size_t at, struct findings *findings)
{
	const struct statement *line = &policy->statements[at];
	const struct delegate *delegate = line->delegate;

	for (size_t i = 0; i < at; i++) {
		const struct delegate *other = policy->statements[i].delegate;

		if (other == NULL || other->giver != delegate->giver ||
		    other->from_day > delegate->through_day ||
		    delegate->from_day > other->through_day)
			continue;
		findings_add(findings, line->file, delegate->giver_line,
		    delegate->giver_col, false, "duplicate",
		    "line %u delegates for the same person on a common day",
		    policy->statements[i].line);
		return;
	}
}

static void
check_glass(const struct policy *policy, const struct glass *glass,
    struct findings *findings)
{
	for (size_t i = 0; i < glass->asks_n; i++)
		check_conditions(glass->asks[i].conditions,
		    glass->asks[i].conditions_n, findings);
	check_mentions(policy, &glass->to.people, findings);
	check_mentions(policy, &glass->review_by.people, findings);
}

void
check_lists(const struct policy *policy, struct findings *findings)
{
	check_selectors(policy, findings);
	for (size_t i = 0; i < policy->statements_n; i++) {
		const struct statement *line = &policy->statements[i];

		check_conditions(
		    line->conditions, line->conditions_n, findings);
		if (line->to != NULL)
			check_mentions(policy, &line->to->people, findings);
		check_one_person(line, findings);
		if (line->kind == STATEMENT_DELEGATE)
			check_delegate(policy, i, findings);
		if (line->kind == STATEMENT_GLASS)
			check_glass(policy, line->glass, findings);
		if (line->kind == STATEMENT_DENY && line->deny == DENY_SELF &&
		    (line->self & SELF_AUTHOR) != 0)
			check_authors(policy, line, findings);
		if (line->kind != STATEMENT_PERMIT)
			continue;
		check_below(policy, line, ROLE_MEMBER, findings);
		check_below(policy, line, ROLE_VIEWER, findings);
	}
}
