/* SPDX-License-Identifier: ISC */
/* Three-valued answers about people and gates. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "policy/fit.h"

enum fact
fact_and(enum fact a, enum fact b)
{
	if (a == FACT_FALSE || b == FACT_FALSE)
		return FACT_FALSE;
	return a == FACT_TRUE && b == FACT_TRUE ? FACT_TRUE : FACT_UNKNOWN;
}

enum fact
fact_or(enum fact a, enum fact b)
{
	if (a == FACT_TRUE || b == FACT_TRUE)
		return FACT_TRUE;
	return a == FACT_FALSE && b == FACT_FALSE ? FACT_FALSE : FACT_UNKNOWN;
}

static bool
is_listed(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], name) == 0)
			return true;
	return false;
}

static enum fact
is_in_group(const struct facts *facts, const struct facts_person *person,
    const char *group)
{
	/* root has what is given to it by name, never through a group. */
	if (person->uid == 0)
		return FACT_FALSE;
	if (!person->groups_known ||
	    is_listed(group, facts->lost_groups, facts->lost_groups_n))
		return FACT_UNKNOWN;
	return is_listed(group, person->groups, person->groups_n) ? FACT_TRUE
	                                                          : FACT_FALSE;
}

void
fit_principals(const struct policy *policy, const struct facts *facts,
    const struct facts_person *person, enum fact *ret)
{
	for (size_t i = 0; i < policy->principals_n; i++) {
		const struct principal *at = &policy->principals[i];

		if (person == NULL) {
			ret[i] = FACT_UNKNOWN;
			continue;
		}
		switch (at->kind) {
		case PRINCIPAL_UID:
			ret[i] =
			    at->uid == person->uid ? FACT_TRUE : FACT_FALSE;
			break;
		case PRINCIPAL_USER:
			ret[i] = person->name == NULL ? FACT_UNKNOWN
			         : strcmp(at->name, person->name) == 0
			             ? FACT_TRUE
			             : FACT_FALSE;
			break;
		case PRINCIPAL_GROUP:
			ret[i] = is_in_group(facts, person, at->name);
			break;
		}
	}
}

enum fact
fit_mentions(const struct mentions *mentions, const enum fact *principals)
{
	enum fact fits = FACT_FALSE;

	for (size_t i = 0; i < mentions->n; i++)
		fits = fact_or(fits, principals[mentions->items[i].principal]);
	return fits;
}

enum fact
fit_role(const struct org *org, const enum fact *principals, enum role role)
{
	return fit_mentions(&org->roles[role], principals);
}

const struct org *
org_find(const struct policy *policy, const char *alias)
{
	for (size_t i = 0; i < policy->orgs_n; i++)
		if (strcmp(policy->orgs[i].alias, alias) == 0)
			return &policy->orgs[i];
	return NULL;
}

static const struct facts_person *
find_person(const struct facts *facts, uint64_t uid)
{
	for (size_t i = 0; i < facts->people_n; i++)
		if (facts->people[i].uid == uid)
			return &facts->people[i];
	return NULL;
}

int
request_open(struct request *request, const struct policy *policy,
    const struct facts *facts)
{
	memset(request, 0, sizeof(*request));
	request->policy = policy;
	request->facts = facts;
	request->principals =
	    calloc(policy->principals_n + 1, sizeof(*request->principals));
	if (request->principals == NULL)
		return WARDER_ENOMEM;
	if (facts->actor_uid.known)
		request->actor = find_person(facts, facts->actor_uid.n);
	fit_principals(policy, facts, request->actor, request->principals);
	if (facts->request.org != NULL)
		request->org = org_find(policy, facts->request.org);
	for (int role = 0; role < ROLES && request->org != NULL; role++)
		request->roles[role] = fit_role(
		    request->org, request->principals, (enum role)role);
	return WARDER_OK;
}

