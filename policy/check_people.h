/* SPDX-License-Identifier: ISC */
/*
 * The people of this host behind the names of a policy, for the checks that
 * need them. Private to policy/check*.c.
 */
#ifndef WARDER_POLICY_CHECK_PEOPLE_H
#define WARDER_POLICY_CHECK_PEOPLE_H

#include "policy/check_build.h"
#include "policy/check_index.h"

/* The people that one name of the policy means, each uid once, ascending. */
struct crowd {
	uint32_t *uids;
	size_t n, cap;
	bool is_group, is_unknown;
	bool has_root; /* through a group, where it is not among `uids` */
	int r;
};

#define ACCOUNT_NONE SIZE_MAX
#define ACCOUNT_TWO (SIZE_MAX - 1) /* lines with different ids */

/* Somebody with a role in one organization. */
struct member {
	uint32_t uid;
	unsigned int roles; /* 1u << enum role */
	bool is_robot;
	bool may_pass;  /* by role, and no robot */
	size_t account; /* number of the id among those of the block */
};

struct members {
	const struct org *org;
	struct member *items; /* by uid */
	size_t n;
	const char **accounts; /* ids, each once, by bytes */
	size_t accounts_n;
	bool is_unknown[ROLES]; /* a name of that role cannot be looked up */
	bool can_pass[ROLES];   /* somebody of that role may, or is unknown */
	bool has_lone;          /* somebody may pass and has no account */
};

/* Permits of `pass` that name the same people. */
struct permit_class {
	const struct who *to;
};

struct presence {
	const struct policy *policy;
	const struct check_people *people;
	struct crowd *crowds;    /* by number of the principal */
	struct members *members; /* by number of the organization */
	struct permit_class *classes;
	size_t classes_n;
	struct label_class {
		size_t label, class;
	} * label_classes; /* by label */
	size_t label_classes_n;
	struct selector_index permits; /* owner: class, or classes_n + label */
	struct selector_index denials; /* of `deny self trigger` */
	size_t *met;                   /* classes met in this round */
	size_t met_n;
	struct candidates *cache;
	size_t cache_n, cache_at;
};

/* members.c. ENOMEM. */
WARDER_MUST_CHECK int members_make(const struct presence *presence,
    const struct org *org, struct members *ret);
void members_clear(struct members *members);
struct member *members_find(const struct members *members, uint32_t uid);
bool presence_is_any_unknown(
    const struct presence *presence, const struct mentions *mentions);
bool members_is_unknown_who(const struct presence *presence,
    const struct members *members, const struct who *who);
/* Sets the mark of each member who is meant. */
void members_mark_who(const struct presence *presence,
    const struct members *members, const struct who *who, bool *marks);

/* Whoever could pass some gate: role, permit, no robot. */
struct candidates {
	const struct members *members;
	size_t *classes; /* by which permits; ascending */
	size_t classes_n;
	bool is_unknown; /* some cannot be looked up now */
	size_t *items;   /* numbers of members, those of one account together,
	                    those without one behind */
	size_t n, known_n;
};

/* check_candidates.c. ENOMEM. */
WARDER_MUST_CHECK int candidates_prepare(struct presence *presence);
void candidates_clear(struct presence *presence);
/* A round: begin, meet with each selector, then who that makes. */
void candidates_begin(struct presence *presence);
void candidates_meet(struct presence *presence, const struct org *org,
    const struct selector *on);
/* Borrowed until the next call; NULL: no memory. */
const struct candidates *candidates_of(
    struct presence *presence, const struct members *members);

/* The name of a uid, for a sentence. */
const char *presence_name(
    const struct presence *presence, uint32_t uid, char ret[96]);

/* Quorums that nobody could fill, and blocks that nobody else could review. */
void check_seats(struct presence *presence, const struct statement *line,
    struct findings *findings);
void check_reviewers(const struct presence *presence,
    const struct statement *line, struct findings *findings);
/* `deny self` is a no for whoever has no account. */
void check_self(struct presence *presence, const struct statement *line,
    struct findings *findings);

#endif
