/* SPDX-License-Identifier: ISC */
/*
 * By way of `path`.tmp: half a file is never seen under its name.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "ctl/rootfile.h"

static int
sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];
	auto_fd int fd = -1;

	(void)snprintf(
	    folder, sizeof(folder), "%.*s", (int)(slash - path), path);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 && fsync(fd) == 0 ? WARDER_OK : WARDER_ESYS;
}

/* link(2) does not replace, rename(2) does. */
static int
put_in_place(const char *tmp, const char *path, bool may_replace)
{
	int r;

	if (may_replace)
		return rename(tmp, path) == 0 ? WARDER_OK : WARDER_ESYS;
	r = link(tmp, path) == 0 ? WARDER_OK
	    : errno == EEXIST    ? WARDER_EEXIST
	                         : WARDER_ESYS;
	return unlink(tmp) == 0 ? r : WARDER_ESYS;
}

static int
write_new(const char *path, mode_t mode, const void *bytes, size_t len,
    bool may_replace)
{
	char tmp[PATH_MAX];
	auto_fd int fd = -1;
	int r;

	if (path[0] != '/' ||
	    snprintf(tmp, sizeof(tmp), "%s.tmp", path) >= (int)sizeof(tmp))
		return WARDER_EBUG;
	(void)unlink(tmp);
	fd = open(
	    tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return WARDER_ESYS;
	if (fd_write_all(fd, bytes, len) != 0 || fchmod(fd, mode) != 0 ||
	    fsync(fd) != 0) {
		(void)unlink(tmp);
		return WARDER_ESYS;
	}
	if ((r = put_in_place(tmp, path, may_replace)) != 0)
		return r;
	return sync_folder(path);
}

int
rootfile_make(const char *path, mode_t mode, const void *bytes, size_t len)
{
	return write_new(path, mode, bytes, len, false);
}

int
rootfile_replace(const char *path, mode_t mode, const void *bytes, size_t len)
{
	return write_new(path, mode, bytes, len, true);
}

int
rootfile_move(const char *from, const char *to)
{
	return rename(from, to) == 0 ? sync_folder(to) : WARDER_ESYS;
}

int
rootfile_remove(const char *path)
{
	return unlink(path) == 0 ? sync_folder(path) : WARDER_ESYS;
}

int
rootfile_adopt(const char *tmp, const char *path)
{
	auto_fd int fd = open(tmp, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int r;

	if (fd < 0 || fsync(fd) != 0) {
		(void)unlink(tmp);
		return WARDER_ESYS;
	}
	if ((r = put_in_place(tmp, path, false)) != 0)
		return r;
	return sync_folder(path);
}
