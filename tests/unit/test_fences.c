/* SPDX-License-Identifier: ISC */
/*
 * The fences that the kernel holds: around files and ports, and around system
 * calls. Each is put up in a child, which then tries to get out.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "confine/confine.h"
#include "tests/unit/fence_child.h"

#define KILLED_BY_FILTER (256 + SIGSYS)

static void
need_filter(void)
{
#ifdef WARDER_SANITIZERS
	print_message("skip: no seccomp in a build with sanitizers\n");
	skip();
#endif
}

static void
need_landlock(int abi)
{
	if (confine_landlock_abi() < abi) {
		print_message("skip: kernel has no Landlock %d\n", abi);
		skip();
	}
}

/* ---- Landlock ----------------------------------------------------------- */

static void
act_files(void)
{
	char write_path[80], made[96];
	const char *const read_list[] = { "/etc", "/no/such/path", NULL };
	const char *const write_list[] = { write_path, NULL };
	const struct confine_files files = { .read = read_list,
		.write = write_list };
	int before = open("/usr", O_RDONLY | O_DIRECTORY);

	(void)snprintf(write_path, sizeof(write_path), "%s/write", folder);
	(void)snprintf(made, sizeof(made), "%s/write/made", folder);
	WANT(mkdir(write_path, 0700) == 0);
	WANT(prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == 0);
	WANT(confine_files(&files, true) == 0);
	WANT(open("/etc/passwd", O_RDONLY) >= 0);
	WANT(open("/etc/passwd", O_RDWR) < 0);
	WANT(open("/usr/bin/env", O_RDONLY) < 0 && errno == EACCES);
	WANT(open("/proc/self/status", O_RDONLY) < 0);
	WANT(open(made, O_CREAT | O_RDWR, 0600) >= 0);
	WANT(rename(made, write_path) != 0);
	WANT(unlink(made) == 0);
	WANT(open(folder, O_TMPFILE | O_RDWR, 0600) < 0);
	(void)execl("/usr/bin/env", "env", (char *)NULL);
	WANT(errno == EACCES);
	WANT(before >= 0 && fcntl(before, F_GETFD) == 0);
}

static void
only_what_is_listed_can_be_opened(void **state)
{
	char write_path[80];

	(void)state;
	need_landlock(1);
	assert_int_equal(in_child(act_files), 0);
	(void)snprintf(write_path, sizeof(write_path), "%s/write", folder);
	assert_int_equal(rmdir(write_path), 0);
}

static int
connect_to(uint16_t port)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	int sock = socket(AF_INET, SOCK_STREAM, 0);

	if (sock < 0)
		return errno;
	return connect(sock, (const void *)&address, sizeof(address)) == 0
	           ? 0
	           : errno;
}

static void
act_ports(void)
{
	const uint16_t ports[] = { 1 };
	const struct confine_files files = { .ports = ports, .n_ports = 1 };

	WANT(prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == 0);
	WANT(confine_files(&files, true) == 0);
	WANT(connect_to(2) == EACCES);
	WANT(connect_to(1) != EACCES);
}

static void
only_a_listed_port_is_reached(void **state)
{
	(void)state;
	need_landlock(4);
	assert_int_equal(in_child(act_ports), 0);
}

/* ---- seccomp ------------------------------------------------------------ */

static void
filter(enum confine_calls which)
{
	WANT(prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == 0);
	WANT(confine_calls(which) == 0);
}

static void
act_desk_lives(void)
{
	int sock;

	filter(CONFINE_DESK);
	sock = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	WANT(sock >= 0 && close(sock) == 0);
	WANT(malloc(1 << 20) != NULL);
	WANT(dprintf(2, "a line\n") > 0);
}

static void
act_desk_opens(void)
{
	filter(CONFINE_DESK);
	(void)open("/etc/passwd", O_RDONLY);
}

static void
act_desk_network(void)
{
	filter(CONFINE_DESK);
	(void)socket(AF_INET, SOCK_STREAM, 0);
}

static void
the_desk_is_killed_outside_its_calls(void **state)
{
	(void)state;
	need_filter();
	assert_int_equal(in_child(act_desk_lives), 0);
	assert_int_equal(in_child(act_desk_opens), KILLED_BY_FILTER);
	assert_int_equal(in_child(act_desk_network), KILLED_BY_FILTER);
}

static void
act_keeper_lives(void)
{
	char path[96];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/keeper", folder);
	filter(CONFINE_KEEPER);
	fd = open(path, O_CREAT | O_RDWR, 0600);
	WANT(fd >= 0 && fdatasync(fd) == 0);
	WANT(getpwuid(0) != NULL && getgrgid(0) != NULL);
	/* An unknown one loads every name service that the host has. */
	(void)getpwuid(4000000);
	(void)getgrgid(4000000);
	WANT(unlink(path) == 0);
}

static void
act_keeper_signals(void)
{
	filter(CONFINE_KEEPER);
	(void)kill(getppid(), 0);
}

static void
act_keeper_execs(void)
{
	filter(CONFINE_KEEPER);
	(void)execl("/usr/bin/env", "env", (char *)NULL);
}

static void
act_keeper_forks(void)
{
	filter(CONFINE_KEEPER);
	if (fork() == 0)
		_exit(0);
}

static void
act_keeper_limits_a_sibling(void)
{
	const struct rlimit none = { 0, 0 };

	filter(CONFINE_KEEPER);
	(void)prlimit(getppid(), RLIMIT_NOFILE, &none, NULL);
}

