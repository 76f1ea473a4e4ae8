/* SPDX-License-Identifier: ISC */
/* Who asks: what /proc says is read with suspicion, and nobody is nobody. */
#include "config.h"

#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "keeper/identity.h"

static void
nobody_is_refused(void **state)
{
	const struct peer minus_one = { (uid_t)-1, 0, getpid() };
	const struct peer overflow = { 65534, 0, getpid() };
	const struct peer no_pid = { getuid(), 0, 0 };
	struct caller caller;

	(void)state;
	assert_int_equal(identity_read(&minus_one, &caller), WARDER_ECRED);
	assert_int_equal(identity_read(&overflow, &caller), WARDER_ECRED);
	assert_int_equal(identity_read(&no_pid, &caller), WARDER_ECRED);
}

static void
a_creator_that_is_gone_is_refused(void **state)
{
	pid_t child = fork();
	struct peer peer = { getuid(), getgid(), child };
	struct caller caller;

	(void)state;
	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(identity_read(&peer, &caller), WARDER_ECRED);
}

static void
a_uid_that_is_not_the_process_is_refused(void **state)
{
	const struct peer peer = { getuid() + 1, getgid(), getpid() };
	struct caller caller;

	(void)state;
	assert_int_equal(identity_read(&peer, &caller), WARDER_ECRED);
}

static void
a_live_creator_is_known_by_name(void **state)
{
	const struct peer peer = { getuid(), getgid(), getpid() };
	const struct passwd *entry = getpwuid(getuid());
	struct caller caller;

	(void)state;
	assert_int_equal(identity_read(&peer, &caller), 0);
	assert_int_equal(caller.uid, getuid());
	assert_string_equal(caller.name, entry == NULL ? "" : entry->pw_name);
}

static void
a_command_name_full_of_brackets(void **state)
{
	unsigned int tty_nr = 0;

	(void)state;
	assert_int_equal(
	    identity_parse_stat("7 (a) S 1 (b)) R 1 2 3 34819 -1", &tty_nr), 0);
	assert_int_equal(tty_nr, 34819);
	assert_int_equal(
	    identity_parse_stat("7 sh S 1 2 3 34819", &tty_nr), WARDER_EFORM);
	assert_int_equal(
	    identity_parse_stat("7 (sh) S 1", &tty_nr), WARDER_EFORM);
}

static void
a_terminal_has_its_kernel_name(void **state)
{
	char name[33];

	(void)state;
	identity_tty_name(34819, name);
	assert_string_equal(name, "pts/3");
	identity_tty_name(1025, name);
	assert_string_equal(name, "tty1");
	identity_tty_name(0, name);
	assert_string_equal(name, "");
	identity_tty_name(0xffff01, name);
	assert_true(strchr(name, ':') != NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_refused),
		cmocka_unit_test(a_creator_that_is_gone_is_refused),
		cmocka_unit_test(a_uid_that_is_not_the_process_is_refused),
		cmocka_unit_test(a_live_creator_is_known_by_name),
		cmocka_unit_test(a_command_name_full_of_brackets),
		cmocka_unit_test(a_terminal_has_its_kernel_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
