/* SPDX-License-Identifier: ISC */
/*
 * Roles here against roles at the server. What the server said is gathered
 * piece by piece, then compared once: an error is somebody who is wider here
 * than there, a note somebody who is wider there. What was not read or not
 * understood is neither, and is said. Called by warderctl. Pure.
 */
#ifndef WARDER_CTL_DRIFT_H
#define WARDER_CTL_DRIFT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/conf.h"
#include "policy/roster.h"
#include "wire/admin.h"

/* A person of the organization, as far as the server told. */
struct drift_member {
	char account[65], name[513];
	char role[513], role_id[65]; /* of an id that warder.conf lacks */
	enum roster_rank rank;       /* the highest of those known */
	bool is_unclear;             /* has a role that is not known */
};

struct drift_pipeline {
	char id[20], name[513];
	bool is_unread;
};

struct drift_seat {
	char account[65], name[513];
	size_t pipeline; /* index */
	enum roster_rank rank;
};

enum drift_level {
	DRIFT_ERROR = 1, /* wider here */
	DRIFT_NOTE,      /* wider there */
	DRIFT_UNKNOWN    /* could not be compared */
};

enum drift_what {
	DRIFT_IN_ORG = 1,   /* role of the organization */
	DRIFT_IN_PIPELINES, /* role in `pipelines` */
	DRIFT_NO_ACCOUNT,   /* no account line */
	DRIFT_LOST,         /* a name of the policy did not resolve */
	DRIFT_ROLE_ID       /* what `role_id` means is not in warder.conf */
};

/* Texts are borrowed from roster and drift. */
struct drift_finding {
	enum drift_level level;
	enum drift_what what;
	const char *user;    /* here; NULL: nobody */
	const char *account; /* "" where there is none */
	const char *name;    /* there; "" */
	const char *role, *role_id;
	enum roster_rank here, there;
	size_t people;     /* ROLE_ID: how many have it */
	size_t *pipelines; /* indices; owned */
	size_t pipelines_n;
};

struct drift {
	const struct conf *conf; /* borrowed; server_role */
	struct drift_member *members;
	size_t members_n, members_cap;
	struct drift_pipeline *pipelines;
	size_t pipelines_n, pipelines_cap;
	struct drift_seat *seats;
	size_t seats_n, seats_cap;
	bool no_members; /* the organization's list is not whole */
	bool is_unread;  /* something is not whole */
	struct drift_finding *findings;
	size_t findings_n, findings_cap;
	int r; /* the first failure */
};

void drift_clear(struct drift *drift);
#define auto_drift __attribute__((cleanup(drift_clear)))

/*
 * One piece of what the keeper told. EFORM: an account that is no account id,
 * or a pipeline that was not announced. A role that nobody knows is unclear.
 */
WARDER_MUST_CHECK int drift_add_pipeline(
    struct drift *drift, const char *id, const char *name);
WARDER_MUST_CHECK int drift_add_member(
    struct drift *drift, const struct admin_member *member);
void drift_unread_pipeline(struct drift *drift, const char *id);

/* Fills findings: errors, then what is unknown, then notes. */
WARDER_MUST_CHECK int drift_compare(struct drift *drift,
    const struct policy *policy, const char *alias,
    const struct roster *roster);

size_t drift_count(const struct drift *drift, enum drift_level level);

#endif