static void
act_keeper_network(void)
{
	filter(CONFINE_KEEPER);
	(void)socket(AF_INET, SOCK_STREAM, 0);
}

static void
no_signal_program_or_network_for_the_keeper(void **state)
{
	(void)state;
	need_filter();
	assert_int_equal(in_child(act_keeper_lives), 0);
	assert_int_equal(in_child(act_keeper_signals), KILLED_BY_FILTER);
	assert_int_equal(in_child(act_keeper_execs), KILLED_BY_FILTER);
	assert_int_equal(in_child(act_keeper_forks), KILLED_BY_FILTER);
	assert_int_equal(
	    in_child(act_keeper_limits_a_sibling), KILLED_BY_FILTER);
	assert_int_equal(in_child(act_keeper_network), KILLED_BY_FILTER);
}

static void *
thread_body(void *arg)
{
	*(int *)arg = 7;
	return NULL;
}

static void
act_courier(void)
{
	pthread_t thread;
	int seen = 0;

	filter(CONFINE_COURIER);
	WANT(kill(getppid(), 0) != 0 && errno == ENOSYS);
	(void)execl("/usr/bin/env", "env", (char *)NULL);
	WANT(errno == ENOSYS);
	WANT(fork() < 0 && errno == ENOSYS);
	WANT(open("/etc/hosts", O_RDONLY) >= 0);
	WANT(socket(AF_INET, SOCK_STREAM, 0) >= 0);
	WANT(socket(AF_PACKET, SOCK_RAW, 0) < 0 && errno == ENOSYS);
	WANT(pthread_create(&thread, NULL, thread_body, &seen) == 0);
	WANT(pthread_join(thread, NULL) == 0 && seen == 7);
}

static void
the_courier_is_told_that_other_calls_are_not_there(void **state)
{
	(void)state;
	need_filter();
	assert_int_equal(in_child(act_courier), 0);
}

static void
act_profile_lives(void)
{
	filter(CONFINE_PROFILE);
	WANT(read(-1, NULL, 0) < 0 && errno == EBADF);
	WANT(send(-1, "", 0, 0) < 0 && errno == EBADF);
}

static void
act_profile_network(void)
{
	filter(CONFINE_PROFILE);
	(void)socket(AF_UNIX, SOCK_STREAM, 0);
}

static void
act_profile_opens(void)
{
	filter(CONFINE_PROFILE);
	(void)open("/etc/hosts", O_RDONLY);
}

static void
whoever_reads_a_profile_has_no_socket_and_no_file(void **state)
{
	(void)state;
	need_filter();
	assert_int_equal(in_child(act_profile_lives), 0);
	assert_int_equal(in_child(act_profile_network), KILLED_BY_FILTER);
	assert_int_equal(in_child(act_profile_opens), KILLED_BY_FILTER);
}

static void
act_pam(void)
{
	const struct rlimit none = { 0, 0 };
	int status = -1;
	pid_t pid;

	filter(CONFINE_PAM);
	WANT(ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 && errno == EPERM);
	WANT(unshare(CLONE_NEWUSER) < 0 && errno == EPERM);
	WANT(mount("none", "/mnt", "tmpfs", 0, NULL) < 0 && errno == EPERM);
	WANT(syscall(SYS_open_by_handle_at, -1, NULL, 0) < 0 && errno == EPERM);
	WANT(syscall(SYS_io_uring_setup, 1, NULL) < 0 && errno == EPERM);
	WANT(syscall(SYS_clone3, NULL, 0) < 0 && errno == ENOSYS);
	WANT(prlimit(getppid(), RLIMIT_NOFILE, &none, NULL) < 0 &&
	     errno == EPERM);
	WANT(prlimit(0, RLIMIT_CORE, &none, NULL) == 0);
	if ((pid = fork()) == 0) /* as pam_unix runs unix_chkpwd */
		(void)execl("/bin/true", "true", (char *)NULL);
	WANT(waitpid(pid, &status, 0) == pid && status == 0);
}

static void
a_pam_module_cannot_trace_mount_or_unshare(void **state)
{
	(void)state;
	need_filter();
	assert_int_equal(in_child(act_pam), 0);
}

#ifdef __x86_64__
static void
act_x32(void)
{
	filter(CONFINE_PAM);
	(void)syscall(0x40000000 | SYS_getpid);
}
#endif

static void
a_call_of_another_architecture_ends_the_process(void **state)
{
	(void)state;
	need_filter();
#ifdef __x86_64__
	assert_int_equal(in_child(act_x32), KILLED_BY_FILTER);
#else
	print_message("skip: tried on x86_64 only\n");
	skip();
#endif
}

static int
remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_listed_can_be_opened),
		cmocka_unit_test(only_a_listed_port_is_reached),
		cmocka_unit_test(the_desk_is_killed_outside_its_calls),
		cmocka_unit_test(no_signal_program_or_network_for_the_keeper),
		cmocka_unit_test(
		    the_courier_is_told_that_other_calls_are_not_there),
		cmocka_unit_test(
		    whoever_reads_a_profile_has_no_socket_and_no_file),
		cmocka_unit_test(a_pam_module_cannot_trace_mount_or_unshare),
		cmocka_unit_test(
		    a_call_of_another_architecture_ends_the_process),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
