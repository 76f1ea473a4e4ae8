/* SPDX-License-Identifier: ISC */
/*
 * Owners and admins of the organization have their role in every pipeline;
 * all others only where the pipeline lists them. Nobody is called wider here
 * by something that was not read: the error must be true when it is told.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/drift.h"
#include "ctl/drift_build.h"

struct comparing {
	struct drift *drift;
	const struct policy *policy;
	const char *alias;
	const struct roster *roster;
};

static const struct roster_person *
person_of(const struct comparing *comparing, const char *account)
{
	for (size_t i = 0; i < comparing->roster->n; i++) {
		const struct roster_person *person =
		    &comparing->roster->people[i];

		if (person->account != NULL &&
		    strcmp(person->account, account) == 0)
			return person;
	}
	return NULL;
}

/* The key's own account is admin there and nobody here, as it should be. */
static bool
is_robot(const struct comparing *comparing, const char *account)
{
	const struct roster_person *person = person_of(comparing, account);

	return roster_is_robot(comparing->policy, comparing->alias, account) ||
	       (person != NULL && person->is_robot);
}

/* Of one person: from `here` and `there` what the finding is about. */
static struct drift_finding *
add(struct comparing *comparing, enum drift_level level, enum drift_what what,
    const struct roster_person *person, enum roster_rank there)
{
	struct drift_finding *finding =
	    drift_find(comparing->drift, level, what);
	const struct drift_member *member;

	if (finding == NULL)
		return NULL;
	finding->user = person->name;
	finding->here = person->rank;
	finding->there = there;
	if (person->account == NULL)
		return finding;
	finding->account = person->account;
	member = drift_member_of(comparing->drift, person->account);
	finding->name = member == NULL ? "" : member->name;
	return finding;
}

static void
add_pipeline(
    struct comparing *comparing, struct drift_finding *finding, size_t pipeline)
{
	size_t *more = realloc(
	    finding->pipelines, (finding->pipelines_n + 1) * sizeof(*more));

	if (more == NULL) {
		comparing->drift->r = WARDER_ENOMEM;
		return;
	}
	finding->pipelines = more;
	more[finding->pipelines_n++] = pipeline;
}

static enum roster_rank
seat_of(const struct drift *drift, const char *account, size_t pipeline)
{
	enum roster_rank rank = RANK_NONE;

	for (size_t i = 0; i < drift->seats_n; i++) {
		const struct drift_seat *seat = &drift->seats[i];

		if (seat->pipeline == pipeline && seat->rank > rank &&
		    strcmp(seat->account, account) == 0)
			rank = seat->rank;
	}
	return rank;
}

/* Viewers here can do nothing there that they could not see. */
static bool
is_compared(const struct roster_person *person)
{
	return person->rank >= RANK_MEMBER && !person->is_robot;
}

/* --- the organization ---------------------------------------------------- */

/* Not a member of a list that is not whole: unknown. */
static bool
is_unclear(const struct drift *drift, const struct drift_member *member)
{
	return member == NULL ? drift->no_members : member->is_unclear;
}

static void
compare_in_org(struct comparing *comparing, const struct roster_person *person)
{
	const struct drift_member *member;
	enum roster_rank there;

	if (person->is_robot)
		return;
	if (person->account == NULL) {
		if (is_compared(person))
			(void)add(comparing, DRIFT_UNKNOWN, DRIFT_NO_ACCOUNT,
			    person, RANK_NONE);
		return;
	}
	member = drift_member_of(comparing->drift, person->account);
	there = member == NULL ? RANK_NONE : member->rank;
	if (there > person->rank)
		(void)add(comparing, DRIFT_NOTE, DRIFT_IN_ORG, person, there);
	else if (there < person->rank && is_compared(person) &&
	         !is_unclear(comparing->drift, member))
		(void)add(comparing, DRIFT_ERROR, DRIFT_IN_ORG, person, there);
}

/* Has a role there, and no account line of anybody here has that account. */
static void
note_stranger(struct comparing *comparing, const struct drift_member *member)
{
	struct drift_finding *finding;

	if (member->rank == RANK_NONE || is_robot(comparing, member->account) ||
	    person_of(comparing, member->account) != NULL)
		return;
	finding = drift_find(comparing->drift, DRIFT_NOTE, DRIFT_IN_ORG);
	if (finding == NULL)
		return;
	finding->account = member->account;
	finding->name = member->name;
	finding->there = member->rank;
}

/* One finding for each role id that warder.conf does not explain. */
static void
say_role_id(struct comparing *comparing, const struct drift_member *member)
{
	struct drift *drift = comparing->drift;
	struct drift_finding *finding;

	if (!member->is_unclear)
		return;
	for (size_t i = 0; i < drift->findings_n; i++) {
		finding = &drift->findings[i];
		if (finding->what == DRIFT_ROLE_ID &&
		    strcmp(finding->role_id, member->role_id) == 0) {
			finding->people++;
			return;
		}
	}
	finding = drift_find(drift, DRIFT_UNKNOWN, DRIFT_ROLE_ID);
	if (finding == NULL)
		return;
	finding->role = member->role;
	finding->role_id = member->role_id;
	finding->people = 1;
}

