/* SPDX-License-Identifier: ISC */
/*
 * What the text of an organization block shows: people, accounts and
 * addresses that stand there twice, a block without owner, root without an
 * account.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "policy/check_build.h"

const char *
check_name(const struct principal *principal)
{
	return principal->name == NULL ? "uid" : principal->name;
}

void
check_say_twice(struct findings *findings, uint32_t file, uint32_t line,
    uint32_t col, const char *name)
{
	findings_add(findings, file, line, col, false, "duplicate",
	    "%.80s stands here already", name);
}

/* Whether it is the first time since the last ++stamp. */
static bool
is_first(struct findings *findings, size_t principal)
{
	if (findings->stamps[principal] == findings->stamp)
		return false;
	findings->stamps[principal] = findings->stamp;
	return true;
}

static void
say_mention_twice(struct findings *findings, const struct mention *at)
{
	check_say_twice(findings, at->file, at->line, at->col,
	    check_name(&findings->policy->principals[at->principal]));
}

void
check_mentions(const struct mentions *mentions, struct findings *findings)
{
	findings->stamp++;
	for (size_t i = 0; i < mentions->n; i++)
		if (!is_first(findings, mentions->items[i].principal))
			say_mention_twice(findings, &mentions->items[i]);
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
check_roles(const struct org *org, struct findings *findings)
{
	const struct policy *policy = findings->policy;
	bool has_account = has_root_account(policy, org);

	findings->stamp++;
	for (int role = 0; role < ROLES; role++)
		for (size_t i = 0; i < org->roles[role].n; i++) {
			const struct mention *at = &org->roles[role].items[i];

			if (is_root(policy, at->principal) && !has_account)
				findings_add(findings, at->file, at->line,
				    at->col, false, "root_person",
				    "no account line says who root is");
			if (!is_first(findings, at->principal))
				say_mention_twice(findings, at);
		}
}

/* A word of an organization block with its place. */
struct word {
	const char *text;
	const struct account *account; /* of an address */
	size_t i;
	struct place at;
};

static int
by_case(const void *a, const void *b)
{
	const struct word *left = a, *right = b;
	int order = strcasecmp(left->text, right->text);

	if (order != 0)
		return order;
	return left->i < right->i ? -1 : left->i > right->i;
}

static void
say_address(struct findings *findings, const struct word *word,
    const struct word *before)
{
	if (word->account == before->account)
		check_say_twice(findings, word->at.file, word->at.line,
		    word->at.col, word->text);
	else if (word->account->user != before->account->user &&
	         strcmp(word->account->id, before->account->id) != 0)
		findings_add(findings, word->at.file, word->at.line,
		    word->at.col, false, "duplicate",
		    "%.80s is an address of account %.64s already", word->text,
		    before->account->id);
}

/*
 * An address of two accounts is nobody's. Of those that share one it is
 * enough to look at the first and at the one before.
 */
static void
check_addresses(const struct org *org, struct findings *findings)
{
	size_t n = 0, first = 0;
	struct word *words;

	for (size_t i = 0; i < org->accounts_n; i++)
		n += org->accounts[i].authors_n;
	if ((words = calloc(n + 1, sizeof(*words))) == NULL) {
		findings->r = WARDER_ENOMEM;
		return;
	}
	n = 0;
	for (size_t i = 0; i < org->accounts_n; i++)
		for (size_t k = 0; k < org->accounts[i].authors_n; k++, n++)
			words[n] = (struct word){ org->accounts[i].authors[k],
				&org->accounts[i], n,
				org->accounts[i].author_at[k] };
	if (n > 1)
		qsort(words, n, sizeof(*words), by_case);
	for (size_t i = 1; i < n; i++) {
		if (strcasecmp(words[i].text, words[first].text) != 0) {
			first = i;
			continue;
		}
		say_address(findings, &words[i], &words[i - 1]);
		say_address(findings, &words[i], &words[first]);
	}
	free(words);
}

static void
check_accounts(const struct org *org, struct findings *findings)
{
	findings->stamp++;
	for (size_t i = 0; i < org->accounts_n; i++) {
		const struct account *at = &org->accounts[i];

		if (!is_first(findings, at->user))
			check_say_twice(findings, at->file, at->line, at->col,
			    check_name(
			        &findings->policy->principals[at->user]));
	}
	check_addresses(org, findings);
}

/* Users and groups are principals, accounts are digits. */
static void
check_robots(const struct org *org, struct findings *findings)
{
	struct word *words = calloc(org->robot_ids_n + 1, sizeof(*words));

	check_mentions(&org->robots, findings);
	if (words == NULL) {
		findings->r = WARDER_ENOMEM;
		return;
	}
	for (size_t i = 0; i < org->robot_ids_n; i++)
		words[i] = (struct word){ org->robot_ids[i], NULL, i,
			org->robot_id_at[i] };
	if (org->robot_ids_n > 1)
		qsort(words, org->robot_ids_n, sizeof(*words), by_case);
	for (size_t i = 1; i < org->robot_ids_n; i++)
		if (strcmp(words[i].text, words[i - 1].text) == 0)
			check_say_twice(findings, words[i].at.file,
			    words[i].at.line, words[i].at.col, words[i].text);
	free(words);
}

void
check_orgs(const struct policy *policy, struct findings *findings)
{
	for (size_t i = 0; i < policy->orgs_n; i++) {
		const struct org *org = &policy->orgs[i];

		if (org->roles[ROLE_OWNER].n == 0)
			findings_add(findings, org->file, org->line, org->col,
			    false, "no_owner", "%s has no owner", org->alias);
		check_roles(org, findings);
		check_accounts(org, findings);
		check_robots(org, findings);
	}
}
