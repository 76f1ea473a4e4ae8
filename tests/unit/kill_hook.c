/* SPDX-License-Identifier: ISC */
/* Calls that end the process at a chosen step; see kill_hook.h. */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/kill_hook.h"

int __real_openat(int dir, const char *name, int flags, ...);
ssize_t __real_write(int fd, const void *bytes, size_t len);
int __real_fsync(int fd);
int __real_renameat(int from_dir, const char *from, int to_dir, const char *to);
int __real_renameat2(int from_dir, const char *from, int to_dir, const char *to,
    unsigned int flags);
int __real_unlinkat(int dir, const char *name, int flags);
int __real_fdatasync(int fd);
int __real_ftruncate(int fd, off_t len);
int __wrap_openat(int dir, const char *name, int flags, ...);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
int __wrap_fsync(int fd);
int __wrap_renameat(int from_dir, const char *from, int to_dir, const char *to);
int __wrap_renameat2(int from_dir, const char *from, int to_dir, const char *to,
    unsigned int flags);
int __wrap_unlinkat(int dir, const char *name, int flags);
int __wrap_fdatasync(int fd);
int __wrap_ftruncate(int fd, off_t len);

static unsigned int chosen, calls;
static enum kill_how chosen_how;

void
kill_at(unsigned int n, enum kill_how how)
{
	chosen = n;
	chosen_how = how;
	calls = 0;
}

static void
end_here(enum kill_how how)
{
	if (chosen == 0 || calls != chosen || how != chosen_how)
		return;
	(void)kill(getpid(), SIGKILL);
	for (;;)
		(void)pause();
}

int
__wrap_openat(int dir, const char *name, int flags, ...)
{
	mode_t mode = 0;
	va_list args;
	int fd;

	if ((flags & O_CREAT) == 0)
		return __real_openat(dir, name, flags);
	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	calls++;
	end_here(KILL_BEFORE);
	fd = __real_openat(dir, name, flags, mode);
	end_here(KILL_AFTER);
	return fd;
}

ssize_t
__wrap_write(int fd, const void *bytes, size_t len)
{
	ssize_t n;

	calls++;
	end_here(KILL_BEFORE);
	if (calls == chosen && chosen_how == KILL_MIDDLE) {
		(void)__real_write(fd, bytes, len / 2);
		end_here(KILL_MIDDLE);
	}
	n = __real_write(fd, bytes, len);
	end_here(KILL_AFTER);
	return n;
}

int
__wrap_fsync(int fd)
{
	int r;

	calls++;
	end_here(KILL_BEFORE);
	r = __real_fsync(fd);
	end_here(KILL_AFTER);
	return r;
}

int
__wrap_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	int r;

	calls++;
	end_here(KILL_BEFORE);
	r = __real_renameat(from_dir, from, to_dir, to);
	end_here(KILL_AFTER);
	return r;
}

int
__wrap_unlinkat(int dir, const char *name, int flags)
{
	int r;

	calls++;
	end_here(KILL_BEFORE);
	r = __real_unlinkat(dir, name, flags);
	end_here(KILL_AFTER);
	return r;
}

int
__wrap_renameat2(int from_dir, const char *from, int to_dir, const char *to,
    unsigned int flags)
{
	int r;

	calls++;
	end_here(KILL_BEFORE);
	r = __real_renameat2(from_dir, from, to_dir, to, flags);
	end_here(KILL_AFTER);
	return r;
}

int
__wrap_fdatasync(int fd)
{
	int r;

	calls++;
	end_here(KILL_BEFORE);
	r = __real_fdatasync(fd);
	end_here(KILL_AFTER);
	return r;
}

int
__wrap_ftruncate(int fd, off_t len)
{
	int r;

	calls++;
	end_here(KILL_BEFORE);
	r = __real_ftruncate(fd, len);
	end_here(KILL_AFTER);
	return r;
}
