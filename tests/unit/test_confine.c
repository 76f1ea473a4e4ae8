/* SPDX-License-Identifier: ISC */
/*
 * What is given up is given up for good, so each test does it in a child and
 * looks at how that ends: 0, or the line of the check that failed. Where a
 * test needs root it says so and is skipped.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "confine/caps.h"
#include "confine/confine.h"
#include "tests/unit/fence_child.h"

#define NOBODY "nobody"

static void
need_root(void)
{
	if (geteuid() != 0) {
		print_message("skip: needs root\n");
		skip();
	}
}

/* ---- the first lines ---------------------------------------------------- */

static void
act_start(void)
{
	struct rlimit core;
	char where[8];

	(void)close(0);
	WANT(confine_start() == 0);
	WANT(getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0);
	WANT(prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) == 0);
	WANT(prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L) == 1);
	WANT(prctl(PR_SET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L) != 0);
	WANT(umask(0) == 077);
	WANT(fcntl(0, F_GETFD) == 0);
	WANT(getcwd(where, sizeof(where)) != NULL && strcmp(where, "/") == 0);
}

static void
a_service_starts_without_core_dump_and_new_rights(void **state)
{
	(void)state;
	assert_int_equal(in_child(act_start), 0);
}

static void
act_memory_of_a_sibling(void)
{
	char path[40], byte;
	int pipes[2];
	pid_t pid;

	WANT(confine_become(NOBODY, NULL) == 0 && pipe(pipes) == 0);
	if ((pid = fork()) == 0) {
		WANT(confine_start() == 0 && write(pipes[1], "", 1) == 1);
		(void)pause();
	}
	WANT(read(pipes[0], &byte, 1) == 1);
	(void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	WANT(open(path, O_RDONLY) < 0);
	(void)snprintf(path, sizeof(path), "/proc/%d/root", (int)pid);
	WANT(readlink(path, &byte, 1) < 0);
	(void)kill(pid, SIGKILL);
}

static void
memory_is_shut_to_the_own_uid(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(in_child(act_memory_of_a_sibling), 0);
}

/* ---- ids and capabilities ----------------------------------------------- */

static void
act_become(void)
{
	const struct passwd *nobody = getpwnam(NOBODY);
	uid_t uid = nobody->pw_uid;
	gid_t groups[64];
	int n;

	WANT(confine_become(NOBODY, NULL) == 0);
	WANT(getuid() == uid && geteuid() == uid);
	WANT(setuid(0) != 0 && seteuid(0) != 0 && setresuid(0, 0, 0) != 0);
	WANT(setgid(0) != 0 && setgroups(0, NULL) != 0);
	WANT(caps_check(0) == 0);
	WANT(caps_set(1) != 0);
	WANT(prctl(PR_CAPBSET_READ, 0L, 0L, 0L, 0L) == 0);
	n = getgroups(64, groups);
	WANT(n >= 0);
	for (int i = 0; i < n; i++)
		WANT(groups[i] != 0);
	WANT(open("/etc/shadow", O_RDONLY) < 0);
	/* Once more, as a worker does: nothing to change, all to prove. */
	WANT(confine_become(NOBODY, NULL) == 0);
	WANT(confine_become("root", NULL) == WARDER_ERIGHTS);
}

static void
what_was_dropped_cannot_come_back(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(in_child(act_become), 0);
}

static void
act_wrong_users(void)
{
	WANT(confine_become("no-such-user-here", NULL) == WARDER_EMISSING);
	WANT(confine_become(NOBODY, "no-such-group-here") == WARDER_EMISSING);
	WANT(confine_become("root", NULL) == WARDER_ERIGHTS);
	WANT(confine_become(NOBODY, "root") == WARDER_ERIGHTS);
}

static void
nobody_becomes_root_or_a_name_that_is_not_there(void **state)
{
	(void)state;
	assert_int_equal(in_child(act_wrong_users), 0);
}

static void
act_other_user(void)
{
	if (geteuid() == 0)
		WANT(setresgid(12345, 12345, 12345) == 0 &&
		     setresuid(12345, 12345, 12345) == 0);
	WANT(confine_become(NOBODY, NULL) == WARDER_ERIGHTS);
	WANT(confine_keep_caps(CONFINE_PAM_CAPS) == WARDER_ERIGHTS);
	WANT(confine_no_caps() == 0);
}

static void
an_ordinary_user_becomes_nobody_else(void **state)
{
	(void)state;
	assert_int_equal(in_child(act_other_user), 0);
}

static void
act_half_dropped(void)
{
	const struct passwd *nobody = getpwnam(NOBODY);

	/* The saved uid still is root: the classic half. */
	WANT(setresgid(nobody->pw_gid, nobody->pw_gid, nobody->pw_gid) == 0);
	WANT(setresuid(nobody->pw_uid, nobody->pw_uid, 0) == 0);
	WANT(confine_become(NOBODY, NULL) != 0);
}

static void
rights_that_are_half_dropped_are_refused(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(in_child(act_half_dropped), 0);
}

static void
act_keep_caps(void)
{
	char path[96];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/owned", folder);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	WANT(fd >= 0 && fchown(fd, 12345, 12345) == 0);
	WANT(confine_start() == 0);
	WANT(confine_keep_caps(CONFINE_PAM_CAPS) == 0);
	WANT(open(path, O_RDONLY) >= 0); /* DAC_READ_SEARCH */
	WANT(open(path, O_WRONLY) < 0);  /* but no DAC_OVERRIDE */
	WANT(chown(path, 0, 0) != 0);    /* nor CHOWN */
	WANT(unshare(CLONE_NEWNS) != 0); /* nor SYS_ADMIN */
	WANT(caps_set(CONFINE_PAM_CAPS | 1) != 0);
	WANT(prctl(PR_CAPBSET_READ, 0L, 0L, 0L, 0L) == 0);
	WANT(prctl(PR_CAPBSET_READ, 7L, 0L, 0L, 0L) == 1);
	/* A worker, after exec, comes through here again. */
	WANT(confine_keep_caps(CONFINE_PAM_CAPS) == 0);
}

static void
root_with_four_capabilities_has_just_these(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(in_child(act_keep_caps), 0);
}

/* What `SystemCallFilter=~@privileged` of a unit does to capset(2). */
static bool
deny_capset(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	bool is_denied = filter != NULL &&
	                 prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == 0 &&
	                 seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM),
	                     SCMP_SYS(capset), 0) == 0 &&
	                 seccomp_load(filter) == 0;

	seccomp_release(filter);
	return is_denied;
}

