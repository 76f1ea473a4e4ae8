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
#include "serve/serve.h"

#define WAIT_MS 8000

extern char **environ;

/* What a worker tells of itself. */
struct told {
	int kind, dumpable, no_new_privs, variables, terminal, parent_is_there;
	uint64_t open_fds;
	uint32_t peer_uid;
};

static int
small_conf(struct conf *ret_conf, struct diag *diag)
{
	(void)diag;
	conf_defaults(ret_conf);
	ret_conf->slots = 3;
	ret_conf->slots_per_user = 2;
	return 0;
}

static void
describe(const struct serve_worker *worker, struct told *ret)
{
	*ret = (struct told){ .kind = (int)worker->kind,
		.dumpable = prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L),
		.no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L),
		.variables = environ != NULL && environ[0] != NULL,
		.terminal = isatty(STDIN_FILENO) || isatty(STDOUT_FILENO),
		.parent_is_there = getppid() > 1,
		.peer_uid = worker->peer.uid };
	for (int fd = 0; fd < 64; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			ret->open_fds |= 1ull << fd;
}

/* Tells, then does what the letter says: h hold, w wait for the end. */
static int
work(const struct serve *serve, struct serve_worker *worker)
{
	struct told told;
	char order = 0;

	(void)serve;
	if (worker->kind == SERVE_START) {
		(void)!send(worker->keyline, "s", 1, 0);
		return 0;
	}
	describe(worker, &told);
	(void)!send(worker->sock, &told, sizeof(told), MSG_NOSIGNAL);
	if (recv(worker->sock, &order, 1, 0) != 1)
		return 0;
	if (order == 'h') {
		serve_hold();
		(void)!send(worker->sock, "!", 1, MSG_NOSIGNAL);
		(void)usleep(300000);
		(void)!send(worker->sock, "done", 4, MSG_NOSIGNAL);
		serve_release();
	}
	if (order == 'k') {
		char key[8] = "";

		(void)!send(worker->keyline, "k", 1, 0);
		(void)!recv(worker->keyline, key, sizeof(key), 0);
		(void)!send(worker->sock, key, 4, MSG_NOSIGNAL);
	}
	(void)pause();
	return 0;
}

/* The name of the file stands in --keeper. */
static int
answer_line(struct serve *serve, int line, enum serve_kind kind)
{
	auto_fd int fd = -1;
	char asked = 0;

	if (recv(line, &asked, 1, MSG_DONTWAIT) != 1)
		return WARDER_EOF;
	if (asked == 's' && kind == SERVE_START)
		fd = open(serve->keeper, O_CREAT | O_WRONLY, 0600);
	if (asked == 'k' && kind == SERVE_CALLER)
		return send(line, "KEY1", 4, MSG_DONTWAIT) == 4 ? 0
		                                                : WARDER_EOF;
	return 0;
}

