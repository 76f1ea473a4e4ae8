/* SPDX-License-Identifier: ISC */
/*
 * What counts as a proof, over a libpam made of a table: every mixture of
 * results, users that change, modules that misbehave. And over the real one,
 * with a folder of services of our own.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/blob.h"
#include "pam/auth.h"

static struct {
	int start, authenticate, acct, end;
	const char *user_after_auth, *user_after_acct;
	const char *user;
	int ended, last, items;
	bool has_run_acct;
} fake;

static int
fake_start(const char *service, const char *user, const struct pam_conv *conv,
    pam_handle_t **ret_pam)
{
	(void)service;
	(void)conv;
	fake.user = user;
	*ret_pam = (pam_handle_t *)&fake;
	return fake.start;
}

static int
fake_set_item(pam_handle_t *pam, int item, const void *value)
{
	(void)pam;
	(void)value;
	fake.items |= 1 << item;
	return PAM_SUCCESS;
}

static int
fake_get_item(const pam_handle_t *pam, int item, const void **ret_value)
{
	(void)pam;
	assert_int_equal(item, PAM_USER);
	*ret_value = fake.user;
	return PAM_SUCCESS;
}

static int
fake_authenticate(pam_handle_t *pam, int flags)
{
	(void)pam;
	assert_int_equal(flags, PAM_DISALLOW_NULL_AUTHTOK);
	if (fake.user_after_auth != NULL)
		fake.user = fake.user_after_auth;
	return fake.authenticate;
}

static int
fake_acct_mgmt(pam_handle_t *pam, int flags)
{
	(void)pam;
	(void)flags;
	fake.has_run_acct = true;
	if (fake.user_after_acct != NULL)
		fake.user = fake.user_after_acct;
	return fake.acct;
}

static int
fake_end(pam_handle_t *pam, int last)
{
	(void)pam;
	fake.ended++;
	fake.last = last;
	return fake.end;
}

static const struct auth_calls fake_calls = { fake_start, fake_set_item,
	fake_get_item, fake_authenticate, fake_acct_mgmt, fake_end };

static const struct proof_auth asked = {
	.service = "warder", .user = "chen", .tty = "pts/3", .lang = 1
};

static int
reset(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	return 0;
}

static struct proof_verdict
prove(struct conv *conv)
{
	struct conv none = { 0 };
	struct proof_verdict verdict = { 0 };

	auth_run(&fake_calls, &asked, conv != NULL ? conv : &none, &verdict);
	assert_int_equal(fake.ended, 1);
	assert_true((verdict.word[0] == '\0') == (verdict.authn == PROOF_YES));
	return verdict;
}

static void
only_success_and_success_is_a_proof(void **state)
{
	for (int a = 0; a < 40; a++) {
		for (int b = 0; b < 40; b++) {
			struct proof_verdict verdict;

			reset(state);
			fake.authenticate = a;
			fake.acct = b;
			verdict = prove(NULL);
			assert_int_equal(verdict.authn == PROOF_YES,
			    a == PAM_SUCCESS && b == PAM_SUCCESS);
			assert_int_equal(fake.has_run_acct, a == PAM_SUCCESS);
			assert_int_equal(fake.last, a != PAM_SUCCESS ? a : b);
		}
	}
}

static void
an_expired_account_has_its_own_word(void **state)
{
	(void)state;
	fake.acct = PAM_ACCT_EXPIRED;
	assert_string_equal(prove(NULL).word, "expired");
}

static void
a_password_to_be_changed_has_its_own_word(void **state)
{
	(void)state;
	fake.acct = PAM_NEW_AUTHTOK_REQD;
	assert_string_equal(prove(NULL).word, "new_password");
}

static void
a_wrong_password_is_just_a_failure(void **state)
{
	struct proof_verdict verdict;

	(void)state;
	fake.authenticate = PAM_AUTH_ERR;
	verdict = prove(NULL);
	assert_string_equal(verdict.word, "pam");
	assert_int_equal(verdict.acct_mgmt, PROOF_NOT_RUN);
}

static void
a_stack_that_does_not_start_is_no_proof(void **state)
{
	struct conv conv = { 0 };
	struct proof_verdict verdict = { 0 };

	(void)state;
	fake.start = PAM_ABORT;
	auth_run(&fake_calls, &asked, &conv, &verdict);
	assert_int_not_equal(verdict.authn, PROOF_YES);
	assert_string_equal(verdict.word, "start");
}

static void
a_user_renamed_while_authenticating_is_refused(void **state)
{
	struct proof_verdict verdict;

	(void)state;
	fake.user_after_auth = "root";
	verdict = prove(NULL);
	assert_string_equal(verdict.word, "renamed");
	assert_string_equal(verdict.user, "root");
	assert_false(fake.has_run_acct);
}

static void
a_user_renamed_by_the_account_phase_is_refused(void **state)
{
	(void)state;
	fake.user_after_acct = "chenn";
	assert_string_equal(prove(NULL).word, "renamed");
}

static void
a_user_that_is_gone_is_refused(void **state)
{
	char longest[400];

	(void)state;
	memset(longest, 'c', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	fake.user_after_auth = longest;
	assert_string_equal(prove(NULL).word, "renamed");
}

/* A stack with a sufficient module after the one that lost its answer. */
static void
success_after_a_broken_conversation_is_no_proof(void **state)
{
	struct conv conv = { .failure = "gone" };

	(void)state;
	assert_string_equal(prove(&conv).word, "gone");
}

