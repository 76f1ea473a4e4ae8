/* SPDX-License-Identifier: ISC */
/*
 * The token API: the second family, on the same port. Told apart by its
 * path, checked by its one header, answered without an envelope. Source: the
 * vendor's help pages on personal tokens and its MCP server.
 */
#ifndef WARDER_SANDBOX_TOKEN_H
#define WARDER_SANDBOX_TOKEN_H

#include "sandbox/calls.h"

#define TOKEN_USER_SIZE 25

/* Is the target one of this family's? */
bool token_is(const struct req *r);

/*
 * Sets call and ids as far as the target names them; the organization of the
 * region edition comes from the Host. The caller holds the lock.
 */
void token_find(const struct sandbox *s, struct req *r);

/*
 * NULL: the request is good and ret_key holds whose token it is. Else the
 * first check that failed: path, method, body, token, its end, its scope.
 */
const struct fail *token_verify(
    const struct sandbox *s, const struct req *r, struct key *ret_key);

/* The scope that a call of token_find() asks for; "" none. */
const char *token_scope(const struct call *call);

/* The same failure as this family spells it. */
const struct fail *token_spelling(const struct fail *why);

/*
 * A person's userId: an id space of its own, 24 hex digits. Made of the
 * account where the scenario gives none.
 */
void token_user(
    const cJSON *organization, const char *account, char ret[TOKEN_USER_SIZE]);

/* What answers. Pass and refuse are decide.c's. */
void token_run(struct sandbox *s, struct req *r, struct answer *a);
void token_latest(struct sandbox *s, struct req *r, struct answer *a);
void token_runs(struct sandbox *s, struct req *r, struct answer *a);
void token_pipelines(struct sandbox *s, struct req *r, struct answer *a);
void token_pipeline(struct sandbox *s, struct req *r, struct answer *a);
void token_roles(struct sandbox *s, struct req *r, struct answer *a);
void token_members(struct sandbox *s, struct req *r, struct answer *a);
void token_whoami(struct sandbox *s, struct req *r, struct answer *a);

#endif
