/* SPDX-License-Identifier: ISC */
/*
 * Descriptors are authority here: a worker may hold exactly the ones on its
 * list. So everything opened is close-on-exec, and before an exec the list
 * is made explicit and the rest closed by number.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "base/fd.h"

#define FD_KEEP_MAX 8

void
fd_closep(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
	errno = saved;
}

int
fd_steal(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

int
fd_open_standard(void)
{
	int fd;

	do {
		if ((fd = open("/dev/null", O_RDWR | O_CLOEXEC)) < 0)
			return WARDER_ESYS;
	} while (fd <= STDERR_FILENO);
	(void)close(fd);
	/* 0 to 2 are meant to be inherited. */
	for (fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_SETFD, 0) != 0)
			return WARDER_ESYS;
	return WARDER_OK;
}

int
fd_keep_only(int first, const int *keep, size_t n)
{
	int moved[FD_KEEP_MAX];
	unsigned int above = (unsigned int)first + (unsigned int)n;

	if (n > FD_KEEP_MAX)
		return WARDER_ETOOBIG;
	/* First out of the way of each other, then into place. */
	for (size_t i = 0; i < n; i++)
		if ((moved[i] = fcntl(
		         keep[i], F_DUPFD_CLOEXEC, first + FD_KEEP_MAX)) < 0)
			return WARDER_ESYS;
	for (size_t i = 0; i < n; i++)
		if (dup2(moved[i], first + (int)i) < 0)
			return WARDER_ESYS;
	if (close_range(above, UINT32_MAX, 0) != 0)
		return WARDER_ESYS;
	return WARDER_OK;
}

int
fd_write_all(int fd, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	ssize_t n;

	while (len > 0) {
		n = write(fd, at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return WARDER_ESYS;
		at += n;
		len -= (size_t)n;
	}
	return WARDER_OK;
}
