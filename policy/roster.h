/* SPDX-License-Identifier: ISC */
/*
 * Who has a role in an organization by the policy, each person once, groups
 * taken apart by the name service. For comparing with what the server says;
 * nothing is decided by it. Pure but for the functions handed in.
 */
#ifndef WARDER_POLICY_ROSTER_H
#define WARDER_POLICY_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/check.h"

/* The more, the wider. */
enum roster_rank {
	RANK_NONE = 0,
	RANK_VIEWER,
	RANK_MEMBER,
	RANK_ADMIN,
	RANK_OWNER
};

struct roster_person {
	uint32_t uid;
	char name[257];
	enum roster_rank rank; /* the highest of their roles; a robot may
	                          have none */
	const char *account;   /* borrowed from the policy; NULL: no line */
	bool is_robot;
};

struct roster {
	struct roster_person *people; /* widest first, then by name */
	size_t n;
	/* Names of the policy that could not be looked up; borrowed. */
	const char **lost;
	size_t lost_n;
};

void roster_clear(struct roster *roster);
#define auto_roster __attribute__((cleanup(roster_clear)))

/* EMISSING: no such organization. ENOMEM. The caller clears *ret_roster. */
WARDER_MUST_CHECK int roster_of(const struct policy *policy, const char *alias,
    const struct check_people *people, struct roster *ret_roster);

/* Whether a robot line of the organization names this account. */
bool roster_is_robot(
    const struct policy *policy, const char *alias, const char *account);

/* "owner", "admin", "member", "viewer"; "" is nothing. */
const char *roster_rank_word(enum roster_rank rank);

/* RANK_NONE: the word names no role. */
enum roster_rank roster_rank_of(const char *word);

#endif
