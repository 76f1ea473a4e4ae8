/* SPDX-License-Identifier: ISC */
/*
 * SIGKILL before, after and in the middle of every call that a rotation
 * makes: no acknowledged line is lost, no line is there twice, and the next
 * append brings the rotation to its end.
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/blob.h"
#include "tests/unit/kill_hook.h"
#include "tests/unit/ledger_fixture.h"

static void
setup_again(void)
{
	void *none = NULL;

	assert_int_equal(fixture_teardown(&none), 0);
	assert_int_equal(fixture_setup(&none), 0);
}

/* In a child. 0: the rotation and a line after it are through. */
static int
rotate_and_append(unsigned int n, enum kill_how how)
{
	struct ledger *ledger = NULL;

	if (ledger_open(dir, "bastion-a", 0, &ledger) != LEDGER_OK)
		return 1;
	ledger_rotate_at(ledger, 1);
	kill_at(n, how);
	if (fixture_append(ledger, "denied", 0, "denied", NULL) != LEDGER_OK)
		return 2;
	kill_at(0, how);
	return 0;
}

/* True: it was killed there. */
static bool
is_killed_at(unsigned int n, enum kill_how how)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(rotate_and_append(n, how));
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGKILL);
		return true;
	}
	assert_int_equal(status, 0);
	return false;
}

static void
begin_with_two_lines(void)
{
	auto_ledger struct ledger *ledger = fixture_open();

	assert_int_equal(
	    fixture_append(ledger, "denied", 0, "denied", NULL), 0);
}

static void
assert_mended(unsigned int n, bool with_old)
{
	auto_ledger struct ledger *ledger = NULL;
	struct verify_report report;
	struct ledger_line line;

	ledger = fixture_open();
	assert_int_equal(
	    fixture_append(ledger, "denied", 0, "denied", &line), 0);
	fixture_verify_all(&report);
	if (report.exit != 0 || report.torn_bytes != 0)
		fail_msg("call %u: %s at %d", n, verify_word(report.kind),
		    (int)report.seq);
	assert_int_equal(report.first, 1);
	assert_int_equal(report.lines, line.seq);
	/* At most one rotation, whoever finished it. */
	assert_in_range(report.file, 0, 1);
	if (with_old)
		assert_int_equal(report.file, 1);
}

static unsigned int
kill_everywhere(enum kill_how how)
{
	unsigned int killed = 0;

	for (unsigned int n = 1;; n++) {
		setup_again();
		begin_with_two_lines();
		if (!is_killed_at(n, how)) {
			/* Past the end for writes' middles as well. */
			if (how != KILL_MIDDLE || n > 20)
				break;
			assert_mended(n, true);
			continue;
		}
		killed++;
		assert_mended(n, false);
	}
	assert_mended(0, true);
	return killed;
}

static void
a_killed_rotation_is_finished_by_the_next_line(void **state)
{
	unsigned int before, after, middle;

	(void)state;
	before = kill_everywhere(KILL_BEFORE);
	after = kill_everywhere(KILL_AFTER);
	middle = kill_everywhere(KILL_MIDDLE);
	print_message("killed %u times before, %u after, %u in the middle\n",
	    before, after, middle);
	/* 3 writes and their fdatasync, rename, open, 3 fsync of the folder */
	assert_int_equal(before, 11);
	assert_int_equal(after, 11);
	assert_int_equal(middle, 3);
}

/* A process that waits for the lock while another one dies in a rotation. */
static void
who_waited_finishes_what_the_killed_one_began(void **state)
{
	(void)state;
	for (unsigned int n = 1; n <= 11; n++) {
		struct ledger *ledger, *other;
		struct verify_report report;

		setup_again();
		begin_with_two_lines();
		ledger = fixture_open();
		other = fixture_open();
		assert_true(is_killed_at(n, KILL_AFTER));
		assert_int_equal(ledger_refresh(other), LEDGER_OK);
		assert_int_equal(
		    fixture_append(ledger, "denied", 0, "denied", NULL), 0);
		assert_int_equal(
		    fixture_append(other, "denied", 0, "denied", NULL), 0);
		ledger_freep(&ledger);
		ledger_freep(&other);
		fixture_verify_all(&report);
		assert_int_equal(report.exit, 0);
		assert_int_equal(report.first, 1);
	}
}

/* Lines in, rotations in, kills at odd times: all acknowledged are there. */
static void
writers_killed_at_any_time_lose_nothing(void **state)
{
	struct verify_report report;
	uint64_t told, last = 0;
	int tell[2], status;
	pid_t child[2];

	(void)state;
	for (int round = 0; round < 40; round++) {
		assert_int_equal(pipe(tell), 0);
		for (int i = 0; i < 2; i++) {
			child[i] = fork();
			if (child[i] != 0)
				continue;
			struct ledger *ledger = NULL;
			struct ledger_line line;

			if (ledger_open(dir, "bastion-a", 0, &ledger) != 0)
				_exit(1);
			ledger_rotate_at(ledger, 3000);
			while (fixture_append(
			           ledger, "denied", 0, "denied", &line) == 0 &&
			       write(tell[1], &line.seq, sizeof(line.seq)) > 0)
				;
			_exit(1);
		}
		(void)close(tell[1]);
		assert_int_equal(
		    read(tell[0], &told, sizeof(told)), sizeof(told));
		(void)usleep((useconds_t)(round * 397 % 5000 + 2000));
		for (int i = 0; i < 2; i++)
			(void)kill(child[i], SIGKILL);
		for (int i = 0; i < 2; i++) {
			(void)waitpid(child[i], &status, 0);
			assert_true(WIFSIGNALED(status));
		}
		do {
			last = told > last ? told : last;
		} while (read(tell[0], &told, sizeof(told)) == sizeof(told));
		(void)close(tell[0]);
		{
			auto_ledger struct ledger *ledger = fixture_open();

			fixture_verify_all(&report);
			assert_int_equal(report.exit, 0);
			assert_true(report.lines >= last);
		}
	}
	print_message(
	    "%d lines in %d files\n", (int)report.lines, (int)report.file + 1);
	assert_true(report.file > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_FOLDER(a_killed_rotation_is_finished_by_the_next_line),
		IN_A_FOLDER(who_waited_finishes_what_the_killed_one_began),
		IN_A_FOLDER(writers_killed_at_any_time_lose_nothing),
	};

	return base_init() != 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