/* `*` any run of characters, `?` exactly one, all else itself. */
static bool
glob_fits(const char *glob, const char *text)
{
	const char *star = NULL, *from = NULL;
	uint32_t c;

	while (*text != '\0') {
		if (*glob == '*') {
			star = ++glob;
			from = text;
		} else if (*glob == '?') {
			text +=
			    utf8_next((const uint8_t *)text, strlen(text), &c);
			glob++;
		} else if (*glob == *text) {
			glob++;
			text++;
		} else if (star != NULL) {
			glob = star;
			from +=
			    utf8_next((const uint8_t *)from, strlen(from), &c);
			text = from;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return *glob == '\0';
}

/* A name with a slash, or with characters that hide, is nobody's name. */
static bool
is_name_usable(const char *name)
{
	size_t left = strlen(name), n;
	uint32_t c;

	if (!text_is_clean(name, left))
		return false;
	for (; left > 0; name += n, left -= n) {
		n = utf8_next((const uint8_t *)name, left, &c);
		if (c == '/' || c < 0x20 || (c >= 0x7f && c <= 0x9f) ||
		    c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
		    (c >= 0x2028 && c <= 0x202e) ||
		    (c >= 0x2060 && c <= 0x2069) || c == 0xfeff)
			return false;
	}
	return true;
}

static enum fact
fit_part(const char *part, const char *name)
{
	if (strcmp(part, "*") == 0)
		return FACT_TRUE;
	if (name == NULL || name[0] == '\0' || !is_name_usable(name))
		return FACT_UNKNOWN;
	return glob_fits(part, name) ? FACT_TRUE : FACT_FALSE;
}

static enum fact
fit_pipeline(const struct selector *selector, const struct facts *facts)
{
	if (selector->id == NULL)
		return fit_part(selector->pipeline, facts->gate.pipeline);
	if (facts->request.pipeline == NULL)
		return FACT_UNKNOWN;
	return strcmp(selector->id, facts->request.pipeline) == 0 ? FACT_TRUE
	                                                          : FACT_FALSE;
}

enum fact
fit_on(const struct request *request, const struct statement *statement)
{
	const struct facts *facts = request->facts;
	enum fact fits = FACT_FALSE, one;

	for (size_t i = 0; i < statement->on_n && fits != FACT_TRUE; i++) {
		const struct selector *on = &statement->on[i];

		one = fit_part(on->org, facts->request.org);
		one = fact_and(one, fit_pipeline(on, facts));
		one = fact_and(one, fit_part(on->stage, facts->gate.stage));
		one = fact_and(one, fit_part(on->job, facts->gate.job));
		fits = fact_or(fits, one);
	}
	return fits;
}

enum fact
fit_who(const struct request *request, const struct who *who)
{
	enum fact fits = fit_mentions(&who->people, request->principals);

	for (int role = 0; role < ROLES; role++)
		if (who->roles[role])
			fits = fact_or(fits, request->roles[role]);
	return fits;
}

int
account_of(
    const struct org *org, const enum fact *principals, const char **ret_id)
{
	const char *id = NULL;

	for (size_t i = 0; i < org->accounts_n; i++) {
		if (principals[org->accounts[i].user] != FACT_TRUE)
			continue;
		if (id != NULL && strcmp(id, org->accounts[i].id) != 0)
			return WARDER_ESTALE;
		id = org->accounts[i].id;
	}
	*ret_id = id;
	return WARDER_OK;
}

static bool
is_robot_id(const struct org *org, const char *id)
{
	return is_listed(
	    id, (const char *const *)org->robot_ids, org->robot_ids_n);
}

enum fact
fit_robot(const struct request *request)
{
	const struct org *org = request->org;
	enum fact fits = fit_mentions(&org->robots, request->principals);
	const char *id = NULL;

	if (org->robot_ids_n == 0)
		return fits;
	if (account_of(org, request->principals, &id) != 0)
		return fact_or(fits, FACT_UNKNOWN);
	if (id != NULL && is_robot_id(org, id))
		return FACT_TRUE;
	return fits;
}

/* Whether an account is the caller's own. */
static enum fact
is_mine(const struct request *request, const char *account)
{
	const char *mine = NULL;

	if (account == NULL || is_robot_id(request->org, account) ||
	    account_of(request->org, request->principals, &mine) != 0 ||
	    mine == NULL)
		return FACT_UNKNOWN;
	return strcmp(mine, account) == 0 ? FACT_TRUE : FACT_FALSE;
}

static enum fact
fit_trigger(const struct request *request)
{
	const struct facts *facts = request->facts;

	if (facts->gate.trigger == TRIGGER_SCHEDULE)
		return FACT_FALSE;
	if (facts->gate.trigger == TRIGGER_UNKNOWN)
		return FACT_UNKNOWN;
	return is_mine(request, facts->gate.trigger_account);
}

static bool
is_same_address(const char *a, const char *b)
{
	for (; *a != '\0' && *b != '\0'; a++, b++) {
		char x = *a >= 'A' && *a <= 'Z' ? (char)(*a + 32) : *a;
		char y = *b >= 'A' && *b <= 'Z' ? (char)(*b + 32) : *b;

		if (x != y)
			return false;
	}
	return *a == *b;
}

/* Digits are an account; an address is looked up; not found: unknown. */
static const char *
account_of_author(const struct org *org, const char *author)
{
	if (value_is_digits(author))
		return author;
	for (size_t i = 0; i < org->accounts_n; i++)
		for (size_t k = 0; k < org->accounts[i].authors_n; k++)
			if (is_same_address(
			        org->accounts[i].authors[k], author))
				return org->accounts[i].id;
	return NULL;
}

static enum fact
fit_author(const struct request *request)
{
	const struct facts *facts = request->facts;
	enum fact fits = FACT_FALSE;

	if (!facts->gate.sources_known || facts->gate.sources_n == 0)
		return FACT_UNKNOWN;
	for (size_t i = 0; i < facts->gate.sources_n; i++) {
		const struct facts_source *source = &facts->gate.sources[i];

		if (!source->authors_known || source->authors_n == 0)
			fits = fact_or(fits, FACT_UNKNOWN);
		for (size_t k = 0; k < source->authors_n; k++)
			fits = fact_or(fits,
			    is_mine(request, account_of_author(request->org,
			                         source->authors[k])));
	}
	return fits;
}

enum fact
fit_self(
    const struct request *request, unsigned int parts, const char **ret_unknown)
{
	enum fact trigger = FACT_FALSE, author = FACT_FALSE;

	if ((parts & SELF_TRIGGER) != 0)
		trigger = fit_trigger(request);
	if ((parts & SELF_AUTHOR) != 0)
		author = fit_author(request);
	*ret_unknown = "";
	if (trigger == FACT_UNKNOWN && author == FACT_UNKNOWN)
		*ret_unknown = "gate.trigger_account, gate.sources.authors";
	else if (trigger == FACT_UNKNOWN)
		*ret_unknown = "gate.trigger_account";
	else if (author == FACT_UNKNOWN)
		*ret_unknown = "gate.sources.authors";
	return fact_or(trigger, author);
}
