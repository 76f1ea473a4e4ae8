/* SPDX-License-Identifier: ISC */
/*
 * Files of root below /etc/warder: made once and never overwritten, or
 * replaced whole by a rename. Other users cannot write there.
 */
#ifndef WARDER_CTL_ROOTFILE_H
#define WARDER_CTL_ROOTFILE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/* Durable when it returns. EEXIST: it is there, and stays as it is. */
WARDER_MUST_CHECK int rootfile_make(
    const char *path, mode_t mode, const void *bytes, size_t len);

/* The same over whatever is there. */
WARDER_MUST_CHECK int rootfile_replace(
    const char *path, mode_t mode, const void *bytes, size_t len);

#endif
