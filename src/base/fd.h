/* SPDX-License-Identifier: ISC */
/*
 * Descriptors: -1 is none, closed exactly once, never leaked over an exec.
 */
#ifndef WARDER_BASE_FD_H
#define WARDER_BASE_FD_H

#include <stddef.h>

#include "base/err.h"

/* Closes *fd if it is open and sets it to -1. errno stays as it was. */
void fd_closep(int *fd);
#define auto_fd __attribute__((cleanup(fd_closep)))

/* Moves ownership out of *fd, which becomes -1. */
int fd_steal(int *fd);

/* Opens /dev/null on whichever of 0, 1 and 2 is not open. */
WARDER_MUST_CHECK int fd_open_standard(void);

/*
 * Makes keep[0] descriptor `first`, keep[1] the next one, and so on, not
 * close-on-exec, then closes all above. `n` is at most 8. For a child right
 * before exec: what is not in the list is gone.
 */
WARDER_MUST_CHECK int fd_keep_only(int first, const int *keep, size_t n);

/* write(2) until all is written. ESYS. */
WARDER_MUST_CHECK int fd_write_all(int fd, const void *bytes, size_t len);

#endif
