/* SPDX-License-Identifier: ISC */
/* What stands on standard error: for the journal, and for a person. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/log.h"

/* What a child that warns writes to `to`, read from `from`. */
static const char *
warning_through(int to, int from)
{
	static char said[256];
	ssize_t n;
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		(void)dup2(to, STDERR_FILENO);
		log_name("some-program");
		log_warn("it is \033[1mtold");
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	n = read(from, said, sizeof(said) - 1);
	assert_true(n > 0);
	said[n] = '\0';
	return said;
}

static void
the_journal_gets_severity_and_process(void **state)
{
	const char *said, *at;
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	said = warning_through(ends[1], ends[0]);
	assert_memory_equal(said, "<4>some-program[", 16);
	at = strstr(said, "]: it is ");
	assert_non_null(at);
	assert_null(strchr(at, '\033'));
	assert_int_equal(said[strlen(said) - 1], '\n');
	fd_closep(&ends[0]);
	fd_closep(&ends[1]);
}

static void
a_person_gets_the_sentence_alone(void **state)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), slave;
	const char *said;

	(void)state;
	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) {
		print_message("skip: there are no pseudo-terminals here\n");
		skip();
	}
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(slave >= 0);
	said = warning_through(slave, master);
	assert_memory_equal(said, "some-program: it is ", 20);
	assert_null(strchr(said, '\033'));
	fd_closep(&slave);
	fd_closep(&master);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_journal_gets_severity_and_process),
		cmocka_unit_test(a_person_gets_the_sentence_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
