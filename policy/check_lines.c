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
check_line_touches(const struct statement *statement, const struct org *org)
{
	for (size_t i = 0; i < statement->on_n; i++)
		if (check_touches(&statement->on[i], org))
			return true;
	return false;
}

const char *
check_name(const struct principal *principal)
{
	return principal->name == NULL ? "uid" : principal->name;
}

static void
say_twice(
    struct findings *findings, uint32_t line, uint32_t col, const char *name)
{
	findings_add(findings, line, col, false, "duplicate",
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
				say_twice(findings, mentions->items[i].line,
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
				findings_add(findings, at->line, at->col, false,
				    "root_person",
				    "no account line says who root is");
			if (seen[at->principal])
				say_twice(findings, at->line, at->col,
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
			say_twice(findings, at->line, at->col, "an address");
		for (size_t k = 0; k < i; k++) {
			const struct account *other = &org->accounts[k];

			if (at->user == other->user)
				say_twice(findings, at->line, at->col,
				    check_name(&policy->principals[at->user]));
			else if (strcmp(at->id, other->id) != 0 &&
			         is_address_of_both(at, other))
				findings_add(findings, at->line, at->col, false,
				    "duplicate", "an address of two accounts");
		}
	}
}

void
check_orgs(const struct policy *policy, struct findings *findings)
{
	for (size_t i = 0; i < policy->orgs_n; i++) {
		const struct org *org = &policy->orgs[i];

		if (org->roles[ROLE_OWNER].n == 0)
			findings_add(findings, org->line, org->col, false,
			    "no_owner", "%s has no owner", org->alias);
		check_roles(policy, org, findings);
		check_accounts(policy, org, findings);
		check_mentions(policy, &org->robots, findings);
	}
}

static bool
is_same_selector(const struct selector *a, const struct selector *b)
{
	return strcmp(a->org, b->org) == 0 &&
	       strcmp(a->pipeline, b->pipeline) == 0 &&
	       strcmp(a->stage, b->stage) == 0 && strcmp(a->job, b->job) == 0;
}

static void
check_selectors(const struct policy *policy, const struct statement *line,
    struct findings *findings)
{
	size_t k;

	for (size_t i = 0; i < line->on_n; i++) {
		const struct selector *on = &line->on[i];

		for (k = 0; k < policy->orgs_n; k++)
			if (check_touches(on, &policy->orgs[k]))
				break;
		if (k == policy->orgs_n)
			findings_add(findings, on->line, on->col, false,
			    "unreachable", "no organization is called %.64s",
			    on->org);
		for (k = 0; k < i; k++)
			if (is_same_selector(on, &line->on[k])) {
				say_twice(findings, on->line, on->col,
				    "this selector");
				break;
			}
	}
}

static bool
is_same_condition(const struct condition *a, const struct condition *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == CONDITION_MFA)
		return a->level == b->level && a->fresh_s == b->fresh_s;
	return strcmp(a->text, b->text) == 0;
}

static void
check_conditions(const struct statement *line, struct findings *findings)
{
	for (size_t i = 0; i < line->conditions_n; i++)
		for (size_t k = 0; k < i; k++)
			if (is_same_condition(
			        &line->conditions[i], &line->conditions[k]))
				say_twice(findings, line->line, line->col,
				    "a condition");
}

/* Who is below admin passes nothing where the mirror is strict. */
static void
check_below(const struct policy *policy, const struct statement *line,
    enum role role, struct findings *findings)
{
	bool is_pass = (line->verbs & 1u << VERB_PASS) != 0;
	bool is_act = is_pass || (line->verbs & 1u << VERB_REFUSE) != 0;
	uint32_t at_line = line->to.role_at[role].line;
	uint32_t at_col = line->to.role_at[role].col;

	if (!line->to.roles[role])
		return;
	if (role == ROLE_VIEWER && is_act) {
		findings_add(findings, at_line, at_col, false, "below_admin",
		    "a viewer never passes or refuses");
		return;
	}
	for (size_t i = 0; i < policy->orgs_n && is_pass; i++) {
		if (!check_line_touches(line, &policy->orgs[i]))
			continue;
		findings_add(findings, at_line, at_col,
		    !policy->orgs[i].is_strict, "below_admin",
		    policy->orgs[i].is_strict
		        ? "%s is strict: nobody below admin passes there"
		        : "in %s Yunxiao itself would ask for an admin",
		    policy->orgs[i].alias);
	}
}

/*
 * A person is known as an author by an address of an account line alone; an
 * author who is not known denies everybody, so such a line would shut the
 * organization.
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
		if (addresses == 0 && check_line_touches(line, org))
			findings_add(findings, line->line, line->col, true,
			    "no_authors",
			    "no account line of %s has an address: who wrote "
			    "a change stays unknown, and nobody passes",
			    org->alias);
	}
}

void
check_lists(const struct policy *policy, struct findings *findings)
{
	for (size_t i = 0; i < policy->statements_n; i++) {
		const struct statement *line = &policy->statements[i];

		check_selectors(policy, line, findings);
		check_conditions(line, findings);
		check_mentions(policy, &line->to.people, findings);
		if (line->kind == STATEMENT_DENY &&
		    (line->self & SELF_AUTHOR) != 0)
			check_authors(policy, line, findings);
		if (line->kind != STATEMENT_PERMIT)
			continue;
		check_below(policy, line, ROLE_MEMBER, findings);
		check_below(policy, line, ROLE_VIEWER, findings);
	}
}
