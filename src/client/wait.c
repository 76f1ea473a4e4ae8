/* SPDX-License-Identifier: ISC */
/* One flag, set by a handler that runs inside ppoll only. */
#include "config.h"

#include <signal.h>

#include "client/wait.h"

static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
static volatile sig_atomic_t pending;
static sigset_t outside;

static void
on_signal(int number)
{
	pending = number;
}

void
wait_start(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction old;
	sigset_t blocked;

	(void)sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++) {
		/* nohup(1) and scripts mean it: what is ignored stays so. */
		if (sigaction(caught[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_IGN)
			continue;
		(void)sigaction(caught[i], &action, NULL);
		(void)sigaddset(&blocked, caught[i]);
	}
	(void)sigaction(SIGPIPE, &ignore, NULL);
	(void)sigprocmask(SIG_BLOCK, &blocked, &outside);
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		(void)sigdelset(&outside, caught[i]);
}

int
wait_for(struct pollfd *polled, size_t n, int ms)
{
	const struct timespec limit = { ms / 1000, ms % 1000 * 1000000L };

	if (pending != 0)
		return -1;
	return ppoll(polled, n, ms < 0 ? NULL : &limit, &outside);
}

int
wait_signal(void)
{
	int number = pending;

	pending = 0;
	return number;
}
