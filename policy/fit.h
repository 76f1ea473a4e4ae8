/* SPDX-License-Identifier: ISC */
/*
 * Whether a line fits: yes, no, or unknown. An unknown never helps: whoever
 * permits wants a yes, whoever denies is content with anything but a no.
 * Private to policy/.
 */
#ifndef WARDER_POLICY_FIT_H
#define WARDER_POLICY_FIT_H

#include "policy/rules.h"

/* One person, worked out against the policy once. */
struct standing {
	const struct facts_person *person; /* NULL: nobody of the facts */
	enum fact *principals;             /* are they this one? by number */
	enum fact *gifts;       /* have they what is given to this one? */
	enum fact roles[ROLES]; /* in the organization */
	enum fact robot;
	const char *account; /* NULL: none */
	bool is_account_unknown;
	/* For whom they stand in on this gate now, and by which lines. */
	struct standing *givers;
	const struct statement **giver_lines;
	size_t givers_n;
};

struct request {
	const struct policy *policy;
	const struct facts *facts;
	const struct org *org; /* of request.org, or NULL */
	bool has_time;         /* the clock is known, and right */
	struct standing actor;
	/* Names of the gate by part of a selector; NULL: unknown. */
	const char *org_name, *pipeline, *stage, *job;
	uint8_t *fits; /* fit_on() of each statement; NULL: not looked at yet */
};

enum fact fact_and(enum fact a, enum fact b);
enum fact fact_or(enum fact a, enum fact b);

/* The caller closes it. ENOMEM. */
WARDER_MUST_CHECK int request_open(struct request *request,
    const struct policy *policy, const struct facts *facts);
void request_close(struct request *request);

/* Without those for whom they stand in; the caller closes it. ENOMEM. */
WARDER_MUST_CHECK int standing_open(struct standing *standing,
    const struct policy *policy, const struct facts *facts,
    const struct org *org, const struct facts_person *person);
WARDER_MUST_CHECK int standing_add_givers(
    const struct request *request, struct standing *standing);
void standing_close(struct standing *standing);
bool standing_has_name(const struct standing *standing);

/* The mirror of Yunxiao's own rule, which no line can widen. */
bool role_is_enough(const struct org *org, const struct standing *standing,
    enum facts_verb verb);

/* Principals of one person of the facts; `ret` has one for each. */
void fit_principals(const struct policy *policy, const struct facts *facts,
    const struct facts_person *person, enum fact *ret);
/* The same where something is given: permits, roles, seats. */
void fit_gifts(const struct policy *policy, const struct facts_person *person,
    const enum fact *principals, enum fact *ret);
const struct facts_person *person_of_uid(
    const struct facts *facts, uint64_t uid);

enum fact fit_role(
    const struct org *org, const enum fact *gifts, enum role role);
enum fact fit_mentions(
    const struct mentions *mentions, const enum fact *principals);
enum fact fit_on(
    const struct request *request, const struct statement *statement);
/* Looks at all statements once. ENOMEM. */
WARDER_MUST_CHECK int fit_all(struct request *request);
/* The next line from number *at on that may fit, or NULL: past the last. */
const struct statement *fitting_next(const struct request *request, size_t *at);
/* Fills the names of the gate, as far as they can be compared. */
void fit_names(struct request *request);
/* Personally. */
enum fact fit_who(const struct standing *standing, const struct who *who);
/* Personally, or one for whom they stand in: bans come along. */
enum fact fit_banned(const struct standing *standing, const struct who *who);

/* `deny self`; *ret_unknown names what was unknown, "" nothing. */
enum fact fit_self(const struct request *request,
    const struct standing *standing, unsigned int parts,
    const char **ret_unknown);

/* denials.c: whether a deny line fits; its code, and what was unknown. */
enum fact fit_deny(const struct request *request,
    const struct standing *standing, const struct statement *line,
    const char **ret_code, const char **ret_unknown);

const char *denial_text(enum deny_kind kind);

/* conditions.c: whether it holds. Not for a quorum. */
enum fact fit_condition(const struct request *request,
    const struct condition *condition, const char **ret_unknown);
/* decide.c: whether it binds that verb; a quorum is looked at by itself. */
bool condition_is_for(enum condition_kind kind, enum facts_verb verb);
const char *condition_code(enum condition_kind kind);
const char *condition_text(enum condition_kind kind);
bool level_is_reached(
    const struct facts *facts, uint32_t level, uint32_t fresh_s);
/* `*` and `?` stop at `/`. */
bool branch_fits(const char *glob, const char *branch);

/*
 * Account of a principal-matched person in an org; NULL: none. ESTALE: two,
 * or a line of which nobody knows whether it means them.
 */
WARDER_MUST_CHECK int account_of(
    const struct org *org, const enum fact *principals, const char **ret_id);

const struct org *org_find(const struct policy *policy, const char *alias);

#endif
