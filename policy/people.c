/* SPDX-License-Identifier: ISC */
/*
 * Three-valued answers about people: who they are by the policy, for whom
 * they stand in, whose account is theirs.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/fit.h"
#include "policy/zone.h"

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

/* root has what is given to it by name, never through a group. */
void
fit_gifts(const struct policy *policy, const struct facts_person *person,
    const enum fact *principals, enum fact *ret)
{
	for (size_t i = 0; i < policy->principals_n; i++)
		ret[i] = person != NULL && person->uid == 0 &&
		                 policy->principals[i].kind == PRINCIPAL_GROUP
		             ? FACT_FALSE
		             : principals[i];
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
fit_role(const struct org *org, const enum fact *gifts, enum role role)
{
	return fit_mentions(&org->roles[role], gifts);
}

const struct org *
org_find(const struct policy *policy, const char *alias)
{
	for (size_t i = 0; i < policy->orgs_n; i++)
		if (strcmp(policy->orgs[i].alias, alias) == 0)
			return &policy->orgs[i];
	return NULL;
}

const struct facts_person *
person_of_uid(const struct facts *facts, uint64_t uid)
{
	for (size_t i = 0; i < facts->people_n; i++)
		if (facts->people[i].uid == uid)
			return &facts->people[i];
	return NULL;
}

int
account_of(
    const struct org *org, const enum fact *principals, const char **ret_id)
{
	const char *id = NULL;

	for (size_t i = 0; i < org->accounts_n; i++) {
		enum fact fits = principals[org->accounts[i].user];

		if (fits == FACT_FALSE)
			continue;
		if (fits == FACT_UNKNOWN ||
		    (id != NULL && strcmp(id, org->accounts[i].id) != 0))
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

/* Listed itself, or by the name of a user whose account it is. */
static bool
is_robots_account(const struct org *org, const char *id)
{
	if (is_robot_id(org, id))
		return true;
	for (size_t i = 0; i < org->accounts_n; i++)
		for (size_t k = 0; k < org->robots.n; k++)
			if (strcmp(org->accounts[i].id, id) == 0 &&
			    org->robots.items[k].principal ==
			        org->accounts[i].user)
				return true;
	return false;
}

static enum fact
fit_robot(const struct org *org, const struct standing *standing)
{
	enum fact fits = fit_mentions(&org->robots, standing->principals);

	if (org->robot_ids_n == 0)
		return fits;
	if (standing->is_account_unknown)
		return fact_or(fits, FACT_UNKNOWN);
	if (standing->account != NULL && is_robot_id(org, standing->account))
		return FACT_TRUE;
	return fits;
}

int
standing_open(struct standing *standing, const struct policy *policy,
    const struct facts *facts, const struct org *org,
    const struct facts_person *person)
{
	memset(standing, 0, sizeof(*standing));
	standing->person = person;
	standing->principals =
	    calloc(policy->principals_n + 1, 2 * sizeof(*standing->principals));
	if (standing->principals == NULL)
		return WARDER_ENOMEM;
	standing->gifts = standing->principals + policy->principals_n;
	fit_principals(policy, facts, person, standing->principals);
	fit_gifts(policy, person, standing->principals, standing->gifts);
	if (org == NULL)
		return WARDER_OK;
	for (int role = 0; role < ROLES; role++)
		standing->roles[role] =
		    fit_role(org, standing->gifts, (enum role)role);
	standing->is_account_unknown =
	    account_of(org, standing->principals, &standing->account) != 0;
	standing->robot = fit_robot(org, standing);
	return WARDER_OK;
}

void
standing_close(struct standing *standing)
{
	for (size_t i = 0; i < standing->givers_n; i++)
		free(standing->givers[i].principals);
	free(standing->givers);
	free(standing->giver_lines);
	free(standing->principals);
	memset(standing, 0, sizeof(*standing));
}

bool
standing_has_name(const struct standing *standing)
{
	return standing->person != NULL && standing->person->name != NULL &&
	       standing->person->name[0] != '\0';
}

bool
role_is_enough(const struct org *org, const struct standing *standing,
    enum facts_verb verb)
{
	bool is_admin = standing->roles[ROLE_OWNER] == FACT_TRUE ||
	                standing->roles[ROLE_ADMIN] == FACT_TRUE;
	bool is_member = standing->roles[ROLE_MEMBER] == FACT_TRUE;

	switch (verb) {
	case VERB_PASS:
		return is_admin || (is_member && !org->is_strict);
	case VERB_REFUSE:
		return is_admin || is_member;
	case VERB_VIEW:
		return is_admin || is_member ||
		       standing->roles[ROLE_VIEWER] == FACT_TRUE;
	case VERB_REVIEW:
		break;
	}
	return true;
}

/* The date of the policy's zone lies from the first through the last day. */
static bool
is_in_days(const struct request *request, const struct delegate *delegate)
{
	const struct named_zone *here = &request->policy->zones[0];
	struct civil civil;
	int64_t day;

	if (!request->has_time || !here->is_known)
		return false;
	civil_of(zone_wall(here->zone, request->facts->clock.now_s), &civil);
	day = civil_days(civil.year, civil.month, civil.day);
	return delegate->from_day <= day && day <= delegate->through_day;
}

static const struct facts_person *
find_giver(const struct request *request, size_t principal)
{
	const struct principal *at = &request->policy->principals[principal];
	const struct facts *facts = request->facts;

	for (size_t i = 0; i < facts->people_n; i++) {
		const struct facts_person *person = &facts->people[i];

		if (at->kind == PRINCIPAL_UID
		        ? at->uid == person->uid
		        : person->name != NULL &&
		              strcmp(at->name, person->name) == 0)
			return person;
	}
	return NULL;
}

/* A giver who could not act here gives nothing. */
static int
add_giver(const struct request *request, struct standing *standing,
    const struct statement *line)
{
	struct standing giver;
	int r = standing_open(&giver, request->policy, request->facts,
	    request->org, find_giver(request, line->delegate->giver));

	if (r != 0)
		return r;
	if (!standing_has_name(&giver) || giver.robot != FACT_FALSE ||
	    !role_is_enough(request->org, &giver, request->facts->verb)) {
		standing_close(&giver);
		return WARDER_OK;
	}
	standing->giver_lines[standing->givers_n] = line;
	standing->givers[standing->givers_n++] = giver;
	return WARDER_OK;
}

static bool
is_delegated(const struct request *request, const struct standing *standing,
    const struct statement *line)
{
	return line->kind == STATEMENT_DELEGATE &&
	       standing->principals[line->delegate->taker] == FACT_TRUE &&
	       is_in_days(request, line->delegate) &&
	       fit_on(request, line) == FACT_TRUE;
}

int
standing_add_givers(const struct request *request, struct standing *standing)
{
	const struct policy *policy = request->policy;
	size_t n = 0;
	int r = WARDER_OK;

	for (size_t i = 0; i < policy->statements_n; i++)
		n += is_delegated(request, standing, &policy->statements[i]);
	if (n == 0)
		return WARDER_OK;
	standing->givers = calloc(n, sizeof(*standing->givers));
	standing->giver_lines = calloc(n, sizeof(*standing->giver_lines));
	if (standing->givers == NULL || standing->giver_lines == NULL)
		return WARDER_ENOMEM;
	for (size_t i = 0; i < policy->statements_n && r == 0; i++)
		if (is_delegated(request, standing, &policy->statements[i]))
			r = add_giver(
			    request, standing, &policy->statements[i]);
	return r;
}

static enum fact
fit_people(const struct standing *standing, const struct who *who,
    const enum fact *principals)
{
	enum fact fits = fit_mentions(&who->people, principals);

	for (int role = 0; role < ROLES; role++)
		if (who->roles[role])
			fits = fact_or(fits, standing->roles[role]);
	return fits;
}

enum fact
fit_who(const struct standing *standing, const struct who *who)
{
	return fit_people(standing, who, standing->gifts);
}

/* What is no gift meets root through a group as well. */
enum fact
fit_banned(const struct standing *standing, const struct who *who)
{
	enum fact fits = fit_people(standing, who, standing->principals);

	for (size_t i = 0; i < standing->givers_n; i++) {
		const struct standing *giver = &standing->givers[i];

		fits = fact_or(fits, fit_people(giver, who, giver->principals));
	}
	return fits;
}

/* Whether an account is this very person's. */
static enum fact
is_account(const struct standing *standing, const char *account)
{
	if (standing->is_account_unknown || standing->account == NULL)
		return FACT_UNKNOWN;
	return strcmp(standing->account, account) == 0 ? FACT_TRUE : FACT_FALSE;
}

/* Theirs, or of those for whom they stand in. */
static enum fact
is_mine(const struct request *request, const struct standing *standing,
    const char *account)
{
	enum fact mine;

	if (account == NULL)
		return FACT_UNKNOWN;
	mine = is_account(standing, account);
	for (size_t i = 0; i < standing->givers_n; i++)
		mine = fact_or(mine, is_account(&standing->givers[i], account));
	if (mine != FACT_TRUE && is_robots_account(request->org, account))
		return FACT_UNKNOWN;
	return mine;
}

static enum fact
fit_trigger(const struct request *request, const struct standing *standing)
{
	const struct facts *facts = request->facts;

	if (facts->gate.trigger == TRIGGER_SCHEDULE)
		return FACT_FALSE;
	if (facts->gate.trigger == TRIGGER_UNKNOWN)
		return FACT_UNKNOWN;
	return is_mine(request, standing, facts->gate.trigger_account);
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
fit_author(const struct request *request, const struct standing *standing)
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
			fits = fact_or(fits, is_mine(request, standing,
			                         account_of_author(request->org,
			                             source->authors[k])));
	}
	return fits;
}

enum fact
fit_self(const struct request *request, const struct standing *standing,
    unsigned int parts, const char **ret_unknown)
{
	enum fact trigger = FACT_FALSE, author = FACT_FALSE;

	if ((parts & SELF_TRIGGER) != 0)
		trigger = fit_trigger(request, standing);
	if ((parts & SELF_AUTHOR) != 0)
		author = fit_author(request, standing);
	*ret_unknown = "";
	if (trigger == FACT_UNKNOWN && author == FACT_UNKNOWN)
		*ret_unknown = "gate.trigger_account, gate.sources.authors";
	else if (trigger == FACT_UNKNOWN)
		*ret_unknown = "gate.trigger_account";
	else if (author == FACT_UNKNOWN)
		*ret_unknown = "gate.sources.authors";
	return fact_or(trigger, author);
}

int
request_open(struct request *request, const struct policy *policy,
    const struct facts *facts)
{
	const struct facts_person *person = NULL;
	int r;

	memset(request, 0, sizeof(*request));
	request->policy = policy;
	request->facts = facts;
	request->has_time =
	    facts->clock.known && facts->clock.synced == FACT_TRUE;
	if (facts->request.org != NULL)
		request->org = org_find(policy, facts->request.org);
	fit_names(request);
	if (facts->actor_uid.known)
		person = person_of_uid(facts, facts->actor_uid.n);
	r = standing_open(&request->actor, policy, facts, request->org, person);
	if (r == 0 && request->org != NULL)
		r = standing_add_givers(request, &request->actor);
	if (r != 0)
		request_close(request);
	return r;
}

void
request_close(struct request *request)
{
	standing_close(&request->actor);
	free(request->fits);
	request->fits = NULL;
}
