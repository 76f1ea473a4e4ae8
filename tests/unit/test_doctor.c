/* SPDX-License-Identifier: ISC */
/* What doctor makes of mounts, units, disks, processes and certificates. */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "ctl/doctor.h"

static FILE *
file_of(const char *text)
{
	FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");

	assert_non_null(file);
	return file;
}

static const char *
mount_of(const char *table, const char *path)
{
	static char dir[PATH_MAX], how[512];
	FILE *file = file_of(table);
	bool is_found = doctor_mount_of(file, path, dir, how);

	(void)fclose(file);
	return is_found ? dir : NULL;
}

static void
the_longest_mount_and_of_two_the_later_counts(void **state)
{
	static const char table[] = "a / ext4 rw 0 0\n"
	                            "b /var ext4 rw 0 0\n"
	                            "c /var/log ext4 rw 0 0\n"
	                            "d /var/lo ext4 rw 0 0\n"
	                            "e /var/log ext4 ro 0 0\n";
	char dir[PATH_MAX], how[512];
	FILE *file = file_of(table);

	(void)state;
	assert_true(doctor_mount_of(file, "/var/log/warder", dir, how));
	(void)fclose(file);
	assert_string_equal(dir, "/var/log");
	assert_string_equal(how, "ro");
	assert_string_equal(mount_of(table, "/var/log"), "/var/log");
	assert_string_equal(mount_of(table, "/var/logs"), "/var");
	assert_string_equal(mount_of(table, "/srv"), "/");
	assert_null(mount_of("b /var ext4 rw 0 0\n", "/srv"));
}

static void
a_proc_that_hides_is_found_with_its_group(void **state)
{
	gid_t gid = 7;

	(void)state;
	assert_false(doctor_hides_processes("rw,nosuid", &gid));
	assert_false(doctor_hides_processes("rw,hidepid=0,gid=5", &gid));
	assert_false(doctor_hides_processes("rw,hidepid=off", &gid));
	assert_true(doctor_hides_processes("rw,hidepid=2", &gid));
	assert_int_equal(gid, 0);
	assert_true(doctor_hides_processes("gid=2120,hidepid=invisible", &gid));
	assert_int_equal(gid, 2120);
	assert_true(doctor_hides_processes("hidepid=ptraceable,gid=x", &gid));
	assert_int_equal(gid, 0);
}

static bool
has_group(const char *status, uid_t uid, gid_t gid)
{
	FILE *file = file_of(status);
	bool is_in = doctor_status_has_group(file, uid, gid);

	(void)fclose(file);
	return is_in;
}

static void
the_groups_of_a_process_are_read(void **state)
{
	static const char status[] = "Name:\twarder-keeper\n"
	                             "Uid:\t962\t962\t962\t962\n"
	                             "Gid:\t4\t4\t4\t4\n"
	                             "Groups:\t10 2120 \n"
	                             "NStgid:\t77\n";

	(void)state;
	assert_true(has_group(status, 962, 2120));
	assert_true(has_group(status, 962, 4));
	assert_false(has_group(status, 962, 77));
	assert_false(has_group(status, 962, 212));
	assert_false(has_group(status, 963, 2120));
	assert_false(has_group("Groups:\t4\n", 0, 4));
}

static bool
is_of_unit(const char *cgroup)
{
	FILE *file = file_of(cgroup);
	bool is_unit = doctor_is_of_unit(file);

	(void)fclose(file);
	return is_unit;
}

/* On one host with systemd: its units tell nothing of runit's keeper. */
static void
a_keeper_of_runit_is_told_from_one_of_its_unit(void **state)
{
	(void)state;
	assert_true(is_of_unit("0::/system.slice/warder-keeper.service\n"));
	assert_true(is_of_unit("2:cpu:/\n"
	                       "1:name=systemd:/system.slice/"
	                       "warder-keeper.service\n"));
	assert_false(is_of_unit("0::/system.slice/runit.service\n"));
	assert_false(is_of_unit("0::/user.slice/x-warder-keeper.service\n"));
	assert_false(is_of_unit("0::/\n"));
}

static bool
hands_over(const char *unit)
{
	FILE *file = file_of(unit);
	bool is_found = doctor_hands_over(file, "warder.rootkey", false);

	(void)fclose(file);
	return is_found;
}

