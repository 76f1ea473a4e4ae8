/* SPDX-License-Identifier: ISC */
/*
 * What if a call that takes a right away says "done" and did nothing, or says
 * that it failed? In both cases no service may start. Each call is replaced in
 * a child of its own; as an ordinary user only some of it can be tried.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "confine/confine.h"

enum call {
	NO_CALL,
	INITGROUPS,
	SETRESGID,
	SETRESUID,
	CAPSET,
	BOUND,
	DUMPABLE,
	NEW_PRIVS,
	CALLS
};

static enum call spoiled;
static int spoiled_result; /* 0: a lie; -1: a failure */

int __real_initgroups(const char *user, gid_t group);
int __real_setresgid(gid_t r, gid_t e, gid_t s);
int __real_setresuid(uid_t r, uid_t e, uid_t s);
int __real_prctl(int what, unsigned long a, unsigned long b, unsigned long c,
    unsigned long d);
long __real_syscall(long nr, long a, long b, long c, long d, long e, long f);
int __wrap_initgroups(const char *user, gid_t group);
int __wrap_setresgid(gid_t r, gid_t e, gid_t s);
int __wrap_setresuid(uid_t r, uid_t e, uid_t s);
int __wrap_prctl(int what, unsigned long a, unsigned long b, unsigned long c,
    unsigned long d);
long __wrap_syscall(long nr, long a, long b, long c, long d, long e, long f);

static int
spoil(void)
{
	errno = EPERM;
	return spoiled_result;
}

int
__wrap_initgroups(const char *user, gid_t group)
{
	return spoiled == INITGROUPS ? spoil() : __real_initgroups(user, group);
}

int
__wrap_setresgid(gid_t r, gid_t e, gid_t s)
{
	return spoiled == SETRESGID ? spoil() : __real_setresgid(r, e, s);
}

int
__wrap_setresuid(uid_t r, uid_t e, uid_t s)
{
	return spoiled == SETRESUID ? spoil() : __real_setresuid(r, e, s);
}

int
__wrap_prctl(int what, unsigned long a, unsigned long b, unsigned long c,
    unsigned long d)
{
	if ((spoiled == BOUND && what == PR_CAPBSET_DROP) ||
	    (spoiled == DUMPABLE && what == PR_SET_DUMPABLE) ||
	    (spoiled == NEW_PRIVS && what == PR_SET_NO_NEW_PRIVS))
		return spoil();
	return __real_prctl(what, a, b, c, d);
}

long
__wrap_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
	if (spoiled == CAPSET && nr == SYS_capset)
		return spoil();
	return __real_syscall(nr, a, b, c, d, e, f);
}

/* 1 if `act` went on in spite of it. */
static int
goes_on(enum call call, int result, int (*act)(void))
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		spoiled = call;
		spoiled_result = result;
		_exit(act() == 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
become(void)
{
	return confine_become("nobody", NULL);
}

static int
keep(void)
{
	return confine_keep_caps(CONFINE_PAM_CAPS);
}

static void
need_root(void)
{
	if (geteuid() != 0) {
		print_message("skip: needs root\n");
		skip();
	}
}

static void
nothing_is_spoiled_here(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(goes_on(NO_CALL, 0, become), 1);
	assert_int_equal(goes_on(NO_CALL, 0, keep), 1);
	assert_int_equal(goes_on(NO_CALL, 0, confine_start), 1);
}

static void
no_user_is_become_with_half_of_the_ids(void **state)
{
	(void)state;
	need_root();
	for (int result = -1; result <= 0; result++) {
		assert_int_equal(goes_on(SETRESUID, result, become), 0);
		assert_int_equal(goes_on(SETRESGID, result, become), 0);
		assert_int_equal(goes_on(BOUND, result, become), 0);
	}
	/* setresuid has taken the capabilities before, so it is not asked. */
	assert_int_equal(goes_on(CAPSET, -1, become), 1);
	assert_int_equal(goes_on(INITGROUPS, -1, become), 0);
	/* Root's own groups have 0 among them. */
	if (getgroups(0, NULL) > 0)
		assert_int_equal(goes_on(INITGROUPS, 0, become), 0);
}

static void
root_keeps_no_capability_by_a_lie(void **state)
{
	(void)state;
	need_root();
	for (int result = -1; result <= 0; result++) {
		assert_int_equal(goes_on(BOUND, result, keep), 0);
		assert_int_equal(goes_on(CAPSET, result, keep), 0);
	}
}

static void
no_service_starts_dumpable_or_with_new_rights(void **state)
{
	(void)state;
	for (int result = -1; result <= 0; result++) {
		assert_int_equal(goes_on(DUMPABLE, result, confine_start), 0);
		assert_int_equal(goes_on(NEW_PRIVS, result, confine_start), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_spoiled_here),
		cmocka_unit_test(no_user_is_become_with_half_of_the_ids),
		cmocka_unit_test(root_keeps_no_capability_by_a_lie),
		cmocka_unit_test(no_service_starts_dumpable_or_with_new_rights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
