/* SPDX-License-Identifier: ISC */
/*
 * What every service gives up in its first lines. exec gives "dumpable" back
 * unless the file is unreadable, so a worker comes through here again.
 */
#include "config.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "confine/confine.h"

static int
no_core(void)
{
	struct rlimit none = { 0, 0 }, now;

	/* A core that goes to a pipe ignores the limit, hence both. */
	if (setrlimit(RLIMIT_CORE, &none) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) != 0)
		return WARDER_ESYS;
	if (getrlimit(RLIMIT_CORE, &now) != 0 || now.rlim_cur != 0 ||
	    now.rlim_max != 0 || prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) != 0)
		return WARDER_EFENCE;
	return WARDER_OK;
}

static int
no_new_privs(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) != 0)
		return WARDER_ESYS;
	return prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L) == 1 ? WARDER_OK
	                                                       : WARDER_EFENCE;
}

int
confine_start(void)
{
	int r;

	(void)umask(077);
	if ((r = fd_open_standard()) != 0 || (r = no_core()) != 0)
		return r;
	if (chdir("/") != 0)
		return WARDER_ESYS;
	return no_new_privs();
}

int
confine_parent(pid_t parent)
{
	/* Not SIGTERM: a worker may hold that back, and still be an orphan. */
	if (prctl(PR_SET_PDEATHSIG, (long)SIGHUP, 0L, 0L, 0L) != 0)
		return WARDER_ESYS;
	/* It may have ended before the line above. */
	return getppid() == parent ? WARDER_OK : WARDER_EOF;
}

static int
lower(__rlimit_resource_t what, uint64_t to)
{
	struct rlimit limit;

	if (to == 0)
		return WARDER_OK;
	if (getrlimit(what, &limit) != 0)
		return WARDER_ESYS;
	if (limit.rlim_max > to)
		limit.rlim_max = to;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(what, &limit) == 0 ? WARDER_OK : WARDER_ESYS;
}

int
confine_limits(const struct confine_limits *limits)
{
	int r;

	if ((r = lower(RLIMIT_NOFILE, limits->files)) != 0 ||
	    (r = lower(RLIMIT_FSIZE, limits->file_size)) != 0)
		return r;
	return lower(RLIMIT_NPROC, limits->processes);
}