static void
a_failing_end_is_no_proof(void **state)
{
	(void)state;
	fake.end = PAM_SYSTEM_ERR;
	assert_string_equal(prove(NULL).word, "pam");
}

static void
terminal_and_asking_user_are_told_to_the_modules(void **state)
{
	(void)state;
	assert_int_equal(prove(NULL).authn, PROOF_YES);
	assert_int_equal(fake.items, 1 << PAM_TTY | 1 << PAM_RUSER);
}

#ifdef HAVE_PAM_START_CONFDIR
static char confdir[] = "/tmp/warder-pam-XXXXXX";

static int
start_here(const char *service, const char *user, const struct pam_conv *conv,
    pam_handle_t **ret_pam)
{
	return pam_start_confdir(service, user, conv, confdir, ret_pam);
}

static const char *
word_of_stack(const char *stack)
{
	const struct auth_calls calls = { start_here, pam_set_item,
		pam_get_item, pam_authenticate, pam_acct_mgmt, pam_end };
	static struct proof_verdict verdict;
	struct conv conv = { 0 };
	char path[64];
	FILE *file;

	memset(&verdict, 0, sizeof(verdict));
	assert_non_null(mkdtemp(confdir));
	(void)snprintf(path, sizeof(path), "%s/warder", confdir);
	assert_non_null(file = fopen(path, "w"));
	assert_true(fputs(stack, file) >= 0);
	assert_int_equal(fclose(file), 0);
	auth_run(&calls, &asked, &conv, &verdict);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(confdir), 0);
	memset(confdir + strlen(confdir) - 6, 'X', 6);
	return verdict.authn == PROOF_YES ? "yes" : verdict.word;
}

static void
a_stack_that_permits_in_both_phases_proves(void **state)
{
	(void)state;
	assert_string_equal(word_of_stack("auth required pam_permit.so\n"
	                                  "account required pam_permit.so\n"),
	    "yes");
}

static void
a_stack_without_an_account_line_refuses(void **state)
{
	(void)state;
	assert_string_equal(
	    word_of_stack("auth required pam_permit.so\n"), "pam");
}

static void
a_missing_module_refuses(void **state)
{
	(void)state;
	assert_string_equal(
	    word_of_stack("auth required pam_that_is_not_there.so\n"
	                  "account required pam_permit.so\n"),
	    "pam");
}

static void
a_stack_that_denies_refuses(void **state)
{
	(void)state;
	assert_string_equal(word_of_stack("auth required pam_permit.so\n"
	                                  "account required pam_deny.so\n"),
	    "pam");
}
#endif

#define FAKE(f) cmocka_unit_test_setup(f, reset)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FAKE(only_success_and_success_is_a_proof),
		FAKE(an_expired_account_has_its_own_word),
		FAKE(a_password_to_be_changed_has_its_own_word),
		FAKE(a_wrong_password_is_just_a_failure),
		FAKE(a_stack_that_does_not_start_is_no_proof),
		FAKE(a_user_renamed_while_authenticating_is_refused),
		FAKE(a_user_renamed_by_the_account_phase_is_refused),
		FAKE(a_user_that_is_gone_is_refused),
		FAKE(success_after_a_broken_conversation_is_no_proof),
		FAKE(a_failing_end_is_no_proof),
		FAKE(terminal_and_asking_user_are_told_to_the_modules),
#ifdef HAVE_PAM_START_CONFDIR
		cmocka_unit_test(a_stack_that_permits_in_both_phases_proves),
		cmocka_unit_test(a_stack_without_an_account_line_refuses),
		cmocka_unit_test(a_missing_module_refuses),
		cmocka_unit_test(a_stack_that_denies_refuses),
#endif
	};

	if (base_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
