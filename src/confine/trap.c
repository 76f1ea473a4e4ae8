/* SPDX-License-Identifier: ISC */
/*
 * Only for a build with -DWARDER_NAME_CALLS: a call outside the list ends the
 * process as ever, but says its number before. Not for a host that is used:
 * who has taken a process over could catch the signal and try the next call.
 */
#include "config.h"

#include <signal.h>
#include <unistd.h>

#include "base/log.h"
#include "confine/calls.h"

#ifdef WARDER_NAME_CALLS

static void
on_call(int signal_number, siginfo_t *info, void *context)
{
	(void)context;
	/* What log_warn uses is in every list, and nothing else runs here. */
	log_warn("signal %d: system call %d is outside the list", signal_number,
	    info->si_syscall);
	_exit(128 + signal_number);
}

void
calls_name_outside(void)
{
	const struct sigaction action = { .sa_sigaction = on_call,
		.sa_flags = SA_SIGINFO };

	(void)sigaction(SIGSYS, &action, NULL);
}

#else

void
calls_name_outside(void)
{
}

#endif
