/* SPDX-License-Identifier: ISC */
/*
 * The calls that warder makes, and no others: each is built here from typed
 * ids that were checked here, never from bytes that somebody hands in. What
 * this file cannot build cannot be signed. Called by the keeper. Pure.
 */
#ifndef WARDER_YUNXIAO_REQUEST_H
#define WARDER_YUNXIAO_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "yunxiao/ids.h"

#define REQUEST_TARGET_SIZE 4096
#define REQUEST_QUERY_MAX 12
#define REQUEST_PAGE 30 /* entries a page */
/* CALL_COMPARE: what a diff is asked for; only the names are kept. */
#define REQUEST_DIFF_FILES 200
#define REQUEST_DIFF_BYTES 10240

enum call {
	CALL_PASS = 1,
	CALL_REFUSE,
	CALL_RUN,
	CALL_RUNS,
	CALL_PIPELINES,
	CALL_PIPELINE,
	CALL_MEMBERS,
	CALL_MEMBER,
	CALL_RESOURCE_MEMBERS,
	CALL_ORGANIZATIONS,
	CALL_WHOAMI,     /* token API only */
	CALL_REPOSITORY, /* signed API only: what number a path has */
	CALL_COMMIT,
	CALL_COMPARE
};

/* NULL or "" = left out. All texts are borrowed during the call only. */
struct call_args {
	struct gate_ids ids;       /* as deep as the call needs */
	const char *account;       /* CALL_MEMBER */
	const char *pipeline_name; /* CALL_PIPELINES */
	const char *statuses; /* CALL_PIPELINES: "WAITING,RUNNING"; CALL_RUNS */
	const char *next_token;  /* signed API: of the page before */
	uint32_t page;           /* token API: from 1 on; 0 counts as 1 */
	uint64_t from_ms, to_ms; /* CALL_RUNS: started between; 0: open */
	/*
	 * A path as codeup_parse() gives it. The signed API wants it for
	 * CALL_REPOSITORY, and for the two after it the number it answers.
	 */
	const char *repository, *repository_id;
	const char *commit, *from; /* CALL_COMPARE: from `from` to `commit` */
};

struct request_pair {
	const char *name; /* a constant */
	char value[513];  /* decoded */
};

struct request {
	enum call call;
	enum api api;
	const char *action; /* x-acs-action; NULL in the token API */
	const char *method; /* "GET" or "POST" */
	char path[512];     /* as it goes on the wire */
	struct request_pair query[REQUEST_QUERY_MAX];
	size_t query_n;
	char target[REQUEST_TARGET_SIZE]; /* path?query as on the wire */
};

/*
 * EFORM: an id the call needs is missing or malformed. ETYPE: that API has
 * no such call. ETOOBIG: a text is too long.
 */
WARDER_MUST_CHECK int request_build(enum api api, enum call call,
    const struct call_args *args, struct request *ret_request);

#endif