/* --- the pipelines --------------------------------------------------------- */

/*
 * Adds the pipeline to the finding of this person and this role there, which
 * is among those from `from` on, or begins it.
 */
static void
gather(struct comparing *comparing, size_t from, enum drift_level level,
    const struct roster_person *person, enum roster_rank there, size_t pipeline)
{
	struct drift *drift = comparing->drift;
	struct drift_finding *finding = NULL;

	for (size_t i = from; i < drift->findings_n; i++)
		if (drift->findings[i].level == level &&
		    drift->findings[i].there == there)
			finding = &drift->findings[i];
	if (finding == NULL)
		finding =
		    add(comparing, level, DRIFT_IN_PIPELINES, person, there);
	if (finding != NULL)
		add_pipeline(comparing, finding, pipeline);
}

static void
compare_in_pipelines(
    struct comparing *comparing, const struct roster_person *person)
{
	struct drift *drift = comparing->drift;
	const struct drift_member *member;
	enum roster_rank there, seat, everywhere;
	size_t from = drift->findings_n;
	bool is_sure;

	if (person->account == NULL || person->is_robot)
		return;
	member = drift_member_of(drift, person->account);
	there = member == NULL ? RANK_NONE : member->rank;
	everywhere = there >= RANK_ADMIN ? there : RANK_NONE;
	is_sure = is_compared(person) && !is_unclear(drift, member);
	for (size_t i = 0; i < drift->pipelines_n; i++) {
		seat = seat_of(drift, person->account, i);
		if (seat > person->rank && seat > there)
			gather(comparing, from, DRIFT_NOTE, person, seat, i);
		if (seat < everywhere)
			seat = everywhere;
		/* The organization's finding says it of all pipelines. */
		if (seat < person->rank && is_sure &&
		    !drift->pipelines[i].is_unread &&
		    !(there < person->rank && seat >= there))
			gather(comparing, from, DRIFT_ERROR, person, seat, i);
	}
}

/* A seat of somebody whom nothing here knows. */
static void
note_seat(
    struct comparing *comparing, size_t from, const struct drift_seat *seat)
{
	struct drift *drift = comparing->drift;
	const struct drift_member *member =
	    drift_member_of(drift, seat->account);
	struct drift_finding *finding = NULL;

	if (person_of(comparing, seat->account) != NULL ||
	    is_robot(comparing, seat->account) ||
	    (member != NULL && member->rank >= seat->rank))
		return;
	for (size_t i = from; i < drift->findings_n; i++)
		if (drift->findings[i].there == seat->rank &&
		    strcmp(drift->findings[i].account, seat->account) == 0)
			finding = &drift->findings[i];
	if (finding == NULL) {
		finding = drift_find(drift, DRIFT_NOTE, DRIFT_IN_PIPELINES);
		if (finding == NULL)
			return;
		finding->account = seat->account;
		finding->name = seat->name;
		finding->there = seat->rank;
	}
	add_pipeline(comparing, finding, seat->pipeline);
}

static void
say_lost(struct comparing *comparing)
{
	for (size_t i = 0; i < comparing->roster->lost_n; i++) {
		struct drift_finding *finding =
		    drift_find(comparing->drift, DRIFT_UNKNOWN, DRIFT_LOST);

		if (finding != NULL)
			finding->user = comparing->roster->lost[i];
	}
}

/* By level, and within a level as they were found. */
static void
sort(struct drift *drift)
{
	struct drift_finding *sorted =
	    calloc(drift->findings_n + 1, sizeof(*sorted));
	static const enum drift_level order[] = { DRIFT_ERROR, DRIFT_UNKNOWN,
		DRIFT_NOTE };
	size_t n = 0;

	if (sorted == NULL) {
		drift->r = WARDER_ENOMEM;
		return;
	}
	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++)
		for (size_t i = 0; i < drift->findings_n; i++)
			if (drift->findings[i].level == order[k])
				sorted[n++] = drift->findings[i];
	free(drift->findings);
	drift->findings = sorted;
	drift->findings_cap = drift->findings_n + 1;
}

int
drift_compare(struct drift *drift, const struct policy *policy,
    const char *alias, const struct roster *roster)
{
	struct comparing comparing = { drift, policy, alias, roster };
	size_t from;

	for (size_t i = 0; i < roster->n; i++)
		compare_in_org(&comparing, &roster->people[i]);
	for (size_t i = 0; i < roster->n; i++)
		compare_in_pipelines(&comparing, &roster->people[i]);
	say_lost(&comparing);
	for (size_t i = 0; i < drift->members_n; i++)
		say_role_id(&comparing, &drift->members[i]);
	for (size_t i = 0; i < drift->members_n; i++)
		note_stranger(&comparing, &drift->members[i]);
	from = drift->findings_n;
	for (size_t i = 0; i < drift->seats_n; i++)
		note_seat(&comparing, from, &drift->seats[i]);
	sort(drift);
	return drift->r;
}
