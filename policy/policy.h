/* SPDX-License-Identifier: ISC */
/*
 * The policy language: bytes in, a set of rules out; rules and facts in, one
 * decision out. Opens no file, asks no name service, reads no clock: the same
 * input gives the same output on every host.
 */
#ifndef WARDER_POLICY_POLICY_H
#define WARDER_POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "policy/facts.h"
#include "policy/verdict.h"

struct policy;

/* Where the text is wrong. */
struct policy_diag {
	char file[256];
	uint32_t line, col;
	char local_code[32]; /* "syntax", "bad_value", … */
	char code[64];       /* the server-style name */
	char text[256];
};

/*
 * What a policy is read with, from whoever has it: a folder, the installed
 * set, a test. Bytes are borrowed as long as the source is used. A member may
 * be NULL: there are none of these.
 */
struct policy_source {
	void *ctx;
	/* An included file or a calendar; false: it cannot be read. */
	bool (*file)(void *ctx, const char *path, const char **ret_bytes,
	    size_t *ret_len);
	/* The n-th path that fits an `include` with a `*`, or NULL. */
	const char *(*match)(void *ctx, const char *glob, size_t n);
	/* A TZif file of the tzdata; false: there is no such zone. */
	bool (*zone)(void *ctx, const char *name, const void **ret_bytes,
	    size_t *ret_len);
};

/*
 * Reads the main file (called "policy") of `len` bytes and what it names.
 * EFORM with *ret_diag filled at the first error; ENOMEM.
 */
WARDER_MUST_CHECK int policy_parse_set(const char *bytes, size_t len,
    const struct policy_source *source, struct policy **ret_policy,
    struct policy_diag *ret_diag);

/* Whether a path fits that of an `include`; `*` stops at `/`. */
bool policy_path_fits(const char *glob, const char *path);

/* The same of a file that stands alone: no zone but UTC is known. */
WARDER_MUST_CHECK int policy_parse(const char *bytes, size_t len,
    struct policy **ret_policy, struct policy_diag *ret_diag);
void policy_freep(struct policy **policy);
#define auto_policy __attribute__((cleanup(policy_freep)))

/*
 * Decides. 0: *ret_verdict is filled (verdict_clear() it), also for a deny
 * and for facts that cannot be (VERDICT_ERROR, `bad_facts`). ENOMEM: nothing
 * was decided, which is no.
 */
WARDER_MUST_CHECK int policy_decide(const struct policy *policy,
    const struct facts *facts, struct verdict *ret_verdict);

/*
 * The steps before any reading of the server: arguments, person,
 * organization, robot, role. PERMIT means only "go on and look".
 */
WARDER_MUST_CHECK int policy_early(const struct policy *policy,
    const struct facts *facts, struct verdict *ret_verdict);

/* An organization block. Texts borrowed from the policy. */
struct policy_org {
	const char *alias, *id, *key;
	bool strict;
};
size_t policy_orgs(const struct policy *policy);
struct policy_org policy_org_at(const struct policy *policy, size_t n);

/* By alias, else by id; false if no block has it. */
bool policy_org_find(
    const struct policy *policy, const char *name, struct policy_org *ret_org);

/* The files and calendars that were asked for, in the order of a set. */
size_t policy_files(const struct policy *policy);
const char *policy_file_at(const struct policy *policy, size_t n);
size_t policy_calendars(const struct policy *policy);
const char *policy_calendar_at(const struct policy *policy, size_t n);

/* How many statements there are: what one decision looks at. */
size_t policy_lines(const struct policy *policy);

/* Every group name the policy mentions, each once, for resolving. */
size_t policy_groups(const struct policy *policy);
const char *policy_group_at(const struct policy *policy, size_t n);

/* Roles of a person of `facts` (by uid) in an organization; up to 4. */
size_t policy_roles(const struct policy *policy, const struct facts *facts,
    uint32_t uid, const char *alias, const char *ret_roles[4]);

/* Account id of a user in an organization, or NULL. */
const char *policy_account(
    const struct policy *policy, const char *alias, const char *user);

/*
 * Whether a line about who wrote a commit touches the organization, so that
 * it is worth asking for.
 */
bool policy_asks_authors(const struct policy *policy, const char *alias);

/* The user whose commits bear that address, by the account lines, or NULL. */
const char *policy_user_of_address(
    const struct policy *policy, const char *alias, const char *address);

/* The user of an account id by the account lines, or NULL. */
const char *policy_user_of_account(
    const struct policy *policy, const char *alias, const char *account);

/* Whether a robot line of that organization names the account. */
bool policy_is_robot(
    const struct policy *policy, const char *alias, const char *account);

#endif
