/* SPDX-License-Identifier: ISC */
/*
 * Repositories: one, a commit of it, the difference of two. Both families
 * ask for the same things, with other paths and names. Source: the vendor's
 * metadata of 2021-06-25, its help page GetCompare, its MCP server.
 */
#ifndef WARDER_SANDBOX_CODEUP_H
#define WARDER_SANDBOX_CODEUP_H

#include "sandbox/calls.h"

/* Of the signed API: the organization stands in the query. */
void serve_repository(struct sandbox *s, struct req *r, struct answer *a);
void serve_commit(struct sandbox *s, struct req *r, struct answer *a);
void serve_compare(struct sandbox *s, struct req *r, struct answer *a);

/* Of the token API: the organization stands in the path, or is the host's. */
void token_commit(struct sandbox *s, struct req *r, struct answer *a);
void token_compare(struct sandbox *s, struct req *r, struct answer *a);

#endif
