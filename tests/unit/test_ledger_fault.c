/* SPDX-License-Identifier: ISC */
/*
 * What was said to be written is there: after a kill, beside other writers,
 * on a full disk.
 */
#include "config.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/blob.h"
#include "base/fd.h"
#include "tests/unit/ledger_fixture.h"

/* In a child: appends until killed, and tells each seq once it is durable. */
static void
append_for_ever(int tell)
{
	struct ledger *ledger = NULL;
	struct ledger_line line;

	if (ledger_open(dir, "bastion-a", 0, &ledger) != LEDGER_OK)
		_exit(1);
	for (;;) {
		if (fixture_append(ledger, "denied", 0, "denied", &line) !=
		    LEDGER_OK)
			_exit(1);
		if (write(tell, &line, sizeof(line)) != sizeof(line))
			_exit(1);
	}
}

static void
assert_is_there(const struct ledger_line *told)
{
	FILE *lines = fopen(file, "re");
	char text[RECORD_LINE_MAX + 1] = "";

	for (uint64_t i = 0; i < told->seq; i++)
		assert_non_null(fgets(text, sizeof(text), lines));
	assert_string_equal(text, told->text);
	(void)fclose(lines);
}

static void
no_acknowledged_line_is_lost_by_a_kill(void **state)
{
	struct ledger_line line, last = { .seq = 0 };
	int tell[2], status;
	pid_t child[2];

	(void)state;
	for (int round = 0; round < 25; round++) {
		assert_int_equal(pipe2(tell, O_CLOEXEC), 0);
		for (int i = 0; i < 2; i++) {
			child[i] = fork();
			if (child[i] == 0)
				append_for_ever(tell[1]);
		}
		(void)close(tell[1]);
		/* However slow the machine is: more than 50 in all. */
		for (int n = 0; n < 2 + round % 3; n++)
			assert_int_equal(
			    read(tell[0], &line, sizeof(line)), sizeof(line));
		(void)usleep((useconds_t)(round * 397 % 5000));
		for (int i = 0; i < 2; i++)
			(void)kill(child[i], SIGKILL);
		for (int i = 0; i < 2; i++) {
			(void)waitpid(child[i], &status, 0);
			assert_true(WIFSIGNALED(status));
		}
		do {
			last = line;
		} while (read(tell[0], &line, sizeof(line)) == sizeof(line));
		(void)close(tell[0]);
		assert_is_there(&last);
	}
	{
		auto_ledger struct ledger *ledger = fixture_open();

		fixture_assert_whole(ledger_seq(ledger));
		assert_true(ledger_seq(ledger) > 50);
	}
}

static void
append_some(int n)
{
	struct ledger *ledger = NULL;

	if (ledger_open(dir, "bastion-a", 0, &ledger) != LEDGER_OK)
		_exit(1);
	for (int i = 0; i < n; i++)
		if (fixture_append(ledger, "denied", 0, "denied", NULL) !=
		    LEDGER_OK)
			_exit(1);
	_exit(0);
}

static void
two_writers_make_one_chain(void **state)
{
	pid_t child[3];
	int status;

	(void)state;
	for (int i = 0; i < 3; i++) {
		child[i] = fork();
		if (child[i] == 0)
			append_some(100);
	}
	for (int i = 0; i < 3; i++) {
		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_int_equal(status, 0);
	}
	fixture_assert_whole(301);
}

