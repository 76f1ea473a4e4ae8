/* SPDX-License-Identifier: ISC */
/*
 * exec, not only fork: a worker that is taken over finds nothing of the
 * listener in its memory (the keeper's listener holds keys), and each has its
 * own layout of addresses. Its environment is empty.
 */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "serve/options.h"
#include "serve/spawn.h"

#define SELF_FD 5 /* gone once exec has worked */
#define ARGV_MAX 12

int
spawn_open_self(int *ret_self)
{
	int self = open("/proc/self/exe", O_PATH | O_CLOEXEC);

	if (self < 0)
		return WARDER_ESYS;
	*ret_self = self;
	return WARDER_OK;
}

static void
add(const char **argv, size_t *n, const char *option, const char *value)
{
	argv[(*n)++] = option;
	argv[(*n)++] = value;
}

static void __attribute__((noreturn)) become_worker(const struct serve *serve,
    int self, enum serve_kind kind, int sock, int keyline, pid_t parent)
{
	const struct service *service = serve->service;
	const char *argv[ARGV_MAX] = { service->name };
	char *const no_environment[] = { NULL };
	/* /dev/null stands where a worker has no such descriptor. */
	const int keep[] = { sock >= 0 ? sock : STDIN_FILENO,
		keyline >= 0 ? keyline : STDIN_FILENO, self };
	char pid[16];
	sigset_t none;
	size_t n = 1;

	(void)snprintf(pid, sizeof(pid), "%ld", (long)parent);
	add(argv, &n, "--worker", options_kind_word(kind));
	add(argv, &n, "--parent", pid);
	if (service->asks_keeper)
		add(argv, &n, "--keeper", serve->keeper);
	if (service->asks_pam)
		add(argv, &n, "--pam", serve->pam);
	if (service->asks_courier)
		add(argv, &n, "--courier", serve->courier);
	(void)sigemptyset(&none);
	if (sigprocmask(SIG_SETMASK, &none, NULL) == 0 &&
	    fd_keep_only(SERVE_SOCK_FD, keep, 3) == 0 &&
	    fcntl(SELF_FD, F_SETFD, FD_CLOEXEC) == 0)
		(void)fexecve(SELF_FD, (char *const *)argv, no_environment);
	_exit(127);
}

int
spawn(const struct serve *serve, int self, enum serve_kind kind, int sock,
    int keyline, pid_t *ret_pid)
{
	const pid_t parent = getpid();
	pid_t pid = fork();

	if (pid < 0)
		return WARDER_ESYS;
	if (pid == 0)
		become_worker(serve, self, kind, sock, keyline, parent);
	*ret_pid = pid;
	return WARDER_OK;
}
