/* SPDX-License-Identifier: ISC */
/*
 * One request as it was received, and what became of it. The target and the
 * headers stay the received bytes, because the signature is over those; the
 * decoded parts beside them are for finding what is meant.
 */
#ifndef WARDER_SANDBOX_REQ_H
#define WARDER_SANDBOX_REQ_H

#include <stdbool.h>
#include <stdint.h>

#include "sandbox/text.h"

#define REQ_MAX_SEGMENTS 16
#define REQ_MAX_BODY 65536

struct call;
struct key;

/* The ids named in the path; NULL where the path has none. Borrowed. */
struct ids {
	const char *organization, *pipeline, *run, *job, *account;
	const char *repository, *commit;
};

struct req {
	int64_t ms; /* when it came, Unix time */
	unsigned int connection;
	const char *tls; /* "TLS1.3", static */
	char *method, *target;
	struct pairs headers;
	struct text body;
	bool begun;

	/* from the target, decoded */
	char *segments[REQ_MAX_SEGMENTS];
	size_t nsegments;
	struct pairs query;
	bool is_malformed; /* bad escape, NUL, or too many segments */
	struct ids ids;

	const struct call *call; /* what the action header names */
	const struct key *key;   /* whose signature was found good */
	bool dry; /* check everything, move nothing (for faults) */

	/* what became of it; static strings but for verdict's */
	const char *verdict; /* "ok" or an error code */
	const char *effect;  /* none, passed, refused, half */
	const char *fault;   /* its name, or NULL */
	int status;          /* 0: no answer was sent */
};

/* Takes a copy of both. */
struct req *req_new(const char *method, const char *target);
void req_freep(struct req **r);

/* Fills segments, query and is_malformed from the target. */
void req_parse_target(struct req *r);

/*
 * CanonicalURI and CanonicalQuery of the target, added to t. Returns false
 * where an escape is broken. Source: Alibaba Cloud help, document 2593177.
 */
bool req_canonical_path(const struct req *r, struct text *t);
bool req_canonical_query(const struct req *r, struct text *t);

#endif
