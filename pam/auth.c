/* SPDX-License-Identifier: ISC */
/*
 * Modules are root's code and can do anything to this process. What can be
 * held against a merely faulty one is: it renames the user, it succeeds
 * without the answer it asked for, it leaves the account phase out.
 */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "pam/auth.h"

const struct auth_calls auth_libpam = { pam_start, pam_set_item, pam_get_item,
	pam_authenticate, pam_acct_mgmt, pam_end };

struct run {
	const struct auth_calls *calls;
	const struct proof_auth *auth;
	pam_handle_t *pam;
	struct proof_verdict *verdict;
};

/* What a phase that failed is called; NULL if it succeeded. */
static const char *
word_of(int result)
{
	switch (result) {
	case PAM_SUCCESS:
		return NULL;
	case PAM_NEW_AUTHTOK_REQD:
		return "new_password";
	case PAM_ACCT_EXPIRED:
	case PAM_AUTHTOK_EXPIRED:
		return "expired";
	}
	return "pam";
}

/* Copies PAM_USER into the verdict; false if it is not who was asked for. */
static bool
is_same_user(const struct run *run)
{
	const void *item = NULL;
	char *user = run->verdict->user;

	user[0] = '\0';
	if (run->calls->get_item(run->pam, PAM_USER, &item) != PAM_SUCCESS ||
	    item == NULL)
		return false;
	if (text_copy(user, sizeof(run->verdict->user), item) != 0 ||
	    !text_is_clean(user, strlen(user)))
		user[0] = '\0';
	return strcmp(user, run->auth->user) == 0;
}

static int
set_items(const struct run *run)
{
	const struct proof_auth *auth = run->auth;
	int result;

	result = run->calls->set_item(run->pam, PAM_RUSER, auth->user);
	if (result == PAM_SUCCESS && auth->tty[0] != '\0')
		result = run->calls->set_item(run->pam, PAM_TTY, auth->tty);
	return result;
}

/* Both phases in their order; the word of the first that failed. */
static const char *
run_phases(const struct run *run, const struct conv *conv, int *ret_last)
{
	struct proof_verdict *verdict = run->verdict;
	const char *word;

	if ((*ret_last = set_items(run)) != PAM_SUCCESS)
		return "start";
	*ret_last =
	    run->calls->authenticate(run->pam, PAM_DISALLOW_NULL_AUTHTOK);
	verdict->authenticate = (uint32_t)*ret_last;
	if (conv->failure != NULL)
		return conv->failure;
	if ((word = word_of(*ret_last)) != NULL)
		return word;
	if (!is_same_user(run))
		return "renamed";
	*ret_last = run->calls->acct_mgmt(run->pam, PAM_DISALLOW_NULL_AUTHTOK);
	verdict->acct_mgmt = (uint32_t)*ret_last;
	if (conv->failure != NULL)
		return conv->failure;
	if ((word = word_of(*ret_last)) != NULL)
		return word;
	return is_same_user(run) ? NULL : "renamed";
}

void
auth_run(const struct auth_calls *calls, const struct proof_auth *auth,
    struct conv *conv, struct proof_verdict *ret_verdict)
{
	const struct pam_conv talk = { conv_talk, conv };
	struct run run = { calls, auth, NULL, ret_verdict };
	const char *word;
	int last;

	ret_verdict->authn = 0;
	ret_verdict->authenticate = PROOF_NOT_RUN;
	ret_verdict->acct_mgmt = PROOF_NOT_RUN;
	ret_verdict->user[0] = '\0';
	last = calls->start(auth->service, auth->user, &talk, &run.pam);
	word = "start";
	if (last == PAM_SUCCESS)
		word = run_phases(&run, conv, &last);
	if (run.pam != NULL && calls->end(run.pam, last) != PAM_SUCCESS &&
	    word == NULL)
		word = "pam";
	ret_verdict->answers = conv->answers;
	if (word == NULL && ret_verdict->authenticate == PAM_SUCCESS &&
	    ret_verdict->acct_mgmt == PAM_SUCCESS &&
	    strcmp(ret_verdict->user, auth->user) == 0)
		ret_verdict->authn = PROOF_YES;
	else
		(void)text_cut(ret_verdict->word, sizeof(ret_verdict->word),
		    word != NULL ? word : "pam",
		    strlen(word != NULL ? word : "pam"));
}
