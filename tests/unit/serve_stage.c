/* SPDX-License-Identifier: ISC */
/* What each of these services does, and how a test gets at it. */
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

#include "base/fd.h"
#include "tests/unit/serve_stage.h"

/* Read once more it allows one more; from then on it is wrong. */
static int
small_conf(struct conf *ret_conf, struct diag *diag)
{
	static unsigned int reads;

	(void)diag;
	conf_defaults(ret_conf);
	ret_conf->slots = 3 + reads;
	ret_conf->slots_per_user = 2 + reads;
	return ++reads > 2 ? WARDER_EFORM : 0;
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
	if (worker->kind == SERVE_STOP) {
		(void)!send(worker->keyline, "e", 1, 0);
		(void)!recv(worker->keyline, &order, 1, 0);
		return 0;
	}
	describe(worker, &told);
	(void)!send(worker->sock, &told, sizeof(told), MSG_NOSIGNAL);
	if (recv(worker->sock, &order, 1, 0) != 1)
		return 0;
	if (order == 'h' || order == 'a') {
		serve_hold(order == 'a' ? SERVE_HOLD_ALL : SERVE_HOLD_WORD);
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
	if (asked == 'e' && kind == SERVE_STOP) {
		fd = open(serve->keeper, O_WRONLY | O_APPEND);
		return fd_write_all(fd, "end", 3) == 0 &&
		               send(line, "!", 1, MSG_DONTWAIT) == 1
		           ? 0
		           : WARDER_EOF;
	}
	if (asked == 'k' && kind == SERVE_CALLER)
		return send(line, "KEY1", 4, MSG_DONTWAIT) == 4 ? 0
		                                                : WARDER_EOF;
	return 0;
}

static void
say_full(int sock, enum serve_kind kind)
{
	(void)kind;
	(void)!send(sock, "full", 4, MSG_NOSIGNAL | MSG_DONTWAIT);
}

const struct service stage_services[STAGE_SERVICES] = {
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
	    .runs_at_stop = true,
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

const struct service *
stage_service(const char *name)
{
	for (size_t i = 0; i < STAGE_SERVICES; i++)
		if (strcmp(stage_services[i].name, name) == 0)
			return &stage_services[i];
	return NULL;
}

int
stage_set_up(void **state)
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

int
stage_tear_down(void **state)
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

	_exit(serve_main(stage_service(name), mark == NULL ? 3 : 5, argv));
}

void
stage_start(struct stage *stage, const char *name)
{
	const struct service *service = stage_service(name);
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

int
stage_call(const struct stage *stage)
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
ssize_t
stage_hear(int sock, void *ret, size_t size)
{
	struct pollfd poller = { sock, POLLIN, 0 };

	if (poll(&poller, 1, WAIT_MS) != 1)
		return -1;
	return recv(sock, ret, size, MSG_DONTWAIT);
}

int
stage_call_and_hear(const struct stage *stage, struct told *ret)
{
	int sock = stage_call(stage);

	assert_int_equal(stage_hear(sock, ret, sizeof(*ret)), sizeof(*ret));
	return sock;
}
