/* SPDX-License-Identifier: ISC */
/*
 * A listener that is this very program: a worker that it execs comes through
 * main again, and argv[0] says which service it is part of. As root the same
 * is tried with a service that keeps being root.
 */
#include "config.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fd.h"
#include "tests/unit/serve_stage.h"

static void
a_worker_holds_only_its_descriptors(void **state)
{
	struct stage *stage = *state;
	auto_fd int leaked = open("/dev/null", O_RDONLY);
	auto_fd int sock = -1;
	struct told told;

	assert_true(leaked >= 0);
	stage_start(stage, "t-open");
	sock = stage_call_and_hear(stage, &told);
	assert_int_equal(told.open_fds, 0xf); /* 0, 1, 2, the connection */
	assert_int_equal(told.kind, SERVE_CALLER);
	assert_int_equal(told.peer_uid, getuid());
}

static void
a_worker_has_no_environment_no_terminal_and_no_core(void **state)
{
	struct stage *stage = *state;
	auto_fd int sock = -1;
	struct told told;

	assert_int_equal(setenv("SSLKEYLOGFILE", "/tmp/x", 1), 0);
	stage_start(stage, "t-open");
	sock = stage_call_and_hear(stage, &told);
	assert_int_equal(told.variables, 0);
	assert_int_equal(told.terminal, 0);
	assert_int_equal(told.dumpable, 0);
	assert_int_equal(told.no_new_privs, 1);
}

static void
whoever_is_not_the_caller_is_closed_unread(void **state)
{
	struct stage *stage = *state;
	auto_fd int sock = -1;
	char byte;

	stage_start(stage, "t-other");
	sock = stage_call(stage);
	(void)!send(sock, "hello", 5, MSG_NOSIGNAL);
	/* Closing with something unread shows as a reset. */
	assert_true(stage_hear(sock, &byte, 1) <= 0);
	assert_int_equal(recv(sock, &byte, 1, MSG_DONTWAIT), 0);
}

static int
until_served(const struct stage *stage)
{
	struct told told;

	for (int i = 0; i < 100; i++) {
		int sock = stage_call(stage);

		if (stage_hear(sock, &told, sizeof(told)) ==
		    (ssize_t)sizeof(told))
			return sock;
		fd_closep(&sock);
		(void)usleep(10000);
	}
	fail_msg("nobody is served any more");
	return -1;
}

static void
one_user_gets_his_slots_and_no_more(void **state)
{
	struct stage *stage = *state;
	auto_fd int a = -1, b = -1, c = -1, d = -1;
	struct told told;
	char word[8] = "";

	stage_start(stage, "t-open");
	a = stage_call_and_hear(stage, &told);
	b = stage_call_and_hear(stage, &told);
	c = stage_call(stage);
	assert_int_equal(stage_hear(c, word, sizeof(word)), 4);
	assert_memory_equal(word, "full", 4);
	fd_closep(&a);
	d = until_served(stage);
}

static void
a_reload_leaves_whoever_is_served(void **state)
{
	struct stage *stage = *state;
	auto_fd int a = -1, b = -1, c = -1, d = -1;
	struct told told;
	char word[8] = "";

	stage_start(stage, "t-open");
	a = stage_call_and_hear(stage, &told);
	b = stage_call_and_hear(stage, &told);
	assert_int_equal(kill(stage->listener, SIGHUP), 0);
	c = until_served(stage);
	/* What is wrong is refused, and changes nothing. */
	assert_int_equal(kill(stage->listener, SIGHUP), 0);
	d = stage_call(stage);
	assert_int_equal(stage_hear(d, word, sizeof(word)), 4);
	assert_memory_equal(word, "full", 4);
	fd_closep(&c);
	c = until_served(stage);
	/* The first two never noticed. */
	assert_int_equal(send(a, "h", 1, 0), 1);
	assert_int_equal(stage_hear(a, word, 8), 1);
	assert_int_equal(stage_hear(a, word, 8), 4);
	assert_int_equal(send(b, "h", 1, 0), 1);
	assert_int_equal(stage_hear(b, word, 8), 1);
}

static void
a_worker_ends_with_its_listener(void **state)
{
	struct stage *stage = *state;
	auto_fd int sock = -1;
	struct told told;

	stage_start(stage, "t-open");
	sock = stage_call_and_hear(stage, &told);
	assert_int_equal(kill(stage->listener, SIGKILL), 0);
	assert_int_equal(stage_hear(sock, &told, sizeof(told)), 0);
}

static void
a_held_worker_finishes_before_the_listener_ends(void **state)
{
	struct stage *stage = *state;
	auto_fd int sock = -1;
	struct told told;
	char word[8];
	int status = -1;

	stage_start(stage, "t-open");
	sock = stage_call_and_hear(stage, &told);
	assert_int_equal(send(sock, "h", 1, 0), 1);
	assert_int_equal(stage_hear(sock, word, 8), 1);
	assert_int_equal(kill(stage->listener, SIGTERM), 0);
	assert_int_equal(stage_hear(sock, word, 8), 4);
	assert_memory_equal(word, "done", 4);
	assert_int_equal(waitpid(stage->listener, &status, 0), stage->listener);
	stage->listener = 0;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(stage_hear(sock, word, 8), 0);
}

/* What it says after its listener was killed: the length. */
static ssize_t
orphan_says(struct stage *stage, const char *order)
{
	auto_fd int sock = -1;
	struct told told;
	char word[8];

	stage_start(stage, "t-open");
	sock = stage_call_and_hear(stage, &told);
	assert_int_equal(send(sock, order, 1, 0), 1);
	assert_int_equal(stage_hear(sock, word, 8), 1);
	assert_int_equal(kill(stage->listener, SIGKILL), 0);
	return stage_hear(sock, word, 8);
}