static void
a_line_that_does_not_fit_leaves_the_file_as_it_was(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	off_t size = fixture_size();
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct rlimit before, limit;

	(void)state;
	(void)sigaction(SIGXFSZ, &ignore, NULL);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = (rlim_t)size + 100;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(
	    fixture_append(ledger, "denied", 0, "denied", NULL), LEDGER_FULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(fixture_size(), size);
	assert_int_equal(
	    fixture_append(ledger, "denied", 0, "denied", NULL), 0);
	fixture_assert_whole(2);
}

static bool
write_proc(const char *path, const char *text)
{
	auto_fd int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && fd_write_all(fd, text, strlen(text)) == 0;
}

/* A file system of 256 KiB of our own; false if the kernel says no. */
static bool
enter_small_disk(void)
{
	int flags = CLONE_NEWNS | (getuid() == 0 ? 0 : CLONE_NEWUSER);
	char uid[32], gid[32];

	(void)snprintf(uid, sizeof(uid), "0 %u 1", (unsigned int)getuid());
	(void)snprintf(gid, sizeof(gid), "0 %u 1", (unsigned int)getgid());
	if (unshare(flags) != 0)
		return false;
	if ((flags & CLONE_NEWUSER) != 0 &&
	    (!write_proc("/proc/self/setgroups", "deny") ||
	        !write_proc("/proc/self/uid_map", uid) ||
	        !write_proc("/proc/self/gid_map", gid)))
		return false;
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("small", dir, "tmpfs", 0, "size=256k") == 0;
}

static void
fill_the_disk(void)
{
	char path[96], block[4096] = "";
	int fd;

	(void)snprintf(path, sizeof(path), "%s/rest", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	while (write(fd, block, sizeof(block)) == sizeof(block))
		;
	(void)close(fd);
}

/* In a child. 0: as promised; 77: no such disk here; else the line. */
static int
fill_and_answer(void)
{
	struct ledger *ledger = NULL;
	struct verify_report report;
	const char *const paths[] = { file };
	enum ledger_err e = LEDGER_OK;

	if (!enter_small_disk())
		return 77;
	if (ledger_open(dir, "bastion-a", 0, &ledger) != LEDGER_OK)
		return 1;
	for (int i = 0; i < 3; i++)
		if (fixture_append(ledger, "intent", 0, NULL, NULL) !=
		    LEDGER_OK)
			return 2;
	fill_the_disk();
	/* A flood of refusals takes nothing from what the intents need. */
	for (int i = 0; i < 2000 && e == LEDGER_OK; i++)
		e = fixture_append(ledger, "denied", 0, "denied", NULL);
	if (e != LEDGER_FULL)
		return 3;
	if (fixture_append(ledger, "intent", 0, NULL, NULL) != LEDGER_FULL)
		return 4;
	if (fixture_append(ledger, "outcome", 2, "passed", NULL) != LEDGER_OK ||
	    fixture_append(ledger, "outcome", 3, "unknown", NULL) !=
	        LEDGER_OK ||
	    fixture_append(ledger, "outcome", 4, "rejected", NULL) !=
	        LEDGER_OK ||
	    fixture_append(ledger, "settle", 3, "moved", NULL) != LEDGER_OK)
		return 5;
	if (verify_files(paths, 1, NULL, NULL, &report) != 0 ||
	    report.exit != 0)
		return 6;
	return 0;
}

static void
a_full_disk_stops_the_call_not_the_outcome(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0)
		_exit(fill_and_answer());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		print_message("skip: no mount namespace for a small disk\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Bytes that a process has read so far; -1 where the kernel does not count. */
static long long
bytes_read_by(pid_t pid)
{
	char path[64];
	long long n = -1;
	FILE *counts;

	(void)snprintf(path, sizeof(path), "/proc/%d/io", (int)pid);
	counts = fopen(path, "re");
	if (counts == NULL || fscanf(counts, "rchar: %lld", &n) != 1)
		n = -1;
	if (counts != NULL)
		(void)fclose(counts);
	return n;
}

/*
 * Whoever connects has the ledger read. Under the lock, a few of them would
 * hold up every decision where the file is long.
 */
static void
who_opens_a_long_ledger_holds_up_nobody(void **state)
{
	auto_ledger struct ledger *ledger = fixture_open();
	struct ledger *other = NULL;
	char lock[96];
	auto_fd int fd = -1;
	pid_t child;
	int status;

	(void)state;
	if (bytes_read_by(getpid()) < 0)
		skip();
	for (int i = 0; i < 300; i++)
		assert_int_equal(
		    fixture_append(ledger, "denied", 0, "denied", NULL), 0);
	(void)snprintf(lock, sizeof(lock), "%s/ledger.lock", dir);
	fd = open(lock, O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(ledger_open(dir, "bastion-a", 0, &other) == LEDGER_OK &&
		              ledger_seq(other) == 301
		          ? 0
		          : 1);
	for (int i = 0; i < 500 && bytes_read_by(child) < fixture_size(); i++)
		(void)usleep(10000);
	assert_true(bytes_read_by(child) >= fixture_size());
	assert_int_equal(waitpid(child, &status, WNOHANG), 0);
	assert_int_equal(flock(fd, LOCK_UN), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_FOLDER(no_acknowledged_line_is_lost_by_a_kill),
		IN_A_FOLDER(two_writers_make_one_chain),
		IN_A_FOLDER(who_opens_a_long_ledger_holds_up_nobody),
		IN_A_FOLDER(a_line_that_does_not_fit_leaves_the_file_as_it_was),
		IN_A_FOLDER(a_full_disk_stops_the_call_not_the_outcome),
	};

	return base_init() != 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