static void
act_nothing_to_give_up(void)
{
	WANT(geteuid() != 0 || confine_become(NOBODY, NULL) == 0);
	WANT(deny_capset());
	WANT(confine_no_caps() == 0);
	WANT(caps_set(1) != 0);
}

static void
who_has_no_capability_needs_no_capset(void **state)
{
	(void)state;
	assert_int_equal(in_child(act_nothing_to_give_up), 0);
}

static void
act_cannot_give_up(void)
{
	WANT(deny_capset());
	WANT(confine_no_caps() != 0);
	WANT(confine_keep_caps(CONFINE_PAM_CAPS) != 0);
}

static void
a_right_that_cannot_be_given_up_is_an_end(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(in_child(act_cannot_give_up), 0);
}

/* ---- the parent --------------------------------------------------------- */

static void
act_orphan(void)
{
	int pipes[2];
	char byte;
	pid_t middle;

	WANT(pipe(pipes) == 0);
	if ((middle = fork()) == 0) {
		pid_t parent = getpid();

		if (fork() == 0) {
			WANT(confine_parent(parent) == 0);
			WANT(write(pipes[1], "", 1) == 1);
			(void)pause();
		}
		(void)pause();
	}
	(void)close(pipes[1]);
	WANT(read(pipes[0], &byte, 1) == 1);
	WANT(kill(middle, SIGKILL) == 0);
	(void)alarm(5);
	WANT(read(pipes[0], &byte, 1) == 0); /* the orphan has ended */
}

static void
a_worker_does_not_outlive_its_listener(void **state)
{
	(void)state;
	assert_int_equal(in_child(act_orphan), 0);
}

static void
act_wrong_parent(void)
{
	WANT(confine_parent(getpid()) == WARDER_EOF);
}

static void
a_parent_that_has_gone_is_noticed(void **state)
{
	(void)state;
	assert_int_equal(in_child(act_wrong_parent), 0);
}

static void
act_limits(void)
{
	const struct confine_limits low = { .files = 20, .file_size = 4096 };
	const struct confine_limits high = { .files = 2000 };
	struct rlimit now;

	WANT(confine_limits(&low) == 0);
	WANT(confine_limits(&high) == 0);
	WANT(getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_max == 20);
	WANT(getrlimit(RLIMIT_FSIZE, &now) == 0 && now.rlim_max == 4096);
}

static void
a_limit_is_never_raised(void **state)
{
	(void)state;
	assert_int_equal(in_child(act_limits), 0);
}

static int
remove_folder(void **state)
{
	char path[96];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/owned", folder);
	(void)unlink(path);
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_service_starts_without_core_dump_and_new_rights),
		cmocka_unit_test(memory_is_shut_to_the_own_uid),
		cmocka_unit_test(what_was_dropped_cannot_come_back),
		cmocka_unit_test(
		    nobody_becomes_root_or_a_name_that_is_not_there),
		cmocka_unit_test(an_ordinary_user_becomes_nobody_else),
		cmocka_unit_test(rights_that_are_half_dropped_are_refused),
		cmocka_unit_test(root_with_four_capabilities_has_just_these),
		cmocka_unit_test(who_has_no_capability_needs_no_capset),
		cmocka_unit_test(a_right_that_cannot_be_given_up_is_an_end),
		cmocka_unit_test(a_worker_does_not_outlive_its_listener),
		cmocka_unit_test(a_parent_that_has_gone_is_noticed),
		cmocka_unit_test(a_limit_is_never_raised),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
