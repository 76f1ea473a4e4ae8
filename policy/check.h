/* SPDX-License-Identifier: ISC */
/*
 * What is wrong with a policy that reads: names twice, lines that can never
 * count, roles against Yunxiao's own rule, people who are not there. Asks
 * the name service only through the functions handed in. Pure.
 */
#ifndef WARDER_POLICY_CHECK_H
#define WARDER_POLICY_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "policy/facts.h"
#include "policy/policy.h"

#define CHECK_FINDINGS_MAX 1000 /* what is found beyond it is not kept */
#define CHECK_WARNINGS_MAX 500  /* of these, warnings */

struct check_finding {
	const char *file; /* borrowed from the policy */
	uint32_t file_at; /* its number in reading order */
	uint32_t line, col;
	bool is_warning;
	const char *local_code; /* "duplicate", … */
	char text[192];
};

enum check_kind {
	CHECK_USER = 1,
	CHECK_UID,
	CHECK_GROUP
};

typedef void check_visit(void *arg, const char *name, uint32_t uid);

/* The name service. */
struct check_people {
	void *ctx;
	/*
	 * TRUE: there is such a user, uid or group, and each person meant was
	 * handed to `visit`; FALSE: there is none; UNKNOWN: it cannot be said
	 * now. `find` NULL: what needs the name service is left out.
	 */
	enum fact (*find)(void *ctx, enum check_kind kind, const char *name,
	    uint32_t uid, check_visit *visit, void *arg);
};

/*
 * Checks what was read. ret_findings (malloc, or NULL if there are none) is
 * in the order of the text. ENOMEM.
 */
WARDER_MUST_CHECK int policy_check(const struct policy *policy,
    const struct check_people *people, struct check_finding **ret_findings,
    size_t *ret_n);

/*
 * The same at an instant (seconds since 1970 UTC; NULL: not known), which
 * tells delegations that are over. No clock is read here.
 */
WARDER_MUST_CHECK int policy_check_at(const struct policy *policy,
    const struct check_people *people, const int64_t *now_s,
    struct check_finding **ret_findings, size_t *ret_n);

/*
 * Hands everybody whom the policy names, personally or by a group, to
 * `visit`; somebody may come more than once.
 */
void policy_people(const struct policy *policy,
    const struct check_people *people, check_visit *visit, void *arg);

/*
 * Hands those to `visit` who lend that user something by a delegation,
 * whatever its days: a name, or NULL where the line has a uid.
 */
void policy_givers(const struct policy *policy, uint32_t uid, const char *name,
    check_visit *visit, void *arg);

/* The name in the manner of the server for a local code of a policy error. */
const char *policy_error_code(const char *local_code);

#endif
