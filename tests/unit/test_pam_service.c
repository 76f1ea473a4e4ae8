/* SPDX-License-Identifier: ISC */
/*
 * A service that libpam would complete out of `other` is none of ours: no
 * file, a file of somebody else's, a phase without a line.
 */
#include "config.h"

#include <fcntl.h>
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

#include "base/fd.h"
#include "pam/service.h"

static char folder[64];
static int dir = -1;

static int
make_folder(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/warder-service-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? -1 : 0;
}

static int
drop_folder(void **state)
{
	(void)state;
	fd_closep(&dir);
	return rmdir(folder);
}

static int
check(const char *text, mode_t mode)
{
	char path[96];
	FILE *file;
	int r;

	(void)snprintf(path, sizeof(path), "%s/warder", folder);
	assert_non_null(file = fopen(path, "w"));
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
	r = service_check(dir, "warder", geteuid());
	assert_int_equal(unlink(path), 0);
	return r;
}

#define BOTH "auth required pam_unix.so\naccount required pam_unix.so\n"

static void
a_service_without_a_file_is_none(void **state)
{
	(void)state;
	assert_int_equal(
	    service_check(dir, "warder", geteuid()), WARDER_EMISSING);
}

static void
a_service_without_a_line_for_a_phase_is_none(void **state)
{
	static const char *const wrong[] = {
		"\n",
		"# auth and account\n",
		"auth required pam_unix.so\n",
		"account required pam_unix.so\n",
		"auth required pam_unix.so\n# account required pam_unix.so\n",
		"auth required pam_unix.so account\n",
		"authx required pam_unix.so\naccount required pam_unix.so\n",
		"auth\naccount\n",
		"session required pam_unix.so\npassword required pam_unix.so\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(check(wrong[i], 0644), WARDER_EFORM);
}

static void
a_service_that_others_can_write_is_none(void **state)
{
	(void)state;
	assert_int_equal(check(BOTH, 0664), WARDER_ERIGHTS);
	assert_int_equal(check(BOTH, 0646), WARDER_ERIGHTS);
}

static void
a_name_is_no_path(void **state)
{
	(void)state;
	assert_int_equal(
	    service_check(dir, "../warder", geteuid()), WARDER_EFORM);
	assert_int_equal(service_check(dir, "", geteuid()), WARDER_EFORM);
}

static void
lines_for_both_phases_make_a_service(void **state)
{
	(void)state;
	assert_int_equal(check(BOTH, 0644), 0);
	assert_int_equal(check("  AUTH\tsufficient pam_a.so\n-account required "
	                       "pam_b.so",
	                     0644),
	    0);
	assert_int_equal(check("@include common-both\n", 0644), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_service_without_a_file_is_none),
		cmocka_unit_test(a_service_without_a_line_for_a_phase_is_none),
		cmocka_unit_test(a_service_that_others_can_write_is_none),
		cmocka_unit_test(a_name_is_no_path),
		cmocka_unit_test(lines_for_both_phases_make_a_service),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
