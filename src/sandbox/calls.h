/* SPDX-License-Identifier: ISC */
/*
 * The calls of the signed API that the sandbox serves: one row each, with
 * the method, the path and what answers it. Source: Alibaba Cloud help,
 * documents 460541, 460565, 460566 and the 2021-06-25 metadata.
 */
#ifndef WARDER_SANDBOX_CALLS_H
#define WARDER_SANDBOX_CALLS_H

#include "sandbox/sandbox.h"

#define CALLS_VERSION "2021-06-25"

struct call {
	const char *action, *method, *path;
	void (*serve)(struct sandbox *s, struct req *r, struct answer *a);
};

/* The row that an action names; NULL: there is no such call. */
const struct call *calls_find(const char *action);
/* Fills the ids of a path that is like the pattern; false: it is not. */
bool calls_match(const char *pattern, const struct req *r, struct ids *ret_ids);
/* Does the request's path belong to that call? */
bool calls_path_fits(const struct call *c, const struct req *r);
/* Fills the ids that the path names, whatever call it belongs to. */
void calls_read_ids(struct req *r);

/* Rows of the lists that both families show, filtered by the query. */
cJSON *lists_runs(
    const struct place *p, const struct req *r, const char *end_name);
cJSON *lists_pipelines(const struct place *p, const struct req *r);

/* What answers: reads, lists and decisions. */
void serve_run(struct sandbox *s, struct req *r, struct answer *a);
void serve_runs(struct sandbox *s, struct req *r, struct answer *a);
void serve_pipelines(struct sandbox *s, struct req *r, struct answer *a);
void serve_pipeline(struct sandbox *s, struct req *r, struct answer *a);
void serve_members(struct sandbox *s, struct req *r, struct answer *a);
void serve_member(struct sandbox *s, struct req *r, struct answer *a);
void serve_roles(struct sandbox *s, struct req *r, struct answer *a);
void serve_joined(struct sandbox *s, struct req *r, struct answer *a);
void serve_pass(struct sandbox *s, struct req *r, struct answer *a);
void serve_refuse(struct sandbox *s, struct req *r, struct answer *a);

/*
 * Organization, caller, pipeline, run, job, in this order and as far as the
 * path names them. False: the answer says which one is missing.
 */
bool calls_find_place(struct sandbox *s, struct req *r, struct answer *a,
    struct place *ret_place);
/* Answers with a row of the table of error codes and keeps the verdict. */
void calls_fail(struct req *r, struct answer *a, const struct fail *why);

#endif