static void
a_unit_without_the_master_key_is_found(void **state)
{
	(void)state;
	assert_true(
	    hands_over("[Service]\nLoadCredential=warder.rootkey:/k\n"));
	assert_true(hands_over("LoadCredentialEncrypted= warder.rootkey:/k"));
	assert_false(hands_over("# LoadCredential=warder.rootkey:/k\n"));
	assert_false(hands_over("LoadCredential=warder.rootkeys:/k\n"));
	assert_false(hands_over("LoadCredential=warder.master:/k\n"));
	assert_false(hands_over("LoadCredential=warder.rootkey:/k\n"
	                        "LoadCredential=\n"));
	assert_false(hands_over("[Service]\n"));
}

static void
a_disk_without_room_for_a_decision_is_found(void **state)
{
	struct statvfs disk = { .f_frsize = 1024,
		.f_bavail = 1u << 20,
		.f_bfree = 1u << 20,
		.f_files = 100,
		.f_favail = 10 };

	(void)state;
	assert_int_equal(doctor_room_of(&disk), DOCTOR_ROOM_FINE);
	disk.f_bavail = 1024;
	assert_int_equal(doctor_room_of(&disk), DOCTOR_ROOM_SHORT);
	/* What is left for root is not for the keeper. */
	disk.f_bavail = 71;
	assert_int_equal(doctor_room_of(&disk), DOCTOR_ROOM_NONE);
	disk.f_bavail = 1u << 20;
	disk.f_favail = 0;
	assert_int_equal(doctor_room_of(&disk), DOCTOR_ROOM_NONE);
	disk.f_files = 0;
	assert_int_equal(doctor_room_of(&disk), DOCTOR_ROOM_FINE);
	disk.f_flag = ST_RDONLY;
	assert_int_equal(doctor_room_of(&disk), DOCTOR_ROOM_CLOSED);
}

static void
certificates_are_counted_whole(void **state)
{
	static const char one[] = "-----BEGIN CERTIFICATE-----\nAA==\n"
	                          "-----END CERTIFICATE-----\n";
	char two[512];

	(void)state;
	(void)snprintf(two, sizeof(two), "# CA\n%s%s", one, one);
	assert_int_equal(doctor_certificates(""), 0);
	assert_int_equal(doctor_certificates(one), 1);
	assert_int_equal(doctor_certificates(two), 2);
	assert_int_equal(doctor_certificates("-----BEGIN CERTIFICATE-----"), 0);
	assert_int_equal(doctor_certificates("-----BEGIN PRIVATE KEY-----\n"
	                                     "-----END CERTIFICATE-----\n"),
	    0);
}

static void
a_socket_that_nobody_reads_is_found(void **state)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char long_path[200];
	int sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)state;
	assert_true(sock >= 0);
	(void)snprintf(at.sun_path, sizeof(at.sun_path),
	    "/tmp/warder-doctor-%ld", (long)getpid());
	assert_int_equal(doctor_try_syslog(at.sun_path), ENOENT);
	assert_int_equal(
	    bind(sock, (const struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(doctor_try_syslog(at.sun_path), 0);
	(void)close(sock);
	assert_int_equal(doctor_try_syslog(at.sun_path), ECONNREFUSED);
	assert_int_equal(unlink(at.sun_path), 0);
	memset(long_path, 'a', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	assert_int_equal(doctor_try_syslog(long_path), ENAMETOOLONG);
}

static void
every_end_of_a_call_has_a_repair(void **state)
{
	(void)state;
	for (int exit = 1; exit <= REASON_DOCTOR_BAD; exit++)
		assert_true(
		    strlen(doctor_server_repair((enum reason)exit)) > 20);
	assert_non_null(
	    strstr(doctor_server_repair(REASON_UNREACHABLE), "ca_file"));
	assert_non_null(
	    strstr(doctor_server_repair(REASON_SERVER_REFUSED), "key check"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_mount_and_of_two_the_later_counts),
		cmocka_unit_test(a_proc_that_hides_is_found_with_its_group),
		cmocka_unit_test(the_groups_of_a_process_are_read),
		cmocka_unit_test(
		    a_keeper_of_runit_is_told_from_one_of_its_unit),
		cmocka_unit_test(a_unit_without_the_master_key_is_found),
		cmocka_unit_test(a_disk_without_room_for_a_decision_is_found),
		cmocka_unit_test(certificates_are_counted_whole),
		cmocka_unit_test(a_socket_that_nobody_reads_is_found),
		cmocka_unit_test(every_end_of_a_call_has_a_repair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