static void
say_full(int sock)
{
	(void)!send(sock, "full", 4, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static const struct service services[] = {
	{ .name = "t-open",
	    .anybody = true,
	    .per_user = true,
	    .socket_mode = 0600,
	    .configure = small_conf,
	    .on_full = say_full,
	    .worker = work },
	{ .name = "t-caller",
	    .socket_mode = 0600,
	    .keyline = true,
	    .runs_at_start = true,
	    .asks_keeper = true,
	    .configure = small_conf,
	    .on_keyline = answer_line,
	    .on_full = say_full,
	    .worker = work },
	{ .name = "t-other",
	    .caller = "nobody",
	    .socket_mode = 0666,
	    .configure = small_conf,
	    .worker = work },
};

static const struct service *
service_of(const char *name)
{
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (strcmp(services[i].name, name) == 0)
			return &services[i];
	return NULL;
}

struct stage {
	char folder[64], path[96], mark[96];
	pid_t listener;
};

static int
set_up(void **state)
{
	struct stage *stage = calloc(1, sizeof(*stage));

	assert_non_null(stage);
	(void)snprintf(stage->folder, 64, "/tmp/warder-serve.XXXXXX");
	assert_non_null(mkdtemp(stage->folder));
	(void)snprintf(stage->path, 96, "%s/sock", stage->folder);
	(void)snprintf(stage->mark, 96, "%s/mark", stage->folder);
	*state = stage;
	return 0;
}

static int
tear_down(void **state)
{
	struct stage *stage = *state;

	if (stage->listener > 0) {
		(void)kill(stage->listener, SIGKILL);
		(void)waitpid(stage->listener, NULL, 0);
	}
	(void)unlink(stage->path);
	(void)unlink(stage->mark);
	(void)rmdir(stage->folder);
	free(stage);
	return 0;
}

static void
run_listener(struct stage *stage, const char *name, const char *mark)
{
	char *argv[] = { (char *)name, "--listen", stage->path, "--keeper",
		stage->mark, NULL };

	_exit(serve_main(service_of(name), mark == NULL ? 3 : 5, argv));
}

static void
start(struct stage *stage, const char *name)
{
	const struct service *service = service_of(name);
	struct stat st;

	stage->listener = fork();
	assert_true(stage->listener >= 0);
	if (stage->listener == 0)
		run_listener(
		    stage, name, service->asks_keeper ? stage->mark : NULL);
	for (int i = 0; i < WAIT_MS / 10; i++) {
		if (stat(stage->path, &st) == 0 &&
		    (st.st_mode & 0777) == service->socket_mode)
			return;
		(void)usleep(10000);
	}
	fail_msg("%s does not listen", name);
}

static int
call(const struct stage *stage)
{
	int sock = -1;

	for (int i = 0; i < 100; i++) {
		if (peer_connect(stage->path, &sock) == 0)
			return sock;
		(void)usleep(10000);
	}
	fail_msg("no connection");
	return -1;
}

/* The length of what comes within WAIT_MS; 0 at its end; -1 for nothing. */
static ssize_t
hear(int sock, void *ret, size_t size)
{
	struct pollfd poller = { sock, POLLIN, 0 };

	if (poll(&poller, 1, WAIT_MS) != 1)
		return -1;
	return recv(sock, ret, size, MSG_DONTWAIT);
}

static int
call_and_hear(const struct stage *stage, struct told *ret)
{
	int sock = call(stage);

	assert_int_equal(hear(sock, ret, sizeof(*ret)), sizeof(*ret));
	return sock;
}

static void
a_worker_holds_only_its_descriptors(void **state)
{
	struct stage *stage = *state;
	auto_fd int leaked = open("/dev/null", O_RDONLY);
	auto_fd int sock = -1;
	struct told told;

	assert_true(leaked >= 0);
	start(stage, "t-open");
	sock = call_and_hear(stage, &told);
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
	start(stage, "t-open");
	sock = call_and_hear(stage, &told);
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

	start(stage, "t-other");
	sock = call(stage);
	(void)!send(sock, "hello", 5, MSG_NOSIGNAL);
	/* Closing with something unread shows as a reset. */
	assert_true(hear(sock, &byte, 1) <= 0);
	assert_int_equal(recv(sock, &byte, 1, MSG_DONTWAIT), 0);
}

static void
one_user_gets_his_slots_and_no_more(void **state)
{
	struct stage *stage = *state;
	auto_fd int a = -1, b = -1, c = -1, d = -1;
	struct told told;
	char word[8] = "";

	start(stage, "t-open");
	a = call_and_hear(stage, &told);
	b = call_and_hear(stage, &told);
	c = call(stage);
	assert_int_equal(hear(c, word, sizeof(word)), 4);
	assert_memory_equal(word, "full", 4);
	fd_closep(&a);
	for (int i = 0; i < 100; i++) { /* until the slot is free again */
		fd_closep(&d);
		d = call(stage);
		if (hear(d, &told, sizeof(told)) == (ssize_t)sizeof(told))
			return;
		(void)usleep(10000);
	}
	fail();
}

static void
a_worker_ends_with_its_listener(void **state)
{
	struct stage *stage = *state;
	auto_fd int sock = -1;
	struct told told;

	start(stage, "t-open");
	sock = call_and_hear(stage, &told);
	assert_int_equal(kill(stage->listener, SIGKILL), 0);
	assert_int_equal(hear(sock, &told, sizeof(told)), 0);
}

static void
a_held_worker_finishes_before_the_listener_ends(void **state)
{
	struct stage *stage = *state;
	auto_fd int sock = -1;
	struct told told;
	char word[8];
	int status = -1;

	start(stage, "t-open");
	sock = call_and_hear(stage, &told);
	assert_int_equal(send(sock, "h", 1, 0), 1);
	assert_int_equal(hear(sock, word, 8), 1);
	assert_int_equal(kill(stage->listener, SIGTERM), 0);
	assert_int_equal(hear(sock, word, 8), 4);
	assert_memory_equal(word, "done", 4);
	assert_int_equal(waitpid(stage->listener, &status, 0), stage->listener);
	stage->listener = 0;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(hear(sock, word, 8), 0);
}

static void
a_key_line_is_answered_by_the_listener(void **state)
{
	struct stage *stage = *state;
	auto_fd int sock = -1;
	struct told told;
	char word[8];

	start(stage, "t-caller");
	sock = call_and_hear(stage, &told);
	assert_int_equal(told.open_fds, 0x1f); /* and the key line */
	assert_int_equal(send(sock, "k", 1, 0), 1);
	assert_int_equal(hear(sock, word, 8), 4);
	assert_memory_equal(word, "KEY1", 4);
}

static void
one_worker_runs_at_start_without_a_connection(void **state)
{
	struct stage *stage = *state;
	struct stat st;

	start(stage, "t-caller");
	for (int i = 0; i < WAIT_MS / 10; i++) {
		if (stat(stage->mark, &st) == 0)
			return;
		(void)usleep(10000);
	}
	fail_msg("the start's worker said nothing");
}

static void
nothing_is_listened_on_without_a_socket(void **state)
{
	char *argv[] = { "t-open", NULL };
	int status = -1;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(serve_main(&services[0], 1, argv));
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
		_exit(serve_main(&services[0], 3, argv) == 2 &&
		              serve_main(&services[1], 3, relative) == 2
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
		_exit(serve_main(&services[0], 1, argv));
	}
	fd_closep(&door);
	sock = call_and_hear(stage, &told);
	assert_int_equal(told.open_fds, 0xf);
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		STAGED(a_worker_holds_only_its_descriptors),
		STAGED(a_worker_has_no_environment_no_terminal_and_no_core),
		STAGED(whoever_is_not_the_caller_is_closed_unread),
		STAGED(one_user_gets_his_slots_and_no_more),
		STAGED(a_worker_ends_with_its_listener),
		STAGED(a_held_worker_finishes_before_the_listener_ends),
		STAGED(a_key_line_is_answered_by_the_listener),
		STAGED(one_worker_runs_at_start_without_a_connection),
		STAGED(a_socket_is_taken_from_systemd),
		cmocka_unit_test(nothing_is_listened_on_without_a_socket),
		cmocka_unit_test(
		    a_path_of_a_service_that_is_not_asked_is_refused),
	};
	const struct service *service = argc > 0 ? service_of(argv[0]) : NULL;

	if (service != NULL)
		return serve_main(service, argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
