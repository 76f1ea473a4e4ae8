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

/* Puts `from` in the place of `to`, in one folder; durable. */
WARDER_MUST_CHECK int rootfile_move(const char *from, const char *to);

/* Takes it away, durably. */
WARDER_MUST_CHECK int rootfile_remove(const char *path);

/*
 * Gives `tmp`, which another program wrote, the name `path`, if nothing has
 * it (EEXIST); durable. `tmp` is gone in any case.
 */
WARDER_MUST_CHECK int rootfile_adopt(const char *tmp, const char *path);

#endif
