/* SPDX-License-Identifier: ISC */
/*
 * One person through one PAM stack: authenticate and account, and what came
 * of each. Only the meeting of three things is a yes: both phases succeeded,
 * the user is still the one who was asked for, no conversation broke.
 */
#ifndef WARDER_PAM_AUTH_H
#define WARDER_PAM_AUTH_H

#include <security/pam_appl.h>

#include "pam/conv.h"
#include "wire/proof.h"

/* libpam, as a table: tests put their own in its place. */
struct auth_calls {
	int (*start)(const char *service, const char *user,
	    const struct pam_conv *conv, pam_handle_t **ret_pam);
	int (*set_item)(pam_handle_t *pam, int item, const void *value);
	int (*get_item)(
	    const pam_handle_t *pam, int item, const void **ret_value);
	int (*authenticate)(pam_handle_t *pam, int flags);
	int (*acct_mgmt)(pam_handle_t *pam, int flags);
	int (*end)(pam_handle_t *pam, int last);
};
extern const struct auth_calls auth_libpam;

/*
 * Fills authn, authenticate, acct_mgmt, user, answers and word of
 * *ret_verdict; its digest is left alone.
 */
void auth_run(const struct auth_calls *calls, const struct proof_auth *auth,
    struct conv *conv, struct proof_verdict *ret_verdict);

#endif