static void
an_orphan_ends_though_it_holds_the_word_to_end(void **state)
{
	assert_int_equal(orphan_says(*state, "h"), 0);
}

static void
an_orphan_that_holds_all_finishes(void **state)
{
	assert_int_equal(orphan_says(*state, "a"), 4);
}

static void
a_key_line_is_answered_by_the_listener(void **state)
{
	struct stage *stage = *state;
	auto_fd int sock = -1;
	struct told told;
	char word[8];

	stage_start(stage, "t-caller");
	sock = stage_call_and_hear(stage, &told);
	assert_int_equal(told.open_fds, 0x1f); /* and the key line */
	assert_int_equal(send(sock, "k", 1, 0), 1);
	assert_int_equal(stage_hear(sock, word, 8), 4);
	assert_memory_equal(word, "KEY1", 4);
}

/* The start's worker has come so far that its mark is there. */
static void
wait_for_mark(const struct stage *stage)
{
	struct stat st;

	for (int i = 0; i < WAIT_MS / 10; i++) {
		if (stat(stage->mark, &st) == 0)
			return;
		(void)usleep(10000);
	}
	fail_msg("the start's worker said nothing");
}

/* And not before all others have ended. */
static void
one_worker_is_the_last_out(void **state)
{
	struct stage *stage = *state;
	char said[8] = "", text[8] = "";
	struct told told;
	auto_fd int sock = -1, mark = -1;
	int status;

	stage_start(stage, "t-caller");
	sock = stage_call_and_hear(stage, &told);
	assert_int_equal(send(sock, "h", 1, 0), 1);
	assert_int_equal(stage_hear(sock, said, sizeof(said)), 1);
	wait_for_mark(stage);
	assert_int_equal(kill(stage->listener, SIGTERM), 0);
	(void)usleep(100000);
	mark = open(stage->mark, O_RDONLY);
	assert_true(mark >= 0);
	assert_int_equal(read(mark, text, sizeof(text)), 0);
	assert_int_equal(waitpid(stage->listener, &status, 0), stage->listener);
	stage->listener = 0;
	assert_int_equal(status, 0);
	assert_int_equal(read(mark, text, sizeof(text)), 3);
	assert_memory_equal(text, "end", 3);
}

static void
one_worker_runs_at_start_without_a_connection(void **state)
{
	struct stage *stage = *state;

	stage_start(stage, "t-caller");
	wait_for_mark(stage);
}

static void
nothing_is_listened_on_without_a_socket(void **state)
{
	char *argv[] = { "t-open", NULL };
	int status = -1;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(serve_main(&stage_services[0], 1, argv));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

static void
a_path_of_a_service_that_is_not_asked_is_refused(void **state)
{
	char *argv[] = { "t-open", "--keeper", "/run/x", NULL };
	char *relative[] = { "t-caller", "--keeper", "x", NULL };
	int status = -1;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(serve_main(&stage_services[0], 3, argv) == 2 &&
		              serve_main(&stage_services[1], 3, relative) == 2
		          ? 0
		          : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* As systemd does it: descriptor 3 and three variables. */
static void
a_socket_is_taken_from_systemd(void **state)
{
	struct stage *stage = *state;
	struct sockaddr_un_room {
		sa_family_t family;
		char path[108];
	} address = { .family = AF_UNIX };
	char *argv[] = { "t-open", NULL };
	auto_fd int sock = -1;
	struct told told;
	char pid[16];
	int door;

	memcpy(address.path, stage->path, sizeof(stage->path));
	door = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	assert_int_equal(bind(door, (void *)&address, sizeof(address)), 0);
	assert_int_equal(listen(door, 8), 0);
	stage->listener = fork();
	if (stage->listener == 0) {
		if (door != 3)
			(void)dup2(door, 3);
		(void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
		(void)setenv("LISTEN_PID", pid, 1);
		(void)setenv("LISTEN_FDS", "1", 1);
		_exit(serve_main(&stage_services[0], 1, argv));
	}
	fd_closep(&door);
	sock = stage_call_and_hear(stage, &told);
	assert_int_equal(told.open_fds, 0xf);
}

#define STAGED(test)                                                           \
	cmocka_unit_test_setup_teardown(test, stage_set_up, stage_tear_down)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		STAGED(a_worker_holds_only_its_descriptors),
		STAGED(a_worker_has_no_environment_no_terminal_and_no_core),
		STAGED(whoever_is_not_the_caller_is_closed_unread),
		STAGED(one_user_gets_his_slots_and_no_more),
		STAGED(a_reload_leaves_whoever_is_served),
		STAGED(a_worker_ends_with_its_listener),
		STAGED(a_held_worker_finishes_before_the_listener_ends),
		STAGED(an_orphan_ends_though_it_holds_the_word_to_end),
		STAGED(an_orphan_that_holds_all_finishes),
		STAGED(a_key_line_is_answered_by_the_listener),
		STAGED(one_worker_runs_at_start_without_a_connection),
		STAGED(one_worker_is_the_last_out),
		STAGED(a_socket_is_taken_from_systemd),
		cmocka_unit_test(nothing_is_listened_on_without_a_socket),
		cmocka_unit_test(
		    a_path_of_a_service_that_is_not_asked_is_refused),
	};
	const struct service *service =
	    argc > 0 ? stage_service(argv[0]) : NULL;

	if (service != NULL)
		return serve_main(service, argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
