/* SPDX-License-Identifier: ISC */
/*
 * Between a check and an open somebody could swap the file, so the checks
 * are made on what is open: one openat for each part of the path, O_NOFOLLOW,
 * fstat, and then only this descriptor is read.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/safefile.h"
#include "base/text.h"

static int
open_error(void)
{
	if (errno == ENOENT)
		return WARDER_EMISSING;
	return errno == ELOOP || errno == ENOTDIR ? WARDER_ERIGHTS
	                                          : WARDER_ESYS;
}

static bool
is_owned(const struct stat *st, uid_t owner)
{
	return st->st_uid == 0 || st->st_uid == owner;
}

static bool
is_folder_safe(const struct stat *st, uid_t owner, mode_t forbidden)
{
	mode_t bad = st->st_mode & forbidden;

	if (!S_ISDIR(st->st_mode) || !is_owned(st, owner))
		return false;
	return bad == 0;
}

static int
walk(const char *path, uid_t owner, int *ret_dir, char *ret_last, size_t size)
{
	auto_fd int dir = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char part[NAME_MAX + 1];
	const char *end;
	struct stat st;

	if (dir < 0)
		return WARDER_ESYS;
	if (path[0] != '/')
		return WARDER_EFORM;
	for (;;) {
		while (*path == '/')
			path++;
		end = strchrnul(path, '/');
		if ((size_t)(end - path) >= sizeof(part) || end == path)
			return WARDER_EFORM;
		memcpy(part, path, (size_t)(end - path));
		part[end - path] = '\0';
		if (*end == '\0')
			break;
		int next = openat(
		    dir, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		if (next < 0)
			return open_error();
		fd_closep(&dir);
		dir = next;
		if (fstat(dir, &st) != 0)
			return WARDER_ESYS;
		if (!is_folder_safe(&st, owner, 022))
			return WARDER_ERIGHTS;
		path = end;
	}
	*ret_dir = fd_steal(&dir);
	return text_copy(ret_last, size, part);
}

int
safefile_open_at(
    int dir, const char *name, const struct safefile_rule *rule, int *ret_fd)
{
	auto_fd int fd = -1;
	struct stat st;

	/* O_NONBLOCK: a FIFO put there does not hold us. */
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return open_error();
	if (fstat(fd, &st) != 0)
		return WARDER_ESYS;
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1 ||
	    !is_owned(&st, rule->owner) || (st.st_mode & rule->forbidden) != 0)
		return WARDER_ERIGHTS;
	if ((size_t)st.st_size < rule->min || (size_t)st.st_size > rule->max)
		return WARDER_ETOOBIG;
	*ret_fd = fd_steal(&fd);
	return WARDER_OK;
}

int
safefile_open(const char *path, const struct safefile_rule *rule, int *ret_fd)
{
	auto_fd int dir = -1;
	char last[NAME_MAX + 1];
	int r;

	if ((r = walk(path, rule->owner, &dir, last, sizeof(last))) != 0)
		return r;
	return safefile_open_at(dir, last, rule, ret_fd);
}

int
safefile_open_dir(const char *path, uid_t owner, mode_t forbidden, int *ret_fd)
{
	auto_fd int dir = -1, fd = -1;
	char last[NAME_MAX + 1];
	struct stat st;
	int r;

	if ((r = walk(path, owner, &dir, last, sizeof(last))) != 0)
		return r;
	fd = openat(dir, last, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return open_error();
	if (fstat(fd, &st) != 0)
		return WARDER_ESYS;
	if (!is_folder_safe(&st, owner, forbidden))
		return WARDER_ERIGHTS;
	*ret_fd = fd_steal(&fd);
	return WARDER_OK;
}

/* Reads to the end of the file; `cap` bytes have to be enough. */
static int
read_whole(int fd, uint8_t *ret, size_t cap, size_t *ret_len)
{
	size_t len = 0;
	ssize_t n;

	while (len < cap) {
		n = read(fd, ret + len, cap - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return WARDER_ESYS;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	if (len == cap)
		return WARDER_ETOOBIG; /* it has grown since the fstat */
	*ret_len = len;
	return WARDER_OK;
}

int
safefile_load(const char *path, const struct safefile_rule *rule,
    uint8_t **ret_bytes, size_t *ret_len)
{
	auto_fd int fd = -1;
	uint8_t *bytes;
	struct stat st;
	size_t len = 0;
	int r;

	if ((r = safefile_open(path, rule, &fd)) != 0)
		return r;
	if (fstat(fd, &st) != 0)
		return WARDER_ESYS;
	if ((bytes = malloc((size_t)st.st_size + 1)) == NULL)
		return WARDER_ENOMEM;
	if ((r = read_whole(fd, bytes, (size_t)st.st_size + 1, &len)) != 0) {
		free(bytes);
		return r;
	}
	bytes[len] = '\0';
	*ret_bytes = bytes;
	*ret_len = len;
	return WARDER_OK;
}

int
safefile_read_blob(int fd, size_t max, struct blob **ret_blob)
{
	auto_blob struct blob *blob = NULL;
	size_t len;
	int r;

	if ((r = blob_new(max + 1, &blob)) != 0 ||
	    (r = read_whole(fd, blob_space(blob), max + 1, &len)) != 0 ||
	    (r = blob_set_len(blob, len)) != 0)
		return r;
	*ret_blob = blob_steal(&blob);
	return WARDER_OK;
}

int
safefile_load_blob(
    const char *path, const struct safefile_rule *rule, struct blob **ret_blob)
{
	auto_fd int fd = -1;
	int r;

	if ((r = safefile_open(path, rule, &fd)) != 0)
		return r;
	return safefile_read_blob(fd, rule->max, ret_blob);
}
