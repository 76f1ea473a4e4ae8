/* SPDX-License-Identifier: ISC */
/*
 * The child has a copy of what root had in memory, secrets too; it is not
 * dumpable, runs no other program and ends by _exit.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine/confine.h"
#include "ctl/askeeper.h"

#define CHILD_NOT_KEEPER 120
#define CHILD_BUG 121

void *
askeeper_share(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void
askeeper_never_stop(void)
{
	sigset_t stops;

	(void)sigemptyset(&stops);
	(void)sigaddset(&stops, SIGTSTP);
	(void)sigaddset(&stops, SIGTTIN);
	(void)sigaddset(&stops, SIGTTOU);
	(void)sigprocmask(SIG_BLOCK, &stops, NULL);
}

static int
run_child(int (*work)(void *ctx), void *ctx)
{
	int status;

	askeeper_never_stop();
	if (confine_become(WARDER_USER_KEEPER, "adm") != 0)
		return CHILD_NOT_KEEPER;
	status = work(ctx);
	return status >= 0 && status < 100 ? status : CHILD_BUG;
}

int
askeeper_run(int (*work)(void *ctx), void *ctx)
{
	int status;
	pid_t child;

	(void)fflush(NULL);
	child = fork();
	if (child < 0)
		return WARDER_ESYS;
	if (child == 0)
		_exit(run_child(work, ctx));
	while (waitpid(child, &status, 0) != child)
		if (errno != EINTR)
			return WARDER_ESYS;
	if (!WIFEXITED(status) || WEXITSTATUS(status) == CHILD_BUG)
		return WARDER_EBUG;
	if (WEXITSTATUS(status) == CHILD_NOT_KEEPER)
		return WARDER_ECRED;
	return WEXITSTATUS(status);
}
